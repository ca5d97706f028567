"""What the bodies paint: texts in fields, letters, changed cells, bars on a log scale."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Qt

from kitdesk.ui.theme import icons, theme
from kitdesk.ui.widgets.badges import paint_mark
from kitdesk.ui.widgets.labels import LEFT, RIGHT

if TYPE_CHECKING:
    from PySide6.QtGui import QFont, QPainter

MARK, TEXT = 24, 52
"""The two edges of the centre: letters, then texts."""
ROW = 28
LEAST_WORD = 0.56
"""The new text of a changed cell keeps this share of the room when both are too long."""


def draw(
    painter: QPainter,
    rect: QRectF,
    text: str,
    font: QFont,
    tone: str = "text",
    side: Qt.AlignmentFlag = LEFT,
    mode: Qt.TextElideMode = Qt.TextElideMode.ElideRight,
) -> float:
    """Paint one line of text into a field; the width it took, in pixels."""
    painter.setFont(font)
    painter.setPen(theme.color(tone))
    metrics = painter.fontMetrics()
    short = metrics.elidedText(text.replace("\n", "⏎"), mode, int(rect.width()) + 1)
    painter.drawText(rect, side | Qt.TextFlag.TextSingleLine, short)
    return float(metrics.horizontalAdvance(short))


def paint_letter(painter: QPainter, sign: str, left: float, middle: float) -> None:
    """A D M =; R (renamed, the same bytes) without a hue; ! as a triangle; nothing for ""."""
    rect = QRectF(left, middle - 9, 18, 18)
    if sign == "!":
        icons.paint_icon(painter, "alert-triangle", "removed", rect.adjusted(1, 1, -1, -1))
    elif sign == "R":
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("sunken"))
        painter.drawRoundedRect(rect, 4, 4)
        painter.setPen(theme.color("text"))
        painter.setFont(theme.font("caption", 600))
        painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, "R")
    elif sign:
        paint_mark(painter, sign, rect)


def _word(
    painter: QPainter, text: str, x: float, middle: float, token: str, *, struck: bool
) -> QRectF:
    font = theme.font("code", mono=True)
    font.setStrikeOut(struck)
    painter.setFont(font)
    field = QRectF(x, middle - 9, painter.fontMetrics().horizontalAdvance(text) + 6, 18)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.color(token))
    painter.drawRoundedRect(field, 3, 3)
    painter.setPen(theme.color("text"))
    painter.drawText(field.adjusted(3, 0, 0, 0), LEFT | Qt.TextFlag.TextSingleLine, text)
    return field


def paint_change(
    painter: QPainter, rect: QRectF, old: str, new: str, *, right: bool = False
) -> None:
    """``old`` struck → ``new``; of two texts the shorter one stays whole."""
    old, new = (text.replace("\n", "⏎") or "∅" for text in (old, new))
    painter.setFont(theme.font("code", mono=True))
    metrics = painter.fontMetrics()
    widths = [metrics.horizontalAdvance(text) for text in (old, new)]
    room = max(24.0, rect.width() - 36)
    if sum(widths) > room:
        if widths[1] <= widths[0]:
            keep = min(float(widths[1]), room * LEAST_WORD)
        else:
            keep = room - min(float(widths[0]), room * (1 - LEAST_WORD))
        new = metrics.elidedText(new, Qt.TextElideMode.ElideRight, int(keep) + 1)
        left = room - metrics.horizontalAdvance(new)
        old = metrics.elidedText(old, Qt.TextElideMode.ElideRight, int(left) + 1)
    whole = metrics.horizontalAdvance(old) + metrics.horizontalAdvance(new) + 34
    x = rect.right() - whole + 1 if right else rect.left() - 3
    middle = rect.center().y()
    field = _word(painter, old, x, middle, "diff_removed_word", struck=True)
    arrow = QRectF(field.right() + 4, middle - 7, 14, 14)
    icons.paint_icon(painter, "arrow-right", "muted", arrow)
    _word(painter, new, field.right() + 22, middle, "diff_added_word", struck=False)


def paint_bar(painter: QPainter, rect: QRectF, share: float) -> None:
    """4 pixels high; filled in ``changed``, because it measures a change."""
    track = QRectF(rect.left(), rect.center().y() - 2, rect.width(), 4)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.color("pressed"))
    painter.drawRoundedRect(track, 2, 2)
    painter.setBrush(theme.color("changed"))
    filled = track.width() * min(1.0, max(0.02, share))
    painter.drawRoundedRect(QRectF(track.left(), track.top(), filled, 4), 2, 2)


__all__ = [
    "LEFT",
    "MARK",
    "RIGHT",
    "ROW",
    "TEXT",
    "draw",
    "paint_bar",
    "paint_change",
    "paint_letter",
]
