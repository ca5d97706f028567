"""Labels: plain, wrapping, eliding, with an icon."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QSizePolicy

from kitdesk import text as texts
from kitdesk.ui.theme import icons, theme
from kitdesk.ui.widgets.layouts import repolish

RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


class Label(QLabel):
    """Text in a role, tone and weight of the tokens; plain text unless ``rich``."""

    def __init__(
        self,
        text: str = "",
        role: str = "body",
        tone: str = "text",
        weight: int = 400,
        *,
        mono: bool = False,
        wrap: bool = False,
        rich: bool = False,
    ) -> None:
        super().__init__()
        self.setTextFormat(Qt.TextFormat.RichText if rich else Qt.TextFormat.PlainText)
        self.setText(text)
        self.setFont(theme.font(role, weight, mono=mono))
        self.setProperty("tone", tone)
        self.setWordWrap(wrap)
        if wrap:
            self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)

    def setText(self, text: str) -> None:
        """Show a text; what in it could act on the window is shown, not obeyed."""
        super().setText(texts.inert(text, lines=True))

    def tone(self, tone: str) -> None:
        """Give it another colour token."""
        self.setProperty("tone", tone)
        repolish(self)


def label(
    text: str,
    role: str = "body",
    tone: str = "text",
    weight: int = 400,
    *,
    mono: bool = False,
    wrap: bool = False,
) -> Label:
    """A short way to a :class:`Label`."""
    return Label(text, role, tone, weight, mono=mono, wrap=wrap)


class Elide(QLabel):
    """A label that gives way: it elides instead of forcing its width on the layout."""

    def __init__(
        self,
        text: str = "",
        role: str = "body",
        tone: str = "text",
        weight: int = 400,
        *,
        mono: bool = False,
        mode: Qt.TextElideMode = Qt.TextElideMode.ElideMiddle,
        snug: bool = False,
    ) -> None:
        super().__init__()
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setText(text)
        self._mode = mode
        self._tone = tone
        self.setFont(theme.font(role, weight, mono=mono))
        wide = QSizePolicy.Policy.Maximum if snug else QSizePolicy.Policy.Expanding
        self.setSizePolicy(wide, QSizePolicy.Policy.Fixed)

    def setText(self, text: str) -> None:
        """Show a text in one line, whatever it holds."""
        super().setText(texts.inert(text))

    def tone(self, tone: str) -> None:
        """Give it another colour token."""
        self._tone = tone
        self.update()

    def minimumSizeHint(self) -> QSize:
        return QSize(24, super().minimumSizeHint().height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setPen(theme.color(self._tone))
        text = self.fontMetrics().elidedText(self.text(), self._mode, self.width())
        painter.drawText(self.rect(), self.alignment() | Qt.AlignmentFlag.AlignVCenter, text)
        if text != self.text() and not self.toolTip():
            self.setToolTip(texts.escape_tooltip(self.text()))


def ending(
    text: str,
    role: str = "body",
    tone: str = "text",
    weight: int = 400,
    *,
    mono: bool = False,
    snug: bool = False,
) -> Elide:
    """A label that elides at its end; a snug one is never wider than its text."""
    right = Qt.TextElideMode.ElideRight
    return Elide(text, role, tone, weight, mono=mono, mode=right, snug=snug)


class IconLabel(QLabel):
    """An icon that stands beside words; with ``spoken`` it says something by itself."""

    def __init__(self, name: str, tone: str = "muted", size: int = 16, spoken: str = "") -> None:
        super().__init__()
        self._name, self._tone, self._size = name, tone, size
        self.setFixedSize(size, size)
        if spoken:
            self.setAccessibleName(spoken)
            self.setToolTip(texts.escape_tooltip(spoken))
        self.refresh_theme()

    def show_icon(self, name: str, tone: str = "muted") -> None:
        """Show another icon."""
        if (name, tone) != (self._name, self._tone):
            self._name, self._tone = name, tone
            self.refresh_theme()

    def refresh_theme(self) -> None:
        """Draw it again in the colours in force."""
        self.setPixmap(icons.pixmap(self._name, self._tone, self._size, self.devicePixelRatioF()))
