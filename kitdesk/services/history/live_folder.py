"""A project folder that is being changed while its user works in it: nothing of theirs is lost.

Every move into the folder is a rename that replaces nothing. What stands in the way - a file that
was written anew after a kill, or while the run was under way - goes into ``extra`` of the safe
copy, never over the edge. No step leads through a link that took a folder's place meanwhile.
"""

from __future__ import annotations

import contextlib
import errno
import os
import stat as stats
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote

from kitdesk.errors import Conflict, FileChanged
from kitdesk.services.disk import renames
from kitdesk.services.disk.files import sync_folder

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

OWNER = 0o700
"""What the owner of a folder needs to change what is in it."""
SPECIAL = 0o7000
"""Set-id and sticky bits."""
TRIES = 100
"""How often something new may come into the way of one file before the run gives up."""
NAME_BYTES = 200
"""Of a path in the name under which it is kept; a longer one keeps its end."""
Facts = tuple[int, int, int]
"""(size, mtime_ns, inode) of a file."""


class LiveFolder:
    """The folder, and where its strangers go.

    ``strict``: the first run after a preview. What the preview did not show stops it then
    (FileChanged), and nothing has been lost; later runs make way and tell.
    """

    def __init__(self, root: Path, extra: Path, *, strict: bool = False) -> None:
        self.root = root
        self.kept: list[str] = []
        """Paths of files that were written anew or changed, and are in the safe copy now."""
        self._extra = extra
        self._strict = strict
        self._reached = ""

    def path(self, path: str) -> Path:
        """Absolute path of a project-relative one."""
        return self.root / path

    def exists(self, path: str) -> bool:
        """True if something, be it a dead link, has this name in the folder itself."""
        parent = path.rpartition("/")[0]
        return self._is_reachable(parent) and os.path.lexists(self.path(path))

    def differs(self, path: str, facts: Facts | None) -> bool:
        """True if something is there, and it is not what had these facts."""
        return self.exists(path) and facts_of(self.path(path)) != facts

    def _is_reachable(self, folder: str) -> bool:
        """True if no link stands between the root and the folder."""
        if not folder or folder == self._reached:
            return True
        parts = folder.split("/")
        for count in range(1, len(parts) + 1):
            if not _is_folder(self.path("/".join(parts[:count]))):
                return False
        self._reached = folder
        return True

    def take_out(self, path: str, slot: Path, seen: Facts | None) -> None:
        """Move what is there into its slot; raises FileChanged when the preview saw another file.

        Looked at once more in the slot: there nobody replaces it by a rename any more.
        """
        live = self.path(path)
        if self._strict:
            self._check(path, live, seen)
        slot.parent.mkdir(mode=OWNER, exist_ok=True)
        renames.rename_new(live, slot)
        if self._strict:
            self._check(path, slot, seen)
        elif seen is not None and facts_of(slot) != seen:
            self.kept.append(path)

    def _check(self, path: str, found: Path, seen: Facts | None) -> None:
        if seen is None:
            raise _appeared(path)
        if facts_of(found) != seen:
            raise FileChanged(
                f"{path} changed after the preview.",
                "Nothing was changed. Look at the preview again and repeat.",
            )

    def bring_in(self, slot: Path, path: str) -> None:
        """Move a slot's content to its place; what has come into the way makes way."""
        live = self.path(path)
        for _try in range(TRIES):
            self._make_parents(path)
            try:
                renames.rename_new(slot, live)
            except FileExistsError:
                self.move_stranger(path)
            else:
                return
        raise Conflict(
            f"{path} is being written again and again.",
            "Stop the program that writes it, then try again.",
        )

    def move_stranger(self, path: str) -> None:
        """Put what stands in the way of a step into a slot of its own.

        Raises FileChanged in the first run: its preview has not shown it.
        """
        if self._strict:
            raise _appeared(path)
        name = quote(path, safe=" ", errors="surrogateescape")
        while len(name) > NAME_BYTES:
            name = quote(
                unquote(name, errors="surrogateescape")[1:], safe=" ", errors="surrogateescape"
            )
        self._extra.mkdir(mode=OWNER, exist_ok=True)
        with contextlib.suppress(FileNotFoundError):  # gone again: nothing is in the way
            renames.rename_new(self.path(path), self._extra / f"{os.urandom(4).hex()}-{name}")
            self.kept.append(path)

    def _make_parents(self, path: str) -> None:
        parts = path.split("/")[:-1]
        for count in range(1, len(parts) + 1):
            self._make("/".join(parts[:count]))

    def _make(self, path: str) -> bool:
        """Make one folder; False if it is there."""
        live = self.path(path)
        for _try in range(TRIES):
            if _is_folder(live):
                return False
            if os.path.lexists(live):
                self.move_stranger(path)
            with contextlib.suppress(FileExistsError):
                live.mkdir()
                return True
        raise Conflict(f"{path} is being written again and again.", "Stop what writes it.")

    def make_folder(self, path: str, mode: int) -> None:
        """Make a folder with this mode and, for now, all rights of its owner.

        What it inherits from a shared folder (set-group-id) stays.
        """
        self._make_parents(path)
        self._make(path)
        special = self.path(path).stat().st_mode & SPECIAL
        with contextlib.suppress(PermissionError):  # it is somebody else's, or the disk has none
            self.path(path).chmod(special | mode | OWNER)

    def drop_folder(self, path: str) -> None:
        """Remove a folder if it is empty; one that holds other things stays."""
        if not self.exists(path):
            return
        try:
            self.path(path).rmdir()
        except FileNotFoundError:
            return
        except OSError as error:
            if error.errno not in (errno.ENOTEMPTY, errno.EEXIST, errno.ENOTDIR):
                raise
        self._reached = ""

    def set_mode(self, path: str, mode: int) -> None:
        """Give a file or folder its mode; a link keeps what it points at as it is.

        A mode that is right already needs no permission. Raises PermissionError in the first run
        only: a run that goes on or back must not fail at what is not ours to change.
        """
        live = self.path(path)
        if not self.exists(path):
            return
        kind = live.lstat().st_mode
        if stats.S_ISLNK(kind) or stats.S_IMODE(kind) == mode:
            return
        try:
            live.chmod(mode)
        except FileNotFoundError:
            return
        except PermissionError:
            if self._strict:
                raise

    def sync(self, folders: Iterable[Path]) -> None:
        """Make the renames in these folders survive a power cut."""
        for folder in folders:
            with contextlib.suppress(FileNotFoundError, NotADirectoryError, PermissionError):
                sync_folder(folder)


