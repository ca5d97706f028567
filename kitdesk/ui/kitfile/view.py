"""The Kitfile view: editor, problems, and what will be packed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget

from kitdesk import text as texts
from kitdesk.changes import Changes, Topic
from kitdesk.ui.kitfile.bars import DiskBar
from kitdesk.ui.kitfile.editor import KitfileTextEdit
from kitdesk.ui.kitfile.preview import PreviewPane
from kitdesk.ui.kitfile.problems import Problems
from kitdesk.ui.kitfile.side_by_side import SideBySide
from kitdesk.ui.widgets.buttons import Button
from kitdesk.ui.widgets.labels import ending, label
from kitdesk.ui.widgets.layouts import Box, line, row
from kitdesk.ui.widgets.message import Message
from kitdesk.ui.widgets.side_scroll import ROOM

if TYPE_CHECKING:
    from PySide6.QtGui import QResizeEvent

    from kitdesk.modelkit.kitfile.diagnostics import Problem
    from kitdesk.session.state.kitfile import KitfileState
    from kitdesk.ui.host import WindowHost


def note_of(kitfile: KitfileState) -> str:
    """What stands beside "Edited" or "Saved"."""
    if kitfile.saving:
        return "saving…"
    if kitfile.dirty:
        kept = kitfile.draft_problem or "a draft is kept"
        return f"not saved yet; {kept[0].lower()}{kept[1:]}"
    if kitfile.merged_lines:
        return f"with {texts.counted(kitfile.merged_lines, 'line')} that somebody else has saved"
    return "as it is on disk" if not kitfile.can_save else "not on the disk any more"


class KitfileView(Box):
    """The text is the truth; every edit goes to the session, which checks it after a pause."""

    def __init__(self, window_host: WindowHost) -> None:
        super().__init__("surface")
        self._window_host = window_host
        self._origin = -1
        self._quiet = False
        self._wish: bool | None = None
        self.editor = KitfileTextEdit()
        self.editor.textChanged.connect(self._edited)
        self.problems = Problems(window_host.session)
        self.problems.wanted.connect(self._go_to)
        self.preview = PreviewPane()
        self._state = label("", weight=600)
        self._note = ending("", "small", "muted")
        self._undo = Button("Undo", "flat", "arrow-back-up", small=True)
        self._undo.setToolTip("Undo the last edit (Ctrl+Z)")
        self._undo.clicked.connect(self.editor.undo)
        self._other = Button("Other text", "flat", "history", small=True)
        self._other.setToolTip("Bring back the text that was not taken; this one is kept instead")
        self._other.clicked.connect(self._bring_back)
        self._save = Button("Save", "soft", small=True)
        self._save.setToolTip("Save the Kitfile (Ctrl+S)")
        self._save.clicked.connect(self._save_it)
        self._show_preview = Button("What will be packed", "soft", "package", small=True)
        self._show_preview.setCheckable(True)
        self._show_preview.clicked.connect(self._toggle)
        head = row(
            self._state,
            self._note,
            self._show_preview,
            self._other,
            self._undo,
            self._save,
            margins=(24, 0, 16, 0),
        )
        head.setFixedHeight(40)
        left = Box("surface")
        self.disk_bar = DiskBar(window_host.session)
        left.add(head, line(), self.disk_bar)
        left.inner.addWidget(self.editor, 1)
        left.add(line(), self.problems)
        page = Box("surface")
        across = QHBoxLayout()
        across.setSpacing(0)
        across.addWidget(left, 1)
        self._edge = line("v")
        across.addWidget(self._edge)
        across.addWidget(self.preview)
        page.inner.addLayout(across)
        self.message = Message()
        self._page = page
        self._stack = QStackedWidget()
        self._stack.addWidget(page)
        self._stack.addWidget(self.message)
        self.both = SideBySide(window_host.session)
        self._stack.addWidget(self.both)
        self.inner.addWidget(self._stack)
        window_host.workspace.changed.connect(self._changed)
        self._read()

    @Slot(object)
    def _changed(self, changes: Changes) -> None:
        if changes.topics & (Topic.KITFILE | Topic.FOLDER):
            self._read()

    def _read(self) -> None:
        state = self._window_host.workspace.state
        kitfile, folder = state.kitfile, state.folder
        if kitfile.error is not None:
            self.message.say(
                "file-off", kitfile.error.title.rstrip("."), kitfile.error.hint, tone="changed"
            )
            self._stack.setCurrentWidget(self.message)
            return
        if folder is not None and folder.kitfile is None and not kitfile.text:
            make = Button("Make a Kitfile", "primary")
            make.clicked.connect(self._make)
            text = "It says what is packed: model, data, code. One is made from what lies here."
            self.message.say("file-text", "This folder has no Kitfile", text, make)
            self._stack.setCurrentWidget(self.message)
            return
        self._show_text(kitfile)
        self.editor.show_problems(kitfile.problems)
        self.problems.show_problems(kitfile.problems)
        self.disk_bar.show_state(kitfile)
        self._state.setText("Edited" if kitfile.can_save else "Saved")
        self._note.setText(note_of(kitfile))
        self._note.setToolTip(texts.escape_tooltip(kitfile.draft_problem))
        self._save.setEnabled(kitfile.can_save)
        self._other.setVisible(kitfile.other_kept)
        self._undo.setEnabled(self.editor.document().isUndoAvailable())
        errors = sum(1 for problem in kitfile.problems if problem.severity == "error")
        self.preview.show_preview(state.preview, state.preview_error, errors)

    def _show_text(self, kitfile: KitfileState) -> None:
        self._quiet = True
        if kitfile.origin != self._origin:
            self._origin = kitfile.origin
            self.editor.load(kitfile.text)
        elif self.editor.text() != kitfile.text:
            self.editor.take(kitfile.text)
        self._quiet = False
        self._stack.setCurrentWidget(self._page if kitfile.question is None else self.both)
        self.both.show_question(kitfile.question)

    def step_problem(self, *, forward: bool) -> None:
        """F8, Shift+F8."""
        self.editor.step_problem(forward=forward)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        wide = self.window().width() >= ROOM
        self._show_preview.setVisible(not wide)
        shown = wide or bool(self._wish)
        self._show_preview.setChecked(shown)
        for widget in (self.preview, self._edge):
            widget.setVisible(shown)

    @Slot()
    def _edited(self) -> None:
        if not self._quiet:
            self._window_host.session.kitfile.edit(self.editor.text())

    @Slot(object)
    def _go_to(self, problem: Problem) -> None:
        self.editor.go_to_problem(problem)

    @Slot()
    def _toggle(self) -> None:
        self._wish = not self._wish
        self._arrange()

    @Slot()
    def _save_it(self) -> None:
        self._window_host.session.kitfile.save()

    @Slot()
    def _bring_back(self) -> None:
        self._window_host.session.kitfile_merge.bring_back()

    @Slot()
    def _make(self) -> None:
        self._window_host.session.versions.make_kitfile()
