"""demo: write the sample project."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from kitdesk.cli.context import Context
from kitdesk.cli.leftovers import sweep_leftovers
from kitdesk.operations.demo import NEXT, demo
from kitdesk.operations.messages import count_words

if TYPE_CHECKING:
    import argparse

NAME = "demo"
HELP = "Write the sample project."
SAMPLE = "movie-recommend"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare its options."""
    parser.add_argument("folder", metavar="DIR")


def run(context: Context) -> int:
    """Write the sample project."""
    sweep_leftovers(context)
    done = demo(Path(context.options.folder), context.services)
    data = {"project": done.project, "next": done.next, "files": done.files}
    text = (
        f"{count_words(done.files, 'file')} written: {done.project} is {SAMPLE} at v1.0.0.\n"
        f"What v2.0.0 changes lies in {NEXT}/ (ignored when packing). The story:\n"
        f"  kitdesk pack {done.project} -t {SAMPLE}:v1.0.0\n"
        f"  cp -r {done.next}/. {done.project}/\n"
        f"  kitdesk pack {done.project} -t {SAMPLE}:v2.0.0\n"
        f"  kitdesk compare {SAMPLE}:v1.0.0 {SAMPLE}:v2.0.0\n"
        f"  kitdesk rollback {SAMPLE}:v1.0.0 {done.project}"
    )
    context.output.result(data, text)
    return 0
