"""Letter marks (A D M R =) and pills: shape and word carry the meaning, colour only helps."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QWidget

from kitdesk import text as texts
from kitdesk.ui.theme import theme

TONES = {"A": "added", "D": "removed", "M": "changed", "=": "muted"}
NAMES = {"A": "added", "D": "removed", "M": "changed", "=": "the same"}


def paint_mark(painter: QPainter, sign: str, rect: QRectF) -> None:
    """Draw the letter square: a tinted field, the letter in full colour."""
    token = TONES[sign]
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.color("sunken" if sign == "=" else f"{token}_soft"))
    painter.drawRoundedRect(rect, 4, 4)
    painter.setPen(theme.color(token))
    painter.setFont(theme.font("caption", 600))
    painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, sign)
    painter.restore()


def pill_width(painter: QPainter, text: str) -> float:
    """Width in pixels that :func:`paint_pill` will take; leaves the pill's font set."""
    painter.setFont(theme.font("caption", 500))
    return painter.fontMetrics().horizontalAdvance(text) + 14


def paint_pill(
    painter: QPainter, text: str, x: float, cy: float, fore: str, back: str, edge: str = ""
) -> float:
    """Draw a pill whose left edge is ``x`` and whose middle is ``cy``; return its width."""
    width = pill_width(painter, text)
    rect = QRectF(x, cy - 9, width, 18)
    painter.setPen(theme.color(edge) if edge else Qt.PenStyle.NoPen)
    painter.setBrush(theme.color(back) if back else Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(rect.adjusted(0.5, 0.5, -0.5, -0.5), 8.5, 8.5)
    painter.setPen(theme.color(fore))
    painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, text)
    return width


class Mark(QWidget):
    """A letter square, named for screen readers."""

    def __init__(self, sign: str) -> None:
        super().__init__()
        self._sign = sign
        self.setFixedSize(theme.SIZE["mark"], theme.SIZE["mark"])
        self.show_sign(sign)

    def show_sign(self, sign: str) -> None:
        """Show another letter."""
        self._sign = sign
        self.setAccessibleName(NAMES[sign])
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        paint_mark(QPainter(self), self._sign, QRectF(self.rect()))


class Pill(QLabel):
    """A short word in a rounded field."""

    def __init__(
        self, text: str, fore: str = "accent", back: str = "accent_soft", edge: str = ""
    ) -> None:
        super().__init__()
        self.setTextFormat(Qt.TextFormat.PlainText)
        self._colours = (fore, back, edge)
        self.setFont(theme.font("caption", 500))
        self.setFixedHeight(18)
        self.say(text)

    def say(self, text: str) -> None:
        """Show another word."""
        text = texts.inert(text)
        self.setText(text)
        self.setFixedWidth(self.fontMetrics().horizontalAdvance(text) + 14)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        fore, back, edge = self._colours
        paint_pill(painter, self.text(), 0, 9, fore, back, edge)
