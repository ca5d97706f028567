"""Thrift's compact protocol, field by field; lengths are checked before they are believed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kitdesk.compare.content.source import Unreadable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kitdesk.compare.content.source import Budget

TRUE, FALSE, BYTE, I16, I32, I64, DOUBLE, BINARY, LIST, SET, MAP, STRUCT = range(1, 13)
MAX_DEPTH = 64
CHECK_EVERY = 8_192


class Reader:
    """A place in the bytes of a footer."""

    def __init__(self, data: bytes, budget: Budget) -> None:
        self._data, self._budget = data, budget
        self._at = 0
        self._steps = 0

    def _byte(self) -> int:
        if self._at >= len(self._data):
            raise Unreadable("it ends too early")
        self._at += 1
        return self._data[self._at - 1]

    def varint(self) -> int:
        """An unsigned integer."""
        result = shift = 0
        while True:
            byte = self._byte()
            result |= (byte & 0x7F) << shift
            if byte < 0x80:
                return result
            shift += 7
            if shift > 63:
                raise Unreadable("a number of it is too long")

    def integer(self) -> int:
        """A signed integer (zigzag)."""
        value = self.varint()
        return (value >> 1) ^ -(value & 1)

    def binary(self) -> bytes:
        """Bytes after their length."""
        length = self.varint()
        if length > len(self._data) - self._at:
            raise Unreadable("it announces more bytes than it has")
        self._at += length
        return self._data[self._at - length : self._at]

    def text(self) -> str:
        """A text."""
        return self.binary().decode("utf-8", "replace")

    def fields(self) -> Iterator[tuple[int, int]]:
        """(number, type) of each field of a struct; the caller reads or skips its value."""
        number = 0
        while True:
            self._steps += 1
            if self._steps % CHECK_EVERY == 0:
                self._budget.check()
            head = self._byte()
            if head == 0:
                return
            number = number + (head >> 4) if head >> 4 else self.integer()
            yield number, head & 15

    def items(self) -> tuple[int, int]:
        """(type, number) of the items of a list."""
        head = self._byte()
        size = head >> 4
        if size == 15:
            size = self.varint()
        if size > len(self._data) - self._at:
            raise Unreadable("it announces more items than it has bytes")
        return head & 15, size

    def skip(self, kind: int, depth: int = 0) -> None:
        """Pass over a value."""
        if depth > MAX_DEPTH:
            raise Unreadable("it is nested too deep", "depth")
        if kind in (TRUE, FALSE):
            return
        if kind == BYTE:
            self._byte()
        elif kind in (I16, I32, I64):
            self.varint()
        elif kind == DOUBLE:
            self._at += 8
        elif kind == BINARY:
            self.binary()
        elif kind in (LIST, SET):
            inner, size = self.items()
            for _ in range(size):
                if inner in (TRUE, FALSE):
                    self._byte()
                else:
                    self.skip(inner, depth + 1)
        elif kind == MAP:
            size = self.varint()
            if size > len(self._data) - self._at:
                raise Unreadable("it announces more items than it has bytes")
            types = self._byte() if size else 0
            for _ in range(size):
                self.skip(types >> 4, depth + 1)
                self.skip(types & 15, depth + 1)
        elif kind == STRUCT:
            for _, inner in self.fields():
                self.skip(inner, depth + 1)
        else:
            raise Unreadable("it has a value of a type that does not exist")
