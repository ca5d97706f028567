"""Columns that scroll: the right pane of Kitfile and About, and parts of sheets."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QScrollArea

from kitdesk.ui.widgets.layouts import Box, DynamicColumn, Margins

WIDTH = 376
ROOM = 1200
"""Pixels of window under which the pane becomes a button: the centre needs the rest."""


class SideScroll(QScrollArea):
    """376 pixels wide."""

    def __init__(self, name: str) -> None:
        super().__init__()
        ground = Box("window", margins=(20, 14, 20, 16))
        self.pile = DynamicColumn()
        ground.inner.addWidget(self.pile)
        ground.inner.addStretch(1)
        self.setWidget(ground)
        self.setWidgetResizable(True)
        self.setFixedWidth(WIDTH)
        self.setAccessibleName(name)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)


class PlainScroll(QScrollArea):
    """A column inside a sheet that scrolls on the sheet's own ground."""

    def __init__(self, name: str, margins: Margins, gap: int) -> None:
        super().__init__()
        ground = Box("plain", margins=margins)
        self.pile = DynamicColumn(gap=gap)
        ground.inner.addWidget(self.pile)
        ground.inner.addStretch(1)
        self.setWidget(ground)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setAccessibleName(name)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
