"""Reads a pickle forwards; long payloads are passed over and remembered by their place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kitdesk.compare.content.source import Part, Unreadable

if TYPE_CHECKING:
    from kitdesk.compare.content.source import Bytes

BLOCK_BYTES = 256 << 10
LAZY_BYTES = 64 << 10
"""Longer payloads are read when a delta needs them."""
MAX_LINE_BYTES = 64 << 20
"""Of protocol 0, where arrays are lines of text."""


@dataclass(frozen=True, slots=True)
class Payload:
    """Bytes of the file that were not read yet."""

    side: Bytes
    offset: int
    length: int

    def bytes(self) -> Bytes:
        """As a stretch of the file."""
        return Part(self.side, self.offset, self.length)


class Cursor:
    """A place in the file; every length is checked against its size."""

    def __init__(self, side: Bytes, at: int = 0) -> None:
        self.side = side
        self._buffer = b""
        self._start = self._next = at
        self._pos = 0

    @property
    def at(self) -> int:
        """Offset of the next byte."""
        return self._start + self._pos

    def read(self, length: int) -> bytes:
        """Exactly that many bytes; Unreadable at the end."""
        end = self._pos + length
        if end > len(self._buffer):
            self._fill(length)
            end = self._pos + length
        data = self._buffer[self._pos : end]
        self._pos = end
        return data

    def _fill(self, length: int) -> None:
        at = self.at
        if at + length > self.side.size:
            raise Unreadable("it ends too early")
        size = min(max(length, BLOCK_BYTES), self.side.size - at)
        self._buffer = self.side.read(at, size)
        self._start, self._pos = at, 0

    def skip(self, length: int) -> int:
        """Pass over bytes that must be there; gives the offset of the first."""
        at = self.at
        if length < 0 or at + length > self.side.size:
            raise Unreadable("it announces more bytes than it has")
        if self._pos + length <= len(self._buffer):
            self._pos += length
        else:
            self._buffer, self._pos, self._start = b"", 0, at + length
        return at

    def payload(self, length: int) -> bytes | Payload:
        """Bytes, or their place when they are many."""
        if length <= LAZY_BYTES:
            return self.read(length)
        return Payload(self.side, self.skip(length), length)

    def line(self) -> bytes:
        """Up to the next line feed, without it."""
        found = self._buffer.find(b"\n", self._pos)
        if found >= 0:
            data = self._buffer[self._pos : found]
            self._pos = found + 1
            return data
        pieces: list[bytes] = []
        length = 0
        while True:
            if self._pos >= len(self._buffer):
                self._fill(1)
            found = self._buffer.find(b"\n", self._pos)
            end = found if found >= 0 else len(self._buffer)
            pieces.append(self._buffer[self._pos : end])
            length += len(pieces[-1])
            if length > MAX_LINE_BYTES:
                raise Unreadable("a line of it is too long", "size")
            self._pos = end
            if found >= 0:
                self._pos += 1
                return b"".join(pieces)
