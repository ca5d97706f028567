"""What a notebook shows of one cell: its head, its source on both sides, its outputs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QBrush, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from kitdesk import text as texts
from kitdesk.compare.content.words import inert
from kitdesk.ui.compare.content.diff_panes import code_rows
from kitdesk.ui.theme import theme
from kitdesk.ui.widgets.badges import NAMES, Mark
from kitdesk.ui.widgets.buttons import Button, focusable
from kitdesk.ui.widgets.code import CodeRow, CodeView
from kitdesk.ui.widgets.labels import IconLabel, ending, label
from kitdesk.ui.widgets.layouts import Box, column, line, row

if TYPE_CHECKING:
    from kitdesk.compare.content.parts import CellChange

HEAD_HEIGHT, OUTPUT_HEIGHT, OPENED_HEIGHT = 28, 32, 216
MOST_LINES = 60
"""Taller sources scroll inside their cell."""
MOST_OUTPUT_LINES = 400
CONTEXT_LINES = 200


class WheelThrough(CodeView):
    """A source as high as its text: the wheel turns the notebook, not the cell."""

    def __init__(self, name: str, rows: tuple[CodeRow, ...], language: str) -> None:
        super().__init__(name)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.show_rows(rows, language)
        lines = min(len(rows), MOST_LINES)
        self.setFixedHeight(lines * theme.SIZE["code_line"] + 12)
        if len(rows) <= MOST_LINES:
            self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def _gutter_wanted(self) -> int:
        return 64


class Hatch(QWidget):
    """Where a side has no such cell."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setMinimumHeight(HEAD_HEIGHT)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.color("diff_gap"))
        hatch = QBrush(theme.color("diff_gap_line"), Qt.BrushStyle.BDiagPattern)
        painter.fillRect(self.rect(), hatch)


def halves(left: QWidget, right: QWidget, *, stacked: bool) -> QWidget:
    """Two halves with a hairline between them; one below the other where room is short."""
    if stacked:
        return column(left, right, gap=0)
    both = row(left, line("v"), right, gap=0)
    layout = both.layout()
    for at in (0, 2):
        layout.setStretch(at, 1)  # type: ignore[union-attr]
    return both


def equal_cells(count: int) -> Box:
    """A field for the cells that are the same."""
    frame = Box("window", "h", (26, 0, 16, 0), 10)
    frame.setFixedHeight(HEAD_HEIGHT)
    some = texts.counted(count, "equal cell")
    frame.add(IconLabel("selector", "faint", 14), label(some, "small", "muted"), "*")
    frame.setAccessibleName(some)
    return frame


def what_changed(cell: CellChange) -> str:
    """``+2 −1 lines``, ``same source``, ``added``."""
    if cell.sign in "AD":
        return NAMES[cell.sign]
    if not cell.source:
        return "same source" if cell.outputs else "moved"
    added = sum(one.changed and one.right is not None for one in cell.rows)
    gone = sum(one.changed and one.left is not None for one in cell.rows)
    words = [f"+{added}"] * bool(added) + [f"{texts.MINUS}{gone}"] * bool(gone)
    return f"{' '.join(words)} {'line' if added + gone == 1 else 'lines'}" if words else "changed"


def cell_head(cell: CellChange, names: tuple[str, str]) -> tuple[QWidget, QWidget]:
    """The letter stands on the left only; the place of the cell on its own side."""
    kind, made = inert(cell.type)[:40], []
    for side, place in enumerate((cell.left, cell.right)):
        items: list[QWidget | int | str] = [Mark(cell.sign)] if side == 0 else []
        if place is None:
            items += ["*", label(f"not in {names[side]}", "small", "muted")]
        else:
            title = label(f"Cell {place + 1}", "small", weight=600)
            items += [title, label(kind, "small", "muted"), "*"]
            if side == 1 or cell.right is None:
                items.append(label(what_changed(cell), "small", "muted"))
        half = row(*items, gap=8, margins=(24, 0, 16, 0))
        half.setFixedHeight(HEAD_HEIGHT)
        made.append(half)
    return made[0], made[1]


