"""The versions a registry offers: tag, digest, age, whether they are here, size."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPen, QStandardItem
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from kitdesk import text as texts
from kitdesk.ui.theme import icons, theme
from kitdesk.ui.widgets.labels import LEFT, RIGHT

if TYPE_CHECKING:
    from kitdesk.session.state.project import VersionRow

ROW = Qt.ItemDataRole.UserRole + 1
HEIGHT = 34
Index = QModelIndex | QPersistentModelIndex


def offer_item(row: VersionRow) -> QStandardItem:
    """A line of the list, with all it says in words."""
    item = QStandardItem(row.title)
    item.setData(row, ROW)
    said = [row.title, *row.tags[1:], texts.size(row.size)]
    if row.local:
        said.append("on this machine")
    item.setData(", ".join(said), Qt.ItemDataRole.AccessibleTextRole)
    item.setToolTip(texts.escape_tooltip(", ".join(row.tags)))
    return item


class OfferDelegate(QStyledItemDelegate):
    """One line."""

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        return QSize(200, HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        row: VersionRow = index.data(ROW)
        rect, state = QRectF(option.rect), option.state
        selected = bool(state & QStyle.StateFlag.State_Selected)
        if selected or state & QStyle.StateFlag.State_MouseOver:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.color("selection" if selected else "hover"))
            painter.drawRoundedRect(rect.adjusted(0, 1, 0, -1), 6, 6)
        painter.setFont(theme.font("body", 600))
        painter.setPen(theme.color("text" if row.tags else "muted"))
        title = painter.fontMetrics().elidedText(
            texts.inert(row.title), Qt.TextElideMode.ElideMiddle, 120
        )
        painter.drawText(rect.adjusted(12, 0, 0, 0), LEFT, title)
        x = rect.left() + 12 + max(78, painter.fontMetrics().horizontalAdvance(title) + 12)
        painter.setFont(theme.font("caption", mono=True))
        painter.setPen(theme.color("faint"))
        painter.drawText(QRectF(x, rect.top(), 70, rect.height()), LEFT, texts.short(row.digest))
        painter.setFont(theme.font("small"))
        painter.setPen(theme.color("muted"))
        age = texts.age(row.when) if row.when else ""
        painter.drawText(QRectF(x + 66, rect.top(), 110, rect.height()), LEFT, age)
        painter.drawText(rect.adjusted(0, 0, -12, 0), RIGHT, texts.size(row.size))
        if row.local:
            place = QRectF(rect.right() - 94, rect.center().y() - 7, 14, 14)
            icons.paint_icon(painter, "device-laptop", "muted", place)
        if state & QStyle.StateFlag.State_HasFocus:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(theme.color("focus"), 2))
            painter.drawRoundedRect(rect.adjusted(1, 2, -1, -2), 5, 5)
        painter.restore()
