"""What rollback and restore share: their plan as JSON and in a few words."""

from __future__ import annotations

from typing import Any

from kitdesk.operations.messages import count_words
from kitdesk.operations.rollback import RollbackPlan


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
        "fetch_bytes": fetched,
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
