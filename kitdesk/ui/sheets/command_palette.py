"""The finder: every action and every version by a few letters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import (
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRectF,
    QSize,
    Qt,
    Slot,
)
from PySide6.QtGui import QKeyEvent, QPainter, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import (
    QAbstractItemView,
    QLineEdit,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
)

from kitdesk import text as texts
from kitdesk.ui.actions.qt_actions import keys_of
from kitdesk.ui.actions.table import ACTIONS
from kitdesk.ui.theme import icons, theme
from kitdesk.ui.widgets.labels import LEFT, RIGHT
from kitdesk.ui.widgets.sheet import Sheet

if TYPE_CHECKING:
    from collections.abc import Callable

    from kitdesk.session.state.project import VersionRow
    from kitdesk.ui.actions.action import Action
    from kitdesk.ui.host import WindowHost

ENTRY = Qt.ItemDataRole.UserRole + 1
MOST = 10
Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class PaletteEntry:
    """One line: an action, or a version to look at."""

    icon: str
    text: str
    note: str
    hay: str
    run: Callable[[WindowHost], None]
    why: str = ""
    """Why it cannot be done now."""


def entries(window_host: WindowHost) -> list[PaletteEntry]:
    """Everything that can be found, actions first."""
    state, chosen = window_host.workspace.state, window_host.chosen()
    result = [
        _action(spec, spec.reason(state, chosen) or "") for spec in ACTIONS if spec.id != "find"
    ]
    return result + [_version(row) for row in state.versions]


def _action(spec: Action, why: str) -> PaletteEntry:
    return PaletteEntry(
        spec.icon or "chevron-right", spec.text, keys_of(spec), spec.text.lower(), spec.run, why
    )


def _version(row: VersionRow) -> PaletteEntry:
    def show(window_host: WindowHost) -> None:
        window_host.session.comparison.compare_with_previous(row.digest)

    hay = " ".join((row.title, *row.tags, row.digest)).lower()
    note = f"{texts.short(row.digest)}  {texts.age(row.when)}"
    return PaletteEntry(
        "device-laptop" if row.local else "cloud", f"Version {row.title}", note, hay, show
    )


def rank(entry: PaletteEntry, text: str) -> int | None:
    """How well it fits: 0 best; None = not at all. All words must occur."""
    parts = text.lower().split()
    if not all(part in entry.hay for part in parts):
        return None
    starts = sum(1 for part in parts if any(w.startswith(part) for w in entry.hay.split()))
    return (100 if entry.why else 0) + 10 * (len(parts) - starts)


class PaletteDelegate(QStyledItemDelegate):
    """Icon, text, key."""

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        return QSize(100, 32)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        entry: PaletteEntry = index.data(ENTRY)
        rect = QRectF(option.rect)
        if option.state & QStyle.StateFlag.State_Selected:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.color("selection"))
            painter.drawRoundedRect(rect.adjusted(0, 1, 0, -1), 6, 6)
        tone = "disabled" if entry.why else "muted"
        icons.paint_icon(
            painter, entry.icon, tone, QRectF(rect.left() + 10, rect.center().y() - 8, 16, 16)
        )
        painter.setFont(theme.font())
        painter.setPen(theme.color("disabled" if entry.why else "text"))
        painter.drawText(rect.adjusted(36, 0, -150, 0), LEFT, entry.text)
        painter.setFont(theme.font("small"))
        painter.setPen(theme.color("faint"))
        painter.drawText(rect.adjusted(200, 0, -10, 0), RIGHT, entry.note)
        painter.restore()


class CommandPaletteSheet(Sheet):
    """Type, choose with the arrows, Return."""

    name = "command_palette"

    def __init__(self, window_host: WindowHost, _digest: str = "") -> None:
        super().__init__(window_host.root(), 520, "Find an action or a version")
        self._window_host = window_host
        self._entries = entries(window_host)
        self.body.setContentsMargins(8, 8, 8, 8)
        self.field = QLineEdit()
        self.field.setPlaceholderText("Find an action or a version")
        self.field.setAccessibleName("Find an action or a version")
        self.field.textChanged.connect(self._search)
        self.field.installEventFilter(self)
        self._model = QStandardItemModel(self)
        self.list = QListView()
        self.list.setModel(self._model)
        self.list.setItemDelegate(PaletteDelegate(self.list))
        self.list.setAccessibleName("Found")
        self.list.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setMouseTracking(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setFixedHeight(32 * MOST)
        self.list.clicked.connect(self._take)
        self.add(self.field, 6, self.list)
        self.first = self.field
        self._search()

    @Slot()
    def _search(self) -> None:
        text = self.field.text()
        found = [(rank(entry, text), at) for at, entry in enumerate(self._entries)]
        order = sorted((score, at) for score, at in found if score is not None)
        self._model.clear()
        for _score, at in order:
            entry = self._entries[at]
            item = QStandardItem(entry.text)
            item.setData(entry, ENTRY)
            item.setData(
                f"{entry.text}, {entry.why or entry.note}", Qt.ItemDataRole.AccessibleTextRole
            )
            item.setToolTip(texts.escape_tooltip(entry.why))
            self._model.appendRow(item)
        self.list.setCurrentIndex(self._model.index(0, 0))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The arrows move in the list while the field keeps the focus."""
        if (
            watched is self.field
            and isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.KeyPress
        ):
            step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()))
            if step is not None and self._model.rowCount():
                row = (self.list.currentIndex().row() + step) % self._model.rowCount()
                self.list.setCurrentIndex(self._model.index(row, 0))
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._take(self.list.currentIndex())
                return True
        return super().eventFilter(watched, event)

    @Slot(QModelIndex)
    def _take(self, index: QModelIndex) -> None:
        entry: PaletteEntry | None = index.data(ENTRY)
        if entry is None or entry.why:
            return
        self.accept()
        entry.run(self._window_host)
