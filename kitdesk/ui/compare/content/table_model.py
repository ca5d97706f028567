"""Rows of a table that differ, as a model that works each cell out when it is looked at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from kitdesk import text as texts
from kitdesk.compare.content.result import ColumnChange
from kitdesk.compare.content.words import inert, label
from kitdesk.ui.compare.content.scale import measured
from kitdesk.ui.widgets.badges import NAMES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kitdesk.compare.content.result import RowSample, Statistics, TableDiff

Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()
LOOKED_AT = 200
"""So many rows are asked for the names of columns that nobody told."""
LONGEST = 400
"""Characters of a cell that are painted; its tooltip has as many."""
NUMBERS = ("int", "uint", "float", "number", "decimal", "double")


@dataclass(frozen=True, slots=True)
class Cell:
    """What stands in one place: a text on each side, None where that side has none."""

    old: str | None
    new: str | None
    known: bool = True
    """False: the cell is the same on both sides, and its text was not kept."""

    @property
    def changed(self) -> bool:
        """Both sides have it, and they differ."""
        return self.old is not None and self.new is not None and self.old != self.new

    @property
    def text(self) -> str:
        """What is shown where nothing changed."""
        return self.new if self.new is not None else self.old or ""


def columns_of(diff: TableDiff) -> tuple[ColumnChange, ...]:
    """Its columns; of a table that tells none those of its key and of the rows that differ."""
    if diff.columns:
        return diff.columns
    names = dict.fromkeys(diff.rows.key or ())
    for sample in diff.samples[:LOOKED_AT]:
        names.update(dict.fromkeys((*(sample.right or ()), *(sample.left or ()))))
    key = set(diff.rows.key or ())
    return tuple(ColumnChange(name, "=" if name in key else "M", None, None) for name in names)


def is_number(column: ColumnChange) -> bool:
    """Columns of numbers are right aligned."""
    return (column.right_type or column.left_type or "").startswith(NUMBERS)


def type_words(column: ColumnChange) -> str:
    """``integer``, ``integer → text``."""
    old, new = column.left_type, column.right_type
    if old and new and old != new:
        return f"{label(old, 40)} → {label(new, 40)}"
    return label(new or old or "", 40)


def change_words(column: ColumnChange) -> str:
    """The second line of a head: ``2 changed``, ``added``, ``was spend``."""
    words = []
    if column.old_name is not None:
        words.append(f"was {label(column.old_name, 60)}")
    if column.sign in "AD":
        words.append(NAMES[column.sign])
    if column.changed:
        words.append(f"{texts.number(column.changed)} changed")
    elif column.sign == "M" and column.left_type != column.right_type:
        words.append("another type")
    if column.rewritten and not column.changed:
        words.append(f"{texts.number(column.rewritten)} written differently")
    return ", ".join(words)


def statistic_words(column: ColumnChange, *, key: bool = False) -> str:
    """The third line: the mean of numbers, distinct values of texts, empty cells where they move.

    The parts of a pair that are equal are said once.
    """
    left, right = column.left, column.right
    if left is None and right is None:
        return ""
    if key and is_number(column):
        return ""  # the mean of a key says nothing
    if (nulls := _values(left, right, "nulls")) and len(set(nulls)) > 1:
        return f"{_arrow(nulls)} empty"
    if is_number(column) and any(one.mean is not None for one in (left, right) if one):
        means = [measured(one.mean) for one in (left, right) if one and one.mean is not None]
        return f"mean {_arrow(means)}"
    distinct = _values(left, right, "distinct")
    return f"{_arrow(distinct)} distinct" if distinct else ""


def _values(left: Statistics | None, right: Statistics | None, name: str) -> list[str]:
    found = [getattr(one, name) for one in (left, right) if one is not None]
    return [
        texts.number(one) if isinstance(one, int) else "over 100,000"
        for one in found
        if one is not None
    ]


def _arrow(pair: list[str]) -> str:
    return pair[0] if len(set(pair)) == 1 else " → ".join(pair)


class RowsModel(QAbstractTableModel):
    """``columns`` of the rows in ``places`` of the samples; two such models share one table."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.columns: tuple[ColumnChange, ...] = ()
        self.key: tuple[str, ...] = ()
        self.samples: Sequence[RowSample] = ()
        self.places: Sequence[int] = ()
        self.spoken_heads = True

    def show_rows(
        self,
        diff: TableDiff,
        columns: tuple[ColumnChange, ...],
        places: Sequence[int],
    ) -> None:
        """Show these columns of these rows."""
        self.beginResetModel()
        self.columns, self.samples, self.places = columns, diff.samples, places
        self.key = diff.rows.key or ()
        self.endResetModel()

    def sample(self, row: int) -> RowSample:
        """The row that differs."""
        return self.samples[self.places[row]]

    def cell(self, row: int, column: int) -> Cell:
        """What stands in a cell; nothing of it is kept."""
        return cell_of(self.sample(row), self.columns[column].name, self.key)

    # QAbstractTableModel -----------------------------------------------------------------

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self.places)

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self.columns)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        if orientation != Qt.Orientation.Horizontal or not 0 <= section < len(self.columns):
            return None
        column = self.columns[section]
        if role == Qt.ItemDataRole.DisplayRole:
            return label(column.name, 200)
        spoken = (label(column.name, 200), type_words(column), change_words(column),
                  statistic_words(column))  # fmt: skip
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return ", ".join(word for word in spoken if word)
        if role == Qt.ItemDataRole.ToolTipRole:
            return texts.escape_tooltip("\n".join(word for word in spoken if word))
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        cell = self.cell(index.row(), index.column())
        if role == Qt.ItemDataRole.DisplayRole:
            return shown(cell)
        if role == Qt.ItemDataRole.ToolTipRole:
            return texts.escape_tooltip(shown(cell))
        if role == Qt.ItemDataRole.AccessibleTextRole:
            sample = self.sample(index.row())
            here = cell_words(label(self.columns[index.column()].name, 100), cell)
            return f"{here}; row {row_words(sample, self.key)}"
        return None


