"""init: the Kitfile that a look at the folder proposes; with --write it is written."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from kitdesk.cli.context import Context, warn_interrupted
from kitdesk.operations.init import InitResult, init
from kitdesk.operations.messages import count_words, size_words

if TYPE_CHECKING:
    import argparse

NAME = "init"
HELP = "Propose a first Kitfile, or write it."
SHOWN = 20
"""Paths left out that are named; all of them with --json."""


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare its options."""
    parser.add_argument("folder", nargs="?", default=".")
    parser.add_argument(
        "--write", action="store_true", help="write it (and .kitignore, if it needs one)"
    )


def run(context: Context) -> int:
    """Propose, or write."""
    folder = Path(context.options.folder)
    warn_interrupted(context, folder)
    done = init(folder, context.output.report, write=context.options.write)
    for warning in done.warnings:
        context.output.warn(warning)
    if not context.output.as_json:
        context.output.say(_notes(done))
    data = {
        "kitfile": done.kitfile,
        "kitignore": done.kitignore,
        "layers": done.layers,
        "left_out": done.left_out,
        "warnings": done.warnings,
        "written": done.written,
    }
    written = f"{' and '.join(done.written)} written in {done.folder}"
    context.output.result(data, written if done.written else done.kitfile)
    return 0


def _notes(done: InitResult) -> str:
    """What is no part of the Kitfile's text: it goes to stderr, so that stdout is a Kitfile."""
    size = size_words(sum(layer.size for layer in done.layers))
    lines = [f"{count_words(len(done.layers), 'layer')}, {size}"]
    if done.kitignore is not None and not done.written:
        lines.append("It needs this .kitignore (--write writes both):")
        lines += [f"  {line}" for line in done.kitignore.splitlines()]
    if done.left_out:
        lines.append("Left out:")
    for one in done.left_out[:SHOWN]:
        lines.append(f"  {one.path}  {size_words(one.size)}  {one.kind}: {one.reason}")
    if len(done.left_out) > SHOWN:
        lines.append(f"  and {len(done.left_out) - SHOWN:,} more: --json lists all")
    return "\n".join(lines)
