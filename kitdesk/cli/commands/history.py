"""history: the journal, newest first."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from kitdesk.cli.context import Context, warn_interrupted
from kitdesk.cli.output import table
from kitdesk.modelkit.primitives.digest import short

if TYPE_CHECKING:
    import argparse

NAME = "history"
HELP = "What was done, newest first."


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare its options."""
    parser.add_argument("folder", nargs="?")


def run(context: Context) -> int:
    """The journal."""
    folder = context.options.folder
    if folder:
        warn_interrupted(context, Path(folder))
    entries = context.services.journal.entries(Path(folder) if folder else None)
    data = [
        {
            "time": one.time,
            "verb": one.verb,
            "reference": one.reference,
            "digest": one.digest,
            "before": one.before,
            "who": one.who,
            "note": one.note,
            "undo": one.undo,
            "project": one.project,
        }
        for one in entries
    ]
    rows = [
        (one.time[:19].replace("T", " "), one.verb, one.reference, short(one.digest), one.who)
        for one in entries
    ]
    context.output.result({"entries": data}, table(rows) or "Nothing has been done yet.")
    return 0
