"""The two halves of a table: what stays (letter and key), and what scrolls sideways."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent, QPainter, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
)

from kitdesk.compare.content.words import label
from kitdesk.ui.compare.content.grid import paint_ground
from kitdesk.ui.compare.content.paint import (
    LEFT,
    MARK,
    RIGHT,
    ROW,
    TEXT,
    draw,
    paint_change,
    paint_letter,
)
from kitdesk.ui.compare.content.table_model import (
    RowsModel,
    change_words,
    is_number,
    statistic_words,
    type_words,
)
from kitdesk.ui.theme import icons, theme

if TYPE_CHECKING:
    from kitdesk.compare.content.result import ColumnChange

HEAD_HEIGHT = 60
LEAST, MOST = 96, 300
"""Width of a column, in pixels."""
AIR = 56
"""A column gets at most so much more where there is room."""
LOOKED_AT = 60
"""So many rows are measured to find the width of a column."""
Index = QModelIndex | QPersistentModelIndex


class ColumnHeads(QHeaderView):
    """Three lines a column: name and type, what became of it, one statistic."""

    def __init__(self, view: RowsView) -> None:
        super().__init__(Qt.Orientation.Horizontal, view)
        self._view = view
        self.only = ""
        """Name of the column whose changed rows alone are shown."""
        self.setSectionsClickable(True)
        self.setHighlightSections(False)
        self.setMinimumSectionSize(40)
        self.setMouseTracking(True)
        self.setAccessibleName("Columns: a click shows only rows where the column changed")

    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width(), HEAD_HEIGHT)

    def paintSection(self, painter: QPainter, rect: QRect, section: int) -> None:
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        field = QRectF(rect)
        painter.fillRect(field, theme.color("surface"))
        column = self._view.rows.columns[section]
        if column.name == self.only:
            painter.fillRect(field, theme.color("accent_soft"))
        painter.fillRect(field.adjusted(0, field.height() - 1, 0, 0), theme.color("border"))
        self._lines(painter, field.adjusted(self._view.indent(section), 0, -8, 0), column)
        painter.restore()

    def _lines(self, painter: QPainter, rect: QRectF, column: ColumnChange) -> None:
        right = is_number(column)
        side = RIGHT if right else LEFT
        bold, caption = theme.font("code", 700, mono=True), theme.font("caption")
        key = column.name in self._view.rows.key
        name = label(column.name, 200)
        room = rect.width() - (20 if key else 0)
        width = min(room, QFontMetrics(bold).horizontalAdvance(name))
        x = rect.right() - width if right else rect.left() + (20 if key else 0)
        draw(painter, QRectF(x, 5, width, 18), name, bold, "text")
        if key:
            icons.paint_icon(painter, "key", "muted", QRectF(x - 20, 7, 14, 14))
        else:
            left = rect.left() if right else x + width + 8
            rest = QRectF(left, 5, rect.width() - width - 8, 18)
            if rest.width() > 24:
                draw(painter, rest, type_words(column), caption, "faint", side)
        what = change_words(column) or ("key" if key else "")
        tone = "changed" if column.sign == "M" and what else "muted"
        tone = {"A": "added", "D": "removed"}.get(column.sign, tone)
        what_font = theme.font("caption", 400 if tone == "muted" else 500)
        draw(painter, QRectF(rect.left(), 22, rect.width(), 16), what, what_font, tone, side)
        third = QRectF(rect.left(), 38, rect.width(), 16)
        draw(painter, third, statistic_words(column, key=key), caption, "muted", side)


class RowDelegate(QStyledItemDelegate):
    """Paints a cell: a plain text, or old → new."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        view = self.parent()
        assert isinstance(view, RowsView)
        sample = view.rows.sample(index.row())
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        rect, first = QRectF(option.rect), view.frozen and index.column() == 0
        ground = {"A": "diff_added", "D": "diff_removed"}.get(sample.sign, "")
        state: QStyle.StateFlag = option.state
        if ground:
            painter.fillRect(rect, theme.color(ground))
            if first:
                tone = "added" if sample.sign == "A" else "removed"
                painter.fillRect(QRectF(0, rect.top(), 3, rect.height()), theme.color(tone))
        focus = view.partner_focus()
        paint_ground(painter, rect, state, focus=focus, first=first)
        if first:
            paint_letter(painter, sample.sign, MARK, rect.center().y())
        self._cell(painter, rect.adjusted(view.indent(index.column()), 0, -8, 0), view, index)
        if focus and view.focusPolicy() != Qt.FocusPolicy.NoFocus and index == view.currentIndex():
            painter.setPen(QPen(theme.color("focus"), 1.5))
            painter.drawRoundedRect(rect.adjusted(1.5, 1.5, -1.5, -1.5), 3, 3)
        painter.restore()

    def _cell(self, painter: QPainter, rect: QRectF, view: RowsView, index: Index) -> None:
        sign = view.rows.sample(index.row()).sign
        column = view.rows.columns[index.column()]
        cell, right = view.rows.cell(index.row(), index.column()), is_number(column)
        side = RIGHT if right else LEFT
        if not cell.known:
            same = "=" if sign == "M" and column.sign not in "AD" else ""
            draw(painter, rect, same, theme.font("small"), "faint", side)
        elif cell.changed:
            paint_change(painter, rect, cell.old or "", cell.new or "", right=right)
        else:
            font = theme.font("code", mono=True)
            font.setStrikeOut(sign == "D")
            draw(painter, rect, cell.text, font, "text" if sign in "AD" else "muted", side)


