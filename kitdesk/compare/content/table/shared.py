"""Which records stand on both sides, as multisets of 64-bit hashes."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from kitdesk.compare.content.table.rows import Rows

SMALL_ROWS = 50_000
"""Up to here plain Python is as quick as starting numpy."""
Hasher = Callable[[Rows, Sequence[bytes]], Iterable[int]]


def by_bytes(_rows: Rows, records: Sequence[bytes]) -> Iterable[int]:
    """Sides that write equal rows as equal bytes."""
    return map(hash, records)


def by_cells(places: dict[int, tuple[int, ...]]) -> Hasher:
    """By the cells of some columns; ``places`` by the identity of the side."""

    def hasher(rows: Rows, records: Sequence[bytes]) -> Iterable[int]:
        wanted = places[id(rows)]
        return [hash(tuple(row[at] for at in wanted)) for row in rows.parse(records)]

    return hasher


def hashes(rows: Rows, hasher: Hasher) -> array[int]:
    """One number a record."""
    found = array("q")
    for records in rows.records():
        found.extend(hasher(rows, records))
    return found


def masks(left: array[int], right: array[int]) -> tuple[bytearray, bytearray]:
    """1 for every record that has its equal on the other side, each used once."""
    if len(left) + len(right) <= SMALL_ROWS:
        return _small(left, right)
    import numpy as np

    a, b = np.frombuffer(left, np.int64), np.frombuffer(right, np.int64)
    return _large(np, a, b), _large(np, b, a)


def _small(left: array[int], right: array[int]) -> tuple[bytearray, bytearray]:
    waiting = Counter(right)
    waiting &= Counter(left)
    again = waiting.copy()
    made = []
    for side, counts in ((left, waiting), (right, again)):
        mask = bytearray(len(side))
        for at, one in enumerate(side):
            if counts[one] > 0:
                counts[one] -= 1
                mask[at] = 1
        made.append(mask)
    return made[0], made[1]


def _large(np: Any, mine: Any, other: Any) -> bytearray:
    """The nth of equal records has its equal when the other side has at least n of them."""
    if not len(mine):
        return bytearray()
    order = np.argsort(mine, kind="stable")
    ranked = mine[order]
    first = np.concatenate(([True], ranked[1:] != ranked[:-1]))
    starts = np.flatnonzero(first)
    values = ranked[starts]
    theirs = np.sort(other)
    available = np.searchsorted(theirs, values, "right") - np.searchsorted(theirs, values, "left")
    group = np.cumsum(first) - 1
    rank = np.arange(len(mine)) - starts[group]
    mask = np.zeros(len(mine), np.uint8)
    mask[order] = rank < available[group]
    return bytearray(mask.tobytes())
