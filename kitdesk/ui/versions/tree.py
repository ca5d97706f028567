"""The versions tree: click or arrows compare with the version before, Ctrl+click picks a second."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import (
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QPointF,
    QRect,
    QRectF,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtWidgets import QAbstractItemView, QTreeView, QWidget

from kitdesk.changes import Changes, Topic
from kitdesk.session.state.project import VersionRow, View
from kitdesk.ui.versions.delegate import VersionDelegate, more_rect
from kitdesk.ui.versions.model import ROW, VersionModel

if TYPE_CHECKING:
    from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPainter

    from kitdesk.session.session import Session


class VersionTreeView(QTreeView):
    """Shows the workspace's versions and turns choices into commands."""

    chosen_changed = Signal()
    menu_wanted = Signal(str, QPoint)
    """Digest and place (global) of a wish for the menu of a version."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._quiet = False
        self._model = VersionModel(self)
        # Asked while the view lays its rows out: the work starts when that is done, or each of the
        # thousands of calls for it would wait for the worker.
        self._model.more_wanted.connect(self._more, Qt.ConnectionType.QueuedConnection)
        self.setModel(self._model)
        self.setItemDelegate(VersionDelegate(self))
        self.setProperty("on", "window")
        self.setHeaderHidden(True)
        self.setRootIsDecorated(False)
        self.setItemsExpandable(False)
        self.setIndentation(0)  # the delegate draws the rail
        self.setMouseTracking(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.setAccessibleName("Versions, newest first")
        self.customContextMenuRequested.connect(self._menu)
        session.workspace.changed.connect(self._changed)
        self._read()

    def chosen(self) -> str:
        """Digest of the current row; "" = none."""
        row: VersionRow | None = self.currentIndex().data(ROW)
        return row.digest if row else ""

    def filter(self, text: str) -> None:
        """Show only what has the text."""
        self._keep(self._model.filter(text))

    @property
    def count(self) -> int:
        """How many versions are shown."""
        return len(self._model.rows)

    @Slot()
    def _more(self) -> None:
        self._session.tree.more()

    @Slot(object)
    def _changed(self, changes: Changes) -> None:
        if changes.topics & (Topic.LOCAL | Topic.REMOTE | Topic.SELECTION | Topic.FOLDER):
            self._read()

    def _read(self) -> None:
        self._keep(self._model.read(self._session.workspace))

    def _keep(self, reset: bool) -> None:
        """After rows came or went: keep the chosen row, open the notes."""
        workspace = self._session.workspace
        if reset:
            for at, row in enumerate(self._model.rows):
                if row.moved_from:
                    self.expand(self._model.index(at, 0))
        if not self.currentIndex().isValid():
            wanted = (
                workspace.state.about_side
                if workspace.state.view is View.ABOUT
                else workspace.state.after
            )
            self._quiet = True
            self.setCurrentIndex(self._model.index_of(wanted))
            self._quiet = False
        self.viewport().update()

    def currentChanged(
        self,
        current: QModelIndex | QPersistentModelIndex,
        previous: QModelIndex | QPersistentModelIndex,
    ) -> None:
        super().currentChanged(current, previous)
        if not self._quiet and current.isValid():
            self._ask(current)
        self.chosen_changed.emit()

    def _ask(self, index: QModelIndex | QPersistentModelIndex) -> None:
        row: VersionRow | None = index.data(ROW)
        if row is None:
            return
        if self._session.workspace.state.view is View.ABOUT:
            self._session.about.show(row.digest)
        else:
            self._session.comparison.compare_with_previous(row.digest)

    def _second(self, index: QModelIndex) -> None:
        """Compare the row with the one chosen before it; the older one is Before."""
        row: VersionRow | None = index.data(ROW)
        first = self._session.workspace.state.after or self.chosen()
        if row is None or not first or row.digest == first:
            return
        order = [r.digest for r in self._model.rows]
        older = first not in order or order.index(row.digest) > order.index(first)
        pair = (row.digest, first) if older else (first, row.digest)
        self._session.comparison.compare(*pair)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        index = self.indexAt(event.position().toPoint())
        left = event.button() == Qt.MouseButton.LeftButton
        if left and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self._second(index)
            return
        if left and self._on_more(index, event.position()):
            self._menu(event.position().toPoint())
            return
        same = index == self.currentIndex()
        if not left:
            self._quiet = True  # a menu is about a row; it does not change what is compared
        super().mousePressEvent(event)
        self._quiet = False
        if same and left and index.isValid():
            self._ask(index)

    def _on_more(self, index: QModelIndex, place: QPointF) -> bool:
        """True over the dots that a row shows under the pointer."""
        rect = QRectF(self.visualRect(index))
        return index.data(ROW) is not None and more_rect(rect).contains(place)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space:
            self._second(self.currentIndex())
            return
        if event.key() == Qt.Key.Key_Menu:
            self._menu(self.visualRect(self.currentIndex()).center())
            return
        held = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        self._quiet = held and event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down)  # moves only
        super().keyPressEvent(event)
        self._quiet = False

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if not self.currentIndex().isValid() and self._model.rows:
            self._quiet = True
            self.setCurrentIndex(self._model.index(0, 0))
            self._quiet = False

    def drawBranches(
        self, painter: QPainter, rect: QRect, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Nothing: the delegate draws the rail."""

    @Slot(QPoint)
    def _menu(self, place: QPoint) -> None:
        index = self.indexAt(place)
        row: VersionRow | None = index.data(ROW)
        if row is not None:
            self._quiet = True
            self.setCurrentIndex(index)
            self._quiet = False
            self.menu_wanted.emit(row.digest, self.viewport().mapToGlobal(place))
