"""The window's colours follow the person's choice and the desktop's, while it is open."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QApplication

from kitdesk.ui.theme import theme

if TYPE_CHECKING:
    from kitdesk.ui.window.main_window import MainWindow


def follow_scheme(window: MainWindow) -> None:
    """Apply the scheme in force, where it is another one than before."""
    app = QApplication.instance()
    if isinstance(app, QApplication) and theme.apply(app, window.workspace.state.scheme):
        window.commands.refresh_theme()
        theme.dress(window)
        theme.refresh(window)
