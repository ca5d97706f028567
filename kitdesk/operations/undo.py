"""undo: turn the last change of a folder round; and bring a cut-off one to one of its two ends."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from kitdesk.changes import Changes, Topic
from kitdesk.errors import NothingToUndo
from kitdesk.operations.folder_changes.apply import go_on
from kitdesk.operations.inputs.project import folder_of
from kitdesk.progress import Report, silent
from kitdesk.services.history.journal import now

if TYPE_CHECKING:
    from kitdesk.services.container import Library
    from kitdesk.services.history.transaction import Swap

CHANGES = Changes(Topic.FOLDER | Topic.KITFILE | Topic.HISTORY)


@dataclass(frozen=True, slots=True)
class Undone:
    """The folder after an undo."""

    safe_copy: str
    verb: str
    """What was undone: rollback, restore, unpack; or undo when it was an undo."""
    digest: str
    """Version the folder is at again; "" when it was at none."""
    label: str
    files: int
    changes: Changes = CHANGES


def undo(folder: Path, library: Library, report: Report = silent) -> Undone:
    """Bring back what the last rollback, restore or ``unpack -o`` replaced; undoable itself.

    After an interruption it goes back to before it. Raises NothingToUndo, Conflict.
    """
    folder = folder_of(folder)
    cut_off = library.safe.interrupted(folder)
    if cut_off is not None:
        return settle(folder, "undo", library, report)
    swap = library.safe.last(folder)
    if swap is None:
        raise NothingToUndo(
            "There is nothing to undo in this folder.",
            "kitdesk history shows what was done.",
        )
    with library.safe.only_writer(folder):
        applied = swap.record.applied
        swap.begin("backward" if applied else "forward", now())
        return _run(swap, library, report)


def settle(folder: Path, way: str, library: Library, report: Report = silent) -> Undone:
    """Finish (``finish``) or turn back (``undo``) a cut-off change. Raises NothingToUndo."""
    folder = folder_of(folder)
    swap = library.safe.interrupted(folder)
    if swap is None:
        raise NothingToUndo("No change of this folder was interrupted.")
    with library.safe.only_writer(folder):
        if way == "undo":
            swap.turn_back(now())
        return _run(swap, library, report)


def _run(swap: Swap, library: Library, report: Report) -> Undone:
    record = swap.record
    forward = record.direction == "forward"
    digest, label = (
        (record.after_digest, record.after_label)
        if forward
        else (record.before_digest, record.before_label)
    )

    first = record.first

    def done(safe_copy: str) -> None:
        library.journal.append(
            record.verb if record.first and forward else "undo",
            project=Path(record.project),
            reference=label,
            digest=digest,
            before=record.before_digest if forward else record.after_digest,
            undo=None if first and not forward else safe_copy,
        )

    go_on(swap, library, done, report)
    if first and not forward:
        library.safe.abandon(swap)
    verb = record.verb if not forward or first else "undo"
    moved = sum(not step.skip and (step.had or step.incoming) for step in swap.record.steps)
    return Undone(record.id, verb, digest, label, moved)
