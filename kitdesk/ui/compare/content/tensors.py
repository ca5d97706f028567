"""Tensors: a tree by prefix, a bar for mean |Δ|, a filter; equal bytes are never rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Qt, Slot
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import QCheckBox, QLineEdit, QWidget

from kitdesk import text as texts
from kitdesk.compare.content.result import Content, TensorsDiff
from kitdesk.ui.compare.content.bars import LastLine, tools
from kitdesk.ui.compare.content.body import Body
from kitdesk.ui.compare.content.grid import Grid, Head, Heads
from kitdesk.ui.compare.content.node_model import Node
from kitdesk.ui.compare.content.paint import MARK, RIGHT, TEXT, draw, paint_bar, paint_letter
from kitdesk.ui.compare.content.scale import LogScale, log_scale, scale_of
from kitdesk.ui.compare.content.sentences import part_of
from kitdesk.ui.compare.content.tensor_nodes import (
    COUNT,
    DTYPE,
    MAX,
    MEAN,
    SHAPE,
    SHARE,
    tensor_nodes,
)
from kitdesk.ui.theme import icons, theme
from kitdesk.ui.widgets.layouts import line

if TYPE_CHECKING:
    from kitdesk.ui.host import WindowHost

WIDTHS = (TEXT, 0, 148, 84, 92, 72, 188, 84)
NARROW = (TEXT, 0, 148, -1, -1, 72, 188, -1)
HEADS = ("shape", "type", "values changed", "of the values", "mean delta", "largest delta")
FIRST = 2
"""Column of the first cell."""


class TensorsBody(Body):
    """Only what changed is on at first: renamed tensors of equal bytes are rows without it."""

    def __init__(self, host: WindowHost) -> None:
        super().__init__(host)
        self._diff: TensorsDiff | None = None
        self._scale: LogScale = log_scale(())
        self._measured = False
        name = "Tensors that differ, by prefix, biggest change first"
        self.grid = Grid(HEADS, (WIDTHS, NARROW), self._paint, name)
        self.grid.moved.connect(self.moved)
        self.last = LastLine()
        self.add(Heads(self.grid, self._head_painters()), line())
        self.inner.addWidget(self.grid, 1)
        self.add(line(), self.last)
        self.only = QCheckBox("Only changed")
        self.only.setFont(theme.font("small"))
        self.only.setChecked(True)
        self.only.toggled.connect(self._filter)
        self.search = QLineEdit()
        self.search.setPlaceholderText("Filter tensors")
        self.search.setAccessibleName("Filter tensors")
        self.search.setProperty("quiet", "true")
        self.search.setFont(theme.font("small"))
        self.search.setFixedWidth(148)
        self.search.textChanged.connect(self._type)
        self.tools = tools(self.only, 8, self.search)

    def show_content(
        self, content: Content, names: tuple[str, str], path: str, mode: int = 0
    ) -> None:
        """Show its tensors; the filter stays while the content grows."""
        diff = part_of(content, TensorsDiff)
        if diff is self._diff or diff is None:
            return
        self._diff = diff
        self._scale = scale_of(diff.changes)
        self._measured = any(one.delta is not None for one in diff.changes)
        name = f"Tensors of {path} that differ, by prefix, biggest change first"
        self.grid.setAccessibleName(name)
        self.only.setVisible(diff.renamed > 0)
        self._fill()

    def _fill(self) -> None:
        if self._diff is None:
            return
        wanted = self.search.text().strip().lower()
        hide_renamed = self.only.isChecked() and self._diff.renamed < len(self._diff.changes)
        shown = [
            one
            for one in self._diff.changes
            if (wanted in one.name.lower() or wanted in (one.old_name or "").lower())
            and not (hide_renamed and one.old_name is not None and not wanted)
        ]
        nodes = tensor_nodes(shown, self._scale)
        if wanted:
            for node in nodes:
                node.opened = True
        self.grid.show_nodes(nodes)
        self._say_last(self._diff, len(shown))

    def _say_last(self, diff: TensorsDiff, shown: int) -> None:
        if self.search.text().strip():
            of = texts.number(len(diff.changes))
            self.last.say(f"{texts.number(shown)} of {of} tensors that differ", icon="filter")
            return
        words = []
        if diff.same:
            verb = "has" if diff.same == 1 else "have"
            words.append(f"{texts.counted(diff.same, 'tensor')} {verb} the same bytes")
        total = diff.added + diff.removed + diff.changed + diff.renamed
        if total > len(diff.changes):
            first = texts.number(len(diff.changes))
            words.append(f"the first {first} of {texts.number(total)} that differ are listed")
        self.last.say("; ".join(words))

    @Slot(bool)
    def _filter(self, _on: bool) -> None:
        self._fill()

    @Slot(str)
    def _type(self, _text: str) -> None:
        self._fill()

    def focus_target(self) -> QWidget:
        """The rows."""
        return self.grid

    @property
    def place(self) -> tuple[int, int]:
        """Of the current tensor among those that differ."""
        return self.grid.place

    def step(self, *, forward: bool) -> None:
        """Go to the next or previous tensor that differs."""
        self.grid.step(forward=forward)

    # painting ----------------------------------------------------------------------------

    def _head_painters(self) -> tuple[Head, ...]:
        return (
            None, "Tensor, biggest change first", "Shape", "Type", None,
            self._share_head, self._mean_head, self._max_head,
        )  # fmt: skip

    def _share_head(self, painter: QPainter, rect: QRectF) -> None:
        field = rect.adjusted(-40, 0, -8, 0)
        draw(painter, field, "Values changed", theme.font("small"), "muted", RIGHT)

    def _mean_head(self, painter: QPainter, rect: QRectF) -> None:
        field = rect.adjusted(0, 0, -8, 0)
        draw(painter, field, "mean |Δ|", theme.font("small"), "muted", RIGHT)
        if not self._measured:
            return
        scale, (low, high) = rect.adjusted(24, 0, -68, 0), self._scale.ends
        draw(painter, scale, low, theme.font("caption"), "faint")
        draw(painter, scale, high, theme.font("caption"), "faint", RIGHT)

    def _max_head(self, painter: QPainter, rect: QRectF) -> None:
        draw(
            painter, rect.adjusted(0, 0, -24, 0), "max |Δ|", theme.font("small"), "muted", RIGHT
        )  # fmt: skip

    def _paint(self, painter: QPainter, rect: QRectF, node: Node, column: int) -> None:
        if column == 0:
            paint_letter(painter, node.sign, rect.left() + MARK, rect.center().y())
        elif column == 1:
            self._name(painter, rect, node)
        elif column - FIRST < len(node.cells):
            self._cell(painter, rect, node, column - FIRST)

    def _name(self, painter: QPainter, rect: QRectF, node: Node) -> None:
        small, middle = theme.font("small"), rect.center().y()
        if node.children:
            is_open = self.grid.isExpanded(self.grid.rows.index_of(node))
            icon = "chevron-down" if is_open else "chevron-right"
            chevron = QRectF(rect.left(), middle - 7, 14, 14)
            icons.paint_icon(painter, icon, "muted", chevron)
        x = rect.left() + (36 if node.depth else 20)
        if node.look == "more":
            field = QRectF(x, rect.top(), rect.right() - x - 8, rect.height())
            width = draw(painter, field, node.name, small, "muted")
            rest = field.adjusted(width + 8, 0, 0, 0)
            draw(painter, rest, "Show", theme.font("small", 500), "accent")
            return
        note = QFontMetrics(small).horizontalAdvance(node.note) + 10 if node.note else 0
        room = rect.right() - x - 12
        name_room = max(min(room, 120.0), room - note)
        font = theme.font("code", 700 if node.look == "group" else 400, mono=True)
        field = QRectF(x, rect.top(), name_room, rect.height())
        width = draw(painter, field, node.name, font, mode=Qt.TextElideMode.ElideMiddle)
        rest = QRectF(x + width + 10, rect.top(), room - width - 10, rect.height())
        if node.note and rest.width() > 24:
            draw(painter, rest, node.note, small, "muted")

    def _cell(self, painter: QPainter, rect: QRectF, node: Node, cell: int) -> None:
        text, small = node.cells[cell], theme.font("small")
        field, mono = rect.adjusted(0, 0, -8, 0), theme.font("code", mono=True)
        if cell == SHAPE:
            tone = "text" if "→" in text or node.sign in "AD" else "muted"
            draw(painter, field, text, mono, tone)
        elif cell == DTYPE:
            draw(painter, field, text, mono, "text" if "→" in text else "muted")
        elif cell in (COUNT, SHARE):
            draw(painter, field, text, small, "text" if cell == SHARE else "muted", RIGHT)
        elif cell == MEAN and node.share is not None:
            paint_bar(painter, rect.adjusted(24, 0, -68, 0), node.share)
            draw(painter, field, text, small, "text", RIGHT)
        elif cell == MAX:
            draw(painter, rect.adjusted(0, 0, -24, 0), text, small, "muted", RIGHT)
