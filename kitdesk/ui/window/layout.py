"""What stands in the window: tool bar, side pane, centre, activity; made after the first paint."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSplitter

from kitdesk.ui.actions.qt_actions import QtActions
from kitdesk.ui.activity.error_card import ErrorCard
from kitdesk.ui.activity.panel import ActivityPanel
from kitdesk.ui.activity.result_bar import ResultBar
from kitdesk.ui.activity.strip import ActivityStrip
from kitdesk.ui.compare.view import CompareView
from kitdesk.ui.sidebar.pane import SidePane
from kitdesk.ui.theme import theme
from kitdesk.ui.widgets.layouts import Box, CompactStack, line
from kitdesk.ui.window.focus_order import FocusOrder
from kitdesk.ui.window.pages import Pages
from kitdesk.ui.window.title import WindowTitle
from kitdesk.ui.window.tool_bar import ToolBar
from kitdesk.ui.window.view_bar import ViewBar

if TYPE_CHECKING:
    from kitdesk.ui.window.main_window import MainWindow


class WindowLayout:
    """The parts of one window; :attr:`root` holds them all and is not in the window yet."""

    def __init__(self, window: MainWindow) -> None:
        self.root = Box("surface")
        self.commands = QtActions(window, window)
        self.tool_bar = ToolBar(window, self.commands)
        self.side = SidePane(window, self.commands)
        self.centre_bar = ViewBar(window, self.commands)
        self.compare = CompareView(window)
        views = CompactStack()
        views.addWidget(self.compare)
        centre = Box("surface")
        centre.add(self.centre_bar, line())
        centre.inner.addWidget(views, 1)
        split = QSplitter(Qt.Orientation.Horizontal)
        split.setHandleWidth(1)
        split.setChildrenCollapsible(False)
        split.addWidget(self.side)
        split.addWidget(centre)
        split.setStretchFactor(0, 0)
        split.setStretchFactor(1, 1)
        split.setSizes([theme.SIZE["side"], 1128])
        turning = CompactStack()
        turning.addWidget(split)
        self.strip = ActivityStrip(window)
        self.root.add(self.tool_bar, line(), ResultBar(window))
        self.root.inner.addWidget(turning, 1)
        self.root.add(line(), self.strip)
        self.pages = Pages(window, views, turning, self.compare, split, self.side.tree)
        self.panel = ActivityPanel(window, self.root)
        self.error_card = ErrorCard(window, self.root)
        self.panes = FocusOrder(window)
        self.title = WindowTitle(window)
