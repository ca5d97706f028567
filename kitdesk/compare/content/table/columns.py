"""Statistics of a column, in pieces that can be joined: nulls, distinct, min, max, mean, type."""

from __future__ import annotations

import re
from array import array
from typing import TYPE_CHECKING, Any

from kitdesk.compare.content.result import Statistics
from kitdesk.compare.content.words import MAX_DIGITS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

NULLS = frozenset(("", "NA", "N/A", "NaN", "nan", "null", "NULL", "None"))
BOOLS = frozenset(("true", "false", "True", "False", "TRUE", "FALSE"))
MAX_DISTINCT = 100_000
IN_PYTHON = 4_096
"""Distinct values kept in a set; more are sorted in an array of numpy."""
EXACT_DIGITS = 15
NUMBER = re.compile(r"[+-]?(?:(?:0|[1-9][0-9]*)(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
INTEGER = re.compile(r"[+-]?(?:0|[1-9][0-9]*)")
NOT_DIGITS = re.compile(r"[^0-9\n+-]")
LEADING = re.compile(r"\n[+-]?0[0-9]")


def number_of(text: str) -> int | float | None:
    """The number that a cell is: no leading zero, integers exact; None for all else."""
    if len(text) <= MAX_DIGITS:
        if INTEGER.fullmatch(text):
            return int(text)
        if NUMBER.fullmatch(text):
            return float(text)
    return None


def equal_numbers(left: str, right: str) -> bool:
    """Two cells that are not the same text, but the same number."""
    a = number_of(left)
    return a is not None and a == number_of(right)


class Distinct:
    """Counts different values exactly up to 100,000, by 64-bit hashes."""

    def __init__(self) -> None:
        self._few: set[int] | None = set()
        self._many: Any = None
        self.over = False

    def add(self, hashes: Iterable[int]) -> None:
        """More of them."""
        if self.over:
            return
        if self._few is not None:
            self._few.update(hashes)
            if len(self._few) <= IN_PYTHON:
                return
            import numpy as np

            self._many = np.sort(np.fromiter(self._few, np.int64, len(self._few)))
            self._few = None
        else:
            import numpy as np

            fresh = np.frombuffer(array("q", hashes), np.int64)
            self._many = np.union1d(self._many, fresh)
        if len(self._many) > MAX_DISTINCT:
            self._drop()

    def join(self, other: Distinct) -> None:
        """All that the other has seen."""
        if other.over:
            self._drop()
        elif other._few is not None:
            self.add(other._few)
        else:
            self.add(other._many.tolist())

    def copy(self) -> Distinct:
        """One that can grow by itself."""
        made = Distinct()
        made._few = None if self._few is None else set(self._few)
        made._many = self._many
        made.over = self.over
        return made

    def _drop(self) -> None:
        self.over, self._few, self._many = True, None, None

    @property
    def count(self) -> int | str:
        """How many, or ``over``."""
        if self.over:
            return "over"
        return len(self._many if self._few is None else self._few)


class Column:
    """What is known of the cells of one column; pieces are joined by :meth:`join`."""

    def __init__(self) -> None:
        self.cells = self.nulls = 0
        self.kind: str | None = None
        self.low: Any = None
        self.high: Any = None
        self.total = 0.0
        self.texts = Distinct()
        self.numbers = Distinct()

    def add(self, cells: Sequence[str]) -> None:
        """Some thousand cells at a time."""
        self.cells += len(cells)
        present = [one for one in cells if one not in NULLS]
        self.nulls += len(cells) - len(present)
        if not present:
            return
        self.texts.add(map(hash, present))
        numbers = None if self.kind in {"text", "bool"} else _numbers(present)
        if numbers is None:
            bools = self.kind in {None, "bool"} and all(one in BOOLS for one in present)
            self._become("bool" if bools else "text")
            return
        kind, values = numbers
        self._become(kind)
        if self.kind in {"integer", "number"}:
            self._range(min(values), max(values))
            self.total += float(sum(values))
            self.numbers.add(map(_bits, values))

    def _range(self, low: Any, high: Any) -> None:
        self.low = low if self.low is None else min(self.low, low)
        self.high = high if self.high is None else max(self.high, high)

    def _become(self, kind: str) -> None:
        if self.kind in {None, kind}:
            self.kind = kind
        elif {self.kind, kind} == {"integer", "number"}:
            self.kind = "number"
        else:
            self.kind = "text"

    def join(self, other: Column) -> None:
        """Add another piece of the same column."""
        self.cells += other.cells
        self.nulls += other.nulls
        if other.kind is not None:
            self._become(other.kind)
            self.texts.join(other.texts)
            if self.kind in {"integer", "number"}:
                self._range(other.low, other.high)
                self.total += other.total
                self.numbers.join(other.numbers)

    def copy(self) -> Column:
        """One that can grow by itself."""
        made = Column()
        made.cells, made.nulls, made.kind = self.cells, self.nulls, self.kind
        made.low, made.high, made.total = self.low, self.high, self.total
        made.texts, made.numbers = self.texts.copy(), self.numbers.copy()
        return made

    @property
    def statistics(self) -> Statistics:
        """As they are told."""
        some = self.cells - self.nulls
        if self.kind in {"integer", "number"} and some:
            distinct, mean = self.numbers.count, self.total / some
            return Statistics(self.nulls, distinct, self.low, self.high, mean)
        return Statistics(self.nulls, self.texts.count)


def _numbers(cells: list[str]) -> tuple[str, list[int] | list[float]] | None:
    """(integer or number, the values) when every cell is a number."""
    joined = "\n" + "\n".join(cells)
    if not joined.isascii() or joined.encode().translate(None, b"0123456789+-.eE\n"):
        return None
    if LEADING.search(joined):
        return None
    try:
        if NOT_DIGITS.search(joined) is None:
            if max(map(len, cells)) > MAX_DIGITS:
                return None
            return "integer", list(map(int, cells))
        return "number", list(map(float, cells))
    except ValueError:
        return None


def _bits(value: float) -> int:
    """A hash that tells -1 from -2, which Python's own does not."""
    return hash(value) if value != -1 else -(1 << 62)