def facts_of(path: Path) -> Facts:
    """What tells one state of a file from another; a rename changes none of it."""
    found = path.lstat()
    return found.st_size, found.st_mtime_ns, found.st_ino


def kept_names(extra: Path) -> tuple[str, ...]:
    """Project paths of what lies in ``extra``; a very long one without its beginning."""
    try:
        names = sorted(os.listdir(extra))
    except OSError:
        return ()
    found = (unquote(name.partition("-")[2], errors="surrogateescape") for name in names)
    return tuple(dict.fromkeys(found))


def open_read_only(folders: Iterable[Path]) -> None:
    """Let their owner write into folders for a while; who calls sets the modes afterwards."""
    for folder in set(folders):
        if _is_folder(folder) and not os.access(folder, os.W_OK | os.X_OK):
            with contextlib.suppress(PermissionError):  # not ours: the move itself will tell
                folder.chmod(stats.S_IMODE(folder.stat().st_mode) | OWNER)


def _is_folder(path: Path) -> bool:
    """A folder by itself, not by a link."""
    try:
        return stats.S_ISDIR(path.lstat().st_mode)
    except (FileNotFoundError, NotADirectoryError):
        return False


def _appeared(path: str) -> FileChanged:
    return FileChanged(
        f"{path} appeared after the preview.",
        "Nothing was changed. Look at the preview again and repeat.",
    )
