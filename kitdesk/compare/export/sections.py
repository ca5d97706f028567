"""A content as tables of words, from which every form of export is made."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kitdesk.compare.content import parts as p
from kitdesk.compare.content import result as r
from kitdesk.compare.content.words import count, decimal, label, size, value, whole

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from kitdesk.compare.content.parts import Sign

MAX_ROWS = 1_000
"""Rows of one table; counts beside it stay exact."""
MAX_LINES = 5_000
"""Lines of one text."""
MAX_CELL = 500
"""Characters of one cell."""
NAMES: dict[Sign, str] = {"A": "added", "D": "removed", "M": "changed", "=": "same"}
MARKS: dict[Sign, str] = {"A": "+", "D": "-", "M": "~", "=": " "}


@dataclass(frozen=True, slots=True)
class Row:
    """One row; as many cells as its section has columns."""

    sign: Sign
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """A table of what differs."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    left_out: int = 0
    """Rows beyond MAX_ROWS."""


@dataclass(frozen=True, slots=True)
class TextLines:
    """Lines of a text that differ, in order: ``-`` and ``+`` as in a diff, ``@`` between blocks."""

    title: str
    lines: tuple[tuple[str, str], ...]
    left_out: int = 0


AnySection = Section | TextLines


def sections_of(content: r.Content) -> tuple[AnySection, ...]:
    """What differs, biggest first; facts that are the same come last."""
    made = [_facts("Facts", [one for one in content.facts if one.sign != "="])]
    made += [one for part in content.parts for one in _part(part)]
    made.append(_facts("The same in both", [one for one in content.facts if one.sign == "="]))
    return tuple(one for one in made if (one.lines if isinstance(one, TextLines) else one.rows))


def cell(thing: object) -> str:
    """A value in a cell: JSON for what is nested, nothing for null."""
    if thing is None:
        return ""
    if isinstance(thing, list | tuple | dict):
        return label(json.dumps(thing, ensure_ascii=False, default=str), MAX_CELL)
    return label(value(thing, MAX_CELL), MAX_CELL)


def _section(title: str, columns: tuple[str, ...], rows: Iterable[Row]) -> AnySection:
    known = list(rows)
    return Section(title, columns, tuple(known[:MAX_ROWS]), max(0, len(known) - MAX_ROWS))


def _facts(title: str, facts: list[r.Fact]) -> AnySection:
    rows = (Row(one.sign, (label(one.name), cell(one.left), cell(one.right))) for one in facts)
    return _section(title, ("Fact", "Before", "After"), rows)


def _part(part: r.Part) -> Iterator[AnySection]:
    match part:
        case r.TextDiff():
            yield _text(part)
        case r.ValuesDiff():
            rows = (
                Row(one.sign, (_path(one.path), cell(one.left), cell(one.right)))
                for one in part.changes
            )
            yield _section(count(part.count, "value"), ("Value", "Before", "After"), rows)
        case r.TableDiff():
            yield from _table(part, "")
        case r.TensorsDiff():
            yield _tensors(part)
        case r.DatabaseDiff():
            for table in part.tables:
                yield from _table(table.table, f"{label(table.name)}: ")
        case p.NotebookDiff():
            yield _notebook(part)
        case p.ImageDiff():
            yield _image(part)
        case p.ArchiveDiff():
            rows = (
                Row(one.sign, (label(one.path, MAX_CELL), _size(one.left), _size(one.right)))
                for one in part.members
            )
            yield _section(count(part.count, "member"), ("Member", "Before", "After"), rows)
        case p.PackagesDiff():
            rows = (
                Row(one.sign, (label(one.name), one.left or "", one.right or "", one.change))
                for one in part.packages
            )
            yield _section("Packages", ("Package", "Before", "After", "Change"), rows)
        case p.ImportsDiff():
            yield _imports(part)


def _path(path: tuple[str | int, ...]) -> str:
    """``steps › clf › C``."""
    return label(" › ".join(str(step) for step in path), MAX_CELL)


def _size(number: int | None) -> str:
    return "" if number is None else size(number)


def _text(part: r.TextDiff) -> TextLines:
    lines: list[tuple[str, str]] = []
    near = False
    for row in part.rows:
        if not row.changed:
            near = False
            continue
        if not near:
            line = row.right or row.left
            number = line.number if line is not None else 0
            lines.append(("@", f"line {number:,}"))
        near = True
        lines += [("-", label(row.left.text, MAX_CELL))] if row.left else []
        lines += [("+", label(row.right.text, MAX_CELL))] if row.right else []
    title = f"Lines: {whole(part.added)} added, {whole(part.removed)} removed"
    if not lines and (part.added or part.removed):
        lines = [("@", "too long to be shown line by line")]
    return TextLines(title, tuple(lines[:MAX_LINES]), max(0, len(lines) - MAX_LINES))


