"""The result bar under the tool bar: what was done, with its Undo; stays until the next action."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Slot

from kitdesk.changes import Changes, Topic
from kitdesk.ui.widgets.buttons import Button, icon_button
from kitdesk.ui.widgets.labels import IconLabel, ending, label
from kitdesk.ui.widgets.layouts import Box, line, row

if TYPE_CHECKING:
    from kitdesk.ui.host import WindowHost


class ResultBar(Box):
    """Hidden while there is nothing to say."""

    def __init__(self, window_host: WindowHost) -> None:
        super().__init__("bar_added")
        self._window_host = window_host
        self._title = label("", weight=600)
        self._text = ending("")
        self.undo = Button("Undo", "", "arrow-back-up", small=True)
        self.undo.setToolTip("Ctrl+Shift+Backspace")
        self.undo.clicked.connect(self._undo)
        cross = icon_button("x", "Close this message")
        cross.clicked.connect(self._close)
        self.add(
            row(
                IconLabel("circle-check", "added", 18), self._title, self._text, self.undo, cross,
                gap=10, margins=(20, 8, 12, 8),
            ),
            line(),
        )  # fmt: skip
        window_host.workspace.changed.connect(self._changed)
        self._read()

    @Slot(object)
    def _changed(self, changes: Changes) -> None:
        if changes.topics & (Topic.HISTORY | Topic.JOBS | Topic.FOLDER | Topic.LOCAL):
            self._read()

    def _read(self) -> None:
        result = self._window_host.workspace.state.result
        self.setVisible(result is not None)
        if result:
            self._title.setText(result.title)
            self._text.setText(result.text)
            self.undo.setVisible(result.undo)
            self.setAccessibleName(f"{result.title} {result.text}")

    @Slot()
    def _undo(self) -> None:
        self._window_host.session.folder.undo()

    @Slot()
    def _close(self) -> None:
        self._window_host.session.jobs.dismiss_result()
