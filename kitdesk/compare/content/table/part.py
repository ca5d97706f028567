"""The table as a part of a model, and the readers of delimited text and JSON Lines."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from kitdesk.compare.content.model import Outcome
from kitdesk.compare.content.result import (
    ColumnChange,
    Limit,
    RowCounts,
    TableDiff,
)
from kitdesk.compare.content.source import Unreadable
from kitdesk.compare.content.table.engine import Match, columns
from kitdesk.compare.content.words import count, label

if TYPE_CHECKING:
    from kitdesk.compare.content.model import Context
    from kitdesk.compare.content.parts import Sign
    from kitdesk.compare.content.table.columns import Column
    from kitdesk.compare.content.table.rows import Rows


@dataclass(slots=True)
class Table:
    """Rows of one side that are read here, in Python."""

    rows: Rows
    noun: str = "row"
    extra: dict[str, object] = field(default_factory=dict)

    @classmethod
    def differ(cls, left: Table | None, right: Table | None, context: Context) -> Outcome:
        """Counts by key, then statistics of the columns."""
        if left is None or right is None:
            one = left or right
            assert one is not None
            return _alone(one.rows, added=left is None)
        match = Match(left.rows, right.rows, context.budget, context.key)
        match.run()
        if context.told is not None:
            context.told(_outcome(match, left, right, [], [], []))
        limits: list[Limit] = []
        old: list[Column] = []
        new: list[Column] = []
        try:
            old, new = match.statistics()
        except Unreadable as error:
            limits.append(Limit(error.code, f"The columns have no statistics: {error.text}."))
        return _outcome(match, left, right, old, new, limits)


def _outcome(
    match: Match, left: Table, right: Table, old: list[Column], new: list[Column],
    limits: list[Limit],
) -> Outcome:  # fmt: skip
    """What is known; without statistics the lists are empty."""
    found = match.rows
    totals = (len(match.mask_left), len(match.mask_right))
    key = (
        None
        if match.key is None
        else tuple(match.right.columns[match.common[at][1]] for at in match.key)
    )
    changes = _columns(match, old, new)
    rows = RowCounts(
        key, *totals, found.added, found.removed, found.changed,
        totals[1] - found.added - found.changed,
    )  # fmt: skip
    facts = {}
    if left.rows.ragged or right.rows.ragged:
        facts["ragged_rows"] = ("Ragged rows", left.rows.ragged, right.rows.ragged)
    structure = any(one.sign in "AD" or one.old_name for one in changes)
    equal = not (found.added or found.removed or found.changed or structure)
    return Outcome(
        TableDiff(rows, changes, tuple(found.samples)),
        equal=equal,
        words=row_words(rows, changes),
        limits=tuple(limits),
        facts=facts,
    )


def row_words(rows: RowCounts, changes: tuple[ColumnChange, ...]) -> tuple[str, ...]:
    """``3 rows added, 2 removed, 5 changed (by id)``; then columns."""
    words: list[str] = []
    numbers = ((rows.added, "added"), (rows.removed, "removed"), (rows.changed, "changed"))
    parts: list[str] = []
    for number, word in numbers:
        if number:
            parts.append(f"{f'{number:,}' if parts else count(number, 'row')} {word}")
    if parts:
        by = f" (by {', '.join(label(one, 60) for one in rows.key)})" if rows.key else ""
        words.append(", ".join(parts) + by)
    signs = Counter(one.sign for one in changes if one.old_name is None)
    if signs["A"]:
        words.append(f"{count(signs['A'], 'column')} added")
    if signs["D"]:
        words.append(f"{count(signs['D'], 'column')} removed")
    words += [
        f"column {label(one.old_name, 60)} renamed {label(one.name, 60)}"
        for one in changes
        if one.old_name is not None
    ]
    words += [
        f"column {label(one.name, 60)} {one.left_type} → {one.right_type}"
        for one in changes
        if one.left_type and one.right_type and one.left_type != one.right_type
    ]
    return tuple(words)


def _alone(rows: Rows, *, added: bool) -> Outcome:
    """A table that is new, or gone: what is in it."""
    found = columns(rows)
    number = found[0].cells if found else 0
    changes = tuple(
        ColumnChange(
            name,
            "A" if added else "D",
            None if added else column.kind,
            column.kind if added else None,
            left=None if added else column.statistics,
            right=column.statistics if added else None,
        )
        for name, column in zip(rows.columns, found, strict=True)
    )
    counts = RowCounts(None, None if added else number, number if added else None)
    return Outcome(TableDiff(counts, changes), equal=False)


def _columns(match: Match, old: list[Column], new: list[Column]) -> tuple[ColumnChange, ...]:
    """Those that differ first: added, removed, renamed, of another type, with changed cells."""
    made: list[ColumnChange] = []
    pairs = {b: (a, at) for at, (a, b) in enumerate(match.common)}
    for b, name in enumerate(match.right.columns):
        right = new[b] if new else None
        if b not in pairs:
            kind = right.kind if right else None
            made.append(
                ColumnChange(name, "A", None, kind, right=right.statistics if right else None)
            )
            continue
        a, at = pairs[b]
        left = old[a] if old else None
        changed, rewritten = match.rows.cells[at], match.rows.rewritten[at]
        kinds = (left.kind if left else None, right.kind if right else None)
        renamed = match.left.columns[a] if b in match.renamed else None
        differs = changed or renamed is not None or kinds[0] != kinds[1]
        sign: Sign = "M" if differs else "="
        made.append(
            ColumnChange(
                name, sign, *kinds, changed, rewritten,
                left.statistics if left else None, right.statistics if right else None, renamed,
            )
        )  # fmt: skip
    used = {a for a, _ in match.common}
    for a, name in enumerate(match.left.columns):
        if a not in used:
            left = old[a] if old else None
            made.append(
                ColumnChange(
                    name, "D", left.kind if left else None, None,
                    left=left.statistics if left else None,
                )
            )  # fmt: skip
    order = {"A": 0, "D": 1, "M": 2, "=": 3}
    return tuple(sorted(made, key=lambda one: order[one.sign]))
