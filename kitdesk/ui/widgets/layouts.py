"""Rows, columns, boxes and hairlines."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QEvent, QSize, Qt
from PySide6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QHBoxLayout,
    QLayout,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

Item = QWidget | int | str
EXPLICIT = Qt.WidgetAttribute.WA_WState_ExplicitShowHide
Margins = tuple[int, int, int, int]


def _fill(
    holder: QWidget, inner: QBoxLayout, items: tuple[Item, ...], gap: int, m: Margins
) -> None:
    inner.setContentsMargins(*m)
    inner.setSpacing(gap)
    for item in items:
        if isinstance(item, QWidget):
            inner.addWidget(item)
        elif isinstance(item, int):
            inner.addSpacing(item)
        else:
            inner.addStretch(1)
    holder.setLayout(inner)


def row(*items: Item, gap: int = 8, margins: Margins = (0, 0, 0, 0)) -> QWidget:
    """A horizontal line; an int is a gap in pixels, "*" is the stretch."""
    holder = QWidget()
    _fill(holder, QHBoxLayout(), items, gap, margins)
    return holder


def column(*items: Item, gap: int = 8, margins: Margins = (0, 0, 0, 0)) -> QWidget:
    """A vertical pile; an int is a gap in pixels, "*" is the stretch."""
    holder = QWidget()
    _fill(holder, QVBoxLayout(), items, gap, margins)
    return holder


def line(kind: str = "h", length: int = 0) -> QFrame:
    """A hairline, ``h`` or ``v``; ``length`` in pixels for a short vertical one."""
    result = QFrame()
    result.setProperty("line", kind)
    if length:
        result.setFixedHeight(length)
    return result


class Box(QFrame):
    """A frame whose ground comes from the style sheet, with one layout inside."""

    def __init__(
        self, kind: str, way: str = "v", margins: Margins = (0, 0, 0, 0), gap: int = 0
    ) -> None:
        super().__init__()
        self.setProperty("box", kind)
        self.inner: QBoxLayout = QVBoxLayout(self) if way == "v" else QHBoxLayout(self)
        self.inner.setContentsMargins(*margins)
        self.inner.setSpacing(gap)

    def add(self, *items: Item) -> None:
        """Append widgets, gaps (int) and stretches ("*")."""
        for item in items:
            if isinstance(item, QWidget):
                self.inner.addWidget(item)
            elif isinstance(item, int):
                self.inner.addSpacing(item)
            else:
                self.inner.addStretch(1)

    def restyle(self, kind: str) -> None:
        """Give it another ground."""
        self.setProperty("box", kind)
        repolish(self)


def repolish(widget: QWidget) -> None:
    """Make the style sheet look at changed properties again."""
    widget.style().unpolish(widget)
    widget.style().polish(widget)
    QCoreApplication.sendEvent(widget, QEvent(QEvent.Type.StyleChange))  # else its size stays
    widget.update()


def clear(layout: QLayout) -> None:
    """Take everything out of a layout and free it; hidden at once: nothing shows meanwhile."""
    while (item := layout.takeAt(0)) is not None:
        widget = item.widget()
        if widget is not None:
            widget.hide()
            widget.deleteLater()


def reveal(layout: QLayout) -> None:
    """Show at once what was put into a layout that is in sight.

    Qt shows such widgets only with the next event; until then they have no size in the layout.
    """
    for at in range(layout.count()):
        item = layout.itemAt(at)
        widget = item.widget() if item is not None else None
        if widget is None or widget.parentWidget() is None:
            continue
        if not widget.testAttribute(EXPLICIT):
            widget.show()


class CompactStack(QStackedWidget):
    """Pages of which only the one in sight asks for room."""

    def minimumSizeHint(self) -> QSize:
        page = self.currentWidget()
        return page.minimumSizeHint() if page is not None else super().minimumSizeHint()


class DynamicColumn(QWidget):
    """A column that can be filled anew."""

    def __init__(self, gap: int = 0, margins: Margins = (0, 0, 0, 0)) -> None:
        super().__init__()
        self._inner = QVBoxLayout(self)
        self._inner.setContentsMargins(*margins)
        self._inner.setSpacing(gap)

    def fill(self, *items: Item) -> None:
        """Show these instead of what was there."""
        clear(self._inner)
        for item in items:
            if isinstance(item, QWidget):
                self._inner.addWidget(item)
            elif isinstance(item, int):
                self._inner.addSpacing(item)
            else:
                self._inner.addStretch(1)
        reveal(self._inner)
