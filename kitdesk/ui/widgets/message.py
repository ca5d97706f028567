"""A page that stands where there is nothing to show: why, and what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from kitdesk.ui.widgets.labels import IconLabel, label
from kitdesk.ui.widgets.layouts import Box, clear, reveal, row

if TYPE_CHECKING:
    from kitdesk.ui.widgets.buttons import Button


class Message(Box):
    """Icon, headline, sentence, buttons, and a line below; centred, 520 pixels wide."""

    def __init__(self, ground: str = "surface") -> None:
        super().__init__(ground)
        self._icon = IconLabel("file-text", "faint", 32)
        self._title = label("", "headline", weight=600, wrap=True)
        self._text = label("", "body", "muted", wrap=True)
        self._note = label("", "small", "muted", wrap=True)
        for text in (self._title, self._text, self._note):
            text.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._buttons = QHBoxLayout()
        self._buttons.setSpacing(8)
        holder = QWidget()
        holder.setFixedWidth(520)
        middle = QVBoxLayout(holder)
        middle.setContentsMargins(0, 16, 0, 16)
        middle.setSpacing(6)
        middle.addWidget(row("*", self._icon, "*"))
        middle.addSpacing(8)
        for text in (self._title, self._text):
            middle.addWidget(text)
        middle.addSpacing(12)
        middle.addLayout(self._buttons)
        middle.addSpacing(10)
        middle.addWidget(self._note)
        self.inner.addStretch(2)
        self.inner.addWidget(row("*", holder, "*"))
        self.inner.addStretch(3)

    def say(
        self,
        icon: str,
        title: str,
        text: str = "",
        *buttons: Button,
        note: str = "",
        tone: str = "faint",
    ) -> None:
        """Show this; a button acts through its own connections."""
        self._icon.show_icon(icon, tone)
        for widget, words in ((self._title, title), (self._text, text), (self._note, note)):
            widget.setText(words)
            widget.setVisible(bool(words))
        clear(self._buttons)
        self._buttons.addStretch(1)
        for button in buttons:
            self._buttons.addWidget(button)
        self._buttons.addStretch(1)
        reveal(self._buttons)
        self.setAccessibleName(f"{title} {text}".strip())

    @property
    def words(self) -> str:
        """What it says, for tests and screen readers."""
        return self.accessibleName()


class Waiting(Box):
    """Rows of muted bars while something is read: nothing jumps, no spinner."""

    def __init__(self, rows: int = 4) -> None:
        super().__init__("surface", margins=(24, 14, 24, 14), gap=10)
        self.setAccessibleName("Reading")
        for index in range(rows):
            bar = Box("well")
            bar.setFixedHeight(18)
            bar.setMaximumWidth(640 - 90 * (index % 3))
            self.inner.addWidget(bar)
        self.inner.addStretch(1)
