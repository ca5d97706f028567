"""undo: turn the last change of a folder round; and bring a cut-off one to one of its two ends."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from kitdesk.changes import Changes, Topic
from kitdesk.errors import NothingToUndo
from kitdesk.operations.folder_changes.apply import (
    close_run,
    edited_words,
    kept_words,
    run_on,
    run_or_revert,
    unrecorded_words,
)
from kitdesk.operations.inputs.project import folder_of
from kitdesk.progress import Report, silent
from kitdesk.services.history.journal import now

if TYPE_CHECKING:
    from collections.abc import Callable

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
    kept: tuple[str, ...] = ()
    """Paths that somebody had written anew meanwhile: these files are in the safe copy now."""
    edited: tuple[str, ...] = ()
    """Paths of what was in place already and has been edited since: they stay as they are."""
    where: Path = Path()
    """Folder of the safe copy."""
    warnings: tuple[str, ...] = ()
    changes: Changes = CHANGES

    @property
    def kept_sentence(self) -> str:
        """Names both; "" when there are none."""
        return " ".join(
            filter(None, (kept_words(self.kept, self.where), edited_words(self.edited)))
        )


def undo(folder: Path, services: Services, report: Report = silent) -> UndoResult:
    """Bring back what the last rollback, restore or ``unpack -o`` replaced; undoable itself.

    After an interruption it goes back to before it. Raises NothingToUndo, Conflict.
    """
    folder = folder_of(folder)
    with services.safe_copies.only_writer(folder):
        cut_off = services.safe_copies.unfinished(folder)
        if cut_off is not None:
            return _settle(cut_off, "undo", services, report)
        transaction = services.safe_copies.latest_undoable(folder)
        if transaction is None:
            raise NothingToUndo(
                "There is nothing to undo in this folder.",
                "kitdesk history shows what was done.",
            )
        transaction.begin("backward" if transaction.record.applied else "forward", now())
        verb = transaction.record.verb if transaction.record.direction == "backward" else "undo"
        run_or_revert(transaction, services, _line(transaction, services), report)
        return _result(transaction, verb, transaction.kept)


def resolve_interrupted(
    folder: Path, way: Literal["finish", "undo"], services: Services, report: Report = silent
) -> UndoResult:
    """Finish (``finish``) or turn back (``undo``) a cut-off change; what the user has written anew
    meanwhile goes into the safe copy and is named. Raises NothingToUndo.

    A failure or cancel leaves the change cut off: it can be settled again.
    """
    folder = folder_of(folder)
    with services.safe_copies.only_writer(folder):
        transaction = services.safe_copies.unfinished(folder)
        if transaction is None:
            raise NothingToUndo("No change of this folder was interrupted.")
        return _settle(transaction, way, services, report)


def _settle(
    transaction: FolderTransaction,
    way: Literal["finish", "undo"],
    services: Services,
    report: Report,
) -> UndoResult:
    """The cut-off run may have been turned back itself: what counts is where the verb was bound."""
    record = transaction.record
    if (record.direction == record.goal) != (way == "finish"):
        transaction.reverse(now())
    first, back = record.first, transaction.record.direction == "backward"
    run_on(transaction, _line(transaction, services), report)
    kept = close_run(transaction, services)
    return _result(transaction, record.verb if back or first else "undo", kept)


def _line(transaction: FolderTransaction, services: Services) -> Callable[[str], None]:
    """Writes the line of history for the run under way."""
    record = transaction.record
    forward = record.direction == "forward"
    digest, label = record.end(record.direction)

    def done(safe_copy: str) -> None:
        services.journal.append(
            record.verb if record.first and forward else "undo",
            project=transaction.project,
            reference=label,
            digest=digest,
            before=record.before_digest if forward else record.after_digest,
            undo=None if record.first and not forward else safe_copy,
        )

    return done


def _result(transaction: FolderTransaction, verb: str, kept: tuple[str, ...]) -> UndoResult:
    digest, label = transaction.record.end(transaction.record.direction)
    warnings = unrecorded_words(transaction)
    return UndoResult(
        transaction.record.id,
        verb,
        digest,
        label,
        transaction.moved,
        kept,
        transaction.edited,
        transaction.contents,
        warnings,
    )
