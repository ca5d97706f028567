"""Opening what should be a file and may be none: a pipe, a device, something without end."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING, BinaryIO

from kitdesk.errors import DiskFailure

if TYPE_CHECKING:
    from pathlib import Path

SMALL_FILE = 64 << 20
"""Bytes of an index, a record or a list; more is none, or of no use to anybody."""
_FLAGS = (
    os.O_RDONLY
    | getattr(os, "O_NONBLOCK", 0)  # a pipe put there meanwhile answers at once
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_BINARY", 0)
)


def open_regular(path: Path, flags: int = 0, *, buffering: int = -1) -> BinaryIO:
    """Open a regular file for reading; links are followed unless ``flags`` forbid it.

    Raises DiskFailure for anything else, which is not even opened, and OSError as ``open`` does.
    """
    _check(path, os.stat(path).st_mode)
    handle = os.open(path, _FLAGS | flags)
    try:
        _check(path, os.fstat(handle).st_mode)
        return os.fdopen(handle, "rb", buffering)
    except BaseException:
        os.close(handle)
        raise


def read_small(path: Path, limit: int = SMALL_FILE) -> bytes:
    """The whole content of a regular file; raises DiskFailure for more than ``limit`` bytes, for
    anything that is no file, and OSError.
    """
    with open_regular(path) as source:
        data = source.read(limit + 1)
    if len(data) > limit:
        raise DiskFailure(
            f"{path.name} is absurdly large.", f"Check what it is: {path}", f"over {limit} bytes"
        )
    return data


def _check(path: Path, mode: int) -> None:
    if stat.S_ISREG(mode):
        return
    kinds = {
        stat.S_IFDIR: "a folder",
        stat.S_IFIFO: "a pipe",
        stat.S_IFSOCK: "a socket",
        stat.S_IFCHR: "a device",
        stat.S_IFBLK: "a device",
    }
    what = kinds.get(stat.S_IFMT(mode), "something else")
    raise DiskFailure(f"{path.name} is {what}, and no file.", f"Check what it is: {path}")
