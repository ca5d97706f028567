"""Texts side by side or in one column; above them the values of their front matter."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kitdesk import text as texts
from kitdesk.compare.content.result import Content, TextDiff, ValuesDiff
from kitdesk.ui.compare.content.body import Body
from kitdesk.ui.compare.content.diff_panes import DiffPanes
from kitdesk.ui.compare.content.nodes import fact_nodes, value_nodes
from kitdesk.ui.compare.content.paint import ROW
from kitdesk.ui.compare.content.sentences import part_of
from kitdesk.ui.compare.content.tree_body import TreeBody
from kitdesk.ui.widgets.layouts import line
from kitdesk.ui.widgets.message import Message

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from kitdesk.ui.compare.content.node_model import Node
    from kitdesk.ui.host import WindowHost

SIDE_BY_SIDE, ONE_COLUMN = 0, 1
MOST_ROWS = 6
"""Of values above a text; more of them scroll."""


class FrontMatter(TreeBody):
    """What a text says in fields, and how it is written, as far as that differs."""

    name = "Values and style that differ"
    check = ""

    def nodes(self, content: Content) -> list[Node]:
        """Values of the front matter; then encoding and line ends."""
        values = part_of(content, ValuesDiff)
        found = value_nodes(values) if values is not None else []
        return [*found, *fact_nodes([one for one in content.facts if one.sign != "="])]

    def fit(self) -> None:
        """As high as its rows, within bounds."""
        every = self.grid.rows.roots
        count = len(every) + sum(len(node.children) for node in every)
        self.setFixedHeight(ROW + 2 + ROW * min(MOST_ROWS, count))


class TextBody(Body):
    """Follows the layout that the reader chose: mode 0 side by side, 1 one column."""

    def __init__(self, host: WindowHost) -> None:
        super().__init__(host)
        self.front = FrontMatter(host)
        self._edge = line()
        self.panes = DiffPanes()
        self.message = Message()
        self.add(self.front, self._edge)
        self.inner.addWidget(self.panes, 1)
        self.inner.addWidget(self.message, 1)

    def show_content(
        self, content: Content, names: tuple[str, str], path: str, mode: int = SIDE_BY_SIDE
    ) -> None:
        """Show the text; a long one has counts only, which its limit explains."""
        self.front.show_content(content, names, path)
        has_front = content.kind == "text" and bool(self.front.grid.rows.roots)
        for widget in (self.front, self._edge):
            widget.setVisible(has_front)
        self.front.fit()
        text = part_of(content, TextDiff)
        shown = text is not None and bool(text.rows)
        self.panes.setVisible(shown)
        self.message.setVisible(not shown)
        if text is None:
            self.message.say("file-text", "The text itself is not compared")
        elif shown:
            self.panes.show_diff(text, names, side_by_side=mode == SIDE_BY_SIDE)
        else:
            added, removed = texts.number(text.added), texts.number(text.removed)
            words = f"{added} lines were added, {removed} removed."
            if not text.added and not text.removed:
                words = "Both have the same lines."
            self.message.say("file-text", "Nothing to show side by side", words)

    def focus_target(self) -> QWidget:
        """The right text."""
        return self.panes.right if not self.panes.isHidden() else self.front.grid

    @property
    def place(self) -> tuple[int, int]:
        """Of the blocks of the text."""
        return (0, 0) if self.panes.isHidden() else self.panes.place

    def step(self, *, forward: bool) -> None:
        """Go to the next or previous block."""
        if not self.panes.isHidden():
            self.panes.step(forward=forward)
            self.moved.emit()
