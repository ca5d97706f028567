"""Tables: rows that differ, matched by a key; what became of each column stands in its head."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, Qt, Slot
from PySide6.QtWidgets import QHBoxLayout, QWidget

from kitdesk import text as texts
from kitdesk.compare.content.result import Content, DatabaseDiff, TableDiff
from kitdesk.compare.content.words import label as inert_label
from kitdesk.ui.compare.content.bars import LastLine
from kitdesk.ui.compare.content.body import Body
from kitdesk.ui.compare.content.sentences import part_of
from kitdesk.ui.compare.content.table_model import columns_of
from kitdesk.ui.compare.content.table_tools import TableTools
from kitdesk.ui.compare.content.table_views import RowsView
from kitdesk.ui.widgets.layouts import line
from kitdesk.ui.widgets.message import Message

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QResizeEvent

    from kitdesk.ui.host import WindowHost

_FOCUS = Qt.FocusPolicy.StrongFocus
WIDEST = 16_777_215
"""Qt's QWIDGETSIZE_MAX: no limit."""
MOST_KEYS = 3
"""Columns of a key that stay in sight while the others scroll."""


class TableBody(Body):
    """Letter and key at the left stay; the other columns scroll."""

    def __init__(self, host: WindowHost) -> None:
        super().__init__(host)
        self._diff: TableDiff | None = None
        self._content: Content | None = None
        self._only = ""
        self._quiet = False
        self.fixed = RowsView("Key of the rows", frozen=True)
        self.view = RowsView("Rows that differ", frozen=False)
        self.fixed.partner, self.view.partner = self.view, self.fixed
        self.last = LastLine()
        self.message = Message()
        self.table_tools = TableTools()
        self.tools = self.table_tools
        both = QWidget()
        halves = QHBoxLayout(both)
        halves.setContentsMargins(0, 0, 0, 0)
        halves.setSpacing(0)
        halves.addWidget(self.fixed)
        halves.addWidget(self.view, 1)
        self._halves = both
        self.inner.addWidget(both, 1)
        self.inner.addWidget(self.message, 1)
        self.add(line(), self.last)
        self._connect()

    def _connect(self) -> None:
        self.table_tools.filtered.connect(self._fill)
        self.table_tools.table_picked.connect(self._pick_table)
        self.table_tools.key_picked.connect(self._pick_key)
        self.last.action.clicked.connect(self._show_all)
        for view in (self.fixed, self.view):
            view.heads.sectionClicked.connect(
                self._pick_fixed if view is self.fixed else self._pick_column
            )
            view.selectionModel().currentRowChanged.connect(
                self._from_fixed if view is self.fixed else self._from_view
            )
        self.view.acted.connect(self._pick_column)
        self.fixed.acted.connect(self._pick_fixed)
        bars = (self.fixed.verticalScrollBar(), self.view.verticalScrollBar())
        bars[0].valueChanged.connect(bars[1].setValue)
        bars[1].valueChanged.connect(bars[0].setValue)
        self.view.horizontalScrollBar().rangeChanged.connect(self._even)

    def show_content(
        self, content: Content, names: tuple[str, str], path: str, mode: int = 0
    ) -> None:
        """Show the rows of a table, or of the first table of a database that has some."""
        if content is self._content:
            return
        self._content, self._only = content, ""
        self.view.setAccessibleName(f"Rows of {path} that differ")
        stored = part_of(content, DatabaseDiff)
        tables = stored.tables if stored is not None else ()
        at = next((n for n, one in enumerate(tables) if one.table.samples), 0)
        self.table_tools.offer_tables(stored, at)
        self._show(tables[at].table if tables else part_of(content, TableDiff))

    def _show(self, diff: TableDiff | None) -> None:
        self._diff = diff
        if diff is None:
            return
        stored = self._content is not None and part_of(self._content, DatabaseDiff) is not None
        self.table_tools.show_table(diff, keyed=not stored)
        self._fill()

    def _places(self, diff: TableDiff) -> Sequence[int]:
        wanted = self.table_tools.signs
        if not wanted and not self._only:
            return range(len(diff.samples))  # a million rows cost nothing until one is seen
        return [
            at
            for at, sample in enumerate(diff.samples)
            if (not wanted or sample.sign in wanted)
            and (not self._only or (sample.sign == "M" and self._only in (sample.right or ())))
        ]

    @Slot()
    def _fill(self) -> None:
        diff = self._diff
        if diff is None:
            return
        key = diff.rows.key or ()
        every = columns_of(diff)
        kept = tuple(one for name in key[:MOST_KEYS] for one in every if one.name == name)
        order = {"M": 0, "A": 1, "D": 2, "=": 3}
        rest = [one for one in every if one not in kept]
        scrolled = tuple(sorted(rest, key=lambda one: order[one.sign]))
        if not kept and scrolled:
            kept, scrolled = scrolled[:1], scrolled[1:]
        places = self._places(diff)
        self.fixed.rows.show_rows(diff, kept, places)
        self.view.rows.show_rows(diff, scrolled, places)
        for view in (self.fixed, self.view):
            view.heads.only = self._only
            view.heads.viewport().update()
        alone = not scrolled
        self.view.setVisible(not alone)
        self.fixed.setFocusPolicy(_FOCUS if alone else Qt.FocusPolicy.NoFocus)
        self.fixed.heads.setStretchLastSection(alone)
        self.fixed.setMinimumWidth(self.fixed.measure())
        self.fixed.setMaximumWidth(WIDEST if alone else self.fixed.minimumWidth())
        self.view.measure(self.width() - self.fixed.width() - 12)
        has = bool(diff.samples)
        self._halves.setVisible(has)
        self.message.setVisible(not has)
        if not has:
            differ = self._differ(diff)
            some = texts.counted(differ, "row")
            title = (
                f"{some} {'differs' if differ == 1 else 'differ'}" if differ else "No row differs"
            )
            words = "They are counted, not listed." if differ else "The columns say what does."
            self.message.say("list-details" if differ else "equal", title, words)
        if places:
            self._main.setCurrentIndex(self._main.rows.index(0, 0))
        self._say_last(diff, len(places))
        self.moved.emit()

    def _say_last(self, diff: TableDiff, count: int) -> None:
        if self._only:
            some = texts.counted(count, "row")
            text = f"Only the {some} where {inert_label(self._only, 60)} changed"
            self.last.say(text, "Show all", icon="filter")
            return
        rows = diff.rows
        parts = []
        if rows.same:
            same = texts.counted(rows.same, "row")
            parts.append(f"{same} {'is' if rows.same == 1 else 'are'} the same")
        differ = self._differ(diff)
        if differ > len(diff.samples) > 0:
            shown, total = texts.number(len(diff.samples)), texts.number(differ)
            parts.append(f"the first {shown} of {total} rows that differ are listed")
        self.last.say("; ".join(parts))

    @staticmethod
    def _differ(diff: TableDiff) -> int:
        rows = diff.rows
        return sum(one or 0 for one in (rows.added, rows.removed, rows.changed))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.view.measure(event.size().width() - self.fixed.width() - 12)

    # walking -----------------------------------------------------------------------------

    @property
    def _main(self) -> RowsView:
        """The half that scrolls; the other one where there is a single column."""
        return self.view if self.view.rows.columns else self.fixed

    def focus_target(self) -> QWidget:
        """The half with the current row."""
        return self._main

    @property
    def place(self) -> tuple[int, int]:
        """Of the current row among those that are listed."""
        return self._main.currentIndex().row() + 1, self._main.rows.rowCount()

    def step(self, *, forward: bool) -> None:
        """Go to the next or previous row, round at the ends."""
        view = self._main
        count = view.rows.rowCount()
        if count:
            at = (view.currentIndex().row() + (1 if forward else -1)) % count
            view.setCurrentIndex(view.rows.index(at, max(0, view.currentIndex().column())))

    @Slot(QModelIndex, QModelIndex)
    def _from_view(self, current: QModelIndex, _previous: QModelIndex) -> None:
        if not self._quiet and current.isValid():
            self._quiet = True
            self.fixed.selectRow(current.row())
            self._quiet = False
        self.moved.emit()

    @Slot(QModelIndex, QModelIndex)
    def _from_fixed(self, current: QModelIndex, _previous: QModelIndex) -> None:
        if self._main is self.fixed:
            self.moved.emit()
        elif not self._quiet and current.isValid():
            column = max(0, self.view.currentIndex().column())
            self.view.setCurrentIndex(self.view.rows.index(current.row(), column))

    # tools -------------------------------------------------------------------------------

    @Slot(int)
    def _pick_column(self, section: int) -> None:
        self._toggle(self.view.rows.columns[section].name)

    @Slot(int)
    def _pick_fixed(self, section: int) -> None:
        self._toggle(self.fixed.rows.columns[section].name)

    def _toggle(self, name: str) -> None:
        if self._diff is None:
            return
        here = (one for one in self._diff.samples if one.sign == "M" and name in (one.right or ()))
        if self._only != name and next(here, None) is None:
            return  # no row would be left
        self._only = "" if self._only == name else name
        self._fill()

    @Slot()
    def _show_all(self) -> None:
        self._only = ""
        self._fill()

    @Slot(int)
    def _pick_table(self, index: int) -> None:
        stored = part_of(self._content, DatabaseDiff) if self._content else None
        if stored is not None:
            self._only = ""
            self._show(stored.tables[index].table)

    @Slot(object)
    def _pick_key(self, columns: object) -> None:
        if isinstance(columns, tuple):
            self.host.session.comparison.set_key(columns)

    @Slot(int, int)
    def _even(self, _least: int, most: int) -> None:
        on, off = Qt.ScrollBarPolicy.ScrollBarAlwaysOn, Qt.ScrollBarPolicy.ScrollBarAlwaysOff
        self.fixed.setHorizontalScrollBarPolicy(on if most > 0 else off)
