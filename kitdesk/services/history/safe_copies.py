"""Where swaps are kept: their records in the data folder, their files on the project's volume."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from kitdesk.errors import Conflict, StoreDamaged
from kitdesk.modelkit.layers.ignore import SAFE_FOLDER
from kitdesk.modelkit.primitives.typed_path import home_folder
from kitdesk.services.disk import renames
from kitdesk.services.disk.files import hold, is_abandoned, sync_folder
from kitdesk.services.disk.folder_identity import FolderIdentity, FolderKey, key_of
from kitdesk.services.history import project_lock
from kitdesk.services.history.journal import now
from kitdesk.services.history.own_folders import (
    folders_of_ours,
    is_ours,
    is_usable,
    names_in,
    nearest_folder,
)
from kitdesk.services.history.staged_content import is_as_staged
from kitdesk.services.history.transaction import FolderTransaction
from kitdesk.services.history.transaction_record import (
    Phase,
    Step,
    StepKind,
    TransactionRecord,
    in_order,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from contextlib import AbstractContextManager

BESIDE = SAFE_FOLDER
"""Folder for the files of safe copies beside the project, or in it, where the data folder is on
another volume. No verb ever looks into it."""
STAGING = "staging.lock"
"""In the folder of a swap in the making; holds the place of its contents."""


class Staged(NamedTuple):
    """Where a swap in the making is."""

    folder: Path
    """Of its record."""
    contents: Path
    """Of ``before`` and ``after``, on the project's volume; often the same folder."""
    handle: int = -1
    """Lock that this process holds until the swap begins; -1: none any more."""


