"""File dialogs that start where the person was last."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog

if TYPE_CHECKING:
    from kitdesk.ui.window.main_window import MainWindow


def ask_folder(window: MainWindow, title: str) -> None:
    """Ask for a folder and open it; the dialog belongs to the desktop and blocks nothing."""
    start = window.placement.folder("open") if window.placement else ""
    dialog = QFileDialog(window, title, start)
    dialog.setFileMode(QFileDialog.FileMode.Directory)
    dialog.setOption(QFileDialog.Option.ShowDirsOnly, on=True)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.fileSelected.connect(window.open_path)
    if window.placement is not None:
        dialog.directoryEntered.connect(window.placement.note_opened)
        dialog.fileSelected.connect(window.placement.note_opened)
    dialog.open()
