"""Two states of some paths of a folder; the way between them survives a kill at any moment.

A swap lives in one folder on the project's volume: ``before/<n>`` and ``after/<n>`` hold whichever
content of path n is not in the project just now; ``swap.json`` says what the steps are. Every step
is a rename (or mkdir, rmdir, chmod) that can be repeated: what has happened is read off the disk,
never off a counter, so a cut-off run can be finished or turned back. Nothing is ever deleted.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import stat as stats
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING

from kitdesk.errors import FileChanged, StoreDamaged
from kitdesk.services.disk.files import sync_folder, write_atomically
from kitdesk.services.history.transaction_record import (
    OWNER_RIGHTS,
    Direction,
    Phase,
    Step,
    StepKind,
    TransactionRecord,
    _step,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


class FolderTransaction:
    """The record on disk and the deeds."""

    def __init__(self, folder: Path, record: TransactionRecord) -> None:
        self.folder = folder
        self.record = record

    @classmethod
    def load(cls, folder: Path) -> FolderTransaction:
        """Read a swap; raises StoreDamaged when its record cannot be read."""
        try:
            raw = json.loads((folder / "swap.json").read_bytes())
            steps = tuple(_step(step) for step in raw.pop("steps"))
            record = TransactionRecord(**{**raw, "phase": Phase(raw["phase"]), "steps": steps})
        except (OSError, ValueError, TypeError, KeyError) as error:
            raise StoreDamaged(
                f"The safe copy {folder.name} has no readable record.",
                f"Its files are still in {folder}.",
                str(error),
            ) from error
        return cls(folder, record)

    def save(self, **changes: object) -> None:
        """Change the record, on disk before in memory."""
        record = replace(self.record, **changes)  # type: ignore[arg-type]
        data = json.dumps(asdict(record), ensure_ascii=True)  # surrogates survive as escapes
        write_atomically(self.folder / "swap.json", data.encode(), 0o600)
        self.record = record

    def before(self, slot: int) -> Path:
        """Where content of the earlier state lies while the later one is live."""
        return self.folder / "before" / str(slot)

    def after(self, slot: int) -> Path:
        """Where content of the later state lies while the earlier one is live."""
        return self.folder / "after" / str(slot)

    def _slots(self, step: Step, direction: Direction) -> tuple[Path, Path]:
        """(out, in): where live content goes, where new content comes from."""
        pair = self.before(step.slot), self.after(step.slot)
        return pair if direction == "forward" else (pair[1], pair[0])

    def _live(self, step: Step) -> Path:
        return Path(self.record.project, step.path)

    # runs ------------------------------------------------------------------------------------

    def begin(self, direction: Direction, changed: str) -> None:
        """Write down what a fresh run will find and bring, before it touches anything."""
        steps = []
        for step in self.record.steps:
            had = incoming = False
            if step.kind is StepKind.MOVE:
                _, inn = self._slots(step, direction)
                had, incoming = os.path.lexists(self._live(step)), os.path.lexists(inn)
            steps.append(replace(step, had_live=had, has_incoming=incoming, not_started=False))
        self.save(steps=tuple(steps), phase=Phase.SWAPPING, direction=direction, changed=changed)

    def reverse(self, changed: str) -> None:
        """Make a cut-off run run the other way: only what it had begun is reversed."""
        way = self.record.direction
        steps = []
        for step in self.record.steps:
            if step.kind is not StepKind.MOVE:
                steps.append(step)
                continue
            out, inn = self._slots(step, way)
            waiting = step.has_incoming and os.path.lexists(inn)
            begun = (step.had_live and os.path.lexists(out)) or (step.has_incoming and not waiting)
            live = os.path.lexists(self._live(step)) and not waiting
            steps.append(
                replace(
                    step, not_started=not begun, had_live=live, has_incoming=os.path.lexists(out)
                )
            )
        self.save(
            steps=tuple(steps),
            direction="backward" if way == "forward" else "forward",
            changed=changed,
        )

    def run(self, advance: Callable[[int, int], None]) -> None:
        """Carry out (or go on with) the run that the record describes, up to but not including
        the mark that it is done. ``advance(done, total)`` is called after each step.

        Raises FileChanged when a live file is not the one that the preview saw.
        """
        forward = self.record.direction == "forward"
        # Modes come last in both directions: until then read-only folders are open.
        moves = [step for step in self.record.steps if step.kind is not StepKind.CHMOD]
        modes = [step for step in self.record.steps if step.kind is StepKind.CHMOD]
        steps = [*(moves if forward else reversed(moves)), *modes]
        folders = {Path(self.record.project)}
        open_read_only(self._live(step).parent for step in moves if not step.not_started)
        for number, step in enumerate(steps, 1):
            if not step.not_started:
                self._do(step, forward)
                folders.add(self._live(step).parent)
            advance(number, len(steps))
        self._close_made(moves, forward)
        for folder in folders:
            with contextlib.suppress(FileNotFoundError, NotADirectoryError):
                sync_folder(folder)

    def _close_made(self, steps: Iterable[Step], forward: bool) -> None:
        """Folders that were made without their owner's rights taken away get their own mode."""
        for step in steps:
            mode = step.after_mode if forward else step.before_mode
            if (
                step.kind is (StepKind.MKDIR if forward else StepKind.RMDIR)
                and mode & OWNER_RIGHTS != OWNER_RIGHTS
            ):
                with contextlib.suppress(FileNotFoundError):
                    self._live(step).chmod(mode)

    def commit(self) -> None:
        """Mark the run as done."""
        self.save(phase=Phase.DONE, first=False)

    def _do(self, step: Step, forward: bool) -> None:
        live = self._live(step)
        match step.kind:
            case StepKind.MOVE:
                self._move(step, live, "forward" if forward else "backward")
            case StepKind.MKDIR if forward:
                _make_folder(live, step.after_mode)
            case StepKind.RMDIR if not forward:
                _make_folder(live, step.before_mode)
            case StepKind.MKDIR | StepKind.RMDIR:
                _drop_folder(live)
            case StepKind.CHMOD:
                with contextlib.suppress(FileNotFoundError):
                    live.chmod(step.after_mode if forward else step.before_mode)

    def _move(self, step: Step, live: Path, direction: Direction) -> None:
        out, inn = self._slots(step, direction)
        if step.had_live and not os.path.lexists(out) and os.path.lexists(live):
            if self.record.first and direction == "forward" and step.expected_stat is not None:
                self._check(step, live)
            out.parent.mkdir(exist_ok=True)
            live.rename(out)
        if step.has_incoming and os.path.lexists(inn):
            live.parent.mkdir(parents=True, exist_ok=True)
            inn.rename(live)

    def _check(self, step: Step, live: Path) -> None:
        stat = live.lstat()
        if (stat.st_size, stat.st_mtime_ns, stat.st_ino) != step.expected_stat:
            raise FileChanged(
                f"{step.path} changed after the preview.",
                "Nothing was changed. Look at the preview again and repeat.",
            )


def open_read_only(folders: Iterable[Path]) -> None:
    """Let their owner write into folders for a while; who calls sets the modes afterwards."""
    for folder in set(folders):
        if folder.is_dir() and not os.access(folder, os.W_OK | os.X_OK):
            folder.chmod(stats.S_IMODE(folder.stat().st_mode) | OWNER_RIGHTS)


def _make_folder(path: Path, mode: int) -> None:
    path.mkdir(parents=True, exist_ok=True)
    path.chmod(mode | OWNER_RIGHTS)


def _drop_folder(path: Path) -> None:
    """Remove a folder if it is empty; one that holds other things stays."""
    try:
        path.rmdir()
    except FileNotFoundError:
        return
    except OSError as error:
        if error.errno not in (errno.ENOTEMPTY, errno.EEXIST, errno.ENOTDIR):
            raise
