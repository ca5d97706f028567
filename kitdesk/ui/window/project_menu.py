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
    from kitdesk.session.state.workspace import RecentProject
    from kitdesk.ui.actions.qt_actions import Commands
    from kitdesk.ui.host import Shell

MOST = 8


class OpenRecent(QAction):
    """Opens one recent project."""

    def __init__(self, project: RecentProject, shell: Shell, parent: QObject) -> None:
        notes = [part for part in (project.at, project.state) if part]
        text = f"{project.name}\t{', '.join(notes)}"
        super().__init__(texts.caption(text), parent)
        self._path = project.path
        self._shell = shell
        self.setIcon(icons.icon("alert-triangle" if project.missing else "folder"))
        self.setToolTip(texts.tip(str(project.path)))
        self.setEnabled(not project.missing)
        self.triggered.connect(self._open)

    @Slot()
    def _open(self) -> None:
        self._shell.session.open_folder(self._path)


def switcher_menu(shell: Shell, commands: Commands, parent: QWidget) -> QMenu:
    """Build the menu; the open project stands first and is ticked."""
    commands.draw()
    menu = QMenu(parent)
    menu.setToolTipsVisible(True)
    menu.setAccessibleName("Projects")
    board = shell.workspace
    if board.folder:
        here = QAction(texts.caption(f"{board.folder.name}\t{headline(board.folder)}"), menu)
        here.setIcon(icons.icon("folder-open", "accent"))
        here.triggered.connect(commands["view-compare"].trigger)
        menu.addAction(here)
    others = [p for p in board.recent if not board.folder or p.path != board.folder.path]
    for project in others[:MOST]:
        menu.addAction(OpenRecent(project, shell, menu))
    if menu.actions():
        menu.addSeparator()
    menu.addAction(commands["store"])
    menu.addAction(commands["open"])
    menu.addAction(commands["open-remote"])
    if board.folder:
        menu.addSeparator()
        menu.addAction(commands["close"])
    return menu
