"""The rows that have no equal on the other side: matched by key, cell by cell."""

from __future__ import annotations

import contextlib
import csv
import tempfile
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import IO, TYPE_CHECKING, Literal

from kitdesk.compare.content.result import RowSample
from kitdesk.compare.content.table.columns import equal_numbers, number_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kitdesk.compare.content.table.engine import Match
    from kitdesk.compare.content.table.rows import Rows

MAX_IN_MEMORY = 400_000
"""Rows of both sides together; more are divided by key into files of their own."""
MAX_CELLS_IN_MEMORY = 4_000_000
PARTITIONS = 16
MAX_SAMPLES = 1_000
MAX_CELL = 65_536
"""Characters of a cell that are shown."""
Row = list[str]


@dataclass(slots=True)
class Pairing:
    """What differs row by row."""

    added: int = 0
    removed: int = 0
    changed: int = 0
    cells: Counter[int] = field(default_factory=Counter)
    """Changed cells by place among the common columns."""
    rewritten: Counter[int] = field(default_factory=Counter)
    samples: list[RowSample] = field(default_factory=list)


def paired(match: Match) -> Pairing:
    """Compare the rest of both sides."""
    found = Pairing()
    rest = [len(mask) - sum(mask) for mask in (match.mask_left, match.mask_right)]
    width = len(match.common)
    if sum(rest) <= MAX_IN_MEMORY and sum(rest) * width <= MAX_CELLS_IN_MEMORY:
        left = _rest(match, match.left, match.mask_left, 0)
        right = _rest(match, match.right, match.mask_right, 1)
        _partition(match, list(left), list(right), found)
    else:
        _on_disk(match, found)
    order = {"M": 0, "A": 1, "D": 2, "=": 3}
    found.samples = sorted(found.samples, key=lambda one: order[one.sign])[:MAX_SAMPLES]
    return found


def _rest(match: Match, rows: Rows, mask: bytearray, side: Literal[0, 1]) -> Iterator[Row]:
    """Cells of the common columns, in their order."""
    from kitdesk.compare.content.table.engine import masked

    places = [pair[side] for pair in match.common]
    for records in masked(rows, mask, 0):
        match.budget.check()
        for row in rows.parse(records):
            yield [row[at] for at in places]
    rows.ragged = 0


def _on_disk(match: Match, found: Pairing) -> None:
    """Divide both sides by the hash of the key, then compare part by part."""
    with contextlib.ExitStack() as stack:
        files = [[stack.enter_context(_scratch()) for _ in range(PARTITIONS)] for _ in (0, 1)]
        sides: tuple[tuple[Rows, bytearray, Literal[0, 1]], ...] = (
            (match.left, match.mask_left, 0),
            (match.right, match.mask_right, 1),
        )
        for rows, mask, side in sides:
            writers = [csv.writer(one) for one in files[side]]
            for row in _rest(match, rows, mask, side):
                writers[hash(_key(match, row)) % PARTITIONS].writerow(row)
        for left, right in zip(*files, strict=True):
            match.budget.check()
            left.seek(0)
            right.seek(0)
            _partition(match, list(csv.reader(left)), list(csv.reader(right)), found)


def _scratch() -> IO[str]:
    """A nameless file for rows."""
    return tempfile.TemporaryFile("w+", encoding="utf-8", errors="surrogateescape", newline="")


def _key(match: Match, row: Row) -> tuple[object, ...]:
    """What rows are matched by; without a key their whole meaning, numbers by value."""
    if match.key is not None:
        return tuple(row[at] for at in match.key)
    return tuple(map(meaning, row))


def meaning(cell: str) -> object:
    """A number for numbers, the text for all else."""
    number = number_of(cell)
    return cell if number is None else number


def _partition(match: Match, left: list[Row], right: list[Row], found: Pairing) -> None:
    waiting: dict[tuple[object, ...], list[Row]] = defaultdict(list)
    for row in reversed(left):
        waiting[_key(match, row)].append(row)
    for number, row in enumerate(right):
        if number % 1024 == 0:
            match.budget.check()
        partners = waiting.get(_key(match, row))
        if partners:
            _cells(match, partners.pop(), row, found)
        else:
            found.added += 1
            _sample(match, "A", None, row, found)
    for partners in waiting.values():
        for row in reversed(partners):
            found.removed += 1
            _sample(match, "D", row, None, found)


def _cells(match: Match, old: Row, new: Row, found: Pairing) -> None:
    """Compare two rows; numbers written otherwise are no change."""
    changed = []
    for at, (a, b) in enumerate(zip(old, new, strict=True)):
        if a != b:
            if equal_numbers(a, b):
                found.rewritten[at] += 1
            else:
                changed.append(at)
    if changed:
        found.changed += 1
        found.cells.update(changed)
        _sample(match, "M", old, new, found, changed)


def _sample(
    match: Match,
    sign: Literal["A", "D", "M"],
    old: Row | None,
    new: Row | None,
    found: Pairing,
    places: Sequence[int] | None = None,
) -> None:
    if sum(one.sign == sign for one in found.samples[-MAX_SAMPLES:]) >= MAX_SAMPLES:
        return
    if len(found.samples) >= 3 * MAX_SAMPLES:
        return
    row = new if new is not None else old
    assert row is not None
    wanted = range(len(row)) if places is None else places
    names = [match.right.columns[b] for _, b in match.common]
    key = tuple(row[at][:MAX_CELL] for at in match.key or ())
    sides = [
        None if one is None else {names[at]: one[at][:MAX_CELL] for at in wanted}
        for one in (old, new)
    ]
    found.samples.append(RowSample(sign, key, sides[0], sides[1]))
