"""Paints a version: two lines on a rail, pills, and two fixed columns for where it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from kitdesk import text as texts
from kitdesk.ui.theme import icons, theme
from kitdesk.ui.versions.model import NOTE, ROW, SIDE, doing
from kitdesk.ui.widgets.badges import paint_pill, pill_width
from kitdesk.ui.widgets.labels import LEFT, RIGHT

if TYPE_CHECKING:
    from kitdesk.session.state.project import VersionRow

RAIL, TEXT = 22, 42
ROW_SIZE, NOTE_SIZE = QSize(200, theme.SIZE["row_version"]), QSize(200, 26)
Index = QModelIndex | QPersistentModelIndex


class VersionDelegate(QStyledItemDelegate):
    """Paints only what the roles of the model give."""

    def sizeHint(self, _option: QStyleOptionViewItem, index: Index) -> QSize:
        return NOTE_SIZE if index.internalId() else ROW_SIZE  # asked of every row at every change

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        rect = QRectF(option.rect)
        row = index.data(ROW)
        if row:
            self._version(painter, option, rect, row, index)
        else:
            _rail(painter, rect, 0, 1)
            word, rest = index.data(NOTE)
            painter.setFont(theme.font("small"))
            painter.setPen(theme.color("changed"))
            painter.drawText(rect.adjusted(TEXT, -4, 0, 0), LEFT, word)
            painter.setFont(theme.font("caption", mono=True))
            painter.setPen(theme.color("faint"))
            painter.drawText(rect.adjusted(TEXT + 30, -4, 0, 0), LEFT, rest)
        painter.restore()

    def _version(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        rect: QRectF,
        row: VersionRow,
        index: Index,
    ) -> None:
        state: QStyle.StateFlag = option.state
        side: str = index.data(SIDE)
        hovered = bool(state & QStyle.StateFlag.State_MouseOver)
        back = "selection" if side else "hover" if hovered else ""
        field = rect.adjusted(6, 1, -6, -1)
        if back:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.color(back))
            painter.drawRoundedRect(field, 6, 6)
        last = index.row() == index.model().rowCount() - 1
        note = index.model().rowCount(index) > 0
        _rail(painter, rect, 0.33 if index.row() == 0 else 0, 0.33 if last and not note else 1)
        _dot(painter, rect, row, back, bool(side))
        one, two, right = rect.top() + 16, rect.top() + 33, rect.right() - 16
        _places(painter, row, right, one)
        _pills(painter, row, side, back, rect.left() + TEXT, right, one)
        painter.setFont(theme.font("caption", mono=True))
        painter.setPen(theme.color("faint"))
        painter.drawText(
            QRectF(rect.left() + TEXT, two - 10, 80, 20), LEFT, texts.short(row.digest)
        )
        painter.setFont(theme.font("small"))
        painter.setPen(theme.color("muted"))
        painter.drawText(QRectF(rect.left() + TEXT + 66, two - 10, 130, 20), LEFT, doing(row))
        if hovered:
            icons.paint_icon(painter, "dots", "text", more_rect(rect).adjusted(6, 2, -6, -2))
        else:
            size = texts.size(row.size) if row.size is not None else ""
            painter.drawText(QRectF(right - 80, two - 10, 80, 20), RIGHT, size)
        if state & QStyle.StateFlag.State_HasFocus:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(theme.color("focus"), 2))
            painter.drawRoundedRect(field.adjusted(1, 1, -1, -1), 5, 5)


def more_rect(rect: QRectF) -> QRectF:
    """Where the pointer finds the menu of a row: 28 by 20 pixels at the end of its second line."""
    return QRectF(rect.right() - 38, rect.top() + 23, 28, 20)


def _rail(painter: QPainter, rect: QRectF, start: float, end: float) -> None:
    flat = Qt.PenCapStyle.FlatCap  # round ones leave dots at the seams of rows
    painter.setPen(QPen(theme.color("border_strong"), 1.5, Qt.PenStyle.SolidLine, flat))
    painter.setOpacity(0.5)
    x = rect.left() + RAIL
    top, height = rect.top(), rect.height()
    painter.drawLine(
        QRectF(x, top + height * start, 0, 0).topLeft(),
        QRectF(x, top + height * end, 0, 0).topLeft(),
    )
    painter.setOpacity(1)


def _dot(painter: QPainter, rect: QRectF, row: VersionRow, back: str, lit: bool) -> None:
    """Filled = bytes are here, hollow = only remote, ring = this folder."""
    center = rect.topLeft() + QRectF(0, 0, RAIL * 2, 32).center()
    ground = theme.color(back or "window")
    painter.setPen(QPen(ground, 3))
    painter.setBrush(theme.color("accent" if row.here or lit else "border_strong"))
    painter.drawEllipse(center, 5.5, 5.5)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ground)
    if row.here:
        painter.drawEllipse(center, 2, 2)
    elif not row.local:
        painter.drawEllipse(center, 2.6, 2.6)


def _places(painter: QPainter, row: VersionRow, right: float, cy: float) -> None:
    """Two fixed columns, so that the eye can run down them: this machine, the registry."""
    if row.local:
        icons.paint_icon(painter, "device-laptop", "muted", QRectF(right - 38, cy - 8, 16, 16))
    if row.transfer is not None and row.transfer.verb != "pack":
        ring = QRectF(right - 15, cy - 6.5, 13, 13)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(theme.color("pressed"), 2.2))
        painter.drawEllipse(ring)
        painter.setPen(QPen(theme.color("accent"), 2.2))
        painter.drawArc(ring, 90 * 16, -int(360 * 16 * row.transfer.percent / 100))
    elif row.remote:
        name, tone = ("cloud-off", "changed") if row.stale else ("cloud", "muted")
        icons.paint_icon(painter, name, tone, QRectF(right - 16, cy - 8, 16, 16))


def _pills(
    painter: QPainter, row: VersionRow, side: str, back: str, x: float, right: float, one: float
) -> None:
    """The tag, its pills and aliases; what does not fit is left out, the tag elides last."""
    limit = right - 46
    if side:
        width = pill_width(painter, side)
        paint_pill(painter, side, limit + 2 - width, one, "on_accent", "accent_fill")
        limit -= width + 6
    here = pill_width(painter, "this folder") + 12 if row.here else 0.0
    painter.setFont(theme.font("body", 600))
    painter.setPen(theme.color("muted" if not row.tags or row.stale else "text"))
    room = int(limit - x - here)
    text = painter.fontMetrics().elidedText(
        texts.inert(row.title), Qt.TextElideMode.ElideMiddle, room
    )
    painter.drawText(QRectF(x, one - 10, room + 2, 20), LEFT, text)
    x += painter.fontMetrics().horizontalAdvance(text) + 8
    if row.here:
        ground = "surface" if back == "selection" else "accent_soft"
        x += paint_pill(painter, "this folder", x, one, "accent", ground) + 4
    if row.moved_from and x + pill_width(painter, "tag moved") < limit:
        x += paint_pill(painter, "tag moved", x, one, "changed", "changed_soft") + 4
    for alias in row.tags[1:]:
        if x + pill_width(painter, alias) < limit:
            x += paint_pill(painter, alias, x, one, "muted", "", "border_strong") + 4
