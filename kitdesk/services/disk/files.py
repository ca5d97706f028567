"""Writing files so that a crash leaves the old or the new one, and saying what went wrong."""

from __future__ import annotations

import contextlib
import errno
import os
import re
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from kitdesk.errors import DiskFailure, DiskFull, FolderGone, KitDeskError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

BLOCK = 1 << 20
"""Bytes read at a time."""
WRITE = 1 << 16
"""Bytes written at a time: larger writes cost more where the host backs memory late
(virtual machines that return freed memory)."""


SETTLED_SECONDS = 10.0
"""A file younger than this may not be locked yet by whoever has just made it."""
STALE_SECONDS = 24 * 3600.0
"""Where a disk has no locks, what nobody touched for so long belongs to nobody."""
TEMPORARY = re.compile(r"\..*\.[0-9a-f]{12}\.(kitdesk\.)?tmp\Z", re.DOTALL)
"""Names of files that :func:`write_atomically` has in the making, here and in older KitDesks."""


def disk_error(error: OSError, doing: str) -> KitDeskError:
    """An operating-system error as a sentence; ``doing`` reads like ``writing the Kitfile``."""
    named = isinstance(error.filename, (str, bytes))  # of an open file it may be a number
    where = os.fsdecode(error.filename) if named else ""
    reason = error.strerror or str(error)
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return DiskFull(
            f"The disk is full; {doing} stopped.",
            "Free some space and try again. Nothing that was there before has been changed.",
            f"{reason}: {where}",
        )
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return DiskFailure(
            f"No permission for {doing}.",
            f"Check the permissions of {where or 'the folder'}.",
            f"{reason}: {where}",
        )
    if error.errno in (errno.ENOENT, errno.ENOTDIR):
        return FolderGone(
            f"{where or 'A file'} is not there any more; {doing} stopped.",
            "Bring it back, or refresh and try again.",
            reason,
        )
    return DiskFailure(f"The disk failed at {doing}.", "Try again.", f"{reason}: {where}")


@contextlib.contextmanager
def os_errors_as(doing: str) -> Iterator[None]:
    """Turn the operating system's errors inside into expected ones."""
    try:
        yield
    except OSError as error:
        raise disk_error(error, doing) from error


def private_folder(folder: Path) -> None:
    """Make a folder of our own, and what is missing above it, for its owner alone (XDG base
    directories); one that is there and ours is closed to others. The umask has no say.

    A place where that cannot be done is told by whoever writes there.
    """
    with contextlib.suppress(OSError):
        _make_missing(folder, 0o700)
        found = folder.stat()
        if hasattr(os, "getuid") and found.st_uid == os.getuid() and found.st_mode & 0o077:
            folder.chmod(found.st_mode & 0o700)


def _make_missing(folder: Path, mode: int) -> None:
    """``mkdir -p``, all of it with one mode."""
    if folder.is_dir():
        return  # asked for every file that is written
    for place in reversed([folder, *folder.parents]):
        if not place.exists():
            place.mkdir(mode=mode, exist_ok=True)


def sync_folder(folder: Path) -> None:
    """Make renames in a folder survive a power cut, where the platform can."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_atomically(
    path: Path, data: bytes | Iterable[bytes | memoryview], mode: int = 0o644, *, sync: bool = True
) -> None:
    """Replace a file in one step; the bytes (or pieces) are on the disk before the name is.

    ``sync`` False: for caches, which a power cut may take.
    """
    _make_missing(path.parent, 0o777 if mode & 0o077 else 0o700)
    aside = path.with_name(f".{path.name}.{os.urandom(6).hex()}.kitdesk.tmp")
    try:
        handle = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as out:
            hold(handle)  # until it is closed, or this process is killed
            out.writelines([data] if isinstance(data, bytes) else data)
            out.flush()
            if sync:
                os.fsync(out.fileno())
            if os.name == "posix":  # elsewhere an open file cannot be renamed
                set_mode(aside, mode)
                os.replace(aside, path)
        if os.name != "posix":
            set_mode(aside, mode)
            os.replace(aside, path)
    except BaseException:
        aside.unlink(missing_ok=True)
        raise
    if sync:
        sync_folder(path.parent)


def set_mode(path: Path | str, mode: int) -> None:
    """Give a file that was just made its mode; a disk that keeps none (FAT) may refuse."""
    with contextlib.suppress(PermissionError):
        os.chmod(path, mode)


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold an exclusive lock file, across processes and threads; waits for it."""
    _make_missing(path.parent, 0o700)
    flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0)
    with os.fdopen(os.open(path, flags, 0o600), "r+b", buffering=0) as handle:
        lock(handle.fileno(), wait=True)
        yield


def lock(handle: int, *, wait: bool) -> None:
    """Lock an open file until it is closed; raises OSError at once where ``wait`` is False."""
    if sys.platform == "win32":
        msvcrt.locking(handle, msvcrt.LK_LOCK if wait else msvcrt.LK_NBLCK, 1)
    else:
        fcntl.flock(handle, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))


def same_volume(first: Path, second: Path) -> bool:
    """True if a rename from one to the other can work; both are looked up at the nearest folder."""
    return _device(first) == _device(second)


def _device(path: Path) -> int:
    path = path.absolute()
    while not path.exists():
        path = path.parent
    return path.stat().st_dev


def umask() -> int:
    """The process's umask, read without changing it where the platform allows."""
    with contextlib.suppress(OSError, ValueError):
        for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
            if line.startswith("Umask:"):
                return int(line.split()[1], 8)
    mask = os.umask(0o022)
    os.umask(mask)
    return mask


def hold(handle: int) -> None:
    """Lock an open file for as long as it is open; nothing happens where a disk has no locks."""
    if sys.platform != "win32":  # there an open file cannot be removed anyway
        with contextlib.suppress(OSError):
            lock(handle, wait=False)


def is_abandoned(path: Path, *, settled: float = SETTLED_SECONDS) -> bool:
    """True if the process that made a file and held it is gone."""
    try:
        handle = os.open(path, os.O_RDWR | getattr(os, "O_NOFOLLOW", 0))
    except OSError:
        return False
    try:
        age = time.time() - os.fstat(handle).st_mtime
        if age < settled:
            return False
        try:
            lock(handle, wait=False)
        except BlockingIOError:
            return False
        except OSError:
            return age > STALE_SECONDS
        return True
    finally:
        os.close(handle)


def write_all(handle: int, data: bytes | memoryview) -> None:
    """Write everything, in pieces of :data:`WRITE`."""
    view = memoryview(data)
    at = 0
    while at < len(view):
        at += os.write(handle, view[at : at + WRITE])


def read_at(handle: int, size: int, offset: int) -> bytes:
    """Up to ``size`` bytes from ``offset`` on."""
    if hasattr(os, "pread"):
        return os.pread(handle, size, offset)
    os.lseek(handle, offset, os.SEEK_SET)
    return os.read(handle, size)
