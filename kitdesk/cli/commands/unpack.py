"""unpack: write a version's files into a folder."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from kitdesk.cli.context import Context
from kitdesk.cli.leftovers import sweep_leftovers
from kitdesk.cli.resolve import ensure_local
from kitdesk.operations.messages import count_words
from kitdesk.operations.unpack import parse_filter, unpack

if TYPE_CHECKING:
    import argparse

NAME = "unpack"
HELP = "Write a version's files into a folder."


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare its options."""
    parser.add_argument("reference", metavar="REF")
    parser.add_argument("-d", "--dir", default=".")
    parser.add_argument("--filter", action="append", default=[], metavar="TYPE[:NAME]")
    parser.add_argument("-o", "--overwrite", action="store_true")
    parser.add_argument("-i", "--ignore-existing", action="store_true")


def run(context: Context) -> int:
    """Write a version's files into a folder."""
    sweep_leftovers(context)
    options = context.options
    filters = tuple(parse_filter(text) for text in options.filter)
    digest, label, _ = ensure_local(context, options.reference)
    done = unpack(
        digest,
        label,
        Path(options.dir),
        context.services,
        context.output.report,
        filters=filters,
        overwrite=options.overwrite,
        ignore_existing=options.ignore_existing,
    )
    data = {
        "digest": digest,
        "folder": done.folder,
        "files": done.files,
        "skipped": done.skipped,
        "bytes": done.bytes,
        "safe_copy": done.safe_copy or None,
    }
    text = f"{count_words(done.files, 'file')} of {label} written into {done.folder}"
    if done.safe_copy:
        text += "\nWhat was replaced is kept; kitdesk undo brings it back."
    context.output.result(data, text)
    return 0