def cell_of(sample: RowSample, name: str, key: tuple[str, ...]) -> Cell:
    """One cell of a row; the key stands also where only the changed cells were kept."""
    old = sample.left.get(name) if sample.left is not None else None
    new = sample.right.get(name) if sample.right is not None else None
    if old is None and new is None and name in key and key.index(name) < len(sample.key):
        text = sample.key[key.index(name)]
        old, new = (
            text if sample.left is not None else None,
            text if sample.right is not None else None,
        )
    known = old is not None or new is not None
    if sample.sign == "M" and known:  # a field that a record of the other side does not have
        old, new = old or "", new or ""
    return Cell(_cut(old), _cut(new), known)


def _cut(text: str | None) -> str | None:
    return text if text is None else inert(text if len(text) <= LONGEST else text[:LONGEST] + "…")


def shown(cell: Cell) -> str:
    """``41 → 42``, or the one text."""
    return f"{cell.old} → {cell.new}" if cell.changed else cell.text


def cell_words(name: str, cell: Cell) -> str:
    """``age, changed, before 41, after 42``."""
    if cell.changed:
        return f"{name}, changed, before {cell.old or 'empty'}, after {cell.new or 'empty'}"
    if not cell.known:
        return f"{name}, the same"
    return f"{name} {cell.text or 'empty'}"


def row_words(sample: RowSample, key: tuple[str, ...]) -> str:
    """The row in words: its key, its letter, and every cell that changed."""
    named = [f"{label(name, 60)} {label(text, 60)}" for name, text in zip(key, sample.key)]  # noqa: B905
    parts = [*named, NAMES[sample.sign]]
    if sample.sign == "M":
        for name in (*(sample.right or ()),):
            cell = cell_of(sample, name, ())
            if cell.changed:
                parts.append(cell_words(label(name, 100), cell))
    return ", ".join(parts)
