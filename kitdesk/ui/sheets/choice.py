"""A card with a radio button: one of a few ways, each with its reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QRadioButton, QVBoxLayout, QWidget

from kitdesk.ui.widgets.labels import Label, label
from kitdesk.ui.widgets.layouts import Box, column

if TYPE_CHECKING:
    from PySide6.QtGui import QMouseEvent


class Choice(Box):
    """The border of the chosen card is 1 px wider; the text stays where it is."""

    def __init__(self, head: str, text: str, value: object = None) -> None:
        super().__init__("choice", "h", (13, 10, 13, 10), 10)
        self.value = value
        self.radio = QRadioButton()
        self.radio.setAutoExclusive(False)
        self.radio.setAccessibleName(f"{head}: {text}")
        self._head: Label = label(head, weight=600)
        self._text: Label = label(text, "small", "muted", wrap=True)
        words = column(self._head, self._text, gap=1)
        self.inner.addWidget(self.radio, 0, Qt.AlignmentFlag.AlignTop)
        self.inner.addWidget(words, 1)

    def choose(self, *, on: bool) -> None:
        """Tick it or not."""
        self.radio.setChecked(on)
        edge = 12 if on else 13
        self.inner.setContentsMargins(edge, edge - 3, edge, edge - 3)
        self.restyle("choice_on" if on else "choice")

    def mousePressEvent(self, _event: QMouseEvent) -> None:
        self.radio.setFocus(Qt.FocusReason.MouseFocusReason)
        self.radio.click()


class Choices(QWidget):
    """Some cards, one of which is chosen (or none)."""

    picked = Signal(object)

    def __init__(self, parts: tuple[Choice, ...]) -> None:
        super().__init__()
        self.parts = parts
        inner = QVBoxLayout(self)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(6)
        for part in parts:
            inner.addWidget(part)
            part.radio.clicked.connect(self._clicked)

    @property
    def value(self) -> object:
        """What the ticked card stands for; None = no card is ticked."""
        return next((part.value for part in self.parts if part.radio.isChecked()), None)

    def choose(self, value: object) -> None:
        """Tick the card of a value without saying so."""
        for part in self.parts:
            part.choose(on=part.value == value)

    @Slot()
    def _clicked(self) -> None:
        sender = self.sender()
        for part in self.parts:
            part.choose(on=part.radio is sender)
        self.picked.emit(self.value)
