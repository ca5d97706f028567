"""The error card: what is known, the technical line, and the cure as the filled button."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Slot

from kitdesk.changes import Changes, Topic
from kitdesk.ui.theme import theme
from kitdesk.ui.widgets.buttons import Button, close_button
from kitdesk.ui.widgets.labels import IconLabel, Label, label
from kitdesk.ui.widgets.layouts import Box, column, row

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent
    from PySide6.QtWidgets import QWidget

    from kitdesk.ui.host import WindowHost

WIDTH = 560
PLAN_CHANGED = "plan-changed"
"""Code of the error that the folder is not as its preview showed it."""


class ErrorCard(Box):
    """Stands above the strip at the left until it is closed; never a message box."""

    def __init__(self, window_host: WindowHost, parent: QWidget) -> None:
        super().__init__("card", margins=(16, 14, 16, 14))
        self.setParent(parent)
        self._window_host = window_host
        self.setFixedWidth(WIDTH)
        self._title: Label = label("", "title", weight=600, wrap=True)
        cross = close_button("Close (Esc)")
        cross.clicked.connect(self._close)
        self._hint = label("", wrap=True)
        self._detail = label("", "caption", "muted", mono=True, wrap=True)
        self._detail.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        well = Box("well", margins=(12, 8, 12, 8))
        well.add(self._detail)
        self._well = column(10, well, gap=0, margins=(30, 0, 0, 0))
        self.again = Button("Try again", "primary")
        self.again.clicked.connect(self._retry)
        self.sign_in = Button("Sign in…", "primary", "login")
        self.sign_in.clicked.connect(self._sign_in)
        self._copy = Button("Copy details", "flat", "copy")
        self._copy.clicked.connect(self._copy_details)
        self._ok = Button("Close", "soft")
        self._ok.clicked.connect(self._close)
        self.add(row(IconLabel("circle-x", "removed", 20), self._title, cross, gap=10))
        self.add(column(self._hint, margins=(30, 2, 0, 0)), self._well)
        self.add(row(self.sign_in, self.again, self._ok, "*", self._copy, margins=(30, 14, 0, 0)))
        theme.shadow(self)
        window_host.workspace.changed.connect(self._changed)
        self._read()

    @Slot(object)
    def _changed(self, changes: Changes) -> None:
        if changes.topics & Topic.JOBS:
            self._read()

    def _read(self) -> None:
        error = self._window_host.workspace.state.error
        was_open = self.isVisible()
        self.setVisible(error is not None)
        if error is None:
            return
        self._title.setText(error.title)
        hint = "Nothing is lost: the work goes on afterwards." if error.host else error.hint
        self._hint.setText(hint)
        self._hint.setVisible(bool(hint))
        self._detail.setText(error.detail)
        self._well.setVisible(bool(error.detail))
        self.sign_in.setVisible(bool(error.host))
        self.again.setVisible(error.job is not None and not error.host)
        self.again.setText("Look again…" if error.code == PLAN_CHANGED else "Try again")
        self.setAccessibleName(f"Error: {error.title} {hint}")
        self.settle()
        self.raise_()
        if not was_open:
            first = self._ok if error.job is None else self.again
            first = self.sign_in if error.host else first
            first.setFocus(Qt.FocusReason.OtherFocusReason)

    def settle(self) -> None:
        """Take the height of the words, above the strip at the left."""
        parent, layout = self.parentWidget(), self.layout()
        if parent is None or layout is None:
            return
        layout.activate()
        self.resize(WIDTH, layout.totalHeightForWidth(WIDTH))
        self.move(12, parent.height() - theme.SIZE["activity"] - self.height() - 12)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self._close()
            return
        super().keyPressEvent(event)

    @Slot()
    def _close(self) -> None:
        self._window_host.session.jobs.dismiss_error()

    @Slot()
    def _retry(self) -> None:
        error = self._window_host.workspace.state.error
        if error and error.job is not None:
            self._window_host.session.jobs.dismiss_error()
            preview = self._window_host.workspace.state.rollback
            if error.code == PLAN_CHANGED and preview is not None:
                self._window_host.open_sheet("rollback", preview.digest)
                return
            self._window_host.session.jobs.retry(error.job)

    @Slot()
    def _sign_in(self) -> None:
        error = self._window_host.workspace.state.error
        if error:
            self._window_host.open_sheet("sign_in", error.host)

    @Slot()
    def _copy_details(self) -> None:
        error = self._window_host.workspace.state.error
        if error:
            parts = (error.title, error.hint, error.detail, error.code)
            self._window_host.copy("\n".join(part for part in parts if part), "details")
