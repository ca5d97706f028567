"""Statistics of a column, in pieces that can be joined: nulls, distinct, min, max, mean, type."""

from __future__ import annotations

import operator
import re
from array import array
from collections import Counter
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
FEW = 4
"""Where cells repeat as often as this, each of them is looked at once."""
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
        self._fresh = array("q")
        self.over = False

    def add(self, hashes: Iterable[int]) -> None:
        """More of them."""
        if self.over:
            return
        if self._few is None:
            self._fresh.extend(hashes)
            if len(self._fresh) > MAX_DISTINCT:
                self._merge()
            return
        self._few.update(hashes)
        if len(self._few) > IN_PYTHON:
            self._fresh = array("q", self._few)
            self._few = None

    def _merge(self) -> None:
        import numpy as np

        fresh = np.frombuffer(self._fresh, np.int64)
        both = fresh if self._many is None else np.concatenate((self._many, fresh))
        self._many = sorted_unique(both)
        self._fresh = array("q")
        if len(self._many) > MAX_DISTINCT:
            self._drop()

    def join(self, other: Distinct) -> None:
        """All that the other has seen."""
        if other.over:
            self._drop()
        elif other._few is not None:
            self.add(other._few)
        else:
            self.add(other._fresh)
            if other._many is not None:
                self.add(other._many.tolist())

    def _drop(self) -> None:
        self.over, self._few, self._many = True, None, None
        self._fresh = array("q")

    @property
    def count(self) -> int | str:
        """How many, or ``over``."""
        if self._few is not None:
            return len(self._few)
        if not self.over and len(self._fresh):
            self._merge()
        return "over" if self.over else len(self._many)


def sorted_unique(values: Any) -> Any:
    """Different values of an array, in order; numpy's own takes ten times as long."""
    import numpy as np

    ranked = np.sort(values)
    if not len(ranked):
        return ranked
    return ranked[np.concatenate(([True], ranked[1:] != ranked[:-1]))]


class Column:
    """What is known of the cells of one column; pieces are joined by :meth:`join`."""

    def __init__(self, *, nested: bool = False) -> None:
        self._nested = nested
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
        distinct = set(cells)
        present: Sequence[str] = cells
        if not distinct.isdisjoint(NULLS):
            distinct -= NULLS
            present = [one for one in cells if one not in NULLS]
            self.nulls += len(cells) - len(present)
        if not distinct:
            return
        self.texts.add(map(hash, distinct))
        counted = Counter(present) if len(distinct) * FEW < len(present) else None
        told = list(counted) if counted is not None else present
        numbers = None if self.kind not in {None, "integer", "number"} else _numbers(told)
        if numbers is None:
            self._become(self._words(distinct))
            return
        kind, values = numbers
        self._become(kind)
        if self.kind in {"integer", "number"}:
            self._range(min(values), max(values))
            if counted is None:
                self.total += float(sum(values))
            else:
                self.total += float(sum(map(operator.mul, values, counted.values())))
            if not self.numbers.over:
                self.numbers.add(map(_bits, set(values)))

    def _words(self, distinct: set[str]) -> str:
        """The type of cells that are no numbers."""
        if self.kind != "text" and distinct <= BOOLS:
            return "bool"
        if self._nested:  # cells of JSON: what they begin with says what they are
            first = {one[:1] for one in distinct}
            if first in ({"["}, {"{"}):
                return "list" if first == {"["} else "struct"
        return "text"

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

    @property
    def statistics(self) -> Statistics:
        """As they are told."""
        some = self.cells - self.nulls
        if self.kind in {"integer", "number"} and some:
            distinct, mean = self.numbers.count, self.total / some
            return Statistics(self.nulls, distinct, self.low, self.high, mean)
        return Statistics(self.nulls, self.texts.count)


def _numbers(cells: Sequence[str]) -> tuple[str, list[int] | list[float]] | None:
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
