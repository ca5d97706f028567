"""Bars of shares, and the mark of KitDesk on its tile."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QProgressBar, QSizePolicy, QWidget

from kitdesk.ui.theme import icons, theme

Group = tuple[tuple[str, float], ...]
"""Parts of one group: (colour token, amount)."""


class StackedBar(QWidget):
    """A bar of shares; groups (repositories) stand wider apart than their parts."""

    def __init__(self, name: str, groups: tuple[Group, ...] = (), height: int = 8) -> None:
        super().__init__()
        self._groups = groups
        self._gap = 6
        self.setAccessibleName(name)
        self.setFixedHeight(height)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_groups(self, groups: tuple[Group, ...]) -> None:
        """Show other amounts."""
        self._groups = groups
        self.update()

    def spans(self) -> list[tuple[float, float]]:
        """Left edge and width of every group, in pixels, so that words can stand under it."""
        total = sum(share for group in self._groups for _, share in group) or 1.0
        room = self.width() - self._gap * (len(self._groups) - 1)
        result, x = [], 0.0
        for group in self._groups:
            width = max(3.0, room * sum(share for _, share in group) / total)
            result.append((x, width))
            x += width + self._gap
        return result

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for group, (left, width) in zip(self._groups, self.spans(), strict=True):
            self._paint_group(painter, group, left, width)

    def _paint_group(self, painter: QPainter, group: Group, left: float, width: float) -> None:
        clip, radius = QPainterPath(), min(4.0, self.height() / 2, width / 2)
        clip.addRoundedRect(QRectF(left, 0, width, self.height()), radius, radius)
        painter.setClipPath(clip)
        whole, x = sum(share for _, share in group) or 1.0, left
        for token, share in group:
            part = QRectF(x, 0, max(1.5, width * share / whole), self.height())
            painter.fillRect(part.adjusted(1 if x > left else 0, 0, 0, 0), theme.color(token))
            if token == "kind_rest":
                hatch = QBrush(theme.color("surface"), Qt.BrushStyle.BDiagPattern)
                painter.fillRect(part, hatch)
            x = part.right()


class Share(QWidget):
    """One thin bar: how much of the whole this is, in the hue of its type."""

    def __init__(self, share: float, token: str = "accent_fill") -> None:
        super().__init__()
        self._share, self._token = share, token
        self.setFixedHeight(4)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("sunken"))
        painter.drawRoundedRect(QRectF(self.rect()), 2, 2)
        if self._share > 0:
            painter.setBrush(theme.color(self._token))
            width = max(4.0, self.width() * min(1.0, self._share))
            painter.drawRoundedRect(QRectF(0, 0, width, 4), 2, 2)


class AppMark(QWidget):
    """The mark of KitDesk (stacked layers, the lower one turns back) on its tile."""

    def __init__(self, size: int) -> None:
        super().__init__()
        self._size = size
        self.setFixedSize(size, size)
        self.setAccessibleName("KitDesk")

    def sizeHint(self) -> QSize:
        return QSize(self._size, self._size)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        size = float(self.width())
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("accent_fill"))
        painter.drawRoundedRect(QRectF(0, 0, size, size), size * 0.22, size * 0.22)
        inset = size * 0.17
        rect = QRectF(inset, inset, size - 2 * inset, size - 2 * inset)
        icons.paint_icon(painter, "kitdesk", "on_accent", rect)


def progress_bar(name: str, width: int = 0) -> QProgressBar:
    """A thin bar of 0 to 100; ``width`` 0 = it stretches."""
    result = QProgressBar()
    result.setRange(0, 100)
    result.setTextVisible(False)
    result.setAccessibleName(name)
    result.setFixedHeight(4)
    if width:
        result.setFixedWidth(width)
    return result
