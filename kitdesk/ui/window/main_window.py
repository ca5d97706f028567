"""The one window: a first sight at once, its content after the first paint.

This module is loaded before that paint: whatever is heavy (``Qt`` itself takes 40 ms) is imported
where it is used. Pages and sheets come at first use.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QMainWindow

from kitdesk.ui.window.splash import SplashView

if TYPE_CHECKING:
    from PySide6.QtGui import (
        QCloseEvent,
        QDragEnterEvent,
        QDropEvent,
        QKeyEvent,
        QResizeEvent,
        QShowEvent,
    )
    from PySide6.QtWidgets import QWidget

    from kitdesk.changes import Changes
    from kitdesk.session.session import Session
    from kitdesk.session.state.workspace import Workspace
    from kitdesk.ui.widgets.sheet import Sheet
    from kitdesk.ui.window.placement import Placement


class MainWindow(QMainWindow):
    """Reads the session's workspace and turns clicks into commands."""

    session: Session
    content: QWidget | None = None
    """All that stands in the window; None before the first paint."""
    placement: Placement | None = None
    """Remembers size, place, splitters and where dialogs were; None: nothing is remembered."""

    def __init__(
        self, session: Session | None = None, *, project: str = "", dark: bool = False
    ) -> None:
        """With a session the window is whole at once; else :meth:`build_content` follows.

        ``project`` and ``dark`` are for the first sight: the name of the folder that is about to
        be opened ("" = none), and the colours.
        """
        super().__init__()
        self.setWindowTitle(f"{project} - KitDesk" if project else "KitDesk")
        self.setMinimumSize(960, 600)
        self.resize(1440, 900)
        self._sheet: Sheet | None = None
        self._furnished = False
        if session is not None:
            self.build_content(session)
        else:
            self.first_sight = SplashView(project or "KitDesk", project=bool(project), dark=dark)
            self.setCentralWidget(self.first_sight)

    def build_content(self, session: Session) -> None:
        """Put everything into the window, in place of the first sight; once."""
        from kitdesk.ui.theme import theme
        from kitdesk.ui.window.layout import WindowLayout
        from kitdesk.ui.window.splitters import put_splitters

        self.session = session
        app = QApplication.instance()
        if isinstance(app, QApplication):
            theme.apply(app, session.workspace.state.scheme)
        made = WindowLayout(self)
        self._root = self.content = made.root
        self.commands = made.commands
        self.tool_bar, self.side = made.tool_bar, made.side
        self.centre_bar, self.compare = made.centre_bar, made.compare
        self.strip, self.pages = made.strip, made.pages
        self.panel, self.error_card = made.panel, made.error_card
        self._panes, self._title = made.panes, made.title
        self._furnished = True
        self.strip.panel_wanted.connect(self.toggle_activity)
        self.side.tree.menu_wanted.connect(self._version_menu)
        self.side.tree.chosen_changed.connect(self._refresh_commands)
        session.workspace.changed.connect(self._changed)
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._scheme_changed)
        self._read()
        theme.dress(self)
        self.setCentralWidget(made.root)
        put_splitters(self)
        made.root.show()  # at once: in a window that is in sight Qt would wait for the next event
        self.setAcceptDrops(True)
        if self.isVisible():
            self._panes.first()

    @property
    def workspace(self) -> Workspace:
        """The workspace of state."""
        return self.session.workspace

    @Slot(object)
    def _changed(self, changes: Changes) -> None:
        self._read()
        from kitdesk.changes import Topic
        from kitdesk.ui.window.leaving import follow_leaving

        follow_leaving(self)
        if changes.topics & Topic.SETTINGS:
            self._scheme_changed()

    def _read(self) -> None:
        self._title.follow()
        self.pages.follow()
        self._refresh_commands()

    @Slot()
    def _refresh_commands(self) -> None:
        self.commands.refresh()

    @Slot()
    def _scheme_changed(self) -> None:
        from kitdesk.ui.window.scheme import follow_scheme

        follow_scheme(self)

    def chosen(self) -> str:
        """Digest that version actions are about: the tree's row, or what About shows."""
        from kitdesk.session.state.project import View

        state = self.workspace.state
        tree = self.focusWidget() is self.side.tree
        if state.view is View.ABOUT and state.version(state.about_side) and not tree:
            return state.about_side
        return self.side.tree.chosen()

    def open_sheet(self, name: str, digest: str = "") -> None:
        """Open a sheet by name; another one that is open is closed first."""
        from kitdesk.ui.sheets.registry import make_sheet

        if self._sheet is not None:
            self._sheet.reject()
        if self.focusWidget() is None:
            self.side.tree.setFocus()  # the sheet gives the focus back to what had it
        self._sheet = make_sheet(name, self, digest)
        self._root.setProperty("sheet", True)
        self._sheet.finished.connect(self._sheet_closed)
        self._sheet.present()

    @property
    def sheet(self) -> Sheet | None:
        """The open sheet."""
        return self._sheet

    @Slot()
    def _sheet_closed(self) -> None:
        self._sheet = None
        self._root.setProperty("sheet", False)

    def ask_folder(self, title: str) -> None:
        """Ask for a folder and open it; the dialog belongs to the desktop and blocks nothing."""
        from kitdesk.ui.window.file_dialogs import ask_folder

        ask_folder(self, title)

    @Slot(str)
    def open_path(self, path: str) -> None:
        """Open a folder by its path."""
        if path:
            self.session.project.open(Path(path))

    def copy(self, text: str, said: str) -> None:
        """Put a text on the clipboard and say so in the strip."""
        QGuiApplication.clipboard().setText(text)
        self.strip.say(f"Copied the {said}")

    def say(self, text: str) -> None:
        """Say a short thing in the strip."""
        self.strip.say(text)

    def focus_pane(self, forward: bool) -> None:
        """F6 and Shift+F6."""
        self._panes.step(forward=forward)

    def focus_filter(self) -> None:
        """Ctrl+F."""
        from PySide6.QtCore import Qt

        from kitdesk.session.state.project import View

        if self.workspace.state.folder and self.workspace.state.view is not View.STORE:
            self.side.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        else:
            self.pages.focus_search()

    def show_menu(self) -> None:
        """F10."""
        self.tool_bar.pop_menu()

    @Slot()
    def toggle_activity(self) -> None:
        """Ctrl+Shift+A."""
        self.panel.toggle()

    def next_change(self, forward: bool) -> None:
        """F7 and Shift+F7."""
        self.compare.content.step(forward=forward)

    def next_problem(self, forward: bool) -> None:
        """F8 and Shift+F8."""
        from kitdesk.session.state.project import View

        self.session.show(View.KITFILE)
        self.pages.step_problem(forward=forward)

    def root(self) -> QWidget:
        """What sheets stand in."""
        return self._root

    @Slot(str, QPoint)
    def _version_menu(self, digest: str, place: QPoint) -> None:
        row = self.workspace.state.version(digest)
        if row:
            self.commands.version_menu(row.title, self).popup(place)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._furnished:
            self._panes.first()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc closes the error card, the panel, the page, in this order."""
        from PySide6.QtCore import Qt

        from kitdesk.session.state.project import View

        if self._furnished and event.key() == Qt.Key.Key_Escape:
            if self.workspace.state.error:
                self.session.jobs.dismiss_error()
            elif self.panel.isVisible():
                self.panel.hide()
            elif self.workspace.state.view is View.STORE:
                self.session.show(View.COMPARE if self.workspace.state.folder else View.START)
            return
        super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if not self._furnished:
            return
        self.error_card.settle()
        if self.panel.isVisible():
            self.panel.settle()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """A folder may be dropped anywhere."""
        from kitdesk.ui.window.drops import dropped_folder

        if dropped_folder(event):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        from kitdesk.ui.window.drops import dropped_folder

        path = dropped_folder(event)
        if path:
            event.acceptProposedAction()
            self.session.project.open(path)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Unsaved text and running jobs are asked about first, unless it was answered."""
        if self._furnished and not self.workspace.state.closing and self.session.leaving_needed():
            event.ignore()
            return
        if self._sheet is not None:
            self._sheet.reject()
        from kitdesk.ui.window.splitters import save_place

        save_place(self)
        super().closeEvent(event)

    def come_to_front(self) -> None:
        """A second start asks for this window; a maximised one stays so."""
        if self.isMinimized():
            from PySide6.QtCore import Qt

            self.setWindowState(self.windowState() & ~Qt.WindowState.WindowMinimized)
        self.show()
        self.raise_()
        self.activateWindow()

    def leave_at_once(self) -> None:
        """The same way out without a question: what is typed is kept as a draft."""
        if self._furnished:
            self.session.leave_at_once()
        self.close()
