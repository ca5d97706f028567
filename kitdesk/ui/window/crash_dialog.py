"""A bug of ours says so: title, details, copy, close."""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QPlainTextEdit, QVBoxLayout, QWidget

from kitdesk.ui.theme import theme
from kitdesk.ui.widgets.buttons import Button
from kitdesk.ui.widgets.labels import IconLabel, label
from kitdesk.ui.widgets.layouts import row

WORDS = (
    "This is a bug in KitDesk, not something you did. The work that was under way has stopped; no "
    "file of yours was left half written. The details below help to mend it; they stay on this "
    "machine unless you send them."
)


class CrashDialog(QDialog):
    """A window of its own, as the main one may be what is broken; blocks nothing."""

    def __init__(self, title: str, details: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("KitDesk met a bug")
        self.setMinimumSize(620, 420)
        self._details = f"{title}\n\n{details}"
        text = QPlainTextEdit(details)
        text.setReadOnly(True)
        text.setProperty("kind", "field")
        text.setFont(theme.font("code", mono=True))
        text.setAccessibleName("Details")
        self.copy = Button("Copy details", "soft", "copy")
        self.copy.clicked.connect(self._copy)
        self.close_button = Button("Close", "primary")
        self.close_button.clicked.connect(self.accept)
        inner = QVBoxLayout(self)
        inner.setContentsMargins(24, 20, 24, 20)
        inner.setSpacing(12)
        head = label(title, "headline", weight=600, wrap=True)
        inner.addWidget(row(IconLabel("circle-x", "removed", 20), head, gap=10))
        inner.addWidget(label(WORDS, "body", "muted", wrap=True))
        inner.addWidget(text, 1)
        inner.addWidget(row("*", self.copy, self.close_button))
        theme.dress(self)

    def present(self) -> None:
        """Show it; the focus is on Close."""
        self.open()
        self.close_button.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot()
    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._details)
        self.copy.setText("Copied")
