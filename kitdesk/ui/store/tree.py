"""The list of the store: repositories that open, versions below them, heads."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt, Signal
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

from kitdesk import text as texts
from kitdesk.session.state.pages import StoreVersion
from kitdesk.ui.store.model import (
    COUNT,
    ENTRY,
    FREES,
    HEADS,
    NAME,
    SEEN,
    SIZE,
    TAGS,
    Repository,
    StoreModel,
)
from kitdesk.ui.theme import icons, theme
from kitdesk.ui.widgets.badges import paint_pill, pill_width
from kitdesk.ui.widgets.labels import LEFT, RIGHT

Index = QModelIndex | QPersistentModelIndex


class StoreDelegate(QStyledItemDelegate):
    """36 pixels for a repository, 30 for a version."""

    def sizeHint(self, _option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(60, 30 if index.parent().isValid() else 36)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        view = self.parent()
        assert isinstance(view, QTreeView)
        rect, column = QRectF(option.rect), index.column()
        entry: Repository | StoreVersion = index.data(ENTRY)
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, theme.color("selection" if view.hasFocus() else "selection_dim"))
            if column == NAME:
                painter.fillRect(
                    QRectF(rect.left(), rect.top(), 3, rect.height()), theme.color("accent")
                )
        elif option.state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(rect, theme.color("hover"))
        whole = isinstance(entry, Repository)
        if whole:
            edge = QRectF(rect.left() + (24 if column == NAME else 0), rect.top(), rect.width(), 1)
            painter.fillRect(edge, theme.color("border"))
        if column == NAME:
            self._name(painter, view, rect, entry, index)
        elif column == TAGS:
            tags = entry.tags if isinstance(entry, Repository) else entry.tags[1:]
            _paint_tags(painter, rect, tags)
        else:
            strong = whole and column == SIZE
            painter.setFont(theme.font("body" if whole else "small", 500 if strong else 400))
            painter.setPen(theme.color("text" if strong else "muted"))
            painter.drawText(
                rect.adjusted(0, 0, -24 if column == SEEN else -8, 0), RIGHT, str(index.data())
            )
        painter.restore()

    def _name(
        self,
        painter: QPainter,
        view: QTreeView,
        rect: QRectF,
        entry: Repository | StoreVersion,
        index: Index,
    ) -> None:
        x, middle = rect.left() + 46, rect.center().y()
        folder, _, name = str(index.data()).rpartition("/")
        if isinstance(entry, Repository):
            open_ = view.isExpanded(index.model().index(index.row(), 0))
            arrow = "chevron-down" if open_ else "chevron-right"
            icons.paint_icon(painter, arrow, "muted", QRectF(rect.left() + 22, middle - 7, 14, 14))
            painter.setFont(theme.font("body"))
            painter.setPen(theme.color("muted"))
            metrics = painter.fontMetrics()
            room = int(rect.right() - x - 120)
            short = metrics.elidedText(
                texts.inert(folder + "/" if folder else ""), Qt.TextElideMode.ElideMiddle, room
            )
            painter.drawText(QRectF(x, rect.top(), rect.width(), rect.height()), LEFT, short)
            x += metrics.horizontalAdvance(short)
            painter.setFont(theme.font("body", 600))
        else:
            painter.setFont(theme.font("body", 500))
        painter.setPen(theme.color("muted" if name == "no tag" else "text"))
        room = max(40, int(rect.right() - x - (80 if isinstance(entry, StoreVersion) else 4)))
        short = painter.fontMetrics().elidedText(
            texts.inert(name), Qt.TextElideMode.ElideMiddle, room
        )
        painter.drawText(QRectF(x, rect.top(), room + 2, rect.height()), LEFT, short)
        if isinstance(entry, StoreVersion):
            x += max(90, painter.fontMetrics().horizontalAdvance(short) + 14)
            painter.setFont(theme.font("small", mono=True))
            painter.setPen(theme.color("faint"))
            painter.drawText(
                QRectF(x, rect.top(), 90, rect.height()), LEFT, texts.short(entry.digest)
            )


def _paint_tags(painter: QPainter, rect: QRectF, tags: tuple[str, ...]) -> None:
    x = rect.left() + 4
    for at, tag in enumerate(tags):
        if x + pill_width(painter, tag) + 30 > rect.right():
            painter.setFont(theme.font("small"))
            painter.setPen(theme.color("muted"))
            painter.drawText(
                QRectF(x + 2, rect.top(), 40, rect.height()), LEFT, f"+{len(tags) - at}"
            )
            return
        x += paint_pill(painter, tag, x, rect.center().y(), "muted", "", "border_strong") + 4


class StoreTree(QTreeView):
    """Return or a click opens a repository; Del deletes a version."""

    chosen_changed = Signal()
    delete_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.rows = StoreModel(self)
        self.setModel(self.rows)
        self.setItemDelegate(StoreDelegate(self))
        self.setRootIsDecorated(False)
        self.setIndentation(0)
        self.setMouseTracking(True)
        self.setExpandsOnDoubleClick(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHeaderHidden(True)
        self.setAccessibleName("Repositories on this machine")
        header = self.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header.setSectionResizeMode(NAME, QHeaderView.ResizeMode.Stretch)

    def chosen(self) -> StoreVersion | None:
        """The version of the current row; None on a repository."""
        entry = self.currentIndex().siblingAtColumn(0).data(ENTRY)
        return entry if isinstance(entry, StoreVersion) else None

    def chosen_repository(self) -> Repository | None:
        """The repository of the current row; None on a version."""
        entry = self.currentIndex().siblingAtColumn(0).data(ENTRY)
        return entry if isinstance(entry, Repository) else None

    def currentChanged(self, current: Index, previous: Index) -> None:
        super().currentChanged(current, previous)
        self.chosen_changed.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        wide = event.size().width() >= 1200
        widths = {TAGS: 300 if wide else 170, COUNT: 80, SIZE: 100, FREES: 130, SEEN: 140}
        for column, width in widths.items():
            self.setColumnWidth(column, width)
        super().resizeEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        super().mousePressEvent(event)
        self._turn(self.indexAt(event.position().toPoint()))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self._turn(self.currentIndex())
        elif event.key() == Qt.Key.Key_Delete and self.chosen() is not None:
            self.delete_wanted.emit()
        else:
            super().keyPressEvent(event)

    def _turn(self, index: QModelIndex) -> None:
        first = index.siblingAtColumn(0)
        if isinstance(first.data(ENTRY), Repository):
            self.setExpanded(first, not self.isExpanded(first))

    def drawBranches(self, painter: QPainter, rect: QRect, index: Index) -> None:
        """Nothing: the delegate draws the arrow."""


class Heads(QWidget):
    """Names of the columns; the sorted one is strong."""

    def __init__(self, tree: StoreTree) -> None:
        super().__init__()
        self._tree = tree
        self.setFixedHeight(theme.SIZE["section"])
        self.setAccessibleName("Sorted by size on disk, largest first")

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter, header = QPainter(self), self._tree.header()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for column, name in enumerate(HEADS):
            sorted_ = column == SIZE
            x, width = header.sectionViewportPosition(column), header.sectionSize(column)
            rect = QRectF(x, 0, width, self.height())
            painter.setFont(theme.font("small", 500 if sorted_ else 400))
            painter.setPen(theme.color("text" if sorted_ else "muted"))
            if column in (NAME, TAGS):
                painter.drawText(rect.adjusted(24 if column == NAME else 4, 0, 0, 0), LEFT, name)
                continue
            rect = rect.adjusted(0, 0, -24 if column == SEEN else -8, 0)
            painter.drawText(rect, RIGHT, name)
            if sorted_:
                left = rect.right() - painter.fontMetrics().horizontalAdvance(name) - 18
                icons.paint_icon(painter, "chevron-down", "text", QRectF(left, 7, 14, 14))
