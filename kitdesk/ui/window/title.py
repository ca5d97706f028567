"""The window's title: the project, and what ended while nobody looked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication

from kitdesk.session.controllers.leaving import unfinished
from kitdesk.session.state.project import JobState

if TYPE_CHECKING:
    from kitdesk.ui.window.main_window import MainWindow


class WindowTitle(QObject):
    """A long job that ends in the background says so in the title and asks the task bar to show
    it; nothing comes up over other work.
    """

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._running: frozenset[int] = frozenset()
        self._ended = ""
        window.installEventFilter(self)

    def follow(self) -> None:
        """Say what the workspace says."""
        window, state = self._window, self._window.workspace.state
        running = frozenset(job.number for job in unfinished(state.jobs))
        over = [job for job in state.jobs if job.number in self._running - running]
        self._running = running
        if over and not window.isActiveWindow():
            sign = "\u2713" if over[0].state is JobState.DONE else "!"
            self._ended = f"{sign} {over[0].title} - "
            QApplication.alert(window)
        name = f"{state.folder.name} - KitDesk" if state.folder else "KitDesk"
        window.setWindowTitle(f"{self._ended}{name}")

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Whoever comes back has seen it."""
        if event.type() == QEvent.Type.WindowActivate and self._ended:
            self._ended = ""
            self.follow()
        return super().eventFilter(watched, event)
