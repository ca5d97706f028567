"""The page of shortcuts, read from the table of actions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QScrollArea

from kitdesk.ui.actions.qt_actions import keys_of
from kitdesk.ui.actions.table import ACTIONS
from kitdesk.ui.sheets.workspace_sheet import WorkspaceSheet
from kitdesk.ui.widgets.buttons import Button
from kitdesk.ui.widgets.labels import RIGHT, label
from kitdesk.ui.widgets.layouts import Box, row

if TYPE_CHECKING:
    from kitdesk.ui.host import WindowHost

MORE = (
    ("Compare with the version before", "Up, Down"),
    ("Second version", "Ctrl+click, Space"),
    ("Move without comparing", "Ctrl+Up, Ctrl+Down"),
    ("Close a sheet, card or filter", "Esc"),
)


class ShortcutsSheet(WorkspaceSheet):
    """Two columns of groups."""

    name = "shortcuts"
    of_project = False

    def __init__(self, window_host: WindowHost, _digest: str = "") -> None:
        super().__init__(window_host, 820, "Keyboard shortcuts")
        self.head("Keyboard shortcuts")
        body = Box("surface", "h", (0, 8, 12, 8), 32)
        for groups in (("Project", "Version", "Kitfile"), ("View", "Window", "More")):
            grid = QGridLayout()
            grid.setHorizontalSpacing(16)
            grid.setVerticalSpacing(5)
            at = 0
            for group in groups:
                at = _group(grid, at, group)
            grid.setRowStretch(at, 1)
            grid.setColumnStretch(0, 1)
            body.inner.addLayout(grid, 1)
        scroll = QScrollArea()
        scroll.setWidget(body)
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setAccessibleName("Shortcuts")
        scroll.setFixedHeight(min(560, body.sizeHint().height() + 4))
        close = Button("Close", "soft")
        close.clicked.connect(self.reject)
        self.add(8, scroll, row("*", close, margins=(0, 12, 0, 0)))
        self.first = close


def _group(grid: QGridLayout, at: int, group: str) -> int:
    lines = [(a.text.rstrip("…"), keys_of(a)) for a in ACTIONS if a.group == group and a.keys]
    if group == "More":
        lines = list(MORE)
    head = label("In the versions" if group == "More" else group, weight=600)
    head.setContentsMargins(0, 10 if at else 0, 0, 2)
    grid.addWidget(head, at, 0)
    for text, keys in lines:
        at += 1
        grid.addWidget(label(text), at, 0)
        key = label(keys, "small", "muted")
        key.setAlignment(RIGHT)
        grid.addWidget(key, at, 1)
    return at + 1
