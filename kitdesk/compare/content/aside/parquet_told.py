"""What is told of two Parquet files besides the counts: statistics and samples."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kitdesk.compare.content.aside.parquet import FLOATS, INTEGERS, NESTED, quoted

if TYPE_CHECKING:
    from kitdesk.compare.content.aside.parquet import Comparison

MAX_DISTINCT = 100_000
MAX_SAMPLES = 1_000
MAX_SAMPLE_COLUMNS = 200
MAX_CELL = 4_096
MOMENTS = ("DATE", "TIME", "TIMESTAMP")


def statistics(found: Comparison, side: str, name: str, kind: str) -> dict[str, Any]:
    """Nulls, distinct, and range and mean of numbers, of one column."""
    column = quoted(name)
    made: dict[str, Any] = {"nulls": found.value(f"SELECT count(*) - count({column}) FROM {side}_")}
    if kind.endswith("]") or kind.startswith(NESTED):
        return made
    distinct = found.value(
        f"SELECT count(*) FROM (SELECT DISTINCT {column} FROM {side}_ "
        f"WHERE {column} IS NOT NULL LIMIT {MAX_DISTINCT + 1})"
    )
    made["distinct"] = distinct if distinct <= MAX_DISTINCT else "over"
    if kind in INTEGERS | FLOATS or kind.startswith("DECIMAL"):
        where = f" WHERE NOT isnan({column})" if kind in FLOATS else ""
        low, high, mean = found.connection.execute(
            f"SELECT min({column}), max({column}), avg(CAST({column} AS DOUBLE)) "
            f"FROM {side}_{where}"
        ).fetchone()
        if kind.startswith("DECIMAL"):
            low, high = (None if one is None else float(one) for one in (low, high))
        made |= {"min": _number(low), "max": _number(high), "mean": _number(mean)}
    elif kind.startswith(MOMENTS):
        low, high = found.connection.execute(
            f"SELECT CAST(min({column}) AS VARCHAR), CAST(max({column}) AS VARCHAR) FROM {side}_"
        ).fetchone()
        made |= {"min": low, "max": high}
    return made


def samples(found: Comparison, names: tuple[str, ...]) -> list[dict[str, Any]]:
    """The first rows that differ, changed ones first."""
    using = ", ".join((*(found.place(at) for at in range(len(names))), found.nth))
    keys = ", ".join(f"CAST({found.place(at)} AS VARCHAR)" for at in range(len(names)))
    shown = found.common[:MAX_SAMPLE_COLUMNS]
    cells = ", ".join(
        f"CASE WHEN {found.cell(name, 'l')} IS DISTINCT FROM {found.cell(name, 'r')} THEN "
        f"[left(CAST(l.{quoted(name)} AS VARCHAR), {MAX_CELL}), "
        f"left(CAST(r.{quoted(name)} AS VARCHAR), {MAX_CELL})] END"
        for name in shown
    )
    made: list[dict[str, Any]] = []
    for row in found.connection.execute(
        f"SELECT {keys}, {cells} FROM {found.rows('left')} l JOIN {found.rows('right')} r "
        f"USING ({using}) LIMIT {MAX_SAMPLES}"
    ).fetchall():
        differing = {
            name: pair
            for name, pair in zip(shown, row[len(names) :], strict=True)
            if pair is not None
        }
        made.append(
            {
                "sign": "M", "key": [_shown(one) for one in row[: len(names)]],
                "left": {name: _shown(pair[0]) for name, pair in differing.items()},
                "right": {name: _shown(pair[1]) for name, pair in differing.items()},
            }
        )  # fmt: skip
    for sign, mine, other in (("A", "right", "left"), ("D", "left", "right")):
        sql = (
            f"SELECT {keys} FROM {mine}_keys ANTI JOIN {other}_keys USING ({using}) "
            f"LIMIT {max(0, MAX_SAMPLES - len(made))}"
        )
        for row in found.connection.execute(sql).fetchall():
            key = [_shown(one) for one in row]
            cells_of = dict(zip(names, key, strict=True))
            made.append(
                {
                    "sign": sign, "key": key,
                    "left": cells_of if sign == "D" else None,
                    "right": cells_of if sign == "A" else None,
                }
            )  # fmt: skip
    return made


def _shown(cell: Any) -> str:
    return "NULL" if cell is None else str(cell)


def _number(value: Any) -> Any:
    """A number that JSON can hold."""
    if isinstance(value, float) and (value != value or value in (float("inf"), float("-inf"))):
        return str(value)
    return value
