"""undo: turn the last change of a folder round."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from kitdesk.cli.context import Context, warn_interrupted
from kitdesk.cli.leftovers import sweep_leftovers
from kitdesk.operations.undo import undo

if TYPE_CHECKING:
    import argparse

NAME = "undo"
HELP = "Undo the last rollback, restore or overwriting unpack of a folder."


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare its options."""
    parser.add_argument("folder", nargs="?", default=".")


def run(context: Context) -> int:
    """Turn the last change round."""
    sweep_leftovers(context, Path(context.options.folder))
    warn_interrupted(context, Path(context.options.folder))
    done = undo(Path(context.options.folder), context.services, context.output.report)
    data = {
        "undone": done.verb,
        "digest": done.digest,
        "reference": done.label,
        "files": done.files,
        "safe_copy": done.safe_copy,
        "kept": done.kept,
    }
    for warning in done.warnings:
        context.output.warn(warning)
    where = f"This folder is at {done.label} again." if done.label else "The files are back."
    context.output.result(data, f"Undone: {done.verb}. {where}\n{done.kept_sentence}".rstrip())
    return 0
