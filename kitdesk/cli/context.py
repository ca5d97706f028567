"""What every command is given, and what it says first."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import argparse
    from pathlib import Path

    from kitdesk.cli.output import Output
    from kitdesk.services.container import Services


class Context(NamedTuple):
    """What every command gets."""

    options: argparse.Namespace
    output: Output
    services: Services


def warn_interrupted(context: Context, folder: Path) -> None:
    """Say on stderr that an earlier change was cut off, and the two ways on."""
    beside = folder.absolute().parent / ".kitdesk-safe"
    if not (context.services.paths.data / "safe").exists() and not beside.exists():
        return  # nothing was ever kept here, so nothing can have been cut off
    transaction = context.services.safe_copies.interrupted(folder)
    if transaction is not None:
        label = transaction.record.bound_for[1]
        context.output.say(
            f"interrupted: a change of this folder to {label} was cut off. "
            f"Finish it with: kitdesk rollback {label} {folder} --yes. "
            f"Go back with: kitdesk undo {folder}"
        )
