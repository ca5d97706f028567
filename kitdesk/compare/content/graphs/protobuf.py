"""Protocol buffers, walked field by field, bounded in depth and bytes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kitdesk.compare.content.source import Part, Unreadable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kitdesk.compare.content.source import Budget, Bytes

IN_MEMORY_BYTES = 4 << 20
"""Messages up to here are read whole; of larger ones only the heads of their fields."""
HEAD_BYTES = 20
MAX_DEPTH = 64
MAX_FIELDS = 20_000_000
CHECK_EVERY = 4_096
VARINT, FIXED64, BYTES, FIXED32 = 0, 1, 2, 5


@dataclass(frozen=True, slots=True)
class Message:
    """A stretch of the file that holds a message, a text or packed numbers."""

    side: Bytes
    start: int
    length: int
    budget: Budget
    data: memoryview | None = None
    """Its bytes, when a message around it was read whole."""
    depth: int = 0

    def fields(self) -> Iterator[tuple[int, int | bytes | Message]]:
        """(number, value): an integer, eight or four bytes, or what lies inside."""
        if self.depth > MAX_DEPTH:
            raise Unreadable("it is nested too deep", "depth")
        if self.data is None and self.length > IN_MEMORY_BYTES:
            yield from self._large()
            return
        data = self.data
        if data is None:
            data = memoryview(self.side.read(self.start, self.length))
        at = 0
        count = 0
        while at < self.length:
            count += 1
            if count % CHECK_EVERY == 0:
                self.budget.check()
            key, at = varint(data, at)
            number, wire = key >> 3, key & 7
            if wire == VARINT:
                value, at = varint(data, at)
                yield number, value
            elif wire == BYTES:
                length, at = varint(data, at)
                if length > self.length - at:
                    raise Unreadable("it announces more bytes than it has")
                inner = data[at : at + length]
                yield number, self._inner(at, length, inner)
                at += length
            elif wire in (FIXED64, FIXED32):
                size = 8 if wire == FIXED64 else 4
                if size > self.length - at:
                    raise Unreadable("it ends too early")
                yield number, bytes(data[at : at + size])
                at += size
            else:
                raise Unreadable("it is no protocol buffer")

    def _inner(self, at: int, length: int, data: memoryview | None) -> Message:
        return Message(self.side, self.start + at, length, self.budget, data, self.depth + 1)

    def _large(self) -> Iterator[tuple[int, int | bytes | Message]]:
        """Fields of a message that is not read whole: small reads at their heads."""
        at = 0
        block, block_at = memoryview(b""), 0
        while at < self.length:
            self.budget.check()
            if not (block_at <= at and at + HEAD_BYTES <= block_at + len(block)):
                size = min(65_536, self.length - at)
                block, block_at = memoryview(self.side.read(self.start + at, size)), at
            inside = at - block_at
            key, inside = varint(block, inside)
            number, wire = key >> 3, key & 7
            if wire == VARINT:
                value, inside = varint(block, inside)
                at = block_at + inside
                yield number, value
            elif wire == BYTES:
                length, inside = varint(block, inside)
                at = block_at + inside
                if length > self.length - at:
                    raise Unreadable("it announces more bytes than it has")
                held = None
                if inside + length <= len(block):
                    held = block[inside : inside + length]
                yield number, self._inner(at, length, held)
                at += length
            elif wire in (FIXED64, FIXED32):
                size = 8 if wire == FIXED64 else 4
                yield number, bytes(block[inside : inside + size])
                at = block_at + inside + size
            else:
                raise Unreadable("it is no protocol buffer")

    def bytes(self, most: int = IN_MEMORY_BYTES) -> bytes:
        """All bytes of it; Unreadable when they are too many."""
        if self.length > most:
            raise Unreadable("a text of it is too long", "size")
        if self.data is not None:
            return bytes(self.data)
        return self.side.read(self.start, self.length)

    def text(self) -> str:
        """As text."""
        return self.bytes().decode("utf-8", "replace")

    def part(self) -> Part:
        """As a stretch of the file."""
        return Part(self.side, self.start, self.length)


def varint(data: memoryview, at: int) -> tuple[int, int]:
    """(value, place after it)."""
    result = shift = 0
    while True:
        if at >= len(data) or shift > 63:
            raise Unreadable("it is no protocol buffer")
        byte = data[at]
        at += 1
        result |= (byte & 0x7F) << shift
        if byte < 0x80:
            return result & 0xFFFFFFFFFFFFFFFF, at
        shift += 7


def signed(value: int) -> int:
    """A varint as int64."""
    return value - (1 << 64) if value >= 1 << 63 else value


def texts(value: int | bytes | Message) -> str:
    """The text of a field; empty for a number."""
    return value.text() if isinstance(value, Message) else ""


def whole(value: int | bytes | Message) -> int:
    """The integer of a field; 0 for all else."""
    return signed(value) if isinstance(value, int) else 0


def packed(value: int | bytes | Message, budget: Budget) -> list[int]:
    """Integers of a repeated field, packed or one."""
    if isinstance(value, int):
        return [signed(value)]
    if isinstance(value, bytes):
        return []
    data = memoryview(value.bytes(64 << 20))
    found = []
    at = 0
    while at < len(data):
        number, at = varint(data, at)
        found.append(signed(number))
        if len(found) % CHECK_EVERY == 0:
            budget.check()
    return found
