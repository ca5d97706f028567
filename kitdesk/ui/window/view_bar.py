"""The bar over the centre: the three views, the problems of the Kitfile, and the pickers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QSize,
    Qt,
    Slot,
)
from PySide6.QtGui import QFontMetrics, QWheelEvent
from PySide6.QtWidgets import QComboBox, QListView

from kitdesk import text as texts
from kitdesk.changes import Changes, Topic
from kitdesk.session.state.project import FOLDER, View
from kitdesk.ui.theme import theme
from kitdesk.ui.widgets.badges import Pill
from kitdesk.ui.widgets.buttons import Button, icon_button, tab
from kitdesk.ui.widgets.labels import label
from kitdesk.ui.widgets.layouts import Box, row

if TYPE_CHECKING:
    from kitdesk.ui.actions.qt_actions import QtActions
    from kitdesk.ui.host import WindowHost

WIDEST = 190
Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()


class Sides(QAbstractListModel):
    """(title, side) pairs of a picker: two thousand versions cost nothing until it is opened."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.pairs: list[tuple[str, str]] = []

    def take(self, pairs: list[tuple[str, str]]) -> None:
        """Offer these."""
        self.beginResetModel()
        self.pairs = pairs
        self.endResetModel()

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self.pairs)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole):
            return self.pairs[index.row()][0]
        return self.pairs[index.row()][1] if role == Qt.ItemDataRole.UserRole else None


class Picker(QComboBox):
    """A choice among the folder and all versions; as wide as what it shows."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self._sides = Sides(self)
        self.setModel(self._sides)
        self.setProperty("quiet", "true")
        self.setFont(theme.font("body", 600))
        self.setAccessibleName(name)
        self.setPlaceholderText("Choose")
        self.setMaxVisibleItems(16)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setView(QListView(self))  # Fusion's own popup ignores the colours of a selected row
        self.view().setTextElideMode(Qt.TextElideMode.ElideMiddle)

    def fill(self, sides: list[tuple[str, str]], on: str) -> None:
        """Offer (title, side) pairs; ``on`` is the side shown now."""
        if sides != self._sides.pairs:
            self._sides.take(sides)
        at = next((at for at, (_, side) in enumerate(sides) if side == on), -1)
        if at != self.currentIndex():
            self.setCurrentIndex(at)
        text = self.currentText() or "Choose"
        width = QFontMetrics(self.font()).horizontalAdvance(text) + 46
        self.setFixedWidth(min(WIDEST, max(84, width)))

    def showPopup(self) -> None:
        """As wide as its widest line."""
        metrics = QFontMetrics(self.font())
        widest = max((metrics.horizontalAdvance(text) for text, _ in self._sides.pairs), default=0)
        self.view().setMinimumWidth(min(360, widest + 40))
        super().showPopup()

    @property
    def side(self) -> str:
        """The side that is chosen; "" = none."""
        return str(self.currentData() or "")

    def minimumSizeHint(self) -> QSize:
        return QSize(60, theme.SIZE["control"])

    def wheelEvent(self, event: QWheelEvent) -> None:
        """A wheel over it scrolls nothing and changes nothing."""
        event.ignore()


class ViewBar(Box):
    """44 pixels high."""

    def __init__(self, window_host: WindowHost, commands: QtActions) -> None:
        super().__init__("surface", "h", (24, 0, 16, 0), 0)
        self.setFixedHeight(theme.SIZE["bar"])
        self._window_host = window_host
        self._commands = commands
        self.tabs: dict[View, Button] = {}
        for view, name in (
            (View.COMPARE, "compare"),
            (View.ABOUT, "about"),
            (View.KITFILE, "kitfile"),
        ):
            button = tab(commands[f"view-{name}"].spec.text)
            button.clicked.connect(commands[f"view-{name}"].trigger)
            button.setToolTip(commands[f"view-{name}"].toolTip())
            self.tabs[view] = button
            self.add(button, 8 if view is View.KITFILE else 20)
        self._problems = Pill("", "removed", "removed_soft")
        self.add(self._problems, "*")
        self.before, self.after = Picker("Before version"), Picker("After version")
        self.shown = Picker("Version")
        self.before.activated.connect(self._pick)
        self.after.activated.connect(self._pick)
        self.shown.activated.connect(self._pick_shown)
        swap = icon_button("arrows-exchange", "Swap before and after (Ctrl+Shift+X)")
        swap.clicked.connect(commands["swap"].trigger)
        self._pair = row(
            label("Before", "small", "muted"),
            self.before,
            swap,
            label("After", "small", "muted"),
            self.after,
            gap=6,
        )
        self._one = row(label("Version", "small", "muted"), self.shown, gap=6)
        self.add(self._pair, self._one)
        window_host.workspace.changed.connect(self._changed)
        self._read()

    @Slot(object)
    def _changed(self, changes: Changes) -> None:
        if changes.topics & ~(Topic.JOBS | Topic.HISTORY):
            self._read()

    def _read(self) -> None:
        state = self._window_host.workspace.state
        for view, button in self.tabs.items():
            on = state.view is view
            button.setChecked(on)
            button.setFont(theme.font("body", 600 if on else 500))
        count = len(state.kitfile.problems)
        self._problems.setVisible(count > 0)
        if count:
            self._problems.say(texts.counted(count, "problem"))
        self._pair.setVisible(state.view is View.COMPARE)
        self._one.setVisible(state.view is View.ABOUT)
        sides = [("this folder", FOLDER)] if state.folder else []
        sides += [
            (row_.title if row_.tags else f"no tag, {texts.short(row_.digest)}", row_.digest)
            for row_ in state.versions
        ]
        self.before.fill(sides, state.before)
        self.after.fill(sides, state.after)
        self.shown.fill(sides, state.about_side)

    @Slot()
    def _pick(self) -> None:
        if self.before.side and self.after.side:
            self._window_host.session.comparison.compare(self.before.side, self.after.side)

    @Slot()
    def _pick_shown(self) -> None:
        if self.shown.side:
            self._window_host.session.about.show(self.shown.side)