class SafeCopies:
    """Finds, begins and lists the swaps of projects."""

    def __init__(self, data: Path) -> None:
        self._data = data
        self._home = data / "safe"
        self._beside: set[Path] = set()
        """Records of this process beside projects, while the data folder cannot be used."""

    def location_for(self, project: Path) -> Path:
        """Folder for new safe copies of a project, such that a rename leads there.

        The data folder, else beside the project, else (the project is the root of a mount, or what
        holds it cannot be written) ``.kitdesk-safe`` in it. May not be there yet; touches nothing.
        """
        project = Path(os.path.realpath(project))
        home = Path(os.path.realpath(self._home))
        if (
            not home.is_relative_to(project)
            and is_usable(home)
            and renames.can_rename(project, nearest_folder(home))
        ):
            return self._home
        parent = project.parent
        beside = parent / BESIDE
        writable = parent != project and os.access(nearest_folder(beside), os.W_OK | os.X_OK)
        if writable and renames.can_rename(project, nearest_folder(beside)):
            return beside
        return project / BESIDE

    def _swaps(self, key: FolderKey) -> Iterator[FolderTransaction]:
        """Swaps of a folder whose records can be trusted: ours, in our own data folder."""
        for folder in (*folders_of_ours(self._home), *sorted(self._beside)):
            with contextlib.suppress(StoreDamaged):  # its files stay where they are
                transaction = FolderTransaction.load(folder, Path(key.real))
                if _is_of(transaction, key):
                    if transaction.record.slots:
                        transaction.contents = _contents(transaction, Path(key.real))
                    yield transaction
        # Older KitDesks kept the record beside the project too: believed if the journal knows it.
        for folder in folders_of_ours(Path(key.real).parent / BESIDE):
            if (folder / "swap.json").exists() and self._is_known(folder.name):
                with contextlib.suppress(StoreDamaged):
                    transaction = FolderTransaction.load(folder, Path(key.real))
                    transaction.contents = folder
                    if _is_of(transaction, key):
                        yield transaction

    def _is_known(self, name: str) -> bool:
        """True if our own journal has this id as an undo."""
        try:
            text = (self._data / "journal.jsonl").read_bytes()
        except OSError:
            return False
        return f'"undo": {json.dumps(name)}'.encode() in text

    def stage(self, project: Path) -> Staged:
        """New empty folders for a swap."""
        name = f"{datetime.now(UTC):%Y%m%dT%H%M%S}-{secrets.token_hex(4)}"
        place = self.location_for(project)
        folder, contents = self._home / name, place / name
        if not is_usable(self._home):
            folder = contents
            self._beside.add(folder)
        folder.mkdir(parents=True, mode=0o700)
        handle = os.open(folder / STAGING, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        hold(handle)
        os.write(handle, os.fsencode(contents))
        staged = Staged(folder, contents, handle)
        staged.contents.mkdir(parents=True, mode=0o700, exist_ok=contents == folder)
        for part in ("before", "after"):
            (staged.contents / part).mkdir(mode=0o700)
        sync_folder(place)
        return staged

    def create(
        self,
        staged: Staged,
        project: Path,
        verb: str,
        steps: Iterable[Step],
        before: tuple[str, str],
        after: tuple[str, str],
    ) -> FolderTransaction:
        """Write the record of a staged swap; ``before`` and ``after`` are (digest, label)."""
        time, key = now(), key_of(project)
        record = TransactionRecord(
            staged.folder.name,
            key.real,
            verb,
            time,
            time,
            Phase.STAGED,
            "forward",
            True,
            *before,
            *after,
            in_order(steps),
            "forward",
            *key.identity,
            "" if staged.contents == staged.folder else str(staged.contents),
        )
        transaction = FolderTransaction(staged.folder, record, Path(key.real))
        sync_folder(staged.contents / "after")
        transaction.save()
        return transaction

    def begin(self, staged: Staged, transaction: FolderTransaction) -> None:
        """Begin the first run of a staged swap: from now on it is nothing to be swept away."""
        transaction.begin("forward", now())
        (staged.folder / STAGING).unlink()
        os.close(staged.handle)

    def abandoned(self) -> Iterator[Staged]:
        """Swaps in the making whose process died before it touched the project."""
        for folder in folders_of_ours(self._home):
            lock_file = folder / STAGING
            if not is_abandoned(lock_file, settled=0.0):
                continue
            contents = Path(os.fsdecode(lock_file.read_bytes()) or folder)
            with contextlib.suppress(StoreDamaged):
                if FolderTransaction.load(folder).record.phase is not Phase.STAGED:
                    continue
            if contents == folder or (contents.name == folder.name and is_ours(contents)):
                yield Staged(folder, contents)

    def drop(self, staged: Staged) -> None:
        """Throw a staged swap away: the project was never touched by it."""
        if staged.handle >= 0:
            os.close(staged.handle)
        shutil.rmtree(staged.folder, ignore_errors=True)
        if staged.contents != staged.folder:
            shutil.rmtree(staged.contents, ignore_errors=True)
            with contextlib.suppress(OSError):
                staged.contents.parent.rmdir()  # leave no empty .kitdesk-safe behind

    def abandon(self, transaction: FolderTransaction) -> tuple[str, ...]:
        """A first run was turned back: keep nothing but what is not ours to throw away.

        Ours is what still has the bytes that were staged. Returns the paths of what is kept.
        """
        steps = {
            str(step.slot): step for step in transaction.record.steps if step.kind is StepKind.MOVE
        }
        kept = list(transaction.strangers())
        for name in names_in(transaction.contents / "after"):
            step = steps.get(name)
            path = transaction.contents / "after" / name
            if step is None or not is_as_staged(step, path, transaction.record.created):
                kept.append(step.path if step is not None else name)
        left = [steps[name].path if name in steps else name for name in self._left(transaction)]
        if kept or left:
            transaction.save(phase=Phase.ABANDONED, first=False)
        else:
            self.drop(Staged(transaction.folder, transaction.contents))
        return tuple(dict.fromkeys((*kept, *left)))

    def release(self, transaction: FolderTransaction) -> None:
        """Forget a swap that replaced nothing, unless something lies in it all the same."""
        if not (
            self._left(transaction)
            or names_in(transaction.contents / "after")
            or transaction.strangers()
        ):
            self.drop(Staged(transaction.folder, transaction.contents))

    def _left(self, transaction: FolderTransaction) -> list[str]:
        return names_in(transaction.contents / "before")

    def for_project(self, project: Path) -> tuple[FolderTransaction, ...]:
        """Swaps of a project that touched it, last run first; unreadable ones are left out."""
        touched = (Phase.SWAPPING, Phase.DONE)
        found = [one for one in self._swaps(key_of(project)) if one.record.phase in touched]
        return tuple(
            sorted(found, key=lambda transaction: transaction.record.changed, reverse=True)
        )

    def unfinished(self, project: Path) -> FolderTransaction | None:
        """A swap under way, or cut off; who holds the project's lock knows which."""
        transactions = self.for_project(project)
        return next((one for one in transactions if one.record.phase is Phase.SWAPPING), None)

    def interrupted(self, project: Path) -> FolderTransaction | None:
        """A swap that was cut off (and is not under way in another process), if there is one."""
        transaction = self.unfinished(project)
        return transaction if transaction is not None and self._free(project) else None

    def latest_undoable(self, project: Path) -> FolderTransaction | None:
        """The swap that Undo would turn round."""
        return next((s for s in self.for_project(project) if s.record.phase is Phase.DONE), None)

    # one writer a project --------------------------------------------------------------------

    def _free(self, project: Path) -> bool:
        try:
            with self.only_writer(project):
                return True
        except Conflict:
            return False

    def only_writer(self, project: Path) -> AbstractContextManager[None]:
        """Hold the project for one changing verb; raises Conflict when another one has it."""
        locks = self._data / "locks"
        if not is_usable(locks):  # the data folder is full, read-only, somebody else's
            locks = home_folder() / ".kitdesk-locks"
        return project_lock.held(locks, project)


def _is_of(transaction: FolderTransaction, key: FolderKey) -> bool:
    record = transaction.record
    identity = FolderIdentity(record.device, record.inode, record.born)
    return key.is_named_by(record.project, identity)


def _contents(transaction: FolderTransaction, project: Path) -> Path:
    """Where the files of a safe copy are now: they move along with a folder that holds both."""
    name = transaction.folder.name
    for place in (
        Path(transaction.record.slots),
        project / BESIDE / name,
        project.parent / BESIDE / name,
    ):
        if is_ours(place):
            return place
    return transaction.contents
