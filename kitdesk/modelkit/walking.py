"""The project folder as a tree of names and ``lstat`` results; contents are never read."""

from __future__ import annotations

import operator
import os
import stat
import struct
from typing import TYPE_CHECKING, NamedTuple

from kitdesk.errors import DiskFailure, FolderGone

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_FACTS = struct.Struct("<IqqqQQ")
FACTS_SIZE = _FACTS.size
"""Bytes of :func:`facts_of`."""
_WORD = (1 << 64) - 1


def facts_of(found: os.stat_result) -> bytes:
    """Mode, size, times, inode and device: everything that changes when a file may have.

    Packed, because a project may hold 100,000 files: a stat result is ten times as large.
    """
    try:
        return _FACTS.pack(
            found.st_mode,
            found.st_size,
            found.st_mtime_ns,
            found.st_ctime_ns,
            found.st_ino,
            found.st_dev,
        )
    except struct.error:  # file systems of Windows have inodes of 128 bits
        return _FACTS.pack(
            found.st_mode,
            found.st_size,
            found.st_mtime_ns,
            found.st_ctime_ns,
            found.st_ino & _WORD,
            found.st_dev & _WORD,
        )


def newest_times(facts: bytes) -> Iterator[int]:
    """The later of modification and change time, in ns, of each of many facts in a row."""
    for _mode, _size, changed, moved, _inode, _device in _FACTS.iter_unpack(facts):
        yield max(changed, moved)


class Member(NamedTuple):
    """A file or folder: as it is found, and as it stands in a layer's tar.

    A tuple, because a project may hold 100,000 of them.
    """

    path: str
    """Project-relative, ``/`` between, none at the end; surrogates for bytes that are no UTF-8."""
    mode: int
    """``st_mode & 0o7777``."""
    size: int
    """Bytes of content; 0 for folders."""
    is_dir: bool
    facts: bytes
    """:func:`facts_of` when it was listed; of a folder only the mode, since its times say only that
    names came or went, and the list of names says which."""


class Other(NamedTuple):
    """What kit packs never: links, pipes, sockets, devices."""

    path: str
    is_link: bool


class Tree:
    """Lists folders below ``root`` on demand, names in the order of their bytes.

    Each is read once, and remembered unless ``keep`` is False.
    """

    def __init__(self, root: Path, *, keep: bool = True) -> None:
        self.root = root
        self._keep = keep
        self._known: dict[str, tuple[Member | Other, ...]] = {}
        self._modes: dict[int, int] = {}

    def children(self, folder: str) -> tuple[Member | Other, ...]:
        """Return the entries of a folder (``""``: the root); raises DiskFailure, FolderGone."""
        known = self._known.get(folder)
        if known is None:
            known = self._list(folder)
            if self._keep:
                self._known[folder] = known
        return known

    def _list(self, folder: str) -> tuple[Member | Other, ...]:
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
        found: list[Member | Other] = []
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
                found.append(Member(prefix + entry.name, mode, size, False, facts_of(facts)))
            elif stat.S_ISDIR(full):
                packed = _FACTS.pack(full, 0, 0, 0, 0, 0)
                found.append(Member(prefix + entry.name, mode, 0, True, packed))
            else:
                found.append(Other(prefix + entry.name, stat.S_ISLNK(full)))
        return tuple(found)


def _unreadable(what: str, error: OSError) -> DiskFailure:
    return DiskFailure(
        f"{what} cannot be read: {error.strerror}.", "Check its permissions.", str(error)
    )


_NAME = operator.attrgetter("name")


def _bytes_of_name(entry: os.DirEntry[str]) -> bytes:
    return entry.name.encode("utf-8", "surrogateescape")