def _table(part: r.TableDiff, name: str) -> Iterator[AnySection]:
    rows = part.rows
    by = f" (by {label(', '.join(rows.key))})" if rows.key else ""
    counts = (
        (rows.added, "added"),
        (rows.removed, "removed"),
        (rows.changed, "changed"),
        (rows.same, "the same"),
    )
    told = ", ".join(f"{whole(number)} {verb}" for number, verb in counts if number is not None)
    columns = [
        Row(
            one.sign,
            (
                label(f"{one.old_name} → {one.name}" if one.old_name else one.name),
                _pair(one.left_type, one.right_type),
                "" if one.changed is None else whole(one.changed),
                *(_pair(_stat(one.left, key), _stat(one.right, key)) for key in STATISTICS),
            ),
        )
        for one in part.columns
        if one.sign != "=" or one.changed
    ]
    heads = ("Column", "Type", "Cells changed", "Nulls", "Distinct", "Min", "Max", "Mean")
    yield _section(f"{name}Columns", heads, columns)
    yield _section(f"{name}Rows: {told}{by}", ("Row", "Column", "Before", "After"), _samples(part))


STATISTICS = ("nulls", "distinct", "min", "max", "mean")


def _stat(one: r.Statistics | None, key: str) -> str | None:
    found = None if one is None else getattr(one, key)
    if found is None:
        return None
    return decimal(found) if key == "mean" and isinstance(found, float) else cell(found)


def _pair(left: str | None, right: str | None) -> str:
    """One word where both sides agree, ``int64 → text`` where they do not."""
    if left == right or right is None:
        return left or ""
    return right if left is None else f"{left} → {right}"


def _samples(part: r.TableDiff) -> Iterator[Row]:
    """One row a cell that differs; of an added or removed row one for all its cells."""
    for one in part.samples:
        key = label(", ".join(one.key), MAX_CELL)
        if one.sign == "M":
            for name in dict.fromkeys((*(one.left or {}), *(one.right or {}))):
                old, new = (one.left or {}).get(name), (one.right or {}).get(name)
                yield Row("M", (key, label(name), cell(old), cell(new)))
            continue
        cells = one.right if one.sign == "A" else one.left
        text = label(", ".join(f"{name}={text}" for name, text in (cells or {}).items()), MAX_CELL)
        yield Row(one.sign, (key, "", *((text, "") if one.sign == "D" else ("", text))))


def _tensors(part: r.TensorsDiff) -> AnySection:
    differ = part.added + part.removed + part.changed + part.renamed
    title = f"Tensors: {whole(differ)} differ, {whole(part.same)} are the same"
    rows = (
        Row(
            one.sign,
            (
                label(f"{one.old_name} → {one.name}" if one.old_name else one.name, MAX_CELL),
                _pair(_dtype(one.left), _dtype(one.right)),
                _pair(_shape(one.left), _shape(one.right)),
                *_delta(one.delta),
            ),
        )
        for one in part.changes
    )
    heads = ("Tensor", "Type", "Shape", "Values changed", "Mean |Δ|", "Max |Δ|")
    return _section(title, heads, rows)


def _dtype(one: r.TensorFacts | None) -> str | None:
    return None if one is None else label(one.dtype)


def _shape(one: r.TensorFacts | None) -> str | None:
    return None if one is None else " × ".join(map(str, one.shape)) or "scalar"


def _delta(delta: r.Delta | None) -> tuple[str, str, str]:
    if delta is None:
        return "", "", ""
    mean, most = (
        "" if number is None else decimal(number) for number in (delta.mean_abs, delta.max_abs)
    )
    return f"{whole(delta.changed)} of {whole(delta.elements)}", mean, most


def _notebook(part: p.NotebookDiff) -> AnySection:
    def place(number: int | None) -> str:
        return "" if number is None else str(number + 1)

    def what(one: p.CellChange) -> str:
        told = [word for word, on in (("source", one.source), ("outputs", one.outputs)) if on]
        return " and ".join(told) or "moved"

    rows = (
        Row(one.sign, (label(one.type), place(one.left), place(one.right), what(one)))
        for one in part.cells
    )
    return _section("Cells", ("Cell", "Before", "After", "What differs"), rows)


def _image(part: p.ImageDiff) -> AnySection:
    box = "" if part.box is None else " ".join(map(str, part.box))
    cells = (whole(part.changed), whole(part.compared), str(part.max_delta), box)
    rows = [Row("M", cells)] if part.changed else []
    return _section("Pixels", ("Changed", "Compared", "Largest change", "Within"), rows)


def _imports(part: p.ImportsDiff) -> AnySection:
    left, right = set(part.left), set(part.right)
    signs: list[tuple[Sign, str]] = [("A", one) for one in sorted(right - left)]
    signs += [("D", one) for one in sorted(left - right)]
    signs += [("=", one) for one in part.dangerous if one in left and one in right]
    rows = (
        Row(sign, (label(name), "dangerous" if name in part.dangerous else ""))
        for sign, name in signs
    )
    return _section("Imports", ("Name", "Note"), rows)
