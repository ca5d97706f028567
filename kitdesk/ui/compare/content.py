"""The content of the chosen file: its head line, and text, facts or a sentence below."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QStackedWidget

from kitdesk import text as texts
from kitdesk.changes import Changes, Topic
from kitdesk.compare.content.result import Content
from kitdesk.compare.former import former_of
from kitdesk.compare.values import ContentDiff, FileChange, TextDiff
from kitdesk.ui.compare.diff_panes import DiffPanes
from kitdesk.ui.compare.facts import FactsTable
from kitdesk.ui.widgets.badges import Mark
from kitdesk.ui.widgets.buttons import Segmented, icon_button
from kitdesk.ui.widgets.labels import Elide, label
from kitdesk.ui.widgets.layouts import Box, line, row
from kitdesk.ui.widgets.message import Message, Waiting

if TYPE_CHECKING:
    from PySide6.QtGui import QResizeEvent

    from kitdesk.ui.host import WindowHost

ROOM = 760
"""Pixels under which text stands in one column."""


class ContentPane(Box):
    """Follows the file that is chosen on the workspace."""

    def __init__(self, window_host: WindowHost) -> None:
        super().__init__("surface")
        self._window_host = window_host
        self._wish: bool | None = None
        self._mark = Mark("M")
        self._name = Elide("", weight=600, snug=True)
        self._amount = label("", "small", "muted")
        self._place = label("", "small", "muted")
        self._up = icon_button("chevron-up", "Previous change (Shift+F7)")
        self._down = icon_button("chevron-down", "Next change (F7)")
        self._up.clicked.connect(self._previous)
        self._down.clicked.connect(self._next)
        self._way = Segmented("Layout", ("Side by side", "One column"))
        self._way.picked.connect(self._pick)
        self._head = row(
            self._mark, self._name, self._amount, "*",
            self._place, self._up, self._down, 4, self._way,
            margins=(24, 0, 16, 0),
        )  # fmt: skip
        self._head.setFixedHeight(40)
        self.panes = DiffPanes()
        self.facts = FactsTable()
        self.message = Message()
        self._waiting = Waiting()
        self._stack = QStackedWidget()
        for page in (self.message, self.panes, self.facts, self._waiting):
            self._stack.addWidget(page)
        self._edge = line()
        self.add(self._head, self._edge)
        self.inner.addWidget(self._stack, 1)
        window_host.workspace.changed.connect(self._changed)
        self._read()

    def step(self, *, forward: bool) -> None:
        """F7, Shift+F7."""
        if self._stack.currentWidget() is self.panes:
            self.panes.step(forward=forward)
            self._say_place()

    @Slot(object)
    def _changed(self, changes: Changes) -> None:
        if changes.topics & (Topic.COMPARISON | Topic.SELECTION):
            self._read()

    def _read(self) -> None:
        state = self._window_host.workspace.state
        comparison = state.comparison
        if comparison is None:
            return
        change = next((c for c in comparison.files if c.path == state.file), None)
        names = (comparison.left.name, comparison.right.name)
        for widget in (self._head, self._edge):
            widget.setVisible(bool(state.file))
        self._show_head(change, state.file)
        shown = _former(state.content)
        if state.content_loading:
            self._stack.setCurrentWidget(self._waiting)
        elif state.content_error:
            self.message.say(
                "alert-triangle",
                state.content_error.title,
                state.content_error.hint,
                tone="changed",
            )
            self._stack.setCurrentWidget(self.message)
        elif isinstance(shown, TextDiff):
            self.panes.show_diff(shown, names, side_by_side=self._side_by_side)
            gone = texts.number(shown.removed)
            self._amount.setText(f"+{texts.number(shown.added)} {texts.MINUS}{gone}")
            self._stack.setCurrentWidget(self.panes)
            self._way.choose(0 if self._side_by_side else 1)
        elif shown is not None:
            self.facts.show_facts(shown, names)
            self._stack.setCurrentWidget(self.facts)
        else:
            self._nothing(change)
        self._show_tools()

    def _show_head(self, change: FileChange | None, path: str) -> None:
        self._mark.show_sign(change.sign if change else "=")
        self._name.setText(path.rpartition("/")[2])
        self._name.setToolTip(texts.escape_tooltip(path))
        old = change.left.size if change and change.left else None
        new = change.right.size if change and change.right else None
        self._amount.setText(texts.pair(old, new) if change else "")

    def _nothing(self, change: FileChange | None) -> None:
        comparison = self._window_host.workspace.state.comparison
        if change is None and self._window_host.workspace.state.file:
            self.message.say("equal", "The same bytes in both")
        elif comparison is not None and not comparison.files:
            some = texts.counted(len(comparison.same), "file")
            text = f"{some}, {texts.size(comparison.right.size)}." if comparison.same else ""
            self.message.say(
                "circle-check", "Every file has the same bytes in both", text, tone="added"
            )
        elif not self._window_host.workspace.state.file:
            self.message.say("file-text", "Choose a file to see what changed in it")
        else:
            self.message.say("file-text", "Its content is not read yet")
        self._stack.setCurrentWidget(self.message)

    def _show_tools(self) -> None:
        text = self._stack.currentWidget() is self.panes
        for widget in (self._place, self._up, self._down, self._way):
            widget.setVisible(text)
        if text:
            self._say_place()

    def _say_place(self) -> None:
        at, count = self.panes.place
        total = texts.counted(count, "change")
        self._place.setText(f"Change {at} of {count}" if at else total)
        for button in (self._up, self._down):
            button.setEnabled(count > 0)

    @property
    def _side_by_side(self) -> bool:
        return self._wish if self._wish is not None else self.width() >= ROOM

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        content = _former(self._window_host.workspace.state.content)
        if self._wish is None and isinstance(content, TextDiff):
            on = 0 if self._side_by_side else 1
            if self._way.on != on:
                self._read()

    @Slot(int)
    def _pick(self, index: int) -> None:
        self._wish = index == 0
        self._read()

    @Slot()
    def _next(self) -> None:
        self.step(forward=True)

    @Slot()
    def _previous(self) -> None:
        self.step(forward=False)


def _former(content: Content | ContentDiff | None) -> ContentDiff | None:
    return former_of(content) if isinstance(content, Content) else content
