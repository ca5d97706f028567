"""FlatBuffers, walked by offsets, each checked against the file."""

from __future__ import annotations

import struct
from collections import OrderedDict
from typing import TYPE_CHECKING

from kitdesk.compare.content.source import Part, Unreadable

if TYPE_CHECKING:
    from kitdesk.compare.content.source import Budget, Bytes

BLOCK_BYTES = 16 << 10
KEPT_BLOCKS = 512
MAX_ITEMS = 10_000_000
MAX_TEXT_BYTES = 16 << 20


class Buffer:
    """The file, in blocks that are kept."""

    def __init__(self, side: Bytes, budget: Budget) -> None:
        self.side, self.budget = side, budget
        self._blocks: OrderedDict[int, bytes] = OrderedDict()
        self._steps = 0

    def root(self, start: int = 0) -> Table:
        """The table that the first offset names."""
        return Table(self, start + self.number("<I", start))

    def number(self, layout: str, at: int) -> int:
        """An integer at a place."""
        size = struct.calcsize(layout)
        found: int = struct.unpack(layout, self.bytes(at, size))[0]
        return found

    def bytes(self, at: int, size: int) -> bytes:
        """A few bytes at a place; Unreadable outside of the file."""
        self._steps += 1
        if self._steps % 4096 == 0:
            self.budget.check()
        if at < 0 or at + size > self.side.size:
            raise Unreadable("it points outside of itself")
        number, inside = divmod(at, BLOCK_BYTES)
        block = self._blocks.get(number)
        if block is None:
            start = number * BLOCK_BYTES
            block = self.side.read(start, min(BLOCK_BYTES, self.side.size - start))
            self._blocks[number] = block
            if len(self._blocks) > KEPT_BLOCKS:
                self._blocks.popitem(last=False)
        if inside + size <= len(block):
            return block[inside : inside + size]
        return self.side.read(at, size)


class Table:
    """One table; fields by their number in the schema."""

    def __init__(self, buffer: Buffer, at: int) -> None:
        self._buffer, self._at = buffer, at
        self._fields = at - buffer.number("<i", at)
        self._size = buffer.number("<H", self._fields)

    def _place(self, field: int) -> int | None:
        entry = 4 + 2 * field
        if entry + 2 > self._size:
            return None
        offset = self._buffer.number("<H", self._fields + entry)
        return self._at + offset if offset else None

    def integer(self, field: int, layout: str = "<i", default: int = 0) -> int:
        """A number, or its default where it is left out."""
        at = self._place(field)
        return default if at is None else self._buffer.number(layout, at)

    def _target(self, field: int) -> int | None:
        at = self._place(field)
        return None if at is None else at + self._buffer.number("<I", at)

    def text(self, field: int) -> str:
        """A text; empty where it is left out."""
        at = self._target(field)
        if at is None:
            return ""
        return _text(self._buffer, at)

    def table(self, field: int) -> Table | None:
        """A table inside."""
        at = self._target(field)
        return None if at is None else Table(self._buffer, at)

    def _vector(self, field: int, size: int) -> tuple[int, int]:
        """(place of the first item, number of items)."""
        at = self._target(field)
        if at is None:
            return 0, 0
        number = self._buffer.number("<I", at)
        if at + 4 + number * size > self._buffer.side.size or (size > 1 and number > MAX_ITEMS):
            raise Unreadable("it announces more bytes than it has")
        return at + 4, number

    def integers(self, field: int, layout: str = "<i") -> list[int]:
        """A vector of numbers."""
        size = struct.calcsize(layout)
        at, number = self._vector(field, size)
        if not number:
            return []
        raw = self._buffer.bytes(at, number * size)
        return [one for (one,) in struct.iter_unpack(layout, raw)]

    def length(self, field: int, size: int) -> int:
        """Number of items of a vector."""
        return self._vector(field, size)[1]

    def tables(self, field: int) -> list[Table]:
        """A vector of tables."""
        at, number = self._vector(field, 4)
        return [
            Table(self._buffer, place + self._buffer.number("<I", place))
            for place in range(at, at + 4 * number, 4)
        ]

    def texts(self, field: int) -> list[str]:
        """A vector of texts."""
        at, number = self._vector(field, 4)
        return [
            _text(self._buffer, place + self._buffer.number("<I", place))
            for place in range(at, at + 4 * number, 4)
        ]

    def part(self, field: int) -> tuple[int, Part] | None:
        """(place, bytes) of a vector of bytes."""
        at, number = self._vector(field, 1)
        return (at, Part(self._buffer.side, at, number)) if number else None


def _text(buffer: Buffer, at: int) -> str:
    length = buffer.number("<I", at)
    if length > MAX_TEXT_BYTES:
        raise Unreadable("a text of it is too long", "size")
    return buffer.bytes(at + 4, length).decode("utf-8", "replace")
