"""tag: give a version one more name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kitdesk.cli.context import Context
from kitdesk.modelkit.primitives.digest import short
from kitdesk.modelkit.primitives.reference import parse
from kitdesk.operations.local_versions import tag

if TYPE_CHECKING:
    import argparse

NAME = "tag"
HELP = "Give a version one more name."


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare its options."""
    parser.add_argument("reference", metavar="REF")
    parser.add_argument("new", metavar="NEW")
    parser.add_argument("--move-fixed-tag", action="store_true", help="move a version tag, too")


def run(context: Context) -> int:
    """One more name for a version."""
    options = context.options
    done = tag(
        parse(options.reference),
        parse(options.new),
        context.services,
        move_fixed=options.move_fixed_tag,
    )
    data = {"reference": done.reference, "digest": done.digest, "before": done.before or None}
    text = f"{done.reference} is {short(done.digest)}"
    if done.before and done.before != done.digest:
        text += f" (it was {short(done.before)})"
    context.output.result(data, text)
    return 0
