"""A file or folder as it is found and as it stands in a layer's tar."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator


STAT_KEY_FORM = struct.Struct("<IqqqQQ")
"""Form of :func:`stat_key`: mode, size, mtime and ctime in ns, inode, device."""
STAT_KEY_SIZE = STAT_KEY_FORM.size
"""Bytes of :func:`stat_key`."""


_WORD = (1 << 64) - 1


def stat_key(found: os.stat_result) -> bytes:
    """Mode, size, times, inode and device: everything that changes when a file may have.

    Packed, because a project may hold 100,000 files: a stat result is ten times as large.
    """
    try:
        return STAT_KEY_FORM.pack(
            found.st_mode,
            found.st_size,
            found.st_mtime_ns,
            found.st_ctime_ns,
            found.st_ino,
            found.st_dev,
        )
    except struct.error:  # file systems of Windows have inodes of 128 bits; times go beyond 2262
        return STAT_KEY_FORM.pack(
            found.st_mode,
            found.st_size,
            signed64(found.st_mtime_ns),
            signed64(found.st_ctime_ns),
            found.st_ino & _WORD,
            found.st_dev & _WORD,
        )


def signed64(number: int) -> int:
    """The lower 64 bits of a number, as a signed one."""
    return ((number + (1 << 63)) & _WORD) - (1 << 63)


def newest_times(facts: bytes) -> Iterator[int]:
    """The later of modification and change time, in ns, of each of many facts in a row."""
    for _mode, _size, changed, moved, _inode, _device in STAT_KEY_FORM.iter_unpack(facts):
        yield max(changed, moved)


class FileEntry(NamedTuple):
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
    stat_key: bytes
    """:func:`stat_key` when it was listed; of a folder only the mode, since its times say only that
    names came or went, and the list of names says which."""


class UnsupportedEntry(NamedTuple):
    """What kit packs never: links, pipes, sockets, devices."""

    path: str
    is_link: bool