class RowsView(QTableView):
    """One half; only the right one takes the focus."""

    acted = Signal(int)
    """Return or Space in a column."""

    def __init__(self, name: str, *, frozen: bool) -> None:
        super().__init__()
        self.frozen = frozen
        self.partner: RowsView | None = None
        self.rows = RowsModel(self)
        self.setModel(self.rows)
        self.setItemDelegate(RowDelegate(self))
        self.heads = ColumnHeads(self)
        self.setHorizontalHeader(self.heads)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setMinimumSectionSize(ROW)
        self.verticalHeader().setDefaultSectionSize(ROW)
        self.setShowGrid(False)
        self.setMouseTracking(True)
        self.setWordWrap(False)
        self.setCornerButtonEnabled(False)
        self.setTabKeyNavigation(False)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setAccessibleName(name)
        if frozen:
            self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        else:
            self.heads.setStretchLastSection(True)

    def indent(self, column: int) -> int:
        """Pixels before the text of a cell: the letter stands before the first one."""
        return TEXT if self.frozen and column == 0 else 12

    def partner_focus(self) -> bool:
        """Whether the table, be it this half or the other, has the focus."""
        return self.hasFocus() or (self.partner is not None and self.partner.hasFocus())

    def measure(self, spare: int = 0) -> int:
        """Make every column as wide as its head and its first rows; the sum in pixels.

        What is left of ``spare`` pixels is dealt out, so that the columns have air.
        """
        mono = QFontMetrics(theme.font("code", mono=True))
        bold = QFontMetrics(theme.font("code", 700, mono=True))
        caption = QFontMetrics(theme.font("caption", 500))
        widths: list[int] = []
        for at, column in enumerate(self.rows.columns):
            wanted = bold.horizontalAdvance(label(column.name, 60)) + 20
            wanted += caption.horizontalAdvance(type_words(column))
            for words in (change_words(column), statistic_words(column)):
                wanted = max(wanted, caption.horizontalAdvance(words))
            for row in range(min(LOOKED_AT, self.rows.rowCount())):
                cell = self.rows.cell(row, at)
                text = f"{cell.old}{cell.new}" if cell.changed else cell.text
                wanted = max(
                    wanted, mono.horizontalAdvance(text[:80]) + (36 if cell.changed else 0)
                )
            width = min(MOST, max(LEAST, wanted + 24)) + self.indent(at) - 12
            widths.append(width)
        more = min(AIR, max(0, spare - sum(widths)) // max(1, len(widths)))
        for at, width in enumerate(widths):
            self.setColumnWidth(at, width + more)
        return sum(widths) + more * len(widths)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        keys = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space)
        if event.key() in keys and not event.modifiers() and self.currentIndex().isValid():
            self.acted.emit(self.currentIndex().column())
            return
        super().keyPressEvent(event)
