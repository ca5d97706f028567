"""From parsed words to verbs; each verb's room is imported only when it is needed."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from kitdesk.services.config import paths

if TYPE_CHECKING:
    import argparse

    from kitdesk.cli.output import Output
    from kitdesk.services.container import Services

VERB_MODULES = {
    "check": "project",
    "pack": "project",
    "history": "project",
    "unpack": "folder_changes",
    "rollback": "folder_changes",
    "restore": "folder_changes",
    "undo": "folder_changes",
    "push": "transfer",
    "pull": "transfer",
    "tag": "versions",
    "remove": "versions",
    "versions": "versions",
    "inspect": "versions",
    "verify": "versions",
    "compare": "compare",
    "login": "login",
    "logout": "login",
    "accounts": "accounts",
    "credential-helper": "credential_helper",
    "doctor": "login",
    "demo": "demo",
    "tour": "demo",
}
WARNS_INTERRUPTED = {"check", "pack", "history", "rollback", "restore", "undo"}


class Context(NamedTuple):
    """What every command gets."""

    options: argparse.Namespace
    output: Output
    services: Services


def run(options: argparse.Namespace, output: Output) -> int:
    """Carry out one verb; returns the exit code."""
    from kitdesk.services.container import Services

    context = Context(options, output, Services.at(paths.from_environment()))
    if options.verb in WARNS_INTERRUPTED and getattr(options, "folder", None):
        warn_interrupted(context, Path(options.folder))
    room = import_module(f"kitdesk.cli.commands.{VERB_MODULES[options.verb]}")
    code = int(getattr(room, options.verb.replace("-", "_"))(context))
    for problem in context.services.unremembered():
        output.say(problem)
    return code


def warn_interrupted(context: Context, folder: Path) -> None:
    """Say on stderr that an earlier change was cut off, and the two ways on."""
    beside = folder.absolute().parent / ".kitdesk-safe"
    if not (context.services.paths.data / "safe").exists() and not beside.exists():
        return  # nothing was ever kept here, so nothing can have been cut off
    transaction = context.services.safe_copies.interrupted(folder)
    if transaction is not None:
        label = transaction.record.after_label
        context.output.say(
            f"interrupted: a change of this folder to {label} was cut off. "
            f"Finish it with: kitdesk rollback {label} {folder} --yes. "
            f"Go back with: kitdesk undo {folder}"
        )
