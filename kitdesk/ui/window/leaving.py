"""The window follows what has to be asked before somebody leaves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer

if TYPE_CHECKING:
    from kitdesk.ui.window.main_window import MainWindow


def follow_leaving(window: MainWindow) -> None:
    """Ask what has to be asked before going on; close once it is answered."""
    state, sheet = window.workspace.state, window.sheet
    asking = sheet is not None and sheet.name == "unsaved"
    if state.closing:
        QTimer.singleShot(0, window, window.close)
    elif state.leaving is not None and not asking:
        window.open_sheet("unsaved")
    elif state.leaving is None and sheet is not None and asking and sheet.isVisible():
        sheet.reject()
