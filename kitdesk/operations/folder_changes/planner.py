"""Plans the steps from a folder as it is to a folder as a version says; nothing is touched."""

from __future__ import annotations

import os
import stat as stats
from typing import TYPE_CHECKING

from kitdesk.errors import Conflict
from kitdesk.progress import Report, silent
from kitdesk.services.disk.file_system import keeps_modes, kind_of, refuses
from kitdesk.services.disk.files import disk_error, umask
from kitdesk.services.disk.name_rules import rule_of, spelled_on_disk
from kitdesk.services.history.transaction_record import LEAVES, Step, StepKind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

    from kitdesk.operations.folder_changes.staged_hashes import Hashes

from kitdesk.operations.folder_changes.plan import (
    DesiredFile,
    FolderPlan,
    IncomingFile,
    is_protected,
    sha256_of,
)

PERMISSIONS = 0o777
"""Set-id and sticky bits are not written: what is pulled is hostile until checked."""


SPECIAL = 0o7000
"""These bits of a folder that is there stay as they are."""


class FolderPlanner:
    """Looks at each path once and writes down its step."""

    def __init__(
        self,
        folder: Path,
        hashes: Hashes,
        left_alone: Callable[[str], bool] = lambda _path: False,
        report: Report = silent,
        looked_at: int = 0,
    ) -> None:
        self._looked_at = looked_at
        """Time in ns before which all was looked at and found right: what is older has not changed
        since. 0: nothing was."""
        self._disk = kind_of(folder)
        self.plan = FolderPlan(folder, keeps_modes=keeps_modes(self._disk))
        self._root = os.fspath(folder)
        self._hashes = hashes
        self._left_alone = left_alone
        self._report = report
        self._mask = umask()
        self._names = rule_of(folder)
        self._slot = 0
        self._blocked: set[str] = set()
        """Links and files that stand where a folder must be; they leave."""

    def want_folders(self, folders: Mapping[str, int], owned: Iterable[str]) -> None:
        """Folders that shall exist (path -> mode), and owned ones that may go when empty."""
        for path in sorted(folders):
            if is_protected(path):
                continue
            mode = folders[path] & PERMISSIONS & ~self._mask
            live = self._look(path)
            if live is None:
                self._add(StepKind.MKDIR, path, after_mode=mode)
            elif not stats.S_ISDIR(live.st_mode):
                self._leave(path, live)
                self._blocked.add(path)
                self._add(StepKind.MKDIR, path, after_mode=mode)
            else:
                old = stats.S_IMODE(live.st_mode)
                mode |= old & SPECIAL  # how colleagues share a folder is not the version's to say
                if old != mode and self._may_change(path, live):
                    self._add(StepKind.CHMOD, path, before_mode=old, after_mode=mode)
        for path in owned:
            live = self._look(path)
            if path in folders or is_protected(path) or live is None or path == ".":
                continue
            if stats.S_ISDIR(live.st_mode):
                self._add(StepKind.RMDIR, path, before_mode=stats.S_IMODE(live.st_mode))

    def want_files(self, files: Mapping[str, DesiredFile], owned: Iterable[str]) -> None:
        """Files that shall exist, and owned ones that shall not."""
        for path in sorted(path for path in owned if path not in files):
            live = self._look(path)
            if live is None or stats.S_ISDIR(live.st_mode) or path in self._blocked:
                continue
            if not is_protected(path):
                self._leave(path, live)
        with self._hashes.open() as cache:
            for path in sorted(files):
                self._want(path, files[path], cache.sha256)

    def _want(
        self,
        path: str,
        wanted: DesiredFile,
        sha256: Callable[[Path, Report], tuple[str, os.stat_result]],
    ) -> None:
        live = self._look(path)
        if is_protected(path) or (live is not None and self._left_alone(path)):
            self.plan.kept.append(path)
            return
        mask = self._mask
        if live is None:
            mode = (0o644 if wanted.mode is None else wanted.mode) & PERMISSIONS & ~mask
            self.plan.restore.append(path)
            self._come(path, wanted, mode, None)
            return
        old = stats.S_IMODE(live.st_mode)
        mode = old if wanted.mode is None else wanted.mode & PERMISSIONS & ~mask
        if stats.S_ISDIR(live.st_mode):
            self._need_empty(path)
        elif stats.S_ISREG(live.st_mode) and live.st_size == wanted.size:
            as_before = live.st_ctime_ns < self._looked_at
            if not as_before:
                actual, live = sha256(self.plan.folder / path, self._report)
            if as_before or actual == sha256_of(wanted):
                if old == mode or not self._may_change(path, live):
                    self.plan.unchanged.append(path)
                    return
                self.plan.replace.append(path)
                self._add(StepKind.CHMOD, path, before_mode=old, after_mode=mode)
                return
        self.plan.replace.append(path)
        self._come(path, wanted, mode, live)

    def _may_change(self, path: str, live: os.stat_result) -> bool:
        """True if the mode can be changed: it is kept at all, and it is ours to change."""
        if not self.plan.keeps_modes:
            return False
        if not hasattr(os, "geteuid") or os.geteuid() in (0, live.st_uid):
            return True
        self.plan.foreign_modes.append(path)
        return False

    def _look(self, path: str) -> os.stat_result | None:
        """lstat below the project; what lies behind a link or a leaving file is not there."""
        parent = path
        while "/" in parent:
            parent = parent.rpartition("/")[0]
            if parent in self._blocked:
                return None
        try:
            if not self._names.exact and self._other_spelling(path):
                return None
            return os.lstat(f"{self._root}/{path}")
        except (FileNotFoundError, NotADirectoryError):
            return None
        except PermissionError as error:
            raise disk_error(error, f"looking at {path}") from error

    def _other_spelling(self, path: str) -> bool:
        """True where the disk has the file under another spelling, which leaves first.

        Raises Conflict where that one stays: one of the two would be lost.
        """
        name = spelled_on_disk(self.plan.folder / path, self._names)
        if name is None or name == path.rpartition("/")[2]:
            return False
        other = path[: len(path) - len(path.rpartition("/")[2])] + name
        if other in self.plan.set_aside or (self.plan.folder / path).is_dir():
            return not (self.plan.folder / path).is_dir()
        raise Conflict(
            f"{path} and {other} are one file on this disk.",
            f"Rename {other} first, or use a disk that tells them apart.",
        )

    def _come(self, path: str, wanted: DesiredFile, mode: int, live: os.stat_result | None) -> None:
        if refuses(self._disk, path):
            raise Conflict(
                f"{path} cannot be written: this disk takes no such name.",
                "Put the project on another disk. Nothing has been changed.",
            )
        old = None if live is None or stats.S_ISDIR(live.st_mode) else live.st_size
        self.plan.coming.append(IncomingFile(path, wanted, self._slot, mode, old))
        if old is not None:
            self.plan.aside_sizes[path] = old
        self._add_move(path, live, comes=True)

    def _leave(self, path: str, live: os.stat_result) -> None:
        self.plan.set_aside.append(path)
        self.plan.aside_sizes[path] = live.st_size
        self._add_move(path, live, comes=False)

    def _add_move(self, path: str, live: os.stat_result | None, *, comes: bool) -> None:
        seen = None
        if live is not None and not stats.S_ISDIR(live.st_mode):
            seen = (live.st_size, live.st_mtime_ns, live.st_ino)
        after = 0 if comes else LEAVES
        self.plan.steps.append(Step(StepKind.MOVE, path, self._slot, 0, after, seen))
        self._slot += 1

    def _add(self, kind: StepKind, path: str, before_mode: int = 0, after_mode: int = 0) -> None:
        self.plan.steps.append(Step(kind, path, -1, before_mode, after_mode))

    def _need_empty(self, path: str) -> None:
        """A folder stands where a file must be: fine if everything in it leaves anyway; then the
        emptied folders go before the file comes.
        """
        leaving = {step.path for step in self.plan.steps}
        emptied = []
        for root, _, names in os.walk(self.plan.folder / path):
            emptied.append(os.path.relpath(root, self.plan.folder).replace(os.sep, "/"))
            for name in names:
                inner = os.path.relpath(os.path.join(root, name), self.plan.folder)
                if inner.replace(os.sep, "/") not in leaving:
                    raise Conflict(
                        f"The folder {path} is in the way: this version has a file of that name.",
                        f"It holds {inner}, which no version owns. Move it away, then try again.",
                    )
        for folder in reversed(emptied):  # the inner ones first
            live = os.lstat(self.plan.folder / folder)
            self._add(StepKind.RMDIR, folder, before_mode=stats.S_IMODE(live.st_mode))
