"""Whether zstd data are whole, told by their frames (RFC 8878, section 3).

The decoder in use takes a cut stream for a finished one: a cut layer would look like one with fewer
files.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import BinaryIO

_MAGIC = b"\x28\xb5\x2f\xfd"
_SKIPPABLE = b"\x2a\x4d\x18"
"""What stands behind the first byte, 0x50 to 0x5f, of a frame that holds nothing."""
_DICTIONARY_BYTES = (0, 1, 2, 4)
_SIZE_BYTES = (0, 2, 4, 8)
_RLE, _RESERVED = 1, 3


def is_whole(source: BinaryIO) -> bool:
    """Whether the frames from here on end where the source does; goes back to where it was.

    Reads the heads of frames and blocks only: three bytes of each 128 KiB that are unpacked.
    """
    start = source.tell()
    size = source.seek(0, os.SEEK_END)
    source.seek(start)
    try:
        while source.tell() < size:
            if not _pass_frame(source, size):
                return False
        return source.tell() == size
    finally:
        source.seek(start)


def _pass_frame(source: BinaryIO, size: int) -> bool:
    """Go behind one frame; False where it is none or is cut."""
    magic = source.read(4)
    if magic[1:] == _SKIPPABLE and magic[0] >> 4 == 5:
        length = source.read(4)
        return len(length) == 4 and _skip(source, int.from_bytes(length, "little"), size)
    head = source.read(1)
    if magic != _MAGIC or not head:
        return False
    single, checked = head[0] >> 5 & 1, head[0] >> 2 & 1
    content = _SIZE_BYTES[head[0] >> 6] or single
    if not _skip(source, (1 - single) + _DICTIONARY_BYTES[head[0] & 3] + content, size):
        return False
    while True:
        block = int.from_bytes(read := source.read(3), "little")
        kind = block >> 1 & 3
        length_here = 1 if kind == _RLE else block >> 3
        if len(read) != 3 or kind == _RESERVED or not _skip(source, length_here, size):
            return False
        if block & 1:  # all data are there; a writer may have left out the checksum behind them
            return source.tell() == size or _skip(source, 4 * checked, size)


def _skip(source: BinaryIO, length: int, size: int) -> bool:
    return source.seek(length, os.SEEK_CUR) <= size
