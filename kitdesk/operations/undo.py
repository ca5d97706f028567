"""undo: turn the last change of a folder round; and bring a cut-off one to one of its two ends."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from kitdesk.changes import Changes, Topic
from kitdesk.errors import NothingToUndo
from kitdesk.operations.folder_changes.apply import run_or_revert
from kitdesk.operations.inputs.project import folder_of
from kitdesk.progress import Report, silent
from kitdesk.services.history.journal import now

if TYPE_CHECKING:
    from kitdesk.services.container import Services
    from kitdesk.services.history.transaction import FolderTransaction

CHANGES = Changes(Topic.FOLDER | Topic.KITFILE | Topic.HISTORY)


@dataclass(frozen=True, slots=True)
class UndoResult:
    """The folder after an undo."""

    safe_copy: str
    verb: str
    """What was undone: rollback, restore, unpack; or undo when it was an undo."""
    digest: str
    """Version the folder is at again; "" when it was at none."""
    label: str
    files: int
    changes: Changes = CHANGES


def undo(folder: Path, services: Services, report: Report = silent) -> UndoResult:
    """Bring back what the last rollback, restore or ``unpack -o`` replaced; undoable itself.

    After an interruption it goes back to before it. Raises NothingToUndo, Conflict.
    """
    folder = folder_of(folder)
    cut_off = services.safe_copies.interrupted(folder)
    if cut_off is not None:
        return resolve_interrupted(folder, "undo", services, report)
    transaction = services.safe_copies.latest_undoable(folder)
    if transaction is None:
        raise NothingToUndo(
            "There is nothing to undo in this folder.",
            "kitdesk history shows what was done.",
        )
    with services.safe_copies.only_writer(folder):
        applied = transaction.record.applied
        transaction.begin("backward" if applied else "forward", now())
        return _run(transaction, services, report)


def resolve_interrupted(
    folder: Path, way: str, services: Services, report: Report = silent
) -> UndoResult:
    """Finish (``finish``) or turn back (``undo``) a cut-off change. Raises NothingToUndo."""
    folder = folder_of(folder)
    transaction = services.safe_copies.interrupted(folder)
    if transaction is None:
        raise NothingToUndo("No change of this folder was interrupted.")
    with services.safe_copies.only_writer(folder):
        if way == "undo":
            transaction.reverse(now())
        return _run(transaction, services, report)


def _run(transaction: FolderTransaction, services: Services, report: Report) -> UndoResult:
    record = transaction.record
    forward = record.direction == "forward"
    digest, label = (
        (record.after_digest, record.after_label)
        if forward
        else (record.before_digest, record.before_label)
    )

    first = record.first

    def done(safe_copy: str) -> None:
        services.journal.append(
            record.verb if record.first and forward else "undo",
            project=Path(record.project),
            reference=label,
            digest=digest,
            before=record.before_digest if forward else record.after_digest,
            undo=None if first and not forward else safe_copy,
        )

    run_or_revert(transaction, services, done, report)
    if first and not forward:
        services.safe_copies.abandon(transaction)
    verb = record.verb if not forward or first else "undo"
    moved = sum(
        not step.not_started and (step.had_live or step.has_incoming)
        for step in transaction.record.steps
    )
    return UndoResult(record.id, verb, digest, label, moved)
