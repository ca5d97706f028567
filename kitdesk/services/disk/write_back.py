"""Getting written bytes onto the disk: begun early beside other work, waited for at the end."""

from __future__ import annotations

import contextlib
import os
import sys
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

STEP = 16 << 20
"""Bytes after which a file in the making is begun to be written back."""
SYNC_FILE_RANGE_WRITE = 2


def sync_data(handle: int) -> None:
    """Wait until the bytes of a file, and its size, are on the disk."""
    if hasattr(os, "fdatasync"):
        os.fdatasync(handle)
    else:
        os.fsync(handle)


def begin(handle: int, offset: int, size: int) -> None:
    """Have the kernel start writing a part back; nothing is waited for, and nothing promised."""
    call = _sync_file_range()
    if call is not None:
        call(handle, offset, size)


@cache
def _sync_file_range() -> Callable[[int, int, int], object] | None:
    if not sys.platform.startswith("linux"):
        return None
    import ctypes

    with contextlib.suppress(OSError, AttributeError):
        function = ctypes.CDLL(None, use_errno=True).sync_file_range
        number = ctypes.c_int64

        def call(handle: int, offset: int, size: int) -> object:
            return function(handle, number(offset), number(size), SYNC_FILE_RANGE_WRITE)

        return call
    return None
