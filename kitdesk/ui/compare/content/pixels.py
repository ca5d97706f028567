"""Pixels that came from the child process as images of Qt, and where two of them differ."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QImage, QPainter

from kitdesk.ui.theme import theme

if TYPE_CHECKING:
    from kitdesk.compare.content.picture import Picture


def image_of(picture: Picture) -> QImage:
    """The pixels as they are; an empty image when their number is wrong."""
    if len(picture.rgba) != picture.width * picture.height * 4 or not picture.rgba:
        return QImage()
    given = QImage(
        picture.rgba,
        picture.width,
        picture.height,
        picture.width * 4,
        QImage.Format.Format_RGBA8888,
    )
    return given.copy()  # the bytes belong to Python


def mask_of(left: QImage, right: QImage) -> QImage:
    """The pixels that differ in the colour ``changed``, all others transparent.

    A pixel that differs in its alpha alone differs over black or over white.
    """
    if left.isNull() or left.size() != right.size():
        return QImage()
    result = QImage(left.size(), QImage.Format.Format_ARGB32_Premultiplied)
    result.fill(Qt.GlobalColor.transparent)
    painter = QPainter(result)
    painter.setPen(theme.color("changed"))
    for ground in (Qt.GlobalColor.black, Qt.GlobalColor.white):
        gap = _flat(left, ground)
        inner = QPainter(gap)
        inner.setCompositionMode(QPainter.CompositionMode.CompositionMode_Difference)
        inner.drawImage(0, 0, _flat(right, ground))
        inner.end()
        black = QColor(Qt.GlobalColor.black).rgb()
        found = gap.createMaskFromColor(black, Qt.MaskMode.MaskOutColor)
        found.setColorTable([0, theme.color("changed").rgba()])
        painter.drawImage(0, 0, found)
    painter.end()
    return result


def _flat(image: QImage, ground: Qt.GlobalColor) -> QImage:
    flat = QImage(image.size(), QImage.Format.Format_RGB32)
    flat.fill(ground)
    painter = QPainter(flat)
    painter.drawImage(0, 0, image)
    painter.end()
    return flat
