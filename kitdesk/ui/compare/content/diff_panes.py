"""Two aligned code views that scroll together, one column, and the overview at the edge."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QWidget

from kitdesk.ui.theme import theme
from kitdesk.ui.widgets.code import CodeRow, CodeView

if TYPE_CHECKING:
    from kitdesk.compare.content.lines import Line, TextRow
    from kitdesk.compare.content.result import TextDiff


SAFE = {
    **{code: 0x2400 + code for code in range(0x20) if code != 0x09},
    0x7F: 0x2421,
    **dict.fromkeys(range(0x80, 0xA0), 0xFFFD),
    **dict.fromkeys((*range(0x2028, 0x202F), *range(0x2066, 0x206A)), 0xFFFD),
    **dict.fromkeys(range(0xD800, 0xE000), 0xFFFD),
}
"""Pictures of control characters, one for one so that marks stay in place; separators that would
break a line, and marks that turn text round."""


def safe(text: str) -> str:
    """A line as it is shown: it stays one line, in the order in which it is written."""
    return text if text.isascii() and text.isprintable() else text.translate(SAFE)


def _row(line: Line | None, changed: bool, kind: str) -> CodeRow:
    if line is None:
        return CodeRow("", kind="gap")
    if not changed:
        return CodeRow(safe(line.text), line.number)
    spans = tuple((mark.start, mark.end) for mark in line.marks)
    if kind == "added":
        return CodeRow(safe(line.text), line.number, kind="added", spans=spans)
    return CodeRow(safe(line.text), line.number, kind="removed", spans=spans)


def aligned(diff: TextDiff) -> tuple[tuple[CodeRow, ...], tuple[CodeRow, ...]]:
    """Left and right rows, as many on both sides."""
    return code_rows(diff.rows)


def code_rows(rows: tuple[TextRow, ...]) -> tuple[tuple[CodeRow, ...], tuple[CodeRow, ...]]:
    """As :func:`aligned`, of rows alone."""
    left = tuple(_row(row.left, row.changed, "removed") for row in rows)
    right = tuple(_row(row.right, row.changed, "added") for row in rows)
    return left, right


def starts_of(rows: tuple[TextRow, ...]) -> tuple[int, ...]:
    """Row numbers where a run of changed rows begins."""
    return tuple(
        at for at, row in enumerate(rows) if row.changed and (at == 0 or not rows[at - 1].changed)
    )


def one_column(diff: TextDiff) -> tuple[tuple[CodeRow, ...], tuple[int, ...]]:
    """All removed lines of a block, then all added ones; and where the blocks begin."""
    result: list[CodeRow] = []
    starts: list[int] = []
    at, rows = 0, diff.rows
    while at < len(rows):
        if not rows[at].changed:
            left, right = rows[at].left, rows[at].right
            if left and right:
                result.append(CodeRow(safe(right.text), right.number, left.number))
            at += 1
            continue
        end = at
        while end < len(rows) and rows[end].changed:
            end += 1
        starts.append(len(result))
        gone = [_row(r.left, True, "removed") for r in rows[at:end] if r.left]
        result += [CodeRow(r.text, 0, r.number, "removed", r.spans) for r in gone]
        result += [_row(r.right, True, "added") for r in rows[at:end] if r.right]
        at = end
    return tuple(result), tuple(starts)


class Overview(QWidget):
    """A map of the file, 10 pixels wide: where the changes are; a click goes there."""

    def __init__(self, view: CodeView) -> None:
        super().__init__()
        self._view = view
        self._marks: list[tuple[int, int, str]] = []
        self._count = 1
        self.setFixedWidth(10)

    def show_rows(self, *sides: tuple[CodeRow, ...]) -> None:
        """Mark the changed rows of one or two sides."""
        self._count = max([1, *(len(side) for side in sides)])
        self._marks = [
            (1 + 4 * column, at, row.kind)
            for column, side in enumerate(sides)
            for at, row in enumerate(side)
            if row.kind in ("added", "removed")
        ]
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.color("surface"))
        unit = self.height() / self._count
        for x, at, kind in self._marks:
            painter.fillRect(QRectF(x, at * unit, 3, max(2.0, unit)), theme.color(kind))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        line = int(event.position().y() * self._count / max(1, self.height()))
        self._view.go_to(min(line, self._count - 1))


class DiffPanes(QWidget):
    """A text before and after, side by side or in one column."""

    def __init__(self) -> None:
        super().__init__()
        self._diff: TextDiff | None = None
        self._side_by_side = True
        self._starts: tuple[int, ...] = ()
        self._at = -1
        self.left = CodeView("Before, read only")
        self.right = CodeView("After, read only")
        self._overview = Overview(self.right)
        self._split = QSplitter(Qt.Orientation.Horizontal)
        self._split.setHandleWidth(1)
        self._split.setChildrenCollapsible(False)
        for view in (self.left, self.right):
            self._split.addWidget(view)
        self.left.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        inner = QHBoxLayout(self)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(0)
        inner.addWidget(self._split, 1)
        inner.addWidget(self._overview)
        for one, two in ((self.left, self.right), (self.right, self.left)):
            one.verticalScrollBar().valueChanged.connect(two.verticalScrollBar().setValue)
            one.horizontalScrollBar().valueChanged.connect(two.horizontalScrollBar().setValue)

    def show_diff(self, diff: TextDiff, names: tuple[str, str], *, side_by_side: bool) -> None:
        """Show it from the top, or from its first change if that is further down."""
        if (diff, side_by_side) == (self._diff, self._side_by_side):
            return
        self._diff, self._side_by_side = diff, side_by_side
        self._at = -1
        self.left.setVisible(side_by_side)
        if side_by_side:
            left, right = aligned(diff)
            self._starts = starts_of(diff.rows)
            self.left.setAccessibleName(f"{names[0]}, read only")
            self.left.show_rows(left, diff.language)
            self.right.setAccessibleName(f"{names[1]}, read only")
            self._overview.show_rows(left, right)
            self._split.setSizes([1000, 1000])
        else:
            right, self._starts = one_column(diff)
            self.right.setAccessibleName(f"{names[0]} and {names[1]} in one column, read only")
            self._overview.show_rows(right)
        self.right.show_rows(right, diff.language)
        if self._starts and self._starts[0] > 12:
            self.step(forward=True)

    @property
    def place(self) -> tuple[int, int]:
        """(number of the current change, number of changes); 0 = none visited yet."""
        return self._at + 1, len(self._starts)

    def step(self, *, forward: bool) -> None:
        """Go to the next or previous change, round at the ends."""
        if not self._starts:
            return
        if self._at < 0 and not forward:
            self._at = 0
        self._at = (self._at + (1 if forward else -1)) % len(self._starts)
        line = self._starts[self._at]
        for view in (self.left, self.right):
            view.go_to(line)
