"""The folder card: at what version the folder is, what changed, and the way on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Slot

from kitdesk import text as texts
from kitdesk.changes import Changes, Topic
from kitdesk.session.state.project import FOLDER, FolderState
from kitdesk.ui.widgets.badges import Mark
from kitdesk.ui.widgets.buttons import Button
from kitdesk.ui.widgets.labels import Elide, IconLabel, ending, label
from kitdesk.ui.widgets.layouts import Box, DynamicColumn, row

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from kitdesk.compare.values import FileChange
    from kitdesk.ui.host import WindowHost

MOST = 5
"""So many changed files are named; the rest is counted."""


def headline(folder: FolderState) -> str:
    """``v2.0.0 + 3 changes``; what the folder is at, in a few words."""
    if folder.problem:
        return "Folder not found" if folder.problem.code == "folder-gone" else "Folder not readable"
    if folder.at is None:
        return "no version yet"
    if not folder.changes_known:
        return f"{folder.at.title}, changes not known"
    count = len(folder.changes)
    return f"{folder.at.title} + {texts.counted(count, 'change')}" if count else folder.at.title


def _above(folder: FolderState) -> str:
    if folder.counting:
        return "Counting changes…"
    return "This folder is at" if folder.at else "This folder has"


class FolderCard(Box):
    """The first thing the eye meets; every state has its sentence and its way on."""

    def __init__(self, window_host: WindowHost) -> None:
        super().__init__("card", margins=(12, 10, 12, 10))
        self._window_host = window_host
        self._icon = IconLabel("folder-open", "muted", 14)
        self._above = label("This folder is at", "small", "muted")
        self._title = Elide("", "headline", weight=600)
        self._pile = DynamicColumn(gap=4)
        self.add(row(self._icon, self._above, "*", gap=6), 2, self._title, self._pile)
        window_host.workspace.changed.connect(self._changed)
        self._read()

    @Slot(object)
    def _changed(self, changes: Changes) -> None:
        if changes.topics & (Topic.FOLDER | Topic.LOCAL | Topic.KITFILE):
            self._read()

    def _read(self) -> None:
        folder = self._window_host.workspace.state.folder
        if folder is None:
            return
        text = headline(folder)
        bad = bool(folder.problem or folder.interrupted)
        self._icon.show_icon(
            "alert-triangle" if bad else "folder-open", "changed" if bad else "muted"
        )
        self._above.setText(_above(folder))
        self._above.setVisible(not folder.problem)
        self._title.setText(text)
        self._title.setToolTip(texts.escape_tooltip(str(folder.path)))
        self.setAccessibleName(f"This folder: {text}")
        if folder.problem:
            self._say(folder.problem.hint or folder.problem.title, ("Look again", self._refresh))
        elif folder.interrupted:
            self._say(folder.interrupted, ("Finish", self._finish), ("Undo", self._undo))
        elif folder.at is not None and folder.changes:
            self._list(folder.changes)
        elif folder.kitfile is None:
            self._say(
                "A Kitfile says what is packed. This folder has none.",
                ("Make a Kitfile", self._make),
            )
        elif folder.blocked:
            self._say(f"{folder.blocked.title} {folder.blocked.hint}".strip())
        elif folder.at is None:
            self._say("Pack this folder to make its first version." if not folder.counting else "")
        elif not folder.at.local:
            self._say(
                f"{folder.at.title} is not on this machine: pull it to see what changed since.",
                (f"Pull {folder.at.title}", self._pull),
            )
        else:
            self._say("" if folder.counting else f"No changes: the same bytes as {folder.at.title}")

    def _say(self, text: str, *ways: tuple[str, object]) -> None:
        items: list[QWidget | int | str] = []
        if text:
            items.append(label(text, "small", "muted", wrap=True))
        buttons: list[QWidget | int | str] = []
        for name, slot in ways:
            button = Button(name, "soft", small=True)
            button.clicked.connect(slot)
            buttons.append(button)
        if buttons:
            items += [4, row(*buttons, "*")]
        self._pile.fill(*items)

    def _list(self, changes: tuple[FileChange, ...]) -> None:
        lines: list[QWidget | int | str] = [6]
        for change in changes[:MOST]:
            path = Elide(change.path, "small")
            lines.append(row(Mark(change.sign), path, gap=8))
        if len(changes) > MOST:
            rest = f"and {texts.number(len(changes) - MOST)} more"
            lines.append(row(26, ending(rest, "small", "muted"), gap=0))
        count = len(changes)
        see = Button(
            "See the change" if count == 1 else f"See the {texts.number(count)} changes",
            "link",
            small=True,
        )
        see.clicked.connect(self._see)
        lines += [4, row(see, "*")]
        self._pile.fill(*lines)

    @Slot()
    def _see(self) -> None:
        folder = self._window_host.workspace.state.folder
        if folder and folder.at:
            self._window_host.session.comparison.compare(folder.at.digest, FOLDER)

    @Slot()
    def _pull(self) -> None:
        folder = self._window_host.workspace.state.folder
        if folder and folder.at:
            self._window_host.session.transfers.pull(folder.at.digest)

    @Slot()
    def _make(self) -> None:
        self._window_host.session.versions.make_kitfile()

    @Slot()
    def _refresh(self) -> None:
        self._window_host.session.refresh()

    @Slot()
    def _finish(self) -> None:
        self._window_host.session.folder.resolve_interrupted("finish")

    @Slot()
    def _undo(self) -> None:
        self._window_host.session.folder.resolve_interrupted("undo")
