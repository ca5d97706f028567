"""restore: bring single files or folders back from a version."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from kitdesk.cli.commands._rollback_plan import counts, plan_data, rolled_back_text
from kitdesk.cli.context import Context, warn_interrupted
from kitdesk.cli.leftovers import sweep_leftovers
from kitdesk.cli.resolve import ensure_local
from kitdesk.operations.rollback import rollback_now

if TYPE_CHECKING:
    import argparse

NAME = "restore"
HELP = "Bring single files or folders back from a version."


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare its options."""
    parser.add_argument("reference", metavar="REF")
    parser.add_argument("paths", nargs="+", metavar="PATH")
    parser.add_argument("--folder", default=".")


def run(context: Context) -> int:
    """Bring single paths back."""
    sweep_leftovers(context, Path(context.options.folder))
    warn_interrupted(context, Path(context.options.folder))
    options = context.options
    digest, label, fetched = ensure_local(context, options.reference)
    done = rollback_now(
        Path(options.folder),
        digest,
        label,
        context.services,
        context.output.report,
        only=tuple(options.paths),
        verb="restore",
    )
    for warning in done.warnings:
        context.output.warn(warning)
    data = {**plan_data(done.plan, label, fetched), "safe_copy": done.safe_copy or None}
    paths = ", ".join(options.paths)
    text = f"As in {label}: {paths}." if not done.left else rolled_back_text(done, label)
    context.output.result(data, f"{text} {counts(done.plan)}")
    return 0
