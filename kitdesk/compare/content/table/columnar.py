"""Tables that know their schema: types and counts from the head, values from a child process."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kitdesk.compare.content.model import Outcome
from kitdesk.compare.content.result import (
    ColumnChange,
    Limit,
    RowCounts,
    RowSample,
    Statistics,
    TableDiff,
)
from kitdesk.compare.content.source import BudgetSpent, Unreadable
from kitdesk.compare.content.table.part import row_words

if TYPE_CHECKING:
    from kitdesk.compare.content.model import Context
    from kitdesk.compare.content.parts import Sign
    from kitdesk.compare.content.source import Bytes

MAX_REMOTE_BYTES = 4 << 20


@dataclass(slots=True)
class Columnar:
    """One side."""

    side: Bytes
    rows: int | None
    """None: only the first ones were looked at."""
    columns: dict[str, str]
    """Name -> type."""
    job: str = ""
    """What compares the values in the child process; empty: nothing can."""

    @classmethod
    def differ(cls, left: Columnar | None, right: Columnar | None, context: Context) -> Outcome:
        """Rows by key, then columns; without a child what the heads say."""
        one = right or left
        assert one is not None
        totals = (left.rows if left else None, right.rows if right else None)
        if left is None or right is None:
            columns = _columns(left, right, {})
            return Outcome(TableDiff(RowCounts(None, *totals), columns), equal=False)
        try:
            found = _values(left, right, context)
        except BudgetSpent as error:
            return _heads(
                left, right, Limit(error.code, f"The rows were not compared: {error.text}.")
            )
        except Unreadable as error:
            return _heads(
                left, right, Limit(error.code, f"The rows were not compared: {error.text}.")
            )
        columns = _columns(left, right, found["columns"])
        key = tuple(found["key"]) if found["key"] is not None else None
        numbers = [found[name] for name in ("added", "removed", "changed", "same")]
        rows = RowCounts(key, *totals, *numbers)
        samples = tuple(
            RowSample(s["sign"], tuple(s["key"]), s["left"], s["right"]) for s in found["samples"]
        )
        differs = rows.added or rows.removed or rows.changed or any(c.sign != "=" for c in columns)
        words = row_words(rows, columns)
        return Outcome(TableDiff(rows, columns, samples), equal=not differs, words=words)


def _values(left: Columnar, right: Columnar, context: Context) -> dict[str, Any]:
    if not left.job or not right.job:
        far = left.rows is None or right.rows is None
        raise Unreadable("the values are not read", "remote" if far else "missing")
    for one in (left, right):
        far = one.side.place == "remote" and one.side.size > MAX_REMOTE_BYTES
        if far and not context.budget.values:
            raise Unreadable("they lie in a registry and were not fetched", "remote")
    found, _ = context.decode(
        right.job, (left.side, right.side), key=None if context.key is None else list(context.key)
    )
    return found


def _heads(left: Columnar, right: Columnar, limit: Limit) -> Outcome:
    columns = _columns(left, right, {})
    rows = RowCounts(None, left.rows, right.rows)
    words = row_words(rows, columns)
    if left.rows is not None and right.rows is not None and left.rows != right.rows:
        words = (f"rows {left.rows:,} → {right.rows:,}", *words)
    return Outcome(TableDiff(rows, columns), equal=False, words=words, limits=(limit,))


def _columns(
    left: Columnar | None, right: Columnar | None, found: dict[str, Any]
) -> tuple[ColumnChange, ...]:
    old = left.columns if left else {}
    new = right.columns if right else {}
    made: list[ColumnChange] = []
    for name in dict.fromkeys((*new, *old)):
        a, b = old.get(name), new.get(name)
        about = found.get(name, {})
        changed = about.get("changed") if a and b else None
        sign: Sign = "A" if a is None else "D" if b is None else "M" if changed or a != b else "="
        made.append(
            ColumnChange(
                name, sign, a, b, changed, None if changed is None else 0,
                _statistics(about.get("left")), _statistics(about.get("right")),
            )
        )  # fmt: skip
    order = {"A": 0, "D": 1, "M": 2, "=": 3}
    return tuple(sorted(made, key=lambda one: order[one.sign]))


def _statistics(about: dict[str, Any] | None) -> Statistics | None:
    return None if about is None else Statistics(**about)
