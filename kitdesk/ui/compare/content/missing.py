"""In place of a content: the Kitfile names the file, the folder has it no more, here is it back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Slot

from kitdesk import text as texts
from kitdesk.compare.content.words import label as inert_label
from kitdesk.session.state.project import FOLDER
from kitdesk.ui.widgets.buttons import Button
from kitdesk.ui.widgets.message import Message

if TYPE_CHECKING:
    from kitdesk.compare.values import FileChange
    from kitdesk.session.state.workspace import State
    from kitdesk.ui.host import WindowHost


def is_missing(change: FileChange, state: State) -> bool:
    """The Kitfile names it, or a folder above it, and the folder has it no more."""
    if change.right is not None or state.after != FOLDER or state.folder is None:
        return False
    return any(
        change.path == one or change.path.startswith(f"{one}/") for one in state.folder.missing
    )


class MissingFile(Message):
    """Says who has the bytes, and offers to write them back."""

    def __init__(self, window_host: WindowHost) -> None:
        super().__init__()
        self._window_host = window_host
        self._target, self._said = ("", ""), ""

    def show_file(self, change: FileChange) -> None:
        """Offer the file of the version at the left."""
        state = self._window_host.workspace.state
        row = state.version(state.before)
        if row is None or change.left is None:
            return
        place = "on this machine" if row.local else "in the registry"
        folder = change.path.rpartition("/")[0]
        there = f" to {inert_label(folder)}/" if folder else ""
        start = (change.left.sha256 or "")[:8]
        facts = ", ".join(filter(None, (texts.size(change.left.size), start)))
        said = (
            f"{row.title} has it {place}: {facts}. Restoring writes these bytes back{there} and "
            "touches nothing else."
        )
        if (self._target, self._said) == ((row.digest, change.path), said):
            return  # the button keeps the focus that it may have
        self._target, self._said = (row.digest, change.path), said
        restore = Button("Restore this file", "primary", "history")
        restore.clicked.connect(self._restore)
        self.say(
            "file-off",
            "This file is not in the folder",
            said,
            restore,
            note="If you deleted it on purpose, take it out of the Kitfile.",
        )

    @Slot()
    def _restore(self) -> None:
        self._window_host.session.folder.restore(*self._target)
