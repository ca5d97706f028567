"""The project folder as a tree of names and ``lstat`` results; contents are never read."""

from __future__ import annotations

import operator
import os
import stat
from typing import TYPE_CHECKING

from kitdesk.errors import DiskFailure, FolderGone
from kitdesk.modelkit.tar.member import STAT_KEY_FORM, FileEntry, UnsupportedEntry, stat_key

if TYPE_CHECKING:
    from pathlib import Path


class FileTree:
    """Lists folders below ``root`` on demand, names in the order of their bytes.

    Each is read once, and remembered unless ``keep`` is False.
    """

    def __init__(self, root: Path, *, keep: bool = True) -> None:
        self.root = root
        self._keep = keep
        self._known: dict[str, tuple[FileEntry | UnsupportedEntry, ...]] = {}
        self._modes: dict[int, int] = {}

    def children(self, folder: str) -> tuple[FileEntry | UnsupportedEntry, ...]:
        """Return the entries of a folder (``""``: the root); raises DiskFailure, FolderGone."""
        known = self._known.get(folder)
        if known is None:
            known = self._list(folder)
            if self._keep:
                self._known[folder] = known
        return known

    def _list(self, folder: str) -> tuple[FileEntry | UnsupportedEntry, ...]:
        prefix = folder + "/" if folder else ""
        try:
            with os.scandir(os.path.join(self.root, folder)) as entries:
                listed = list(entries)
        except FileNotFoundError:
            if folder:
                return ()
            raise FolderGone(
                f"The folder {self.root} does not exist.", "Choose another folder."
            ) from None
        except OSError as error:
            raise _unreadable(f"The folder “{folder or self.root}”", error) from error
        ascii_only = all(entry.name.isascii() for entry in listed)
        listed.sort(key=_NAME if ascii_only else _bytes_of_name)
        found: list[FileEntry | UnsupportedEntry] = []
        for entry in listed:
            try:
                facts = entry.stat(follow_symlinks=False)
            except FileNotFoundError:
                continue  # gone since it was listed
            except OSError as error:
                raise _unreadable(f"“{prefix}{entry.name}”", error) from error
            full = facts.st_mode
            mode = self._modes.setdefault(full & 0o7777, full & 0o7777)
            if stat.S_ISREG(full):
                size = facts.st_size
                found.append(FileEntry(prefix + entry.name, mode, size, False, stat_key(facts)))
            elif stat.S_ISDIR(full):
                packed = STAT_KEY_FORM.pack(full, 0, 0, 0, 0, 0)
                found.append(FileEntry(prefix + entry.name, mode, 0, True, packed))
            else:
                found.append(UnsupportedEntry(prefix + entry.name, stat.S_ISLNK(full)))
        return tuple(found)


def _unreadable(what: str, error: OSError) -> DiskFailure:
    return DiskFailure(
        f"{what} cannot be read: {error.strerror}.", "Check its permissions.", str(error)
    )


_NAME = operator.attrgetter("name")


def _bytes_of_name(entry: os.DirEntry[str]) -> bytes:
    return entry.name.encode("utf-8", "surrogateescape")
