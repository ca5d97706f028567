"""The menu of the project button: recent projects, and where else one can go."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from kitdesk import text as texts
from kitdesk.ui.sidebar.card import headline
from kitdesk.ui.theme import icons

if TYPE_CHECKING:
    from kitdesk.session.state.pages import RecentProject
    from kitdesk.ui.actions.qt_actions import QtActions
    from kitdesk.ui.host import WindowHost

MOST = 8


class OpenRecent(QAction):
    """Opens one recent project."""

    def __init__(self, project: RecentProject, window_host: WindowHost, parent: QObject) -> None:
        notes = [part for part in (project.at, project.state) if part]
        text = f"{project.name}\t{', '.join(notes)}"
        super().__init__(texts.escape_mnemonic(text), parent)
        self._path = project.path
        self._window_host = window_host
        self.setIcon(icons.icon("alert-triangle" if project.missing else "folder"))
        self.setToolTip(texts.escape_tooltip(str(project.path)))
        self.setEnabled(not project.missing)
        self.triggered.connect(self._open)

    @Slot()
    def _open(self) -> None:
        self._window_host.session.project.open(self._path)


def project_menu(window_host: WindowHost, commands: QtActions, parent: QWidget) -> QMenu:
    """Build the menu; the open project stands first and is ticked."""
    commands.draw()
    menu = QMenu(parent)
    menu.setToolTipsVisible(True)
    menu.setAccessibleName("Projects")
    state = window_host.workspace.state
    if state.folder:
        here = QAction(
            texts.escape_mnemonic(f"{state.folder.name}\t{headline(state.folder)}"), menu
        )
        here.setIcon(icons.icon("folder-open", "accent"))
        here.triggered.connect(commands["view-compare"].trigger)
        menu.addAction(here)
    others = [p for p in state.recent if not state.folder or p.path != state.folder.path]
    for project in others[:MOST]:
        menu.addAction(OpenRecent(project, window_host, menu))
    if menu.actions():
        menu.addSeparator()
    menu.addAction(commands["store"])
    menu.addAction(commands["open"])
    menu.addAction(commands["open-remote"])
    if state.folder:
        menu.addSeparator()
        menu.addAction(commands["close"])
    return menu
