"""The list of files: one delegate, six columns that give way in a fixed order, quiet heads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeView,
    QWidget,
)

from kitdesk import text as texts
from kitdesk.compare.content.dangers import ASKS, RUNS
from kitdesk.ui.compare.file_model import (
    FILE,
    KIND,
    NEW_HASH,
    NEW_SIZE,
    OLD_HASH,
    OLD_SIZE,
    SIGN,
    WHAT,
    FileModel,
)
from kitdesk.ui.theme import icons, theme
from kitdesk.ui.widgets import layer_kinds
from kitdesk.ui.widgets.badges import paint_mark
from kitdesk.ui.widgets.labels import LEFT, RIGHT

if TYPE_CHECKING:
    from kitdesk.compare.values import Comparison

WIDE = 1000
"""Pixels of the centre under which the hashes give way."""
Index = QModelIndex | QPersistentModelIndex


class FileDelegate(QStyledItemDelegate):
    """Paints a cell; the folder of a path gives way, never its name."""

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        return QSize(60, theme.SIZE["row"])

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        rect, column = QRectF(option.rect), index.column()
        state: QStyle.StateFlag = option.state
        view = self.parent()
        assert isinstance(view, QTreeView)
        selected = bool(state & QStyle.StateFlag.State_Selected)
        if selected:
            lit = "selection" if view.hasFocus() else "selection_dim"
            painter.fillRect(rect, theme.color(lit))
        elif state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(rect, theme.color("hover"))
        text = str(index.data() or "")
        if column == FILE:
            if selected:
                edge = QRectF(rect.left(), rect.top(), 3, rect.height())
                painter.fillRect(edge, theme.color("accent"))
            sign = index.data(SIGN)
            paint_mark(painter, sign, QRectF(rect.left() + 24, rect.center().y() - 9, 18, 18))
            _paint_path(
                painter, rect.adjusted(52, 0, -8, 0), text, gone=sign == "D", same=sign == "="
            )
        elif column in (OLD_HASH, NEW_HASH):
            painter.setFont(theme.font("small", mono=True))
            painter.setPen(theme.color("faint"))
            painter.drawText(rect.adjusted(12, 0, 0, 0), LEFT, text)
        else:
            self._words(painter, rect, view, index, text)
        painter.restore()

    def _words(
        self, painter: QPainter, rect: QRectF, view: QTreeView, index: Index, text: str
    ) -> None:
        column, wide = index.column(), not view.isColumnHidden(OLD_HASH)
        painter.setFont(theme.font("small"))
        danger = column == WHAT and text.startswith((ASKS, RUNS))
        painter.setPen(theme.color("removed" if danger else "muted"))
        kind = str(index.data(KIND) or "")
        if column == WHAT and wide:
            if kind:
                box = QRectF(rect.left() + 4, rect.center().y() - 7, 14, 14)
                icons.paint_icon(
                    painter, layer_kinds.ICONS[layer_kinds.family(kind)], layer_kinds.hue(kind), box
                )
            rect = rect.adjusted(22, 0, 0, 0)
        last = column == NEW_SIZE and not wide
        space = rect.adjusted(4, 0, -16 if last else -8, 0)
        side = RIGHT if column in (OLD_SIZE, NEW_SIZE) else LEFT
        short = painter.fontMetrics().elidedText(
            texts.inert(text), Qt.TextElideMode.ElideRight, int(space.width())
        )
        painter.drawText(space, side, short)


def _paint_path(painter: QPainter, rect: QRectF, path: str, *, gone: bool, same: bool) -> None:
    folder, _, name = path.rpartition("/")
    strong = theme.font("body", 400 if same else 500)
    strong.setStrikeOut(gone)
    painter.setFont(strong)
    name_width = painter.fontMetrics().horizontalAdvance(name)
    if folder:
        painter.setFont(theme.font("body"))
        metrics = painter.fontMetrics()
        room = max(0, int(rect.width() - name_width))
        short = metrics.elidedText(texts.inert(folder + "/"), Qt.TextElideMode.ElideMiddle, room)
        painter.setPen(theme.color("muted"))
        painter.drawText(rect, LEFT, short)
        rect = rect.adjusted(metrics.horizontalAdvance(short), 0, 0, 0)
    painter.setFont(strong)
    painter.setPen(theme.color("muted" if same else "text"))
    metrics = painter.fontMetrics()
    painter.drawText(
        rect,
        LEFT,
        metrics.elidedText(texts.inert(name), Qt.TextElideMode.ElideMiddle, int(rect.width())),
    )


class FileTable(QTreeView):
    """Says with :attr:`file_chosen` which file the reader wants to see."""

    file_chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._quiet = False
        self.rows = FileModel(self)
        self.setModel(self.rows)
        self.setItemDelegate(FileDelegate(self))
        self.setRootIsDecorated(False)
        self.setIndentation(0)
        self.setUniformRowHeights(True)
        self.setMouseTracking(True)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.setAccessibleName("Files that differ")
        self.setHeaderHidden(True)  # HeadRow draws quiet heads; Fusion's header is a button row
        header = self.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header.setSectionResizeMode(FILE, QHeaderView.ResizeMode.Stretch)

    def show_comparison(self, comparison: Comparison | None, path: str, *, with_same: bool) -> None:
        """Show its files with ``path`` as the current one; no intent follows from it."""
        self._quiet = True
        self.rows.show_comparison(comparison, with_same=with_same)
        if comparison:
            old, new = comparison.left.name, comparison.right.name
            self.setAccessibleName(f"Files that differ between {old} and {new}")
        self.choose(path)
        self._quiet = False

    def choose(self, path: str) -> None:
        """Make ``path`` the current row without asking for its content."""
        quiet, self._quiet = self._quiet, True
        row = self.rows.row_of(path)
        self.setCurrentIndex(self.rows.index(row, 0) if row >= 0 else QModelIndex())
        self._quiet = quiet

    def minimumSizeHint(self) -> QSize:
        return QSize(60, theme.SIZE["row"] + 2)  # Qt's own would leave room under a single row

    def height_wanted(self) -> int:
        """Pixels that show every row."""
        return theme.SIZE["row"] * self.rows.rowCount() + 2

    def currentChanged(self, current: Index, previous: Index) -> None:
        super().currentChanged(current, previous)
        if not self._quiet and current.isValid():
            self.file_chosen.emit(self.rows.path(current.row()))

    def resizeEvent(self, event: QResizeEvent) -> None:
        width = event.size().width()
        wide = width >= WIDE
        for column in (OLD_HASH, NEW_HASH):
            self.setColumnHidden(column, not wide)
            self.setColumnWidth(column, 100 if column == OLD_HASH else 108)
        for column in (OLD_SIZE, NEW_SIZE):
            self.setColumnWidth(column, 78 if wide or column == OLD_SIZE else 86)
        self.setColumnWidth(WHAT, 374 if wide else max(140, width - 164 - 330))
        super().resizeEvent(event)


class HeadRow(QWidget):
    """Column heads that follow the table below: a painted line of 28 px."""

    def __init__(self, table: FileTable) -> None:
        super().__init__()
        self._table = table
        self.setFixedHeight(theme.SIZE["section"])

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        table, header = self._table, self._table.header()
        narrow = table.isColumnHidden(OLD_HASH)
        names = [str(table.rows.headerData(c, Qt.Orientation.Horizontal)) for c in range(6)]
        painter.setFont(theme.font("body", 600))
        painter.setPen(theme.color("text"))
        painter.drawText(QRectF(24, 0, 300, self.height()), LEFT, names[FILE])
        painter.setFont(theme.font("small"))
        painter.setPen(theme.color("muted"))
        for column in range(1, 6):
            if table.isColumnHidden(column):
                continue
            rect = QRectF(
                header.sectionViewportPosition(column), 0, header.sectionSize(column), self.height()
            )
            if column in (OLD_SIZE, NEW_SIZE):
                rect = rect.adjusted(4, 0, -16 if narrow and column == NEW_SIZE else -8, 0)
            else:
                rect = rect.adjusted((4 if narrow else 26) if column == WHAT else 12, 0, -8, 0)
            side = RIGHT if column in (OLD_SIZE, NEW_SIZE) else LEFT
            room = int(rect.width())
            short = painter.fontMetrics().elidedText(
                texts.inert(names[column]), Qt.TextElideMode.ElideRight, room
            )
            painter.drawText(rect, side, short)
