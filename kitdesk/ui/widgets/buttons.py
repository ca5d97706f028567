"""Buttons: primary, soft, flat, link, icon only, and the segmented choice."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QPushButton, QWidget

from kitdesk import text as texts
from kitdesk.ui.theme import icons, theme
from kitdesk.ui.widgets.badges import pill_width
from kitdesk.ui.widgets.layouts import Box, repolish

if TYPE_CHECKING:
    from collections.abc import Sequence


class Button(QPushButton):
    """Adds what QSS cannot: a recoloured icon, a ring inside a focused primary button, a count."""

    chosen = Signal(object)
    """Clicked; carries :attr:`value`."""

    def __init__(
        self, text: str = "", kind: str = "", icon: str = "", *, small: bool = False, tone: str = ""
    ) -> None:
        super().__init__(text)
        self.value: object = None
        self.count = ""
        self._icon, self._tone, self._size = icon, tone, 16
        self._kind = kind
        self.setProperty("kind", kind)
        self.setProperty("small", "true" if small else "false")
        self.setFont(theme.font("small" if small else "body", 500))
        if kind == "link":
            self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAutoDefault(False)
        self.refresh_theme()
        self.clicked.connect(self._choose)

    @property
    def kind(self) -> str:
        """primary, danger, soft, flat, link or empty."""
        return self._kind

    def become(self, kind: str) -> None:
        """Change what it looks like: one filled button at most on a surface."""
        if kind != self._kind:
            self._kind = kind
            self.setProperty("kind", kind)
            repolish(self)
            self.refresh_theme()

    def show_icon(self, icon: str, tone: str = "", size: int = 16) -> None:
        """Show another icon of ``size`` pixels."""
        self._icon, self._tone, self._size = icon, tone, size
        self.refresh_theme()

    def show_count(self, count: str) -> None:
        """Show a number in a pill at the right; empty = none."""
        if count != self.count:
            self.count = count
            self.setProperty("count", "true" if count else "false")
            repolish(self)

    def refresh_theme(self) -> None:
        """Draw the icon again in the colours in force."""
        if self._icon:
            gap = 4 if self.text() else 0
            filled = self._kind in ("primary", "danger")
            tone = "on_accent" if filled else self._tone or "muted"
            self.setIcon(icons.icon(self._icon, tone, gap=gap, size=self._size))
            self.setIconSize(QSize(self._size + gap, self._size))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers():
            self.click()  # without autoDefault Qt answers to Space only
            return
        super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._kind in ("primary", "danger") and self.hasFocus():
            painter.setPen(QPen(theme.color("on_accent"), 1.5))
            ring = QRectF(self.rect()).adjusted(2.75, 2.75, -2.75, -2.75)
            painter.drawRoundedRect(ring, 4, 4)
        if self.count:
            width = max(18.0, pill_width(painter, self.count) - 4)
            rect = QRectF(self.width() - width - 8, self.height() / 2 - 9, width, 18)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.color("accent_soft"))
            painter.drawRoundedRect(rect, 9, 9)
            painter.setPen(theme.color("accent"))
            painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, self.count)

    @Slot()
    def _choose(self) -> None:
        self.chosen.emit(self.value)


def icon_button(icon: str, name: str, tone: str = "muted") -> Button:
    """A square button; its name is its tooltip and what a screen reader says."""
    result = Button("", "flat", icon, tone=tone)
    result.setProperty("icononly", "true")
    result.setAccessibleName(name)
    result.setToolTip(texts.escape_tooltip(name))
    return result


class Segmented(Box):
    """A choice of one among a few words."""

    picked = Signal(int)

    def __init__(self, name: str, texts: Sequence[str], on: int = 0) -> None:
        super().__init__("seg", "h", (2, 2, 2, 2), 2)
        self.setAccessibleName(name)
        self.setFixedHeight(30)
        self.parts: list[Button] = []
        for index, word in enumerate(texts):
            part = Button(word, small=True)
            part.value = index
            part.setProperty("seg", "true")
            part.setCheckable(True)
            part.setAutoExclusive(True)
            part.setChecked(index == on)
            part.setAccessibleName(f"{name}: {word}")
            part.chosen.connect(self._pick)
            self.parts.append(part)
            self.inner.addWidget(part)

    def choose(self, index: int) -> None:
        """Tick one without saying so."""
        self.parts[index].setChecked(True)

    @property
    def on(self) -> int:
        """Which one is ticked."""
        return next((i for i, part in enumerate(self.parts) if part.isChecked()), 0)

    @Slot(object)
    def _pick(self, index: object) -> None:
        if isinstance(index, int):
            self.picked.emit(index)


def tab(text: str) -> Button:
    """One of the words over the centre."""
    result = Button(text)
    result.setProperty("tab", "true")
    result.setCheckable(True)
    result.setAutoExclusive(True)
    return result


def close_button(name: str = "Close (Esc)") -> Button:
    """The cross at the top right."""
    return icon_button("x", name)


def focusable(widget: QWidget) -> QWidget:
    """Let Tab reach a widget that is to be read."""
    widget.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return widget
