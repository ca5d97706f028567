"""The stage: two pictures side by side, swiped, blinking, or their difference."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import (
    QBrush,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from kitdesk.ui.compare.content.pixels import mask_of
from kitdesk.ui.theme import icons, theme
from kitdesk.ui.widgets.badges import paint_pill, pill_width

SIDE_BY_SIDE, SWIPE, BLINK, DIFFERENCE = range(4)
AIR = 24
"""Pixels round a picture."""
FADED = 0.16
"""What is the same fades to this in the difference."""
BLINK_MS = 700
LEAST_ZOOM, MOST_ZOOM = 0.05, 16.0
Box = tuple[int, int, int, int]


class Stage(QWidget):
    """Zoom and place are shared by both sides; 0 as zoom fits the picture, never above 1:1."""

    moved = Signal()
    """The swipe, the zoom or the place was moved."""
    mode_wanted = Signal(int)
    """Keys 1 to 4."""

    def __init__(self) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumHeight(120)
        self.mode, self.zoom, self.swipe = SIDE_BY_SIDE, 0.0, 0.5
        self.names, self.box = ("", ""), None
        self._shift, self._drag = QPointF(0, 0), None
        self._images = (QImage(), QImage())
        self._full = (QSize(), QSize())
        self._mask: QImage | None = None
        self._shows_right = False
        self._clock = QTimer(self)
        self._clock.setInterval(BLINK_MS)
        self._clock.timeout.connect(self._blink)

    box: Box | None
    """Where pixels differ: left, top, right, bottom in pixels of the image."""
    _drag: QPointF | None

    def show_images(self, images: tuple[QImage, QImage], full: tuple[QSize, QSize]) -> None:
        """Show these pixels; ``full`` are the sizes of the images themselves."""
        self._images, self._full, self._mask = images, full, None
        self._shift, self.zoom, self.swipe = QPointF(0, 0), 0.0, 0.5
        self.update()

    def show_mode(self, mode: int) -> None:
        """Side by side, swipe, blink or difference."""
        self.mode = mode
        self._clock.stop()
        if mode == BLINK and self.isVisible():
            self._clock.start()
        self.update()

    def set_zoom(self, zoom: float) -> None:
        """1.0 is a pixel for a pixel; 0 fits the picture into the stage."""
        self.zoom = min(MOST_ZOOM, max(LEAST_ZOOM, zoom)) if zoom else 0.0
        if not zoom:
            self._shift = QPointF(0, 0)
        self.update()
        self.moved.emit()

    def go_to_box(self) -> None:
        """Bring the box of differing pixels to the middle, as large as fits."""
        if self.box is None:
            return
        x0, y0, x1, y1 = self.box
        room = self._rooms()[0]
        fit = min(
            (room.width() - 2 * AIR) / max(1, x1 - x0), (room.height() - 2 * AIR) / max(1, y1 - y0)
        )
        self.zoom = min(4.0, max(LEAST_ZOOM, fit))
        full = self._size()
        middle = QPointF((x0 + x1 - full.width()) / 2, (y0 + y1 - full.height()) / 2)
        self._shift = -middle * self.zoom
        self.update()
        self.moved.emit()

    def refresh_theme(self) -> None:
        """The mask is painted in a colour of the theme."""
        self._mask = None
        self.update()

    @property
    def scale(self) -> float:
        """Pixels of the window a pixel of the image."""
        if self.zoom:
            return self.zoom
        room, full = self._rooms()[0], self._size()
        return max(
            LEAST_ZOOM / 5,
            min(
                1.0,
                (room.width() - 2 * AIR) / max(1, full.width()),
                (room.height() - 2 * AIR) / max(1, full.height()),
            ),
        )

    def _size(self) -> QSize:
        """Room for the larger one of both."""
        return self._full[0].expandedTo(self._full[1])

    def _rooms(self) -> tuple[QRectF, QRectF]:
        whole = QRectF(self.rect())
        if self.mode != SIDE_BY_SIDE:
            return whole, whole
        half = whole.width() / 2
        return QRectF(0, 0, half, whole.height()), QRectF(half, 0, half, whole.height())

    def _place(self, room: QRectF, side: int) -> QRectF:
        full, scale = self._full[side], self.scale
        width, height = round(full.width() * scale), round(full.height() * scale)
        middle = room.center() + self._shift
        return QRectF(round(middle.x() - width / 2), round(middle.y() - height / 2), width, height)

    # painting ----------------------------------------------------------------------------

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, self.scale < 2)
        painter.fillRect(self.rect(), theme.color("window"))
        rooms = self._rooms()
        if self.mode == SIDE_BY_SIDE:
            for side in (0, 1):
                painter.setClipRect(rooms[side])
                self._picture(painter, rooms[side], side)
                self._frame(painter, self._place(rooms[side], side))
            painter.setClipping(False)
            edge = QRectF(int(rooms[1].left()), 0, 1, self.height())
            painter.fillRect(edge, theme.color("border"))
        elif self.mode == SWIPE:
            self._swiped(painter, rooms[0])
        elif self.mode == BLINK:
            side = int(self._shows_right)
            self._picture(painter, rooms[0], side)
            paint_pill(painter, self.names[side], 16, 24, "text", "raised", "border_strong")
        else:
            self._difference(painter, rooms[0])

    def _picture(self, painter: QPainter, room: QRectF, side: int) -> None:
        image, rect = self._images[side], self._place(room, side)
        if image.isNull():
            painter.setFont(theme.font("small"))
            painter.setPen(theme.color("muted"))
            words = f"No picture in {self.names[side]}" if self._full[side].isEmpty() else ""
            painter.drawText(room, Qt.AlignmentFlag.AlignCenter, words)
            return
        if image.hasAlphaChannel():
            painter.fillRect(rect, _checks())
        painter.drawImage(rect, image)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(theme.color("border"))
        painter.drawRect(rect.adjusted(-0.5, -0.5, 0.5, 0.5))

    def _frame(self, painter: QPainter, rect: QRectF) -> None:
        """Dashed, so that it never looks like a part of the picture."""
        if self.box is None:
            return
        x0, y0, x1, y1 = (one * self.scale for one in self.box)
        frame = QRectF(rect.left() + x0, rect.top() + y0, x1 - x0, y1 - y0).adjusted(-5, -5, 5, 5)
        soft = QPen(theme.color("changed_soft"), 4)
        dashes = QPen(
            theme.color("changed"), 2, Qt.PenStyle.DashLine, Qt.PenCapStyle.FlatCap
        )  # fmt: skip
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for pen in (soft, dashes):
            painter.setPen(pen)
            painter.drawRoundedRect(frame, 4, 4)

    def _swiped(self, painter: QPainter, room: QRectF) -> None:
        rect = self._place(room, 0).united(self._place(room, 1))
        at = round(rect.left() + rect.width() * self.swipe)
        for side, clip in ((0, QRectF(0, 0, at, room.height())),
                           (1, QRectF(at, 0, room.width() - at, room.height()))):  # fmt: skip
            painter.setClipRect(clip)
            self._picture(painter, room, side)
        painter.setClipping(False)
        top = max(18.0, rect.top() + 18)
        left = at - 8 - pill_width(painter, self.names[0])
        paint_pill(painter, self.names[0], left, top, "text", "raised", "border_strong")
        paint_pill(painter, self.names[1], at + 8, top, "text", "raised", "border_strong")
        line = QRectF(at - 1, rect.top() - 8, 2, rect.height() + 16)
        painter.fillRect(line, theme.color("accent"))
        painter.setPen(QPen(theme.color("accent"), 2))
        painter.setBrush(theme.color("raised"))
        middle = min(self.height() - 16.0, max(16.0, rect.center().y()))
        painter.drawEllipse(QPointF(at, middle), 14, 14)
        icon = QRectF(at - 8, middle - 8, 16, 16)
        icons.paint_icon(painter, "arrows-exchange", "accent", icon)

    def _difference(self, painter: QPainter, room: QRectF) -> None:
        if self._mask is None:
            self._mask = mask_of(*self._images)
        if self._mask.isNull():
            painter.setFont(theme.font("body"))
            painter.setPen(theme.color("muted"))
            words = "The sizes differ: no pixel can be held against another"
            painter.drawText(room, Qt.AlignmentFlag.AlignCenter, words)
            return
        rect = self._place(room, 1)
        painter.fillRect(rect, theme.color("surface"))
        painter.setOpacity(FADED)
        painter.drawImage(rect, self._images[1])
        painter.setOpacity(1)
        painter.drawImage(rect, self._mask)
        painter.setPen(theme.color("border"))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(rect.adjusted(-0.5, -0.5, 0.5, 0.5))
        self._frame(painter, rect)

    # moving ------------------------------------------------------------------------------

    @Slot()
    def _blink(self) -> None:
        if not self.isVisible() or self.mode != BLINK:
            self._clock.stop()
            return
        self._shows_right = not self._shows_right
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if Qt.Key.Key_1 <= key <= Qt.Key.Key_4 and not event.modifiers():
            self.mode_wanted.emit(key - Qt.Key.Key_1)
            return
        wide = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        steps = {Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0), Qt.Key.Key_Up: (0, -1),
                 Qt.Key.Key_Down: (0, 1)}  # fmt: skip
        if key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal, Qt.Key.Key_Minus):
            self.set_zoom(self.scale * (0.8 if key == Qt.Key.Key_Minus else 1.25))
        elif key == Qt.Key.Key_0:
            self.set_zoom(0)
        elif key in steps and self.mode == SWIPE and not steps[Qt.Key(key)][1]:
            self._move_swipe(self.swipe + steps[Qt.Key(key)][0] * (0.1 if wide else 0.01))
        elif key in steps:
            x, y = steps[Qt.Key(key)]
            self._shift -= QPointF(x, y) * (100 if wide else 20)
            self.update()
        else:
            super().keyPressEvent(event)

    def _move_swipe(self, share: float) -> None:
        self.swipe = min(1.0, max(0.0, share))
        self.setAccessibleDescription(f"Swipe at {self.swipe:.0%}")
        self.update()
        self.moved.emit()

    def wheelEvent(self, event: QWheelEvent) -> None:
        self.set_zoom(self.scale * (1.25 if event.angleDelta().y() > 0 else 0.8))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._drag = event.position()
        if self.mode == SWIPE:
            self.mouseMoveEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._drag is None:
            return
        if self.mode == SWIPE:
            room = self._rooms()[0]
            rect = self._place(room, 0).united(self._place(room, 1))
            self._move_swipe((event.position().x() - rect.left()) / max(1.0, rect.width()))
            return
        self._shift += event.position() - self._drag
        self._drag = event.position()
        self.update()

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        self._drag = None


def _checks() -> QBrush:
    """A board of 8 pixels behind what is transparent."""
    board = QPixmap(16, 16)
    board.fill(theme.color("surface"))
    painter = QPainter(board)
    for x, y in ((0, 0), (8, 8)):
        painter.fillRect(x, y, 8, 8, theme.color("sunken"))
    painter.end()
    return QBrush(board)
