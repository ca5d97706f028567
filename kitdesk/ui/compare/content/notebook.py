"""Notebooks: cells in pairs, outputs folded; counts of executions are no difference."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt, Slot
from PySide6.QtWidgets import QScrollArea, QWidget

from kitdesk import text as texts
from kitdesk.compare.content.parts import CellChange, NotebookDiff
from kitdesk.compare.content.result import Content
from kitdesk.ui.compare.content.bars import tools
from kitdesk.ui.compare.content.body import Body
from kitdesk.ui.compare.content.cells import (
    OutputFold,
    cell_head,
    equal_cells,
    halves,
    source_views,
)
from kitdesk.ui.compare.content.paint import ROW
from kitdesk.ui.compare.content.sentences import part_of
from kitdesk.ui.widgets.labels import IconLabel, ending, label
from kitdesk.ui.widgets.layouts import Box, clear, line, reveal, row
from kitdesk.ui.widgets.message import Message

if TYPE_CHECKING:
    from PySide6.QtGui import QResizeEvent

    from kitdesk.ui.host import WindowHost

ROOM = 760
"""Pixels under which both sides stand in one column."""
MOST_CELLS = 200
"""So many cells that differ are laid out; the rest is counted."""


class NotebookBody(Body):
    """Cells that differ in the order of the right side; the equal ones between are counted."""

    def __init__(self, host: WindowHost) -> None:
        super().__init__(host)
        self._diff: NotebookDiff | None = None
        self._names = ("", "")
        self._stacked = False
        self._at = -1
        self._starts: list[QWidget] = []
        self.folds: list[OutputFold] = []
        self._heads = (ending("", "small", "muted"), ending("", "small", "muted"))
        heads = halves(
            row(self._heads[0], margins=(24, 0, 16, 0)),
            row(self._heads[1], margins=(24, 0, 16, 0)),
            stacked=False,
        )
        heads.setFixedHeight(ROW)
        self._head_row = heads
        self._holder = Box("surface")
        self.area = QScrollArea()
        self.area.setWidget(self._holder)
        self.area.setWidgetResizable(True)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.area.setAccessibleName("Cells that differ")
        self.message = Message()
        self.add(heads, line())
        self.inner.addWidget(self.area, 1)
        self.inner.addWidget(self.message, 1)
        counts = label("Execution counts do not count", "small", "muted")
        counts.setToolTip("Cells that differ only in execution counts or metadata are equal.")
        self.tools = tools(IconLabel("info-circle", "muted", 14), counts)

    def show_content(
        self, content: Content, names: tuple[str, str], path: str, mode: int = 0
    ) -> None:
        """Show the cells from the top."""
        diff = part_of(content, NotebookDiff)
        if diff is None or (diff is self._diff and names == self._names):
            return
        self._diff, self._names = diff, names
        self.area.setAccessibleName(f"Cells of {path} that differ")
        for head, name, count in zip(self._heads, names, (diff.left, diff.right), strict=True):
            cells = f"  {texts.counted(count, 'cell')}" if count is not None else "  not there"
            head.setText(f"{name}{cells}")
        self._fill()

    def _fill(self) -> None:
        diff = self._diff
        if diff is None:
            return
        clear(self._holder.inner)
        self._starts, self.folds, self._at = [], [], -1
        self.area.setVisible(bool(diff.cells))
        self.message.setVisible(not diff.cells)
        if not diff.cells:
            one = diff.left is None or diff.right is None
            self.message.say("book", "The whole notebook was added or removed" if one
                             else "Every cell is the same")  # fmt: skip
        seen = [0, 0]
        for cell in ordered(diff.cells)[:MOST_CELLS]:
            self._gap(cell, seen)
            self._cell(cell)
        self._rest(diff, seen)
        self._holder.inner.addStretch(1)
        reveal(self._holder.inner)
        self.area.verticalScrollBar().setValue(0)
        self.moved.emit()

    def _gap(self, cell: CellChange, seen: list[int]) -> None:
        """Count the equal cells between the last one and this."""
        place = cell.right if cell.right is not None else cell.left
        side = 1 if cell.right is not None else 0
        count = max(0, (place or 0) - seen[side])
        if count and cell.sign != "D":
            self._holder.add(equal_cells(count), line())
            seen[0] += count
            seen[1] += count
        for at, there in enumerate((cell.left, cell.right)):
            if there is not None:
                seen[at] = max(seen[at], there + 1)

    def _rest(self, diff: NotebookDiff, seen: list[int]) -> None:
        if len(diff.cells) > MOST_CELLS:
            more = texts.counted(len(diff.cells) - MOST_CELLS, "more cell")
            self._holder.add(row(label(f"{more} not shown", "small", "muted"),
                                 margins=(24, 6, 16, 6)))  # fmt: skip
        elif diff.right is not None and diff.right > seen[1]:
            self._holder.add(equal_cells(diff.right - seen[1]), line())

    def _cell(self, cell: CellChange) -> None:
        head = halves(*cell_head(cell, self._names), stacked=self._stacked)
        self._starts.append(head)
        self._holder.add(head)
        if cell.rows:
            self._holder.add(halves(*source_views(cell), stacked=self._stacked))
        if cell.outputs:
            fold = OutputFold(cell, self._join)
            self.folds.append(fold)
            self._holder.add(fold)
        self._holder.add(line())

    def _join(self, left: QWidget, right: QWidget) -> QWidget:
        return halves(left, right, stacked=self._stacked)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        stacked = event.size().width() < ROOM
        if stacked != self._stacked:
            self._stacked = stacked
            self._head_row.setVisible(not stacked)
            self._fill()

    def focus_target(self) -> QWidget:
        """The cells: arrows and page keys scroll them."""
        return self.area

    @property
    def place(self) -> tuple[int, int]:
        """Of the cells that differ."""
        return self._at + 1, len(self._starts)

    def step(self, *, forward: bool) -> None:
        """Bring the next or previous cell that differs to the top."""
        if not self._starts:
            return
        if self._at < 0 and not forward:
            self._at = 0
        self._at = (self._at + (1 if forward else -1)) % len(self._starts)
        top = self._starts[self._at].mapTo(self._holder, QPoint(0, 0)).y()
        self.area.verticalScrollBar().setValue(top)
        self.moved.emit()

    @Slot()
    def open_outputs(self) -> None:
        """Open every output."""
        for fold in self.folds:
            fold.toggle()


def ordered(cells: tuple[CellChange, ...]) -> list[CellChange]:
    """By their place at the right; a removed cell stands where it was."""
    return sorted(
        cells,
        key=lambda one: (one.right if one.right is not None else one.left or 0, one.sign != "D"),
    )
