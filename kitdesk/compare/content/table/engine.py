"""Two tables against each other: which rows, which cells."""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field
from itertools import compress
from typing import TYPE_CHECKING, Any

from kitdesk.compare.content.source import Unreadable
from kitdesk.compare.content.table.columns import Column, equal_numbers, number_of, sorted_unique
from kitdesk.compare.content.table.keys import candidates
from kitdesk.compare.content.table.pairing import Pairing, paired
from kitdesk.compare.content.table.shared import Hasher, by_bytes, by_cells, hashes, masks

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kitdesk.compare.content.source import Budget
    from kitdesk.compare.content.table.rows import Rows

SAMPLE_ROWS = 2_000
RENAME_ROWS = 20_000
ALIKE = 0.95
"""Matched cells that a renamed column must share with its old name."""
SMALL_ROWS = 50_000
PARSED_ROWS = 2_000
"""Rows whose cells are in memory at a time, for statistics."""


@dataclass(slots=True)
class Match:
    """How two tables hang together, and what differs."""

    left: Rows
    right: Rows
    budget: Budget
    asked: tuple[str, ...] | None = None
    common: list[tuple[int, int]] = field(default_factory=list)
    """Places of the columns that both sides have."""
    renamed: dict[int, int] = field(default_factory=dict)
    """Place at the right -> place at the left."""
    key: tuple[int, ...] | None = None
    """Places in ``common``."""
    mask_left: bytearray = field(default_factory=bytearray)
    mask_right: bytearray = field(default_factory=bytearray)
    rows: Pairing = field(default_factory=Pairing)
    duplicates: bool = False

    def run(self) -> None:
        """Columns, key, renames, then rows."""
        names = {name: at for at, name in enumerate(self.left.columns)}
        self.common = [
            (names[name], at) for at, name in enumerate(self.right.columns) if name in names
        ]
        if not self.common:
            self._only_counts()
            return
        self._find_shared()
        self.key = self._find_key()
        if self._find_renames():
            self._find_shared()
        self.rows = paired(self)

    def _only_counts(self) -> None:
        self.mask_left = bytearray(sum(map(len, self.left.records())))
        self.mask_right = bytearray(sum(map(len, self.right.records())))
        self.rows.removed, self.rows.added = len(self.mask_left), len(self.mask_right)

    def _find_shared(self) -> None:
        left, right = self.left, self.right
        if left.signature == right.signature and not self.renamed:
            hasher: Hasher = by_bytes
        else:
            places = {
                id(left): tuple(a for a, _ in self.common),
                id(right): tuple(b for _, b in self.common),
            }
            hasher = by_cells(places)
        self.mask_left, self.mask_right = masks(hashes(left, hasher), hashes(right, hasher))
        left.ragged = right.ragged = 0

    # The key ------------------------------------------------------------------------------------

    def _find_key(self) -> tuple[int, ...] | None:
        names = [self.right.columns[b] for _, b in self.common]
        if self.asked is not None:
            if not self.asked:
                return None
            missing = [name for name in self.asked if name not in names]
            if missing:
                raise Unreadable(
                    f"there is no column {missing[0][:100]!r} on both sides", "missing"
                )
            key = tuple(names.index(name) for name in self.asked)
            self.duplicates = not self._is_key(key)
            return key
        usable = self._usable()
        for key in candidates(names, usable):
            self.budget.check()
            if self._is_key(key):
                return key
        return None

    def _usable(self) -> list[bool]:
        """Columns whose cells are unique in a sample, and neither floats, lists nor structs."""
        usable = [True] * len(self.common)
        for side, rows in ((0, self.left), (1, self.right)):
            sample = next(rows.records(), [])[:SAMPLE_ROWS]
            parsed = rows.parse(sample)
            rows.ragged = 0
            for at, pair in enumerate(self.common):
                cells = [row[pair[side]] for row in parsed]
                if len(set(cells)) < len(cells) or any(map(_is_no_key, cells)):
                    usable[at] = False
        return usable

    def _is_key(self, key: tuple[int, ...]) -> bool:
        """Unique on both sides, and half of the smaller side has its partner."""
        sides = []
        for side, rows in ((0, self.left), (1, self.right)):
            places = tuple(self.common[at][side] for at in key)
            found = array("q")
            for records in rows.records():
                found.extend(map(hash, rows.pick(records, places)))
            sides.append(found)
        left, right = sides
        if len(left) + len(right) <= SMALL_ROWS:
            a, b = set(left), set(right)
            if len(a) < len(left) or len(b) < len(right):
                return False
            shared = len(a & b)
        else:
            import numpy as np

            x, y = (sorted_unique(np.frombuffer(side, np.int64)) for side in sides)
            if len(x) < len(left) or len(y) < len(right):
                return False
            shared = len(np.intersect1d(x, y, assume_unique=True))
        return 2 * shared >= min(len(left), len(right))

    # Renamed columns ----------------------------------------------------------------------------

    def _find_renames(self) -> bool:
        """A removed and an added column whose matched cells are equal are one."""
        here = {a for a, _ in self.common}
        there = {b for _, b in self.common}
        gone = [at for at in range(len(self.left.columns)) if at not in here]
        new = [at for at in range(len(self.right.columns)) if at not in there]
        if not gone or not new or len(gone) * len(new) > 10_000:
            return False
        pairs = list(self._some_pairs())
        if not pairs:
            return False
        for a in gone:
            for b in new:
                if b in self.renamed:
                    continue
                alike = sum(x[a] == y[b] or equal_numbers(x[a], y[b]) for x, y in pairs)
                if alike >= ALIKE * len(pairs) and len({x[a] for x, _ in pairs}) > 1:
                    self.renamed[b] = a
                    self.common.append((a, b))
                    break
        return bool(self.renamed)

    def _some_pairs(self) -> Iterator[tuple[list[str], list[str]]]:
        """Rows that belong together: by key, else by place where both sides are equally long."""
        left, right = (list(_first(rows)) for rows in (self.left, self.right))
        if self.key is None:
            if len(left) == len(right):
                yield from zip(left, right, strict=True)
            return
        places = [self.common[at] for at in self.key]
        known = {tuple(row[a] for a, _ in places): row for row in left}
        for row in right:
            found = known.get(tuple(row[b] for _, b in places))
            if found is not None:
                yield found, row

    # Statistics ---------------------------------------------------------------------------------

    def statistics(self) -> tuple[list[Column], list[Column]]:
        """Of every column of both sides; rows that both share are parsed once."""
        if self.left.signature == self.right.signature:
            shared = columns(self.left, self.mask_left, 1)
            left, right = (
                columns(self.left, self.mask_left, 0),
                columns(self.right, self.mask_right, 0),
            )
            places = {name: at for at, name in enumerate(self.left.columns)}
            for at, column in enumerate(shared):
                left[at].join(column)
            for at, name in enumerate(self.right.columns):
                right[at].join(shared[places[name]])
            return left, right
        return columns(self.left), columns(self.right)


