"""What is painted first: the regions of the window at their places, before anything is loaded.

Nothing here may touch ``PySide6.QtCore.Qt`` or ``QStyle`` (their enumerations alone take 40 and
15 ms at first use) nor a module of the session: start to this paint is held near a bare window's.
That is why colours come as brushes of a palette: ``fillRect``, ``setPen`` and ``QBrush(QColor)``
weigh overloads that take enumerations of ``Qt``. A test holds it so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QPainter, QPainterPath, QPalette
from PySide6.QtWidgets import QWidget

from kitdesk.ui.theme.tokens import COLOURS, FOLDER, PIXELS, SIZE, UI

if TYPE_CHECKING:
    from PySide6.QtGui import QPaintEvent

PAGE = 960
"""Width of the start page; its cards are drawn only where they have all of it."""
CARDS = (201, 211)
"""Top and height of the start page's cards."""
ACROSS = ((0, 309), (325, 310), (651, 309))
"""Left edge and width of each."""
TILE = (101, 72)
"""Top and side of the mark on the start page."""
NAME = (41, 5)
"""Left edge of the project's name; its baseline is this far under the middle of the bar."""


class SplashView(QWidget):
    """Stands in the window until the content is there."""

    painted = Signal()
    """It is on the screen: the rest may come."""

    def __init__(self, name: str, *, project: bool, dark: bool) -> None:
        super().__init__()
        self._name, self._project, self._scheme = name, project, 1 if dark else 0
        self._font = name_font()
        self._told = False
        ink = self.palette()
        ink.setColor(QPalette.ColorRole.WindowText, self._colour("text"))  # the painter's own pen
        self.setPalette(ink)

    def _colour(self, token: str) -> QColor:
        return QColor(COLOURS[token][self._scheme])

    def _fill(self, painter: QPainter, token: str, path: QPainterPath) -> None:
        colours = QPalette()
        colours.setColor(QPalette.ColorRole.Window, self._colour(token))
        painter.fillPath(path, colours.window())

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        width, height = self.width(), self.height()
        bar, strip, side = SIZE["toolbar"], SIZE["activity"], SIZE["side"]
        left, top, bottom = side + 1 if self._project else 0, bar + 1, height - strip - 1
        self._fill(painter, "window", _block(0, 0, width, height))
        self._fill(painter, "surface", _block(left, top, width - left, bottom - top))
        edges = _block(0, bar, width, 1)
        edges.addRect(0, bottom, width, 1)
        if self._project:
            edges.addRect(side, top, 1, bottom - top)
            edges.addRect(left, top + SIZE["bar"], width - left, 1)
        self._fill(painter, "border", edges)
        painter.setFont(self._font)
        painter.drawText(NAME[0], bar // 2 + NAME[1], self._name)
        if not self._project and width >= PAGE + 180:
            self._paint_start(painter, (width - PAGE) // 2)
        painter.end()
        if not self._told:
            self._told = True
            self.painted.emit()

    def _paint_start(self, painter: QPainter, left: int) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        top, side = TILE
        mark = QPainterPath()
        mark.addRoundedRect(QRectF(left, top, side, side), side * 0.22, side * 0.22)
        self._fill(painter, "accent_fill", mark)
        top, height = CARDS
        cards = QPainterPath()
        for shift, width in ACROSS:
            card = QRectF(left + shift, top, width, height)
            cards.addRoundedRect(card, 8, 8)
            cards.addRoundedRect(card.adjusted(1, 1, -1, -1), 7, 7)  # odd and even: a line is left
        self._fill(painter, "border", cards)


def _block(x: int, y: int, width: int, height: int) -> QPainterPath:
    path = QPainterPath()
    path.addRect(x, y, width, height)
    return path


def name_font() -> QFont:
    """The font of the project's name; loads the one face that the first paint needs."""
    QFontDatabase.addApplicationFont(str(FOLDER / "fonts" / "Inter-SemiBold.otf"))
    result = QFont(UI)
    result.setPixelSize(PIXELS["body"])
    result.setWeight(QFont.Weight.DemiBold)
    result.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    return result
