"""unpack, rollback, restore, undo: what changes files, always with a way back."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kitdesk.cli.resolve import ensure_local
from kitdesk.errors import Interrupted, NeedsConsent
from kitdesk.modelkit.primitives.digest import short
from kitdesk.operations import rollback as rollbacks
from kitdesk.operations import undo as undos
from kitdesk.operations.messages import count_words, size_words

if TYPE_CHECKING:
    from kitdesk.cli.dispatch import Context
    from kitdesk.operations.rollback import RollbackPlan

SHOWN = 20
"""Files of each kind that the preview names."""


def unpack(context: Context) -> int:
    """Write a version's files into a folder."""
    from kitdesk.operations.unpack import parse_filter
    from kitdesk.operations.unpack import unpack as verb

    options = context.options
    filters = tuple(parse_filter(text) for text in options.filter)
    digest, label, _ = ensure_local(context, options.reference)
    done = verb(
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


def rollback(context: Context) -> int:
    """Take a folder back to a version."""
    options = context.options
    folder = Path(options.folder)
    digest, label, fetched = ensure_local(context, options.reference)
    if _finish_interrupted(context, folder, digest):
        return 0
    plan = rollbacks.plan_rollback(folder, digest, label, context.services, context.output.report)
    data = _plan_data(plan, label, fetched)
    if options.dry_run:
        context.output.result(data, _plan_text(plan, label))
        return 0
    if not options.yes and not plan.folder_plan.nothing:
        _ask(context, plan, label)
    for warning in plan.warnings:
        context.output.warn(warning)
    done = rollbacks.rollback(plan, context.services, context.output.report)
    data["safe_copy"] = done.safe_copy or None
    text = f"This folder is exactly {label} again."
    if plan.folder_plan.nothing:
        text = f"Nothing to do: this folder is exactly {label}."
    elif done.safe_copy:
        text += (
            f"\n{_counts(plan)}\n"
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
        rollbacks.check_whole(folder, context.services)
        raise Interrupted("A change of this folder was interrupted.")
    if not context.options.yes:
        raise NeedsConsent(
            "An interrupted change would be finished now.",
            f"Add --yes to finish it, or go back with: kitdesk undo {folder}",
        )
    done = undos.resolve_interrupted(folder, "finish", context.services, context.output.report)
    data = {"target": digest, "finished": True, "safe_copy": done.safe_copy}
    context.output.result(data, f"The interrupted change is finished: this folder is {done.label}.")
    return True


def _ask(context: Context, plan: RollbackPlan, label: str) -> None:
    if context.output.as_json or not sys.stdin or not sys.stdin.isatty():
        raise NeedsConsent(
            f"Rolling back to {label} needs a yes: {_counts(plan)}",
            "Look at it with --dry-run, then repeat with --yes. Nothing was changed.",
        )
    context.output.say(_plan_text(plan, label))
    sys.stderr.write(f"Roll back to {label}? [y/N] ")
    sys.stderr.flush()
    if sys.stdin.readline().strip().lower() not in {"y", "yes"}:
        raise NeedsConsent("Nothing was changed.", "Answer y, or use --yes.")


def _plan_data(plan: RollbackPlan, label: str, fetched: int) -> dict[str, Any]:
    change = plan.folder_plan
    return {
        "target": plan.digest,
        "reference": label,
        "restore": change.restore,
        "replace": change.replace,
        "set_aside": change.set_aside,
        "unchanged": len(change.unchanged),
        "fetch_bytes": fetched,
        "disk_needed": change.staged_bytes,
        "warnings": plan.warnings,
    }


def _counts(plan: RollbackPlan) -> str:
    change = plan.folder_plan
    parts = [
        f"{count_words(len(paths), 'file')} {word}"
        for paths, word in (
            (change.restore, "restored"),
            (change.replace, "replaced"),
            (change.set_aside, "set aside"),
        )
        if paths
    ]
    return f"{', '.join(parts)}." if parts else "folders only."


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


def restore(context: Context) -> int:
    """Bring single paths back."""
    options = context.options
    digest, label, fetched = ensure_local(context, options.reference)
    plan = rollbacks.plan_rollback(
        Path(options.folder),
        digest,
        label,
        context.services,
        context.output.report,
        only=tuple(options.paths),
    )
    done = rollbacks.rollback(plan, context.services, context.output.report, verb="restore")
    data = {**_plan_data(plan, label, fetched), "safe_copy": done.safe_copy or None}
    context.output.result(data, f"As in {label}: {', '.join(options.paths)}. {_counts(plan)}")
    return 0


def undo(context: Context) -> int:
    """Turn the last change round."""
    done = undos.undo(Path(context.options.folder), context.services, context.output.report)
    data = {
        "undone": done.verb,
        "digest": done.digest,
        "reference": done.label,
        "files": done.files,
        "safe_copy": done.safe_copy,
    }
    where = f"This folder is at {done.label} again." if done.label else "The files are back."
    context.output.result(data, f"Undone: {done.verb}. {where}")
    return 0
