"""A file read forwards, inflated on the way, and cut into lines; nothing is kept."""

from __future__ import annotations

import bz2
import lzma
import zlib
from typing import TYPE_CHECKING

from kitdesk.compare.content.source import Unreadable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kitdesk.compare.content.source import Budget, Bytes

BLOCK_BYTES = 1 << 20
MAX_LINE_BYTES = 16 << 20
MAX_INFLATED_BYTES = 1 << 30
FREE_BYTES = 64 << 20
"""Up to here any ratio is fine; beyond, what grows more than 200-fold is a bomb."""
MAX_RATIO = 200
GZIP = b"\x1f\x8b"
BZIP2 = b"BZh"
XZ = b"\xfd7zXZ\0"


def compression_of(head: bytes) -> str | None:
    """gzip, bzip2, xz or None, by the first bytes."""
    if head.startswith(GZIP):
        return "gzip"
    if head.startswith(BZIP2):
        return "bzip2"
    return "xz" if head.startswith(XZ) else None


def blocks(side: Bytes, budget: Budget, compression: str | None = None) -> Iterator[bytes]:
    """The content in pieces of about 1 MiB."""
    if compression is None:
        for at in range(0, side.size, BLOCK_BYTES):
            budget.check()
            yield side.read(at, min(BLOCK_BYTES, side.size - at))
        return
    yield from inflated(side, 0, side.size, budget, compression)


def inflated(
    side: Bytes, start: int, length: int, budget: Budget, compression: str
) -> Iterator[bytes]:
    """What a stretch of compressed bytes inflates to; Unreadable for bombs and damage."""
    total = read = 0
    unpack = _decompressor(compression)
    try:
        while read < length:
            piece = side.read(start + read, min(BLOCK_BYTES // 16, length - read))
            read += len(piece)
            while True:
                budget.check()
                data = unpack.decompress(piece, BLOCK_BYTES)
                total += len(data)
                if total > MAX_INFLATED_BYTES or (
                    total > FREE_BYTES and total > MAX_RATIO * max(read, 1)
                ):
                    raise Unreadable("it inflates to more than is read", "size")
                if data:
                    yield data
                if unpack.eof:
                    piece = unpack.unused_data
                    if not piece.strip(b"\0"):
                        return
                    unpack = _decompressor(compression)
                    continue
                piece = unpack.waiting if isinstance(unpack, _Zlib) else b""
                if (
                    not piece
                    and len(data) < BLOCK_BYTES
                    and (isinstance(unpack, _Zlib) or unpack.needs_input)
                ):
                    break
    except (zlib.error, lzma.LZMAError, OSError, EOFError, ValueError) as error:
        raise Unreadable("its compression is damaged") from error
    if not unpack.eof:
        raise Unreadable("it ends too early")


class _Zlib:
    """zlib's object with the shape of those of bz2 and lzma."""

    def __init__(self, bits: int) -> None:
        self._object = zlib.decompressobj(bits)

    def decompress(self, data: bytes, most: int) -> bytes:
        """At most ``most`` bytes; the rest of the input waits."""
        return self._object.decompress(data, most)

    @property
    def waiting(self) -> bytes:
        """Input that was not looked at yet."""
        return self._object.unconsumed_tail

    @property
    def eof(self) -> bool:
        """The stream has ended."""
        return self._object.eof

    @property
    def unused_data(self) -> bytes:
        """What follows the stream."""
        return self._object.unused_data


def _decompressor(compression: str) -> _Zlib | bz2.BZ2Decompressor | lzma.LZMADecompressor:
    match compression:
        case "gzip":
            return _Zlib(31)
        case "zlib":
            return _Zlib(15)
        case "deflate":
            return _Zlib(-15)
        case "bzip2":
            return bz2.BZ2Decompressor()
        case "lzma":
            return lzma.LZMADecompressor(format=lzma.FORMAT_ALONE, memlimit=256 << 20)
    return lzma.LZMADecompressor(memlimit=256 << 20)


def lines(pieces: Iterator[bytes]) -> Iterator[list[bytes]]:
    r"""Lines without their \n, many at a time; the last one needs none."""
    for found, _, _ in marked_lines(pieces):
        yield found


def marked_lines(pieces: Iterator[bytes]) -> Iterator[tuple[list[bytes], bool, bool]]:
    r"""(lines, whether any holds a quote, whether any may end with \r)."""
    rest = b""
    for piece in pieces:
        found = (rest + piece).split(b"\n") if rest else piece.split(b"\n")
        quoted = b'"' in piece or b'"' in rest
        returns = b"\r" in piece or rest.endswith(b"\r")
        rest = found.pop()
        if len(rest) > MAX_LINE_BYTES:
            raise Unreadable("a line is longer than 16 MiB", "size")
        if found:
            yield found, quoted, returns
    if rest:
        yield [rest], b'"' in rest, rest.endswith(b"\r")


def stripped(found: list[bytes]) -> list[bytes]:
    r"""The lines without the \r that Windows puts before their end."""
    return [one.removesuffix(b"\r") for one in found]
