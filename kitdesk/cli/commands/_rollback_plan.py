"""What rollback and restore share: their plan as JSON and in a few words."""

from __future__ import annotations

from typing import Any

from kitdesk.operations.messages import count_words
from kitdesk.operations.rollback import RollbackPlan, RollbackResult

SHOWN = 20
"""Files of each kind that a preview or a result names."""


def plan_data(plan: RollbackPlan, label: str, fetched: int) -> dict[str, Any]:
    """The fields of the contract; ``fetched`` bytes were pulled for it."""
    change = plan.folder_plan
    return {
        "target": plan.digest,
        "reference": label,
        "restore": change.restore,
        "replace": change.replace,
        "set_aside": change.set_aside,
        "unchanged": len(change.unchanged),
        "fetch_bytes": fetched or plan.fetch_bytes,
        "disk_needed": change.staged_bytes,
        "warnings": plan.warnings,
    }


def counts(plan: RollbackPlan) -> str:
    """How many files come back, are replaced, leave."""
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


def rolled_back_text(done: RollbackResult, label: str) -> str:
    """Says “exactly” only where the result was looked at and is."""
    if done.exact:
        start = "Nothing to do: this folder is" if not done.safe_copy else "This folder is"
        return f"{start} exactly {label}{' again' if done.safe_copy else ''}."
    if done.left:
        more = len(done.left) - SHOWN
        names = ", ".join(done.left[:SHOWN]) + (f" and {more:,} more" if more > 0 else "")
        return f"This folder is {label} again but for what was written meanwhile: {names}."
    return f"This folder is {label} but for modes that only their owner can change."
