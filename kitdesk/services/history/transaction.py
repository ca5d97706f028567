"""Two states of some paths of a folder; the way between them survives a kill at any moment.

``before/<n>`` and ``after/<n>``, on the project's volume, hold whichever content of path n is not
in the project just now; ``swap.json``, in KitDesk's own data folder, says what the steps are. Every
step is a rename (or mkdir, rmdir, chmod) that can be repeated: what has happened is read off the
disk, never off a counter, so a cut-off run can be finished or turned back. Nothing is ever deleted,
and no rename replaces anything: what stands in the way goes into ``extra``.
"""

from __future__ import annotations

import contextlib
import json
import os
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING

from kitdesk.errors import DiskFailure, StoreDamaged
from kitdesk.services.disk.files import write_atomically
from kitdesk.services.disk.regular_files import read_small
from kitdesk.services.history.live_folder import (
    OWNER,
    Facts,
    LiveFolder,
    facts_of,
    kept_names,
    open_read_only,
)
from kitdesk.services.history.transaction_record import (
    MAX_RECORD,
    Direction,
    Phase,
    Step,
    StepKind,
    TransactionRecord,
    read_record,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator


class FolderTransaction:
    """The record on disk and the deeds; ``project`` is where the folder is now."""

    def __init__(
        self, folder: Path, record: TransactionRecord, project: Path | None = None
    ) -> None:
        self.folder = folder
        self.record = record
        self.project = project or Path(record.project)
        self.contents = Path(record.slots) if record.slots else folder
        """Where ``before``, ``after`` and ``extra`` are."""
        self.kept: tuple[str, ...] = ()
        """Paths of what a run of this process found in its way or changed; it is kept."""
        self.brought: dict[str, tuple[Facts, str]] = {}
        """Path -> facts and hex SHA-256 of what was staged for it by this process."""
        self.edited: tuple[str, ...] = ()
        """Paths of what a former run had brought in, edited since: they stay as they are."""
        self.moved = 0
        """Paths that the runs of this process have moved."""
        self.unrecorded = ""
        """Why the history has no line of it; "" when it has."""

    @classmethod
    def load(cls, folder: Path, project: Path | None = None) -> FolderTransaction:
        """Read a swap; raises StoreDamaged when its record cannot be read or trusted."""
        try:
            record = read_record(read_small(folder / "swap.json", MAX_RECORD), folder.name)
        except (
            OSError,
            DiskFailure,
            ValueError,
            TypeError,
            LookupError,
            AttributeError,
            RecursionError,
        ) as error:
            raise StoreDamaged(
                f"The safe copy {folder.name} has no readable record.",
                f"Its files are still in {folder}.",
                str(error),
            ) from error
        return cls(folder, record, project)

    def save(self, **changes: object) -> None:
        """Change the record, on disk before in memory."""
        record = replace(self.record, **changes)  # type: ignore[arg-type]
        data = json.dumps(asdict(record), ensure_ascii=True)  # surrogates survive as escapes
        write_atomically(self.folder / "swap.json", data.encode(), 0o600)
        self.record = record

    def before(self, slot: int) -> Path:
        """Where content of the earlier state lies while the later one is live."""
        return self.contents / "before" / str(slot)

    def after(self, slot: int) -> Path:
        """Where content of the later state lies while the earlier one is live."""
        return self.contents / "after" / str(slot)

    @property
    def extra(self) -> Path:
        """Where lies what was in the way."""
        return self.contents / "extra"

    def strangers(self) -> tuple[str, ...]:
        """Paths of everything that was ever in the way of this swap."""
        return tuple(dict.fromkeys((*kept_names(self.extra), *self.kept)))

    def _slots(self, step: Step, direction: Direction) -> tuple[Path, Path]:
        """(out, in): where live content goes, where new content comes from."""
        pair = self.before(step.slot), self.after(step.slot)
        return pair if direction == "forward" else (pair[1], pair[0])

    # runs ------------------------------------------------------------------------------------

    def begin(self, direction: Direction, changed: str) -> None:
        """Write down what a fresh run will find and bring, before it touches anything."""
        live = LiveFolder(self.project, self.extra)
        steps = []
        for step in self.record.steps:
            if step.kind is not StepKind.MOVE:
                steps.append(replace(step, skip=False))
                continue
            _, inn = self._slots(step, direction)
            had, incoming = live.exists(step.path), os.path.lexists(inn)
            seen = step.seen
            if not self.record.first:  # the first run goes by what its preview saw
                seen = facts_of(live.path(step.path)) if had else None
            brings = facts_of(inn) if incoming else None
            fresh = replace(step, had=had, incoming=incoming, seen=seen, brings=brings, skip=False)
            steps.append(fresh)
        self.save(
            steps=tuple(steps),
            phase=Phase.SWAPPING,
            direction=direction,
            goal=direction,
            changed=changed,
        )

    def reverse(self, changed: str) -> None:
        """Make a cut-off run run the other way; how far it came is read off the disk."""
        way: Direction = "backward" if self.record.direction == "forward" else "forward"
        self.save(direction=way, changed=changed)

    def run(self, advance: Callable[[int, int], None], *, strict: bool = False) -> None:
        """Carry out (or go on with) the run that the record describes, up to but not including
        the mark that it is done. ``advance(done, total)`` is called after each step.

        ``strict``, for the first run: raises FileChanged for what is not as the preview saw it.
        """
        forward = self.record.direction == "forward"
        live = LiveFolder(self.project, self.extra, strict=strict)
        # Modes come last in both directions: until then read-only folders are open.
        moves = [step for step in self.record.steps if step.kind is not StepKind.CHMOD]
        modes = [step for step in self.record.steps if step.kind is StepKind.CHMOD]
        steps = [*(moves if forward else reversed(moves)), *modes]
        folders = {self.project, self.contents}
        open_read_only(live.path(step.path).parent for step in moves if not step.skip)
        try:
            for number, step in enumerate(steps, 1):
                if not step.skip and self._do(step, live, forward=forward):
                    folders.add(live.path(step.path).parent)
                advance(number, len(steps))
        finally:
            self.kept = tuple(dict.fromkeys((*self.kept, *live.kept)))
        if not strict:
            self.kept = tuple(dict.fromkeys((*self.kept, *self._edited_in_slots())))
        self._close_made(moves, live, forward=forward)
        live.sync((*folders, self.contents / "before", self.contents / "after", self.extra))

    def _edited_in_slots(self) -> Iterator[str]:
        """Paths of what lies in its slot otherwise than the run towards the goal had found it, or
        had brought it: also where a run that was killed has put it there.
        """
        on = self.record.direction == self.record.goal
        for step in self.record.steps:
            if step.kind is StepKind.MOVE:
                out, inn = self._slots(step, self.record.goal)
                slot, facts = (out, step.seen) if on else (inn, step.brings)
                if facts is not None and os.path.lexists(slot) and facts_of(slot) != facts:
                    yield step.path

    def _close_made(self, steps: Iterable[Step], live: LiveFolder, *, forward: bool) -> None:
        """Folders that were made without their owner's rights taken away get their own mode."""
        for step in steps:
            mode = step.after_mode if forward else step.before_mode
            if (
                step.kind is (StepKind.MKDIR if forward else StepKind.RMDIR)
                and mode & OWNER != OWNER
            ):
                with contextlib.suppress(PermissionError):
                    live.set_mode(step.path, mode)

    def commit(self) -> None:
        """Mark the run as done."""
        self.save(phase=Phase.DONE, first=False)

    def _do(self, step: Step, live: LiveFolder, *, forward: bool) -> bool:
        """Carry out one step; False if there was nothing to do."""
        match step.kind:
            case StepKind.MOVE:
                moved = self._move(step, live)
                self.moved += moved
                return moved
            case StepKind.MKDIR if forward:
                live.make_folder(step.path, step.after_mode)
            case StepKind.RMDIR if not forward:
                live.make_folder(step.path, step.before_mode)
            case StepKind.MKDIR | StepKind.RMDIR:
                live.drop_folder(step.path)
            case StepKind.CHMOD:
                live.set_mode(step.path, step.after_mode if forward else step.before_mode)
        return True

    def _move(self, step: Step, live: LiveFolder) -> bool:
        """Bring one path towards the run's end from wherever a former run has left it; True if
        anything had to be moved.
        """
        if self.record.direction == self.record.goal:
            return self._move_on(step, live)
        return self._move_back(step, live)

    def _move_on(self, step: Step, live: LiveFolder) -> bool:
        out, inn = self._slots(step, self.record.goal)
        waiting = step.incoming and os.path.lexists(inn)
        # Live is what this run has brought already, unless that still waits or never was.
        leaving = (waiting or not step.incoming) and live.exists(step.path)
        if leaving and step.had and not os.path.lexists(out):
            live.take_out(step.path, out, step.seen)
        elif leaving:  # written after the run had been here: not what it was to take out
            live.move_stranger(step.path)
        elif step.incoming and live.differs(step.path, step.brings):
            self.edited = (*self.edited, step.path)
        if waiting:
            live.bring_in(inn, step.path)
        return waiting or leaving

    def _move_back(self, step: Step, live: LiveFolder) -> bool:
        out, inn = self._slots(step, self.record.goal)
        waiting = step.had and os.path.lexists(out)
        brought = step.incoming and not os.path.lexists(inn)
        there = (waiting or brought) and live.exists(step.path)
        if there and brought:
            live.take_out(step.path, inn, step.brings)
        elif there:
            live.move_stranger(step.path)
        if waiting:
            live.bring_in(out, step.path)
        return waiting or brought
