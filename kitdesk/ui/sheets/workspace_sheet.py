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
    """A sheet that reads the workspace again at every change."""

    def __init__(self, window_host: WindowHost, width: int, title: str) -> None:
        super().__init__(window_host.root(), width, title)
        self.window_host = window_host
        window_host.workspace.changed.connect(self._changed)

    @Slot(object)
    def _changed(self, _changes: Changes) -> None:
        if self.isVisible():
            self.read()
            self.settle()

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
