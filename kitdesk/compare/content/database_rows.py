"""The tables of two databases, by primary key; without one as multisets."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from kitdesk.compare.content.model import Outcome
from kitdesk.compare.content.result import (
    DatabaseDiff,
    Limit,
    RowCounts,
    RowSample,
    StoredTable,
    TableDiff,
)
from kitdesk.compare.content.source import BudgetSpent, Unreadable
from kitdesk.compare.content.words import label

if TYPE_CHECKING:
    from kitdesk.compare.content.database import Base, Stored
    from kitdesk.compare.content.model import Context
    from kitdesk.compare.content.parts import Sign

MAX_SAMPLES = 100
MAX_HASHED = 2_000_000
Row = tuple[Any, ...]


def quoted(name: str) -> str:
    """A name as SQL writes it."""
    return '"' + name.replace('"', '""') + '"'


@dataclass(slots=True)
class Tables:
    """The tables of one side."""

    base: Base
    tables: list[Stored] = field(default_factory=list)

    @classmethod
    def differ(cls, left: Tables | None, right: Tables | None, context: Context) -> Outcome:
        """By name, each by its primary key."""
        old = {one.name: one for one in left.tables} if left else {}
        new = {one.name: one for one in right.tables} if right else {}
        found: list[StoredTable] = []
        limits: list[Limit] = []
        words: list[str] = []
        for name in dict.fromkeys((*new, *old)):
            context.budget.check()
            a, b = old.get(name), new.get(name)
            try:
                one = _table(left, a, right, b)
            except BudgetSpent:
                raise
            except Unreadable as error:
                limits.append(Limit(error.code, f"Table {label(name, 80)}: {error.text}."))
                continue
            if one is not None:
                found.append(one)
                words.append(_words(one))
        return Outcome(
            DatabaseDiff(tuple(found)), equal=not found, words=tuple(words), limits=tuple(limits)
        )


def _words(one: StoredTable) -> str:
    rows = one.table.rows
    parts = [
        f"{number:,} {word}"
        for number, word in (
            (rows.added, "added"), (rows.removed, "removed"), (rows.changed, "changed"),
        )
        if number
    ]  # fmt: skip
    told = {"A": "new", "D": "removed"}.get(one.sign, ", ".join(parts) or "columns differ")
    return f"table {label(one.name, 80)}: {told}"


def _table(
    left: Tables | None, a: Stored | None, right: Tables | None, b: Stored | None
) -> StoredTable | None:
    one = b or a
    assert one is not None
    if left is None or a is None or right is None or b is None:
        side = right if b is not None else left
        assert side is not None
        number = next(side.base.query(f"SELECT 1 FROM {quoted(one.name)} LIMIT 1"), None)
        total = (
            sum(1 for _ in side.base.query(f"SELECT 1 FROM {quoted(one.name)}")) if number else 0
        )
        counts = RowCounts(None, total if b is None else None, total if b is not None else None)
        sign: Sign = "A" if b is not None else "D"
        return StoredTable(one.name, sign, TableDiff(counts, ()))
    common = [name for name in b.columns if name in a.columns]
    key = b.key if b.key == a.key else ()
    counts, samples = (
        _by_key(left.base, right.base, one.name, common, key)
        if key
        else _as_multiset(left.base, right.base, one.name, common)
    )
    differs = counts.added or counts.removed or counts.changed or a.columns != b.columns
    if not differs:
        return None
    return StoredTable(one.name, "M", TableDiff(counts, (), tuple(samples)))


def _by_key(
    left: Base, right: Base, name: str, common: list[str], key: tuple[str, ...]
) -> tuple[RowCounts, list[RowSample]]:
    """Two ordered walks side by side."""
    rest = [one for one in common if one not in key]
    order = ", ".join(f"{quoted(one)} COLLATE BINARY" for one in key)
    chosen = ", ".join(quoted(one) for one in (*key, *rest))
    sql = f"SELECT {chosen} FROM {quoted(name)} ORDER BY {order}"
    old, new = left.query(sql), right.query(sql)
    a, b = next(old, None), next(new, None)
    numbers = Counter[str]()
    samples: list[RowSample] = []
    names = (*key, *rest)
    while a is not None or b is not None:
        first, second = _rank(a, len(key)), _rank(b, len(key))
        if b is None or (a is not None and first < second):
            sign: Sign = "D"
        elif a is None or second < first:
            sign = "A"
        else:
            sign = "=" if _plain(a) == _plain(b) else "M"
        numbers[sign] += 1
        numbers["left"] += sign != "A"
        numbers["right"] += sign != "D"
        if sign != "=" and len(samples) < MAX_SAMPLES:
            samples.append(_sample(sign, names, len(key), a, b))
        if sign != "A":
            a = next(old, None)
        if sign != "D":
            b = next(new, None)
    counts = RowCounts(
        key, numbers["left"], numbers["right"], numbers["A"], numbers["D"], numbers["M"],
        numbers["="],
    )  # fmt: skip
    return counts, samples


def _sample(
    sign: Sign, names: tuple[str, ...], width: int, a: Row | None, b: Row | None
) -> RowSample:
    """The cells that differ; of an added or removed row all."""
    one = b if sign != "D" else a
    assert one is not None
    left = dict(zip(names, map(_cell, a), strict=True)) if a is not None and sign != "A" else None
    right = dict(zip(names, map(_cell, b), strict=True)) if b is not None and sign != "D" else None
    if left is not None and right is not None:
        differing = [name for name in names if left[name] != right[name]]
        left = {name: left[name] for name in differing}
        right = {name: right[name] for name in differing}
    return RowSample(sign, tuple(map(_cell, one[:width])), left, right)


def _cell(value: Any) -> str:
    if isinstance(value, bytes):
        return f"({len(value):,} bytes)"
    return "NULL" if value is None else str(value)[:1000]


def _rank(row: Row | None, width: int) -> tuple[Any, ...]:
    """A key in SQLite's own order: null, numbers, text, bytes."""
    made: list[Any] = []
    for value in (row or ())[:width]:
        if value is None:
            made.append((0, 0))
        elif isinstance(value, int | float):
            made.append((1, value))
        elif isinstance(value, str):
            made.append((2, value.encode("utf-8", "surrogateescape")))
        else:
            made.append((3, value))
    return tuple(made)


def _plain(row: Row) -> Row:
    return tuple((isinstance(one, str), one) for one in row)


def _as_multiset(
    left: Base, right: Base, name: str, common: list[str]
) -> tuple[RowCounts, list[RowSample]]:
    chosen = ", ".join(quoted(one) for one in common) or "1"
    sql = f"SELECT {chosen} FROM {quoted(name)}"
    sides = []
    for base in (left, right):
        counted: Counter[int] = Counter()
        for row in base.query(sql):
            counted[hash(_plain(row))] += 1
            if len(counted) > MAX_HASHED:
                raise Unreadable("it has too many rows without a key", "rows")
        sides.append(counted)
    old, new = sides
    same = (old & new).total()
    added, removed = new.total() - same, old.total() - same
    return RowCounts(None, old.total(), new.total(), added, removed, 0, same), []
