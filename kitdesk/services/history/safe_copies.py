"""Where swaps are kept: the data folder, or beside a project on another volume (design.md 6)."""

from __future__ import annotations

import contextlib
import hashlib
import os
import secrets
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from kitdesk.errors import Conflict, StoreDamaged
from kitdesk.services.disk.files import lock, os_errors_as, same_volume, write_atomically
from kitdesk.services.history.journal import now
from kitdesk.services.history.transaction import FolderTransaction
from kitdesk.services.history.transaction_record import (
    LEAVES,
    Phase,
    Step,
    TransactionRecord,
    in_order,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

BESIDE = ".kitdesk-safe"
"""Folder beside the project when the data folder is on another volume."""


def _usable(folder: Path) -> bool:
    """True if files can be made in a folder, which is made where it is not there."""
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError:
        return False
    return os.access(folder, os.W_OK | os.X_OK)


class SafeCopies:
    """Finds, begins and lists the swaps of projects."""

    def __init__(self, data: Path) -> None:
        self._data = data

    def location_for(self, project: Path) -> Path:
        """Folder for new safe copies of a project: on its volume, never inside it."""
        project = project.absolute()
        home = self._data / "safe"
        inside = home.is_relative_to(project)
        if not inside and same_volume(self._data, project) and _usable(home):
            return home
        return project.parent / BESIDE

    def _folders(self, project: Path) -> Iterator[Path]:
        for home in (self._data / "safe", project.absolute().parent / BESIDE):
            with contextlib.suppress(FileNotFoundError, NotADirectoryError):
                yield from sorted(Path(entry.path) for entry in os.scandir(home))

    def stage(self, project: Path) -> Path:
        """A new empty folder for a swap, with ``before`` and ``after`` in it."""
        name = f"{datetime.now(UTC):%Y%m%dT%H%M%S}-{secrets.token_hex(4)}"
        folder = self.location_for(project) / name
        (folder / "before").mkdir(parents=True, mode=0o700)
        (folder / "after").mkdir(mode=0o700)
        return folder

    def create(
        self,
        folder: Path,
        project: Path,
        verb: str,
        steps: Iterable[Step],
        before: tuple[str, str],
        after: tuple[str, str],
    ) -> FolderTransaction:
        """Write the record of a staged swap; ``before`` and ``after`` are (digest, label)."""
        time = now()
        record = TransactionRecord(
            folder.name,
            str(project.absolute()),
            verb,
            time,
            time,
            Phase.STAGED,
            "forward",
            True,
            *before,
            *after,
            in_order(steps),
        )
        transaction = FolderTransaction(folder, record)
        transaction.save()
        return transaction

    def drop(self, folder: Path) -> None:
        """Throw a staged swap away: the project was never touched by it."""
        shutil.rmtree(folder, ignore_errors=True)
        with contextlib.suppress(OSError):
            folder.parent.rmdir()  # leave no empty .kitdesk-safe behind

    def abandon(self, transaction: FolderTransaction) -> None:
        """A first run was turned back: keep nothing but what is not ours to throw away."""
        staged = {str(step.slot) for step in transaction.record.steps if step.after_mode != LEAVES}
        kept = set(os.listdir(transaction.folder / "after")) - staged
        if os.listdir(transaction.folder / "before") or kept:
            transaction.save(phase=Phase.ABANDONED)
        else:
            self.drop(transaction.folder)

    def for_project(self, project: Path) -> tuple[FolderTransaction, ...]:
        """Swaps of a project that touched it, last run first; unreadable ones are left out."""
        wanted, found = str(project.absolute()), []
        for folder in self._folders(project):
            with contextlib.suppress(StoreDamaged):
                transaction = FolderTransaction.load(folder)
                if (
                    transaction.record.project == wanted
                    and transaction.record.phase is not Phase.STAGED
                ):
                    found.append(transaction)
        return tuple(
            sorted(found, key=lambda transaction: transaction.record.changed, reverse=True)
        )

    def interrupted(self, project: Path) -> FolderTransaction | None:
        """A swap that was cut off (and is not under way in another process), if there is one."""
        for transaction in self.for_project(project):
            if transaction.record.phase is Phase.SWAPPING:
                return transaction if self._free(project) else None
        return None

    def latest_undoable(self, project: Path) -> FolderTransaction | None:
        """The swap that Undo would turn round."""
        return next((s for s in self.for_project(project) if s.record.phase is Phase.DONE), None)

    def size(self, transaction: FolderTransaction) -> int:
        """Bytes kept aside."""
        total = 0
        for root, _, names in os.walk(transaction.folder):
            total += sum((Path(root) / name).lstat().st_size for name in names)
        return total

    # one writer a project --------------------------------------------------------------------

    def _lock_path(self, project: Path) -> Path:
        name = hashlib.sha256(os.fsencode(project.absolute())).hexdigest()[:32]
        home = self._data / "locks"
        if not _usable(home):  # the data folder is full, read-only, somebody else's
            home = project.absolute().parent / BESIDE
        return home / f"{name}.lock"

    def _free(self, project: Path) -> bool:
        try:
            with self.only_writer(project):
                return True
        except Conflict:
            return False

    @contextlib.contextmanager
    def only_writer(self, project: Path) -> Iterator[None]:
        """Hold the project for one changing verb; raises Conflict when another one has it."""
        path = self._lock_path(project)
        with os_errors_as("locking the folder"):
            if not path.exists():
                write_atomically(path, b"")
            opened = path.open("r+b")
        with opened as handle:
            try:
                lock(handle.fileno(), wait=False)
            except OSError:
                raise Conflict(
                    "Another KitDesk is changing this folder just now.",
                    "Wait until it has finished.",
                ) from None
            yield
