"""One-colour SVG icons in the colour of a token."""

from __future__ import annotations

from functools import cache

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from kitdesk.ui.theme import theme
from kitdesk.ui.theme.tokens import FOLDER


@cache
def _text(name: str) -> str:
    text = (FOLDER / "icons" / f"{name}.svg").read_text("utf-8")
    return text.replace('stroke-width="2"', 'stroke-width="1.8"')


@cache
def _renderer(name: str, colour: str) -> QSvgRenderer:
    return QSvgRenderer(QByteArray(_text(name).replace("currentColor", colour).encode()))


def paint_icon(painter: QPainter, name: str, token: str, rect: QRectF) -> None:
    """Draw an icon into ``rect``; FileNotFoundError for an unknown name."""
    _renderer(name, theme.value_of(token)).render(painter, rect)


def pixmap(name: str, token: str, size: int, scale: float = 1.0, gap: int = 0) -> QPixmap:
    """Return a picture of ``size`` (+ ``gap`` empty at its right) device-independent pixels."""
    result = QPixmap(QSize(round((size + gap) * scale), round(size * scale)))
    result.fill(Qt.GlobalColor.transparent)
    painter = QPainter(result)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    paint_icon(painter, name, token, QRectF(0, 0, size * scale, size * scale))
    painter.end()
    result.setDevicePixelRatio(scale)
    return result


def icon(name: str, token: str = "muted", *, gap: int = 0, size: int = 16) -> QIcon:
    """Return an icon for a button, drawn for 1x, 2x and 3x.

    ``gap`` is empty room at its right, because Fusion sets icon and text only 4 px apart.
    """
    return _icon(name, theme.value_of(token), theme.value_of("disabled"), token, gap, size)


@cache
def _icon(name: str, _colour: str, _disabled: str, token: str, gap: int, size: int) -> QIcon:
    result = QIcon()
    for mode, tone in ((QIcon.Mode.Normal, token), (QIcon.Mode.Disabled, "disabled")):
        for scale in (1.0, 2.0, 3.0):
            result.addPixmap(pixmap(name, tone, size, scale, gap), mode)
    return result
