"""A tree of facts about both sides: letter, name, before, after, note and bar."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Qt, Slot
from PySide6.QtWidgets import QCheckBox, QWidget

from kitdesk import text as texts
from kitdesk.ui.compare.content.bars import LastLine, tools
from kitdesk.ui.compare.content.body import Body
from kitdesk.ui.compare.content.grid import Grid, Heads
from kitdesk.ui.compare.content.node_model import Node
from kitdesk.ui.compare.content.paint import (
    MARK,
    RIGHT,
    TEXT,
    draw,
    paint_bar,
    paint_letter,
)
from kitdesk.ui.theme import icons, theme
from kitdesk.ui.widgets.layouts import line
from kitdesk.ui.widgets.message import Message

if TYPE_CHECKING:
    from PySide6.QtGui import QPainter

    from kitdesk.compare.content.result import Content
    from kitdesk.ui.host import WindowHost

SIGN, NAME, OLD, NEW, NOTE = range(5)
WIDTHS = (TEXT, 232, 232, 272, 0)
NARROW = (TEXT, 180, 0, 224, 130)
NONE = "–"
STEP = 20
"""Pixels by which a row stands further right than the one above it."""


def paint_name(painter: QPainter, rect: QRectF, node: Node, *, is_open: bool) -> None:
    """Chevron and name, further right by its depth; the line "13 more" with its Show."""
    x, middle = rect.left() + STEP * node.depth, rect.center().y()
    if node.children:
        name = "chevron-down" if is_open else "chevron-right"
        icons.paint_icon(painter, name, "muted", QRectF(x, middle - 7, 14, 14))
    field = QRectF(x + STEP, rect.top(), rect.right() - x - STEP - 8, rect.height())
    if node.look == "more":
        width = draw(painter, field, node.name, theme.font("small"), "muted")
        rest = field.adjusted(width + 8, 0, 0, 0)
        draw(painter, rest, "Show", theme.font("small", 500), "accent")
        return
    fonts = {
        "word": theme.font("body", 500),
        "section": theme.font("body", 600),
        "group": theme.font("code", 700, mono=True),
    }
    font = fonts.get(node.look) or theme.font("code", mono=True)
    tone = "removed" if node.sign == "!" else "text"
    draw(painter, field, node.name, font, tone, mode=Qt.TextElideMode.ElideMiddle)


class TreeBody(Body):
    """Its subclasses say which rows a content has."""

    name = "What is inside the file"
    empty = "Only its order, its style or its packing does."
    """What is said when there is no row."""
    check = "Only what differs"
    """The check box that hides equal rows; "" for none."""

    def __init__(self, host: WindowHost) -> None:
        super().__init__(host)
        self.grid = Grid(("before", "after", ""), (WIDTHS, NARROW), self._paint, self.name)
        self.grid.moved.connect(self.moved)
        self.heads = Heads(self.grid, ())
        self._head_edge = line()
        self.last = LastLine()
        self.last.hide()
        self._edge = line()
        self.add(self.heads, self._head_edge)
        self.message = Message()
        self.message.hide()
        self.inner.addWidget(self.grid, 1)
        self.inner.addWidget(self.message, 1)
        self.add(self._edge, self.last)
        self.only = QCheckBox(self.check)
        self.only.setFont(theme.font("small"))
        self.only.toggled.connect(self._filter)
        self.tools = tools(self.only)
        self._content: Content | None = None
        self._nodes: list[Node] = []

    def nodes(self, content: Content) -> list[Node]:
        """The rows, built anew."""
        raise NotImplementedError

    def last_words(self, content: Content) -> None:
        """Say the last line; none here."""
        self.last.say("")

    def show_content(
        self, content: Content, names: tuple[str, str], path: str, mode: int = 0
    ) -> None:
        """Show the rows of this content from the top."""
        self.grid.setAccessibleName(f"{self.name}: {path}")
        self.heads.show_heads((None, None, *names, None))
        self._content = content
        self._fill()
        self.last_words(content)
        self._edge.setVisible(not self.last.isHidden())

    def _fill(self) -> None:
        if self._content is None:
            return
        nodes = self.nodes(self._content)
        equal = any(_has_equal(node) for node in nodes)
        self.only.setVisible(bool(self.check) and equal)
        shown = differing(nodes) if self.only.isChecked() else nodes
        self.grid.show_nodes(shown)
        for widget in (self.grid, self.heads, self._head_edge):
            widget.setVisible(bool(shown))
        self.message.setVisible(not shown)
        if not shown:
            self.message.say("equal", "Nothing in it differs", self.empty)

    @Slot(bool)
    def _filter(self, _on: bool) -> None:
        self._fill()

    def focus_target(self) -> QWidget:
        """The rows."""
        return self.grid

    @property
    def place(self) -> tuple[int, int]:
        """Of the current row among those that differ."""
        return self.grid.place

    def step(self, *, forward: bool) -> None:
        """Go to the next or previous row that differs."""
        self.grid.step(forward=forward)

    def _paint(self, painter: QPainter, rect: QRectF, node: Node, column: int) -> None:
        if column == SIGN:
            paint_letter(painter, node.sign, rect.left() + MARK, rect.center().y())
        elif column == NAME:
            is_open = self.grid.isExpanded(self.grid.rows.index_of(node))
            paint_name(painter, rect, node, is_open=is_open)
        elif column in (OLD, NEW):
            self._value(painter, rect.adjusted(0, 0, -12, 0), node, column)
        elif column == NOTE:
            self._note(painter, rect.adjusted(0, 0, -24, 0), node)

    def _value(self, painter: QPainter, rect: QRectF, node: Node, column: int) -> None:
        cells = (*node.cells, "", "")
        text, other = (cells[0], cells[1]) if column == OLD else (cells[1], cells[0])
        plain = text in (other, NONE, "") or node.sign == "="
        tone = "removed" if node.sign == "!" and text != NONE else "muted" if plain else "text"
        draw(painter, rect, text, theme.font("code", mono=True), tone)

    def _note(self, painter: QPainter, rect: QRectF, node: Node) -> None:
        small = theme.font("small")
        measure = node.cells[2] if len(node.cells) > 2 else ""
        if node.share is not None:
            draw(painter, rect, measure, small, "text", RIGHT)
            if rect.width() > 250:
                bar = QRectF(rect.right() - 148, rect.top(), 84, rect.height())
                paint_bar(painter, bar, node.share)
                rect = rect.adjusted(0, 0, -160, 0)
            else:
                rect = rect.adjusted(0, 0, -64, 0)
        draw(painter, rect, node.note, small, "removed" if node.sign == "!" else "muted")


def _has_equal(node: Node) -> bool:
    return node.sign == "=" or any(_has_equal(one) for one in (*node.children, *node.rest))


def differing(nodes: list[Node]) -> list[Node]:
    """The rows without equal ones, and without heads that then are empty."""
    kept = []
    for node in nodes:
        if node.look == "more":
            node.rest = differing(node.rest)
            if node.rest:
                node.name = f"{texts.number(len(node.rest))} more"
                kept.append(node)
            continue
        if node.children:
            node.children = differing(node.children)
            if not node.children:
                continue
        if node.sign != "=":
            kept.append(node)
    return kept
