"""The tools of a table: letters that filter its rows, and the menu of what matches them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QWidget

from kitdesk import text as texts
from kitdesk.compare.content.words import label as inert_label
from kitdesk.ui.compare.content.bars import Chip
from kitdesk.ui.theme import theme
from kitdesk.ui.widgets.labels import label

if TYPE_CHECKING:
    from kitdesk.compare.content.result import DatabaseDiff, TableDiff

AS_SETS = "nothing: compare as sets"
OFFERED = 200
"""Columns of the menu "Matched by"."""
LONGEST = 60
"""Characters of a name in a menu."""


class TableTools(QWidget):
    """At the right end of the summary line."""

    filtered = Signal()
    """Other letters are pressed."""
    key_picked = Signal(object)
    """The columns to match by, () for none."""
    table_picked = Signal(int)
    """Another table of a database."""

    def __init__(self) -> None:
        super().__init__()
        self.chips = {sign: Chip(sign) for sign in "ADM"}
        self.tables = QComboBox()
        self.key = QComboBox()
        for box, name in ((self.tables, "Table"), (self.key, "Rows are matched by")):
            box.setProperty("quiet", "true")
            box.setFont(theme.font("code", mono=True))
            box.setAccessibleName(name)
            policy = QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
            box.setSizeAdjustPolicy(policy)
            box.setMinimumContentsLength(9)
        self._by = label("Matched by", "small", "muted")
        inner = QHBoxLayout(self)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(8)
        for widget in (self.tables, *self.chips.values(), self._by, self.key):
            inner.addWidget(widget)
        for chip in self.chips.values():
            chip.toggled.connect(self._filter)
        self.tables.activated.connect(self.table_picked)
        self.key.activated.connect(self._pick_key)
        self._current: list[str] = []

    @property
    def signs(self) -> set[str]:
        """The letters that are pressed; none: all rows are shown."""
        return {sign for sign, chip in self.chips.items() if chip.isChecked()}

    def offer_tables(self, stored: DatabaseDiff | None, at: int) -> None:
        """The tables of a database; one alone is no choice."""
        self.tables.clear()
        self.tables.setVisible(stored is not None and len(stored.tables) > 1)
        if stored is not None:
            self.tables.addItems([inert_label(one.name, LONGEST) for one in stored.tables])
            self.tables.setCurrentIndex(at)

    def show_table(self, diff: TableDiff, *, keyed: bool) -> None:
        """Counts of its rows; ``keyed``: its key can be chosen."""
        counts = {"A": diff.rows.added, "D": diff.rows.removed, "M": diff.rows.changed}
        for sign, word in (("A", "added"), ("D", "removed"), ("M", "changed")):
            count, chip = counts[sign] or 0, self.chips[sign]
            chip.blockSignals(True)
            chip.setChecked(False)
            chip.blockSignals(False)
            chip.say(texts.number(count), f"Show the {texts.number(count)} {word}")
            chip.setVisible(count > 0)
        both = diff.rows.left is not None and diff.rows.right is not None
        for widget in (self._by, self.key):
            widget.setVisible(both and keyed)
        self._offer_keys(diff)

    def _offer_keys(self, diff: TableDiff) -> None:
        self._current = list(diff.rows.key or ())
        self.key.clear()
        if self._current:
            names = ", ".join(inert_label(one, LONGEST) for one in self._current)
            self.key.addItem(names, self._current)
        for column in diff.columns[:OFFERED]:
            if column.sign not in "AD" and [column.name] != self._current:
                self.key.addItem(inert_label(column.name, LONGEST), [column.name])
        self.key.addItem(AS_SETS, [])
        self.key.setCurrentIndex(0 if self._current else self.key.count() - 1)
        self.key.setToolTip(texts.escape_tooltip(self.key.currentText()))

    @Slot(bool)
    def _filter(self, _on: bool) -> None:
        self.filtered.emit()

    @Slot(int)
    def _pick_key(self, index: int) -> None:
        chosen = self.key.itemData(index)
        if chosen != self._current:
            self.key_picked.emit(tuple(chosen))
