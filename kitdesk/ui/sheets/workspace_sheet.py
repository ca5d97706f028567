"""What every sheet about the workspace shares: it follows the workspace; fields with verdicts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Slot

from kitdesk.ui.widgets.buttons import Button
from kitdesk.ui.widgets.labels import IconLabel, Label, label
from kitdesk.ui.widgets.layouts import Box, repolish, row
from kitdesk.ui.widgets.sheet import Sheet

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from kitdesk.changes import Changes
    from kitdesk.session.state.project import ErrorInfo
    from kitdesk.ui.host import WindowHost


class WorkspaceSheet(Sheet):
    """A sheet that reads the workspace again at every change.

    It is about one project, version and remote, and goes when they go.
    """

    of_project = True
    """False: it is about the person's accounts or settings, whichever project is open."""
    of_remote = False
    """True: the remote that is chosen for the project is part of the question."""
    _digest = ""

    def __init__(self, window_host: WindowHost, width: int, title: str) -> None:
        super().__init__(window_host.root(), width, title)
        self.window_host = window_host
        state = window_host.workspace.state
        self.project = state.folder.path if state.folder else None
        """The folder that was open when it was asked."""
        self._asked_remote = state.remote.address
        self._had_version = False
        window_host.workspace.changed.connect(self._changed)

    @Slot(object)
    def _changed(self, _changes: Changes) -> None:
        if not self.isVisible():
            return
        gone = self._gone()
        if gone:
            self.reject()
            self.window_host.say(gone)
            return
        self.read()
        self.settle()

    def _gone(self) -> str:
        """Why the question cannot be answered any more, "" while it can."""
        state = self.window_host.workspace.state
        if self.of_project and (state.folder.path if state.folder else None) != self.project:
            return "Closed the question: another project is open now"
        if self.of_remote and state.remote.address != self._asked_remote:
            return "Closed the question: the project has another remote now"
        there = state.version(self._digest) is not None
        if self._had_version and not there and state.versions:
            return "Closed the question: its version is not there any more"
        self._had_version = there
        return ""

    def read(self) -> None:
        """Take what the workspace says now."""

    def kit_button(self) -> Button:
        """The link that copies the same as a kit command."""
        result = Button("Copy as kit command", "link")
        result.clicked.connect(self._copy_kit)
        return result

    def kit_text(self) -> str:
        """The command; "" where there is none."""
        return ""

    @Slot()
    def _copy_kit(self) -> None:
        self.window_host.copy(self.kit_text(), "kit command")


class FieldMessage(Box):
    """One line under a field: an icon and a sentence."""

    def __init__(self) -> None:
        super().__init__("plain")
        self._icon = IconLabel("check", "added", 14)
        self.text: Label = label("", "small", "muted", wrap=True)
        self.add(row(self._icon, self.text, gap=6))

    def say(self, text: str, icon: str = "check", tone: str = "added") -> None:
        """Show a sentence; a problem speaks in its own colour."""
        self.text.setText(text)
        self.text.tone("muted" if tone in ("added", "muted") else tone)
        self._icon.show_icon(icon, tone)


def mark_field(field: QWidget, *, bad: bool = False, warn: bool = False) -> None:
    """Give a field the edge of an error or a warning."""
    field.setProperty("bad", "true" if bad else "false")
    field.setProperty("warn", "true" if warn else "false")
    repolish(field)


def error_box(error: ErrorInfo) -> Box:
    """An amber card that says why a preview cannot be made."""
    result = Box("changed", "h", (14, 10, 14, 10), 12)
    result.add(IconLabel("alert-triangle", "changed", 18))
    words = f"{error.title} {error.hint}".strip()
    result.inner.addWidget(label(words, wrap=True), 1)
    return result
