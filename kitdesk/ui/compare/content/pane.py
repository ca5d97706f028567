"""The content of the chosen file: its head, what is dangerous or was not read, and its body."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QFileDialog, QStackedWidget, QWidget

from kitdesk import text as texts
from kitdesk.changes import Changes, Topic
from kitdesk.compare.content.result import Content, ValuesDiff
from kitdesk.compare.content.words import label as inert_label
from kitdesk.ui.compare.content.bars import Bar, SummaryLine
from kitdesk.ui.compare.content.body import Body
from kitdesk.ui.compare.content.head import ContentHead
from kitdesk.ui.compare.content.image import ImageBody
from kitdesk.ui.compare.content.limits import LimitBars
from kitdesk.ui.compare.content.missing import MissingFile, is_missing
from kitdesk.ui.compare.content.object import ObjectBody
from kitdesk.ui.compare.content.sentences import danger_words, note, part_of, sentence
from kitdesk.ui.compare.content.text import ONE_COLUMN, SIDE_BY_SIDE, TextBody
from kitdesk.ui.compare.content.views import View, views_of
from kitdesk.ui.widgets.layouts import Box, line
from kitdesk.ui.widgets.message import Message, Waiting
from kitdesk.ui.window.file_dialogs import new_dialog

if TYPE_CHECKING:
    from PySide6.QtGui import QResizeEvent

    from kitdesk.compare.values import Comparison, FileChange
    from kitdesk.ui.compare.content.diff_panes import DiffPanes
    from kitdesk.ui.host import WindowHost

ROOM = 760
"""Pixels under which text stands in one column."""


class ContentPane(Box):
    """Follows the file that is chosen on the workspace."""

    def __init__(self, window_host: WindowHost) -> None:
        super().__init__("surface")
        self._window_host = window_host
        self._wish: int | None = None
        self._view: tuple[str, str] = ("", "")
        """(path, word of the view that was chosen for it)."""
        self._views: tuple[View, ...] = ()
        self._content: Content | None = None
        self._bodies: dict[type[Body], Body] = {}
        self.head = ContentHead()
        self.head.stepped.connect(self._step)
        self.head.picked.connect(self._pick)
        self.head.export_wanted.connect(self._export)
        self.danger = Bar("removed")
        self.danger.action.clicked.connect(self._show_place)
        self.summary = SummaryLine()
        self.limits = LimitBars()
        self.limits.way_wanted.connect(self._go_on)
        self.message = Message()
        self._missing = MissingFile(window_host)
        self._waiting = Waiting()
        self._stack = QStackedWidget()
        for page in (self.message, self._missing, self._waiting):
            self._stack.addWidget(page)
        self._edges = (line(), line())
        self.add(self.head, self._edges[0], self.danger, self.summary, self.limits, self._edges[1])
        self.inner.addWidget(self._stack, 1)
        window_host.workspace.changed.connect(self._changed)
        self._read()

    @property
    def panes(self) -> DiffPanes:
        """The two texts."""
        body = self._body(TextBody)
        assert isinstance(body, TextBody)
        return body.panes

    @property
    def body(self) -> Body | None:
        """The body in sight, None while a message stands there."""
        page = self._stack.currentWidget()
        return page if isinstance(page, Body) else None

    def focus_target(self) -> QWidget:
        """What F6 comes to."""
        body = self.body
        return body.focus_target() if body is not None else self.summary.sentence

    def step(self, *, forward: bool) -> None:
        """F7, Shift+F7."""
        body = self.body
        if body is not None:
            body.step(forward=forward)
            self._say_place()

    def _body(self, kind: type[Body]) -> Body:
        body = self._bodies.get(kind)
        if body is None:
            body = kind(self._window_host)
            body.moved.connect(self._say_place)
            if isinstance(body, ImageBody):
                body.mode_wanted.connect(self._pick)
            self._bodies[kind] = body
            self._stack.addWidget(body)
        return body

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
        for widget in (self.head, self._edges[0]):
            widget.setVisible(bool(state.file))
        self.head.show_file(change, state.file, self._far_words())
        given = state.content
        self._content = None
        if state.content_error:
            error = state.content_error
            self.message.say("alert-triangle", error.title, error.hint, tone="changed")
            self._stack.setCurrentWidget(self.message)
        elif change is not None and is_missing(change, state):
            self._missing.show_file(change)
            self._stack.setCurrentWidget(self._missing)
        elif given is not None:
            self._content = given
            self._show(given, (comparison.left.name, comparison.right.name), change)
        elif state.content_loading:
            self._stack.setCurrentWidget(self._waiting)
        else:
            self._nothing(change, comparison)
        self._frame(change)

    def _show(self, content: Content, names: tuple[str, str], change: FileChange | None) -> None:
        state = self._window_host.workspace.state
        pictures = any(one is not None for one in state.pictures)
        self._views = views_of(content, pictures=pictures)
        view = self._views[self._chosen()]
        body = self._body(view.body)
        body.show_content(content, names, state.file, view.mode)
        self._stack.setCurrentWidget(body)
        if content.kind == "text" and not self._told(content):
            self.head.amount.setText(content.summary or self.head.amount.text())

    @staticmethod
    def _told(content: Content) -> bool:
        """Whether a summary stands over the body: of a plain text the head says it all."""
        plain = content.kind == "text" and not content.equal
        told = not plain or bool(content.limits) or part_of(content, ValuesDiff) is not None
        return told and bool(content.summary)

    def _chosen(self) -> int:
        """Place of the view to show: the one picked for this file, else by room."""
        path, word = self._view
        if self._views[0].body is TextBody:
            if self._wish is not None:
                return self._wish
            return SIDE_BY_SIDE if self.width() >= ROOM else ONE_COLUMN
        if path != self._window_host.workspace.state.file:
            return 0
        return next((n for n, view in enumerate(self._views) if view.word == word), 0)

    def _frame(self, change: FileChange | None) -> None:
        """What stands round the body."""
        content, body = self._content, self.body
        comparison = self._window_host.workspace.state.comparison
        shown = content is not None and body is not None and comparison is not None
        for widget in (self.danger, self.summary, self.limits, self._edges[1]):
            widget.setVisible(False)
        if not shown or content is None or body is None or comparison is None:
            self.head.show_views((), 0)
        else:
            names = (comparison.left.name, comparison.right.name)
            bold, rest = danger_words(content, names)
            self.danger.setVisible(bool(bold))
            self.danger.say(bold, rest, "Show the place" if bold else "")
            told = self._told(content)
            self.summary.setVisible(told)
            self.summary.say(sentence(content), self._note(content), body.tools if told else None)
            self.limits.show_limits(content.limits, self._remote_bytes(change))
            self._edges[1].setVisible(told)
            self.head.show_views(tuple(view.word for view in self._views), self._chosen())
        self._say_place()

    def _note(self, content: Content) -> str:
        """How it was read; of files that belong together also which one leads them."""
        lead = self._window_host.workspace.state.content_group
        name = inert_label(lead.rpartition("/")[2])
        return ", ".join(filter(None, (f"told with {name}" if lead else "", note(content))))

    def _nothing(self, change: FileChange | None, comparison: Comparison) -> None:
        path = self._window_host.workspace.state.file
        if change is None and path:
            self.message.say("equal", "The same bytes in both")
        elif not comparison.files:
            some = texts.counted(len(comparison.same), "file")
            text = f"{some}, {texts.size(comparison.right.size)}." if comparison.same else ""
            self.message.say(
                "circle-check", "Every file has the same bytes in both", text, tone="added"
            )
        elif not path:
            self.message.say("file-text", "Choose a file to see what changed in it")
        else:
            self.message.say("file-text", "Its content is not read yet")
        self._stack.setCurrentWidget(self.message)

    # where the bytes are -----------------------------------------------------------------

    def _remote_sides(self) -> list[str]:
        """Digests of the sides whose bytes are in a registry only."""
        state = self._window_host.workspace.state
        rows = (state.version(side) for side in (state.before, state.after))
        return [row.digest for row in rows if row is not None and not row.local]

    def _far_words(self) -> str:
        state = self._window_host.workspace.state
        names = [state.title_of(side) for side in self._remote_sides()]
        return f"{texts.listed(names)} read from the registry" if names else ""

    def _remote_bytes(self, change: FileChange | None) -> int:
        state, far = self._window_host.workspace.state, self._remote_sides()
        sides = ((state.before, change.left), (state.after, change.right)) if change else ()
        return sum(facts.size for side, facts in sides if facts is not None and side in far)

    # slots -------------------------------------------------------------------------------

    @Slot()
    def _say_place(self) -> None:
        body = self.body
        copies = self._content is not None and not self._content.equal and bool(self._content.parts)
        self.head.show_tools(body.place if body is not None else (0, 0), copies=copies)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        first = self._views[0].body if self._content is not None and self._views else None
        if self._wish is None and first is TextBody and self.head.views.on != self._chosen():
            self._read()

    @Slot(int)
    def _pick(self, index: int) -> None:
        if self._content is None or not 0 <= index < len(self._views):
            return
        if self._views[0].body is TextBody:
            self._wish = index
        self._view = (self._window_host.workspace.state.file, self._views[index].word)
        self._read()

    @Slot(bool)
    def _step(self, forward: bool) -> None:
        self.step(forward=forward)

    @Slot()
    def _show_place(self) -> None:
        body = self.body
        if isinstance(body, ObjectBody):
            body.show_imports()

    @Slot(str)
    def _go_on(self, way: str) -> None:
        if way == "values":
            self._window_host.session.comparison.compare_values()
        else:
            for digest in self._remote_sides():
                self._window_host.session.transfers.pull(digest)

    @Slot(str)
    def _export(self, kind: str) -> None:
        comparison = self._window_host.session.comparison
        match kind:
            case "text" | "markdown" | "csv":
                comparison.export(kind, None, self._copy)
            case "html":
                title = "Save a report of all files"
                dialog = new_dialog(self._window_host, self, title, "report")
                dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
                dialog.setDefaultSuffix("html")
                dialog.selectFile("comparison.html")
                dialog.fileSelected.connect(self._save)
                dialog.open()

    @Slot(str)
    def _save(self, path: str) -> None:
        self._window_host.session.comparison.export("html", Path(path))

    def _copy(self, text: str) -> None:
        self._window_host.copy(text, "what differs")
