"""rollback: take a folder back to a version, exactly, after a preview."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from kitdesk.cli.commands._rollback_plan import counts, plan_data
from kitdesk.cli.context import Context, warn_interrupted
from kitdesk.cli.resolve import ensure_local
from kitdesk.errors import Interrupted, NeedsConsent
from kitdesk.modelkit.primitives.digest import short
from kitdesk.operations.messages import count_words, size_words
from kitdesk.operations.rollback import RollbackPlan, check_whole, plan_rollback, rollback
from kitdesk.operations.undo import resolve_interrupted

if TYPE_CHECKING:
    import argparse

NAME = "rollback"
HELP = "Take a folder back to a version, exactly."
SHOWN = 20
"""Files of each kind that the preview names."""


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare its options."""
    parser.add_argument("reference", metavar="REF")
    parser.add_argument("folder", nargs="?", default=".")
    parser.add_argument("--dry-run", action="store_true", help="only show what would happen")
    parser.add_argument("--yes", action="store_true", help="do not ask")


def run(context: Context) -> int:
    """Take a folder back to a version."""
    warn_interrupted(context, Path(context.options.folder))
    options = context.options
    folder = Path(options.folder)
    digest, label, fetched = ensure_local(context, options.reference)
    if _finish_interrupted(context, folder, digest):
        return 0
    plan = plan_rollback(folder, digest, label, context.services, context.output.report)
    data = plan_data(plan, label, fetched)
    if options.dry_run:
        context.output.result(data, _plan_text(plan, label))
        return 0
    if not options.yes and not plan.folder_plan.nothing:
        _ask(context, plan, label)
    for warning in plan.warnings:
        context.output.warn(warning)
    done = rollback(plan, context.services, context.output.report)
    data["safe_copy"] = done.safe_copy or None
    text = f"This folder is exactly {label} again."
    if plan.folder_plan.nothing:
        text = f"Nothing to do: this folder is exactly {label}."
    elif done.safe_copy:
        text += (
            f"\n{counts(plan)}\n"
            "What was replaced is kept in a safe copy; kitdesk undo brings it back."
        )
    context.output.result(data, text)
    return 0


def _finish_interrupted(context: Context, folder: Path, digest: str) -> bool:
    """A cut-off change towards this very version is finished; any other one stops us."""
    transaction = context.services.safe_copies.interrupted(folder)
    if transaction is None:
        return False
    toward = (
        transaction.record.after_digest
        if transaction.record.direction == "forward"
        else transaction.record.before_digest
    )
    if toward != digest:
        check_whole(folder, context.services)
        raise Interrupted("A change of this folder was interrupted.")
    if not context.options.yes:
        raise NeedsConsent(
            "An interrupted change would be finished now.",
            f"Add --yes to finish it, or go back with: kitdesk undo {folder}",
        )
    done = resolve_interrupted(folder, "finish", context.services, context.output.report)
    data = {"target": digest, "finished": True, "safe_copy": done.safe_copy}
    context.output.result(data, f"The interrupted change is finished: this folder is {done.label}.")
    return True


def _ask(context: Context, plan: RollbackPlan, label: str) -> None:
    if context.output.as_json or not sys.stdin or not sys.stdin.isatty():
        raise NeedsConsent(
            f"Rolling back to {label} needs a yes: {counts(plan)}",
            "Look at it with --dry-run, then repeat with --yes. Nothing was changed.",
        )
    context.output.say(_plan_text(plan, label))
    sys.stderr.write(f"Roll back to {label}? [y/N] ")
    sys.stderr.flush()
    if sys.stdin.readline().strip().lower() not in {"y", "yes"}:
        raise NeedsConsent("Nothing was changed.", "Answer y, or use --yes.")


def _plan_text(plan: RollbackPlan, label: str) -> str:
    change = plan.folder_plan
    if change.nothing:
        return f"Nothing to do: this folder is exactly {label}."
    lines = [f"Roll back to {label} ({short(plan.digest)})"]
    for title, sign, paths in (
        ("Comes back", "+", change.restore),
        ("Is replaced", "~", change.replace),
        ("Leaves the folder, to the safe copy", "-", change.set_aside),
    ):
        if paths:
            lines.append(f"{title}: {count_words(len(paths), 'file')}")
            lines += [f"  {sign} {path}" for path in paths[:SHOWN]]
            if len(paths) > SHOWN:
                lines.append(f"  and {len(paths) - SHOWN:,} more")
    lines.append(f"Stays as it is: {count_words(len(change.unchanged), 'file')}")
    lines.append(f"Needs {size_words(change.staged_bytes)} of disk. The registry is not touched.")
    return "\n".join(lines)