def columns(rows: Rows, mask: bytearray | None = None, wanted: int = 1) -> list[Column]:
    """Statistics of the rows whose mask is ``wanted``; of all without a mask."""
    made = [Column(nested=rows.nested) for _ in rows.columns]
    turned = bytes((1, 0)) + bytes(254)
    for records in masked(rows, mask, wanted, turned):
        for at in range(0, len(records), PARSED_ROWS):
            parsed = rows.parse(records[at : at + PARSED_ROWS])
            for column, cells in zip(made, zip(*parsed, strict=True), strict=True):
                column.add(cells)
    return made


def masked(
    rows: Rows, mask: bytearray | None, wanted: int, turned: bytes = bytes((1, 0)) + bytes(254)
) -> Iterator[Sequence[bytes]]:
    """The records whose mask is ``wanted``, some thousand at a time."""
    at = 0
    for records in rows.records():
        if mask is None:
            yield records
            continue
        part = mask[at : at + len(records)]
        at += len(records)
        if not wanted:
            part = part.translate(turned)
        chosen = list(compress(records, part))
        if chosen:
            yield chosen


def _first(rows: Rows) -> Iterator[list[str]]:
    number = 0
    for records in rows.records():
        for row in rows.parse(records):
            yield row
            number += 1
            if number >= RENAME_ROWS:
                return


def _is_no_key(cell: Any) -> bool:
    return isinstance(number_of(cell), float) or cell[:1] in {"[", "{"}