def source_views(cell: CellChange) -> tuple[QWidget, QWidget]:
    """Both sources, or a hatched field where a side has none."""
    language = "python" if cell.type == "code" else "markdown"
    left, right = code_rows(cell.rows)
    views: list[QWidget] = []
    for rows, place, side in ((left, cell.left, "before"), (right, cell.right, "after")):
        if place is None:
            views.append(Hatch(f"No such cell {side}"))
        else:
            views.append(WheelThrough(f"Cell {place + 1} {side}, read only", rows, language))
    return views[0], views[1]


def output_words(cell: CellChange) -> tuple[str, str]:
    """(``Outputs differ: 1 before, 2 after``, how each begins)."""
    old, new = cell.old_outputs, cell.new_outputs
    firsts = [one for one in (*new, *old) if one]
    hint = inert(firsts[0]).strip().replace("\n", " ⏎ ")[:200] if firsts else ""
    if not old:
        return f"Outputs differ: {texts.counted(len(new), 'output')} added", hint
    if not new:
        return f"Outputs differ: {texts.counted(len(old), 'output')} removed", hint
    if len(old) == len(new):
        return f"Outputs differ: {texts.counted(len(new), 'output')}", hint
    return f"Outputs differ: {texts.number(len(old))} before, {texts.number(len(new))} after", hint


class Opened(Protocol):
    """Who makes the halves of an opened output."""

    def __call__(self, left: QWidget, right: QWidget) -> QWidget: ...


class OutputFold(Box):
    """One line that opens: the texts of the outputs; pictures and HTML are named, never shown."""

    def __init__(self, cell: CellChange, join: Opened) -> None:
        super().__init__("surface")
        self._cell, self._join = cell, join
        self._opened: QWidget | None = None
        self._chevron = IconLabel("chevron-right", "muted", 14)
        title, hint = output_words(cell)
        words = label(title, "small", weight=500)
        words.setAccessibleName(f"{title}. {hint}")
        focusable(words)
        self.button = Button("Show", "link", small=True)
        place = cell.right if cell.right is not None else cell.left
        self._where = f"the outputs of cell {(place or 0) + 1}"
        self.button.setAccessibleName(f"Show {self._where}")
        self.button.clicked.connect(self.toggle)
        head = row(
            self._chevron, words, ending(hint, "small", "muted"), self.button,
            gap=8, margins=(24, 0, 16, 0),
        )  # fmt: skip
        head.setFixedHeight(OUTPUT_HEIGHT)
        self.add(head)

    @Slot()
    def toggle(self) -> None:
        """Open or fold it; the texts are made when they are first seen."""
        if self._opened is None:
            sides = [
                self._pane(self._cell.old_outputs, "before"),
                self._pane(self._cell.new_outputs, "after"),
            ]
            self._opened = self._join(*sides)
            self.add(self._opened)
            self._opened.hide()
        on = self._opened.isHidden()
        self._opened.setVisible(on)
        self._chevron.show_icon("chevron-down" if on else "chevron-right")
        self.button.setText("Hide" if on else "Show")
        self.button.setAccessibleName(f"{self.button.text()} {self._where}")

    def _pane(self, outputs: tuple[str, ...], side: str) -> QWidget:
        lines = "\n".join(outputs).split("\n") if outputs else []
        if not lines:
            return Hatch(f"No output {side}")
        more = len(lines) - MOST_OUTPUT_LINES
        rows = tuple(
            CodeRow(inert(one), at + 1) for at, one in enumerate(lines[:MOST_OUTPUT_LINES])
        )
        if more > 0:
            rows += (CodeRow(f"… {texts.counted(more, 'more line')}"),)
        view = CodeView(f"Outputs {side}, read only")
        view.show_rows(rows, "plain")
        view.setFixedHeight(min(OPENED_HEIGHT, len(rows) * theme.SIZE["code_line"] + 24))
        return view
