"""File dialogs that start where the person was last, each kind for itself."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtWidgets import QFileDialog

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from kitdesk.ui.host import WindowHost
    from kitdesk.ui.window.main_window import MainWindow
    from kitdesk.ui.window.placement import Placement


class FolderMemory(QObject):
    """Notes where a dialog ended; lives and goes with it."""

    def __init__(self, dialog: QFileDialog, placement: Placement, kind: str) -> None:
        super().__init__(dialog)
        self._placement, self._kind = placement, kind
        dialog.fileSelected.connect(self.note)

    @Slot(str)
    def note(self, path: str) -> None:
        """The next dialog of this kind begins in the folder that holds the chosen one."""
        self._placement.note_folder(self._kind, os.path.dirname(path))


def new_dialog(
    host: WindowHost, parent: QWidget, title: str, kind: str, start: str = ""
) -> QFileDialog:
    """A dialog of the desktop that blocks nothing; the caller opens it.

    ``kind`` says what is asked for ("open", "unpack", "report", ...): each begins where it ended
    last, also after a restart. ``start``, a path that a field proposes, comes first.
    """
    placement = host.placement
    dialog = QFileDialog(parent, title, start or (placement.folder(kind) if placement else ""))
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    if placement is not None:
        FolderMemory(dialog, placement, kind)
    return dialog


def ask_folder(window: MainWindow, title: str) -> None:
    """Ask for a folder and open it; the dialog belongs to the desktop and blocks nothing."""
    dialog = new_dialog(window, window, title, "open")
    dialog.setFileMode(QFileDialog.FileMode.Directory)
    dialog.setOption(QFileDialog.Option.ShowDirsOnly, on=True)
    dialog.fileSelected.connect(window.open_path)
    dialog.open()
