"""The side pane: card, filter, banner, versions, legend."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QStackedWidget

from kitdesk import text as texts
from kitdesk.changes import Changes, Topic
from kitdesk.ui.sidebar.card import FolderCard
from kitdesk.ui.sidebar.remote import RemoteBanner, RemoteLine
from kitdesk.ui.theme import theme
from kitdesk.ui.versions.tree import VersionTreeView
from kitdesk.ui.widgets.buttons import Button
from kitdesk.ui.widgets.labels import IconLabel, label
from kitdesk.ui.widgets.layouts import Box, column, row

if TYPE_CHECKING:
    from kitdesk.ui.actions.qt_actions import QtActions
    from kitdesk.ui.host import WindowHost


PAUSE_MS = 250
"""How long typing has to rest before the registry is asked for tags that are not shown."""


def counted(total: int, shown: int, more: int) -> str:
    """``8``; ``3 of 8`` while a filter holds; ``100, 1,900 more`` while the remote has more."""
    text = texts.number(total)
    if shown != total:
        text = f"{texts.number(shown)} of {text}"
    return f"{text}, {texts.number(more)} more" if more else text


class SidePane(Box):
    """264 to 420 pixels wide; 312 at first."""

    def __init__(self, window_host: WindowHost, commands: QtActions) -> None:
        super().__init__("window")
        self._window_host = window_host
        self.setMinimumWidth(264)
        self.setMaximumWidth(420)
        self.card = FolderCard(window_host)
        self.search = QLineEdit()
        self.search.setPlaceholderText("Filter")
        self.search.setProperty("quiet", "true")
        self.search.setFixedWidth(96)
        self.search.setFont(theme.font("small"))
        self.search.setAccessibleName("Filter versions")
        self.search.setToolTip("Filter by tag or digest (Ctrl+F)")
        self.search.textChanged.connect(self._filter)
        self.search.installEventFilter(self)
        self._look = QTimer(self)
        self._look.setSingleShot(True)
        self._look.setInterval(PAUSE_MS)
        self._look.timeout.connect(self._look_for)
        self.tree = VersionTreeView(window_host.session)
        commands.lend(self.tree)
        self._count = label("", "small", "faint")
        self._empty_text = label("", "body", "muted", wrap=True)
        self._pack = Button("Pack…", "soft", "package")
        self._pack.clicked.connect(commands["pack"].trigger)
        empty = column(self._empty_text, row(self._pack, "*"), "*", gap=10, margins=(16, 8, 16, 8))
        self._stack = QStackedWidget()
        self._stack.addWidget(self.tree)
        self._stack.addWidget(empty)
        head = row(
            label("Versions", weight=600),
            self._count,
            "*",
            self.search,
            gap=6,
            margins=(16, 0, 12, 6),
        )
        self.add(column(self.card, margins=(12, 12, 12, 12)), head, RemoteBanner(window_host))
        self.inner.addWidget(self._stack, 1)
        self.add(RemoteLine(window_host), self._legend())
        window_host.workspace.changed.connect(self._changed)
        self._read()

    def _legend(self) -> Box:
        result = Box("window", margins=(16, 6, 16, 12), gap=4)
        result.add(
            row(
                IconLabel("device-laptop", "muted", 14),
                label("on this machine", "small", "muted"),
                6,
                IconLabel("cloud", "muted", 14),
                label("in the registry", "small", "muted"),
                "*",
                gap=5,
            ),
            label("Ctrl+click a second version to compare the two.", "small", "muted", wrap=True),
        )
        return result

    @Slot(object)
    def _changed(self, changes: Changes) -> None:
        if changes.topics & (Topic.LOCAL | Topic.REMOTE | Topic.FOLDER | Topic.KITFILE):
            self._read()

    def _read(self) -> None:
        workspace = self._window_host.workspace
        total = len(workspace.state.versions)
        shown = self.tree.count
        self._count.setText(counted(total, shown, workspace.state.remote.more))
        self.search.setVisible(total > 0)
        folder = workspace.state.folder
        if total and shown:
            first = self._stack.currentIndex() != 0
            self._stack.setCurrentIndex(0)
            focus = self.window().focusWidget()
            if first and (focus is None or focus.property("resting")):
                self.tree.setFocus(Qt.FocusReason.OtherFocusReason)  # nobody chose where it rests
            return
        broken = folder is None or folder.problem or folder.blocked or folder.interrupted
        can = bool(not broken and folder and folder.kitfile)
        if total:
            text = f"No version has “{self.search.text()}” in its tags or digest."
        elif workspace.state.remote.loading:
            text = "Reading the versions…"
        else:
            text = "No versions yet. Pack this folder to make the first one."
        self._empty_text.setText(text)
        self._pack.setVisible(can and not total)
        self._stack.setCurrentIndex(1)

    @Slot(str)
    def _filter(self, text: str) -> None:
        self.tree.filter(text)
        self._read()
        if self._window_host.workspace.state.remote.more and text.strip():
            self._look.start()

    @Slot()
    def _look_for(self) -> None:
        """Among the tags that nobody has looked at yet."""
        text = self.search.text().strip()
        if text:
            self._window_host.session.tree.more(text)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """In the filter: Down goes to the tree, Esc empties the field."""
        if (
            watched is self.search
            and isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.KeyPress
        ):
            if event.key() == Qt.Key.Key_Down:
                self.tree.setFocus(Qt.FocusReason.OtherFocusReason)
                return True
            if event.key() == Qt.Key.Key_Escape and self.search.text():
                self.search.clear()
                return True
        return super().eventFilter(watched, event)
