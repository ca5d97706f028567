"""Above the files: what is wrong with the folder, and that the ways back work all the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Slot

from kitdesk.session.state.project import FOLDER, FolderState
from kitdesk.ui.compare.content.bars import Bar
from kitdesk.ui.widgets.labels import IconLabel, ending, label
from kitdesk.ui.widgets.layouts import Box, line, row

if TYPE_CHECKING:
    from kitdesk.ui.host import WindowHost

NOTE_HEIGHT = 40


def blocked_words(folder: FolderState) -> tuple[str, str, str]:
    """(what is wrong, the way on, text of the button)."""
    blocked = folder.blocked
    if blocked is None:
        return "", "", ""
    at = f" Files are compared by the layers of {folder.at.title}." if folder.at else ""
    if blocked.line:
        bold, _, rest = blocked.title.partition(": ")
        return f"{bold}:", f"{rest.rstrip('.')}.{at}", f"Open line {blocked.line}"
    if folder.missing:
        count = len(folder.missing)
        bold = f"{folder.missing[0]} is gone."
        more = f" So {'is' if count == 2 else 'are'} {count - 1:,} more." if count > 1 else ""
        return bold, f"Restore it, or remove it from the Kitfile.{more}", "Open the Kitfile"
    return blocked.title, f"{blocked.hint}{at}", "Open the Kitfile" if folder.kitfile else ""


class FolderBar(Box):
    """Shown while the folder is one of the two sides and cannot be packed as it is."""

    def __init__(self, window_host: WindowHost) -> None:
        super().__init__("surface")
        self._window_host = window_host
        self.bar = Bar("removed")
        self.bar.action.clicked.connect(self._open)
        self._works = ending("", weight=400)
        note = row(
            IconLabel("check", "added"),
            self._works,
            label("Pack waits for the Kitfile", "small", "muted"),
            gap=10,
            margins=(25, 0, 16, 0),
        )
        note.layout().setStretch(1, 1)  # type: ignore[union-attr]
        note.setFixedHeight(NOTE_HEIGHT)
        self._note = note
        self.add(self.bar, note, line())
        self.hide()

    def read(self) -> None:
        """Follow the workspace."""
        state = self._window_host.workspace.state
        folder = state.folder
        shown = (
            folder is not None
            and folder.blocked is not None
            and FOLDER in (state.before, state.after)
        )
        self.setVisible(shown)
        if not shown or folder is None:
            return
        self.bar.say(*blocked_words(folder))
        local = folder.at is not None and folder.at.local
        self._note.setVisible(local)
        if local and folder.at is not None:
            text = (
                f"Roll back and Restore work: they take from the store what {folder.at.title} "
                "holds, and need no Kitfile."
            )
            self._works.setText(text)
            self._works.setAccessibleName(text)

    @Slot()
    def _open(self) -> None:
        self._window_host.next_problem(forward=True)
