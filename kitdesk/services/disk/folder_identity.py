"""Which folder is which: by inode and time of birth, whatever path leads to it."""

from __future__ import annotations

import contextlib
import os
import struct
import sys
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

AT_FDCWD = -100
STATX_BTIME = 0x800
STATX_SIZE = 256
"""Bytes of ``struct statx`` (statx(2))."""
MASK_AT, BTIME_AT = 0, 80


class FolderIdentity(NamedTuple):
    """A folder as records name it; a number is 0 where it is not known."""

    device: int = 0
    """``st_dev``: the same while the disk is mounted, not always after the next start."""
    inode: int = 0
    born_ns: int = 0
    """Time of birth: a folder that got the inode of a deleted one is born later."""


class FolderKey(NamedTuple):
    """A folder that is there, to be compared with records."""

    path: str
    """Absolute, as it was typed: what older records hold."""
    real: str
    """Without links and ``..``."""
    identity: FolderIdentity

    def is_named_by(self, path: str, identity: FolderIdentity) -> bool:
        """True if a record with this path and identity means this folder.

        Inode and birth decide, and where the disk keeps no births inode and device. The path is a
        hint: it stands for a record of old, which has no identity, and for a folder that was
        restored from a copy, unless the folder of the record has just been renamed.
        """
        same_path = path in (self.path, self.real)
        if not identity.inode or not self.identity.inode:
            return same_path
        if identity.inode == self.identity.inode:
            if identity.born_ns and identity.born_ns == self.identity.born_ns:
                return True
            unborn = not (identity.born_ns and self.identity.born_ns)
            if unborn and (same_path or identity.device == self.identity.device):
                return True
        return same_path and not _is_beside(identity, Path(self.real))


def key_of(folder: Path) -> FolderKey:
    """The key of a folder; without an identity when it is not there."""
    typed, real = str(folder.absolute()), os.path.realpath(folder)
    identity = FolderIdentity()
    with contextlib.suppress(OSError):
        identity = identity_of(Path(real))
    return FolderKey(typed, real, identity)


def _is_beside(identity: FolderIdentity, folder: Path) -> bool:
    """True if the folder of that identity stands under another name beside this one."""
    with contextlib.suppress(OSError), os.scandir(folder.parent) as entries:
        for entry in entries:
            if entry.inode() == identity.inode and entry.is_dir(follow_symlinks=False):
                return identity_of(Path(entry.path)).born_ns == identity.born_ns
    return False


def identity_of(folder: Path) -> FolderIdentity:
    """Identity of a folder; raises OSError when it is not there."""
    found = folder.stat()
    born = getattr(found, "st_birthtime_ns", 0) or int(getattr(found, "st_birthtime", 0) * 10**9)
    if not born:
        statx = _statx()
        born = statx(os.fsencode(folder)) if statx is not None else 0
    return FolderIdentity(found.st_dev, found.st_ino, born)


@cache
def _statx() -> Callable[[bytes], int] | None:
    """Time of birth in ns, 0 where the file system keeps none; None where there is no such call."""
    if not sys.platform.startswith("linux"):
        return None
    import ctypes

    with contextlib.suppress(OSError, AttributeError):
        function = ctypes.CDLL(None, use_errno=True).statx

        def call(path: bytes) -> int:
            found = ctypes.create_string_buffer(STATX_SIZE)
            if function(AT_FDCWD, path, 0, STATX_BTIME, found):
                return 0
            if not struct.unpack_from("<I", found.raw, MASK_AT)[0] & STATX_BTIME:
                return 0
            seconds, nanoseconds = struct.unpack_from("<qI", found.raw, BTIME_AT)
            return int(seconds) * 10**9 + int(nanoseconds)

        return call
    return None
