"""restore: bring single files or folders back from a version."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from kitdesk.cli.commands._rollback_plan import counts, plan_data
from kitdesk.cli.context import Context, warn_interrupted
from kitdesk.cli.resolve import ensure_local
from kitdesk.operations.rollback import plan_rollback, rollback

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
    warn_interrupted(context, Path(context.options.folder))
    options = context.options
    digest, label, fetched = ensure_local(context, options.reference)
    plan = plan_rollback(
        Path(options.folder),
        digest,
        label,
        context.services,
        context.output.report,
        only=tuple(options.paths),
    )
    done = rollback(plan, context.services, context.output.report, verb="restore")
    data = {**plan_data(plan, label, fetched), "safe_copy": done.safe_copy or None}
    context.output.result(data, f"As in {label}: {', '.join(options.paths)}. {counts(plan)}")
    return 0
