"""A registry in the list: a mark, its host, and one muted line that says how it stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from kitdesk import text as texts
from kitdesk.ui.theme import icons, theme
from kitdesk.ui.widgets.labels import LEFT

if TYPE_CHECKING:
    from kitdesk.session.state.accounts import AccountItem, ConnectionFacts

HOST = Qt.ItemDataRole.UserRole + 1
LINE = Qt.ItemDataRole.UserRole + 2
HEIGHT = 48
Index = QModelIndex | QPersistentModelIndex


def state_of(line: AccountItem) -> tuple[str, str, str]:
    """How a registry stands: (words, icon, tone)."""
    if line.forgotten:
        return "login forgotten", "eye", "muted"
    if line.signed_in:
        who = line.user or "token"
        if not line.usable:
            return f"{who}, password {line.secret}", "alert-triangle", "changed"
        return f"{who}, signed in", "shield-check", "added"
    if line.local or line.connection.plain_http:
        where = "this machine" if line.local else "no encryption"
        return (
            f"plain HTTP, {where}",
            "lock" if line.local else "alert-triangle",
            ("muted" if line.local else "changed"),
        )
    return "no account", "eye", "muted"


def connection_words(facts: ConnectionFacts, *, local: bool) -> str:
    """How a registry is spoken to, in one line."""
    if facts.plain_http or (local and not facts.ca_file):
        return "Plain HTTP" + (", on this machine" if local else ": anybody on the way can read")
    parts = ["HTTPS"]
    if facts.ca_file:
        parts.append(f"own certificate {_name(facts.ca_file)}")
    if facts.client_cert:
        parts.append(f"shows {_name(facts.client_cert)}")
    if facts.insecure:
        parts.append("certificate not checked")
    return ", ".join(parts)


def _name(path: str) -> str:
    return path.replace("\\", "/").rpartition("/")[2]


class AccountDelegate(QStyledItemDelegate):
    """Two lines beside a mark."""

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        return QSize(200, HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        line: AccountItem = index.data(LINE)
        said, icon, tone = state_of(line)
        rect = QRectF(option.rect)
        state: QStyle.StateFlag = option.state
        selected = bool(state & QStyle.StateFlag.State_Selected)
        hovered = bool(state & QStyle.StateFlag.State_MouseOver)
        field = rect.adjusted(0, 1, 0, -1)
        if selected or hovered:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.color("selection" if selected else "hover"))
            painter.drawRoundedRect(field, 6, 6)
        icons.paint_icon(painter, icon, tone, QRectF(rect.left() + 12, rect.top() + 10, 16, 16))
        room = int(rect.width() - 48)
        painter.setFont(theme.font("body", 600 if selected else 500))
        painter.setPen(theme.color("text"))
        host = painter.fontMetrics().elidedText(
            texts.inert(line.host), Qt.TextElideMode.ElideMiddle, room
        )
        painter.drawText(QRectF(rect.left() + 38, rect.top() + 5, room, 20), LEFT, host)
        painter.setFont(theme.font("small"))
        painter.setPen(theme.color("muted"))
        said = painter.fontMetrics().elidedText(
            texts.inert(said), Qt.TextElideMode.ElideRight, room
        )
        painter.drawText(QRectF(rect.left() + 38, rect.top() + 23, room, 20), LEFT, said)
        if state & QStyle.StateFlag.State_HasFocus:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(theme.color("focus"), 2))
            painter.drawRoundedRect(field.adjusted(1, 1, -1, -1), 5, 5)
        painter.restore()
