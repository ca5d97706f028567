"""Rows of 28 pixels in fixed columns, as a tree that is read by keyboard; and its quiet heads."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeView,
    QWidget,
)

from kitdesk.ui.compare.content.node_model import Node, NodeModel
from kitdesk.ui.compare.content.paint import LEFT, RIGHT, ROW, TEXT, draw
from kitdesk.ui.theme import theme

if TYPE_CHECKING:
    from collections.abc import Sequence

WIDE = 1000
"""Pixels of the centre under which columns give way."""
FEW = 40
"""So many rows below a head stand open by themselves; of more the first head alone is open."""
Index = QModelIndex | QPersistentModelIndex
PaintCell = Callable[[QPainter, QRectF, Node, int], None]
PaintHead = Callable[[QPainter, QRectF], None]
Head = str | tuple[str, bool] | PaintHead | None
"""A text, (text, right aligned), or what paints its own field."""


def paint_ground(
    painter: QPainter, rect: QRectF, state: QStyle.StateFlag, *, focus: bool, first: bool
) -> None:
    """The field of the current row, with its edge; of the row under the pointer."""
    if state & QStyle.StateFlag.State_Selected:
        painter.fillRect(rect, theme.color("selection" if focus else "selection_dim"))
        if first:
            edge = QRectF(rect.left(), rect.top(), 3, rect.height())
            painter.fillRect(edge, theme.color("accent" if focus else "border_strong"))
    elif state & QStyle.StateFlag.State_MouseOver:
        painter.fillRect(rect, theme.color("hover"))


class GridDelegate(QStyledItemDelegate):
    """Paints ground and edge of a row, and asks its view for the cells."""

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        return QSize(60, ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        view = self.parent()
        assert isinstance(view, Grid)
        node = view.rows.node(index)
        if node is None:
            return
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        rect = QRectF(option.rect)
        state: QStyle.StateFlag = option.state
        paint_ground(painter, rect, state, focus=view.hasFocus(), first=index.column() == 0)
        view.paint_cell(painter, rect, node, index.column())
        painter.restore()


class Grid(QTreeView):
    """``widths`` in pixels: 0 takes the rest, -1 gives way; Return and Space act on a row."""

    moved = Signal()
    """Another row is the current one."""

    def __init__(
        self,
        heads: Sequence[str],
        widths: tuple[tuple[int, ...], tuple[int, ...]],
        paint_cell: PaintCell,
        name: str,
    ) -> None:
        super().__init__()
        self.rows = NodeModel(heads, self)
        self.paint_cell = paint_cell
        self._wide, self._narrow = widths
        self.setModel(self.rows)
        self.setItemDelegate(GridDelegate(self))
        self.setRootIsDecorated(False)
        self.setIndentation(0)
        self.setUniformRowHeights(True)
        self.setHeaderHidden(True)
        self.setMouseTracking(True)
        self.setExpandsOnDoubleClick(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName(name)
        header = self.header()
        header.setStretchLastSection(False)
        header.setMinimumSectionSize(8)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self._changes: list[Node] = []

    def show_nodes(self, nodes: list[Node]) -> None:
        """Show these, opened as they say, with the first difference as the current row."""
        self.rows.show_nodes(nodes)
        self._changes = self.rows.changes()
        self._open(nodes)
        if self._changes and self.rows.holder_of(self._changes[0]) is None:
            self.setCurrentIndex(self.rows.index_of(self._changes[0]))
        self.scrollToTop()
        self.moved.emit()

    def _open(self, nodes: list[Node]) -> None:
        for node in nodes:
            if node.opened and node.children:
                self.setExpanded(self.rows.index_of(node), True)
                self._open(node.children)

    @property
    def place(self) -> tuple[int, int]:
        """(number of the current change, number of changes); 0 = the row is no change."""
        node = self.rows.node(self.currentIndex())
        at = self._changes.index(node) + 1 if node in self._changes else 0
        return at, len(self._changes)

    def step(self, *, forward: bool) -> None:
        """Make the next or previous difference the current row, round at the ends."""
        if not self._changes:
            return
        at, count = self.place
        if at == 0 and not forward:
            at = 1
        node = self._changes[(at - 1 + (1 if forward else -1)) % count]
        more = self.rows.holder_of(node)
        if more is not None:
            self.rows.reveal(more)
        above = node.parent
        while above is not None:
            self.setExpanded(self.rows.index_of(above), True)
            above = above.parent
        index = self.rows.index_of(node)
        self.setCurrentIndex(index)
        self.scrollTo(index)

    def act(self, node: Node) -> None:
        """Open or fold a head; show the rows behind "13 more"."""
        if node.look == "more":
            row, above = node.row, node.parent
            self.rows.reveal(node)
            siblings = above.children if above is not None else self.rows.roots
            if row < len(siblings):
                self.setCurrentIndex(self.rows.index_of(siblings[row]))
        elif node.children:
            index = self.rows.index_of(node)
            self.setExpanded(index, not self.isExpanded(index))

    # events ------------------------------------------------------------------------------

    def currentChanged(self, current: Index, previous: Index) -> None:
        super().currentChanged(current, previous)
        self.moved.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        node = self.rows.node(self.currentIndex())
        keys = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space)
        if node is not None and event.key() in keys and not event.modifiers():
            self.act(node)
            return
        super().keyPressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        if event.button() == Qt.MouseButton.LeftButton:
            node = self.rows.node(self.indexAt(QPoint(event.position().toPoint())))
            if node is not None:
                self.act(node)

    def resizeEvent(self, event: QResizeEvent) -> None:
        width = event.size().width()
        widths = self._wide if width >= WIDE else self._narrow
        rest = max(80, width - sum(one for one in widths if one > 0))
        for column, one in enumerate(widths):
            self.setColumnHidden(column, one < 0)
            self.setColumnWidth(column, one or rest)
        super().resizeEvent(event)


class Heads(QWidget):
    """Quiet column heads over a view; each may paint its own field."""

    def __init__(self, grid: Grid, heads: Sequence[Head], height: int = ROW) -> None:
        super().__init__()
        self._grid, self._heads = grid, tuple(heads)
        self.setFixedHeight(height)

    def show_heads(self, heads: Sequence[Head]) -> None:
        """Write others."""
        self._heads = tuple(heads)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter, header = QPainter(self), self._grid.header()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for column, head in enumerate(self._heads):
            if self._grid.isColumnHidden(column) or not head:
                continue
            left = header.sectionViewportPosition(column)
            rect = QRectF(left, 0, header.sectionSize(column), self.height())
            if callable(head):
                head(painter, rect)
                continue
            text, right = head if isinstance(head, tuple) else (head, False)
            field = rect.adjusted(0, 0, -8, 0)
            draw(painter, field, text, theme.font("small"), "muted", RIGHT if right else LEFT)


def opened(nodes: list[Node]) -> list[Node]:
    """The rows with few below each head open, of many the first alone; for builders of trees."""
    heads = [node for node in nodes if node.children]
    total = sum(len(node.children) for node in heads)
    for at, node in enumerate(heads):
        node.opened = total <= FEW or at == 0
    return nodes


__all__ = ["TEXT", "Grid", "Heads", "Node", "opened", "paint_ground"]
