"""A sheet: a real QDialog (role, Esc, focus scope) placed inside the window, over a scrim."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, Slot
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QDialog, QVBoxLayout, QWidget

from kitdesk.ui.theme import theme
from kitdesk.ui.widgets.buttons import Button, close_button
from kitdesk.ui.widgets.labels import Label, label
from kitdesk.ui.widgets.layouts import Item, row


class Scrim(QWidget):
    """Dims the window behind a sheet and takes its clicks."""

    def paintEvent(self, _event: QPaintEvent) -> None:
        QPainter(self).fillRect(self.rect(), QColor(theme.value_of("scrim")))


class Sheet(QDialog):
    """One decision. Fill :attr:`body`, set :attr:`first`, then :meth:`present`; frees itself."""

    name = ""
    """By which it is opened; the module of the same name holds the class."""

    def __init__(self, parent: QWidget, width: int, title: str) -> None:
        self.scrim = Scrim(parent)
        super().__init__(parent)
        self.setWindowFlags(Qt.WindowType.Widget)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setAccessibleName(title)
        self.setProperty("box", "sheet")
        self.setFixedWidth(width)
        self.first: QWidget | None = None
        self._ways_out: list[QWidget] = []
        self._opener: QWidget | None = parent.window().focusWidget()
        self.body = QVBoxLayout(self)
        self.body.setContentsMargins(24, 20, 24, 20)
        self.body.setSpacing(0)
        theme.shadow(self)
        self.finished.connect(self._leave)
        parent.installEventFilter(self)

    def add(self, *items: Item) -> None:
        """Append widgets, gaps (int) and stretches ("*") to the body."""
        for item in items:
            if isinstance(item, QWidget):
                self.body.addWidget(item)
            elif isinstance(item, int):
                self.body.addSpacing(item)
            else:
                self.body.addStretch(1)

    def head(self, text: str, *more: Item) -> Label:
        """Append the title line with its cross; return the title."""
        title = label(text, "headline", weight=600)
        cross = close_button()
        cross.clicked.connect(self.reject)
        self._ways_out.append(cross)
        self.add(row(title, *more, "*", cross, gap=10))
        return title

    def foot(self, *items: Item) -> Button:
        """Append the line of buttons with Cancel before the last one; return Cancel."""
        cancel = Button("Cancel", "soft")
        cancel.clicked.connect(self.reject)
        self._ways_out.append(cancel)
        self.add(row(*items[:-1], "*", cancel, items[-1], gap=8, margins=(0, 16, 0, 0)))
        return cancel

    def present(self) -> None:
        """Show it over the scrim; the focus goes to :attr:`first`."""
        self.scrim.show()
        self.scrim.raise_()
        self.show()
        self.raise_()
        self.settle()
        first = self.first
        if first is not None and not first.isHidden() and first.isEnabled():
            first.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self.setFocus(Qt.FocusReason.OtherFocusReason)
            self.focusNextPrevChild(True)

    def ready(self, main: QWidget) -> None:
        """Move the focus on to the main button, now that it can be pressed, if nobody moved it."""
        if self.isVisible() and main.isEnabled() and not self._touched():
            main.setFocus(Qt.FocusReason.OtherFocusReason)

    def _touched(self) -> bool:
        """True once the focus is on something else than a way out."""
        now = self.focusWidget()
        return now is not None and now not in self._ways_out

    def settle(self) -> None:
        """Take the height that the contents need and the place in the window."""
        parent = self.parentWidget()
        layout = self.layout()
        if parent is None or layout is None:
            return
        self.scrim.setGeometry(parent.rect())
        layout.invalidate()
        layout.activate()
        height = layout.totalHeightForWidth(self.width())
        if height < 0:
            height = self.sizeHint().height()
        height = min(height, parent.height() - 24)
        self.resize(self.width(), height)
        top = max(12, (parent.height() - self.height()) * 2 // 5)
        self.move(QPoint((parent.width() - self.width()) // 2, top))

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Tab stays inside: children of a non-window pass the wish up to here."""
        stops = [
            w
            for w in self.findChildren(QWidget)
            if w.isVisible() and w.isEnabled() and w.focusPolicy() & Qt.FocusPolicy.TabFocus
        ]
        if not stops:
            return False
        now = self.focusWidget()
        at = stops.index(now) if now in stops else (-1 if forward else 0)
        reason = Qt.FocusReason.TabFocusReason if forward else Qt.FocusReason.BacktabFocusReason
        stops[(at + (1 if forward else -1)) % len(stops)].setFocus(reason)
        return True

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep the place when the window is resized."""
        if event.type() == QEvent.Type.Resize and self.isVisible():
            self.settle()
        return super().eventFilter(watched, event)

    @Slot()
    def _leave(self) -> None:
        parent = self.parentWidget()
        if parent is not None:
            parent.removeEventFilter(self)
        self.scrim.hide()
        self.scrim.deleteLater()
        self.deleteLater()
        opener = self._opener
        if opener is not None and opener.isVisible():
            opener.setFocus(Qt.FocusReason.OtherFocusReason)
        self._opener = None
