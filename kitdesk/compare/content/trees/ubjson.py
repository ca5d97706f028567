"""UBJSON (draft 12), as XGBoost writes it: big-endian, typed arrays; lengths checked."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Any

from kitdesk.compare.content.objects.cursor import Cursor
from kitdesk.compare.content.source import Unreadable

if TYPE_CHECKING:
    from kitdesk.compare.content.source import Budget, Bytes

MAX_DEPTH = 200
MAX_VALUES = 20_000_000
MAX_KEPT = 100_000
"""Items of typed arrays that are kept; longer ones are told by their length."""
NUMBERS = {b"i": ">b", b"U": ">B", b"I": ">h", b"u": ">H", b"l": ">i", b"m": ">I", b"L": ">q",
           b"M": ">Q", b"d": ">f", b"D": ">d"}  # fmt: skip
WHOLE = frozenset((b"i", b"U", b"I", b"u", b"l", b"m", b"L", b"M"))
CONSTANTS = {b"Z": None, b"T": True, b"F": False}


def parse_ubjson(side: Bytes, budget: Budget) -> Any:
    """The value of a file."""
    reader = _Reader(side, budget)
    return reader.value(reader.cursor.read(1), 0)


class _Reader:
    def __init__(self, side: Bytes, budget: Budget) -> None:
        self.cursor = Cursor(side)
        self.budget = budget
        self.left = side.size
        self.count = 0

    def mark(self) -> bytes:
        """The next type; no-ops are passed over."""
        while True:
            found = self.cursor.read(1)
            if found != b"N":
                return found

    def number(self, mark: bytes) -> Any:
        """A number of some type."""
        layout = NUMBERS[mark]
        return struct.unpack(layout, self.cursor.read(struct.calcsize(layout)))[0]

    def length(self) -> int:
        """A length, which may not be more than what is left."""
        mark = self.cursor.read(1)
        if mark not in WHOLE:
            raise Unreadable("it is no UBJSON")
        found: int = self.number(mark)
        if not 0 <= found <= self.cursor.side.size - self.cursor.at:
            raise Unreadable("it announces more than it has")
        return found

    def text(self) -> str:
        """A text after its length."""
        return self.cursor.read(self.length()).decode("utf-8", "replace")

    def value(self, mark: bytes, depth: int) -> Any:
        """A value of some type."""
        self.count += 1
        if self.count % 4096 == 0:
            self.budget.check()
        if self.count > MAX_VALUES:
            raise Unreadable("it has too many values", "size")
        if depth > MAX_DEPTH:
            raise Unreadable("it is nested too deep", "depth")
        if mark in NUMBERS:
            return self.number(mark)
        if mark in CONSTANTS:
            return CONSTANTS[mark]
        if mark in (b"S", b"H"):
            return self.text()
        if mark == b"C":
            return self.cursor.read(1).decode("latin-1")
        if mark == b"[":
            return self._list(depth)
        if mark == b"{":
            return self._object(depth)
        raise Unreadable("it is no UBJSON")

    def _head(self) -> tuple[bytes | None, int | None, bytes]:
        """(type of all items, their number, the next mark)."""
        kind = number = None
        mark = self.mark()
        if mark == b"$":
            kind = self.cursor.read(1)
            mark = self.mark()
        if mark == b"#":
            number = self.length()
            mark = b""
        elif kind is not None:
            raise Unreadable("it is no UBJSON")
        return kind, number, mark

    def _list(self, depth: int) -> Any:
        kind, number, mark = self._head()
        if number is None:
            items = []
            while mark != b"]":
                items.append(self.value(mark, depth + 1))
                mark = self.mark()
            return items
        if kind in NUMBERS:
            layout = NUMBERS[kind]
            size = struct.calcsize(layout)
            if number > MAX_KEPT:
                self.cursor.skip(number * size)
                return {"items": number}
            raw = self.cursor.read(number * size)
            return [one for (one,) in struct.iter_unpack(layout, raw)]
        return [self.value(kind or self.mark(), depth + 1) for _ in range(number)]

    def _object(self, depth: int) -> dict[str, Any]:
        kind, number, mark = self._head()
        made: dict[str, Any] = {}
        while number is None or len(made) < number:
            if number is None:
                if mark == b"}":
                    break
                length = self.number(mark) if mark in WHOLE else -1
                if not 0 <= length <= self.cursor.side.size - self.cursor.at:
                    raise Unreadable("it announces more than it has")
                key = self.cursor.read(length).decode("utf-8", "replace")
            else:
                key = self.text()
                if key in made:
                    raise Unreadable("it is no UBJSON")
            made[key] = self.value(kind or self.mark(), depth + 1)
            if number is None:
                mark = self.mark()
        return made
