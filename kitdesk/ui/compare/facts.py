"""A table of facts about both sides of a file: what is inside, read without running anything."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QScrollArea, QVBoxLayout, QWidget

from kitdesk.compare.values import Fact, FactsDiff, OpaqueDiff
from kitdesk.ui.theme import theme
from kitdesk.ui.widgets.badges import NAMES, Mark
from kitdesk.ui.widgets.labels import IconLabel, ending, label
from kitdesk.ui.widgets.layouts import Box, clear, line, reveal, row

_NONE = "–"


class FactsTable(QScrollArea):
    """Mark, name, before, after; a sentence below."""

    def __init__(self) -> None:
        super().__init__()
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName("What is inside the file")
        frame = Box("surface", margins=(24, 8, 24, 12))
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(10)
        self._grid.setVerticalSpacing(0)
        self._note = QVBoxLayout()
        frame.inner.addLayout(self._grid)
        frame.inner.addStretch(1)
        frame.inner.addSpacing(12)
        frame.inner.addLayout(self._note)
        self._frame = frame
        self.setWidget(frame)

    def show_facts(self, diff: FactsDiff | OpaqueDiff, names: tuple[str, str]) -> None:
        """Show the facts; an opaque file says why nothing more is known."""
        clear(self._grid)
        heads = ("", "", *names)
        for column, text in enumerate(heads):
            head = label(text, "small", "muted")
            head.setFixedHeight(24)
            self._grid.addWidget(head, 0, column)
        for at, fact in enumerate(diff.facts):
            self._fact(at, fact)
        self._grid.setColumnMinimumWidth(1, 150)
        for column in (2, 3):
            self._grid.setColumnStretch(column, 1)
        reveal(self._grid)
        clear(self._note)
        opaque = isinstance(diff, OpaqueDiff)
        text = diff.reason if isinstance(diff, OpaqueDiff) else diff.note
        if text:
            icon = IconLabel(
                "info-circle" if opaque else "shield-check", "muted" if opaque else "added", 14
            )
            self._note.addWidget(row(icon, label(text, "small", "muted", wrap=True), gap=6))
        reveal(self._note)

    def _fact(self, at: int, fact: Fact) -> None:
        mark = Mark(fact.sign)
        self._grid.addWidget(mark, 2 * at + 1, 0)
        name = label(fact.name, weight=500)
        name.setAccessibleName(f"{NAMES[fact.sign]}: {fact.name}, {fact.left} → {fact.right}")
        name.setFixedHeight(theme.SIZE["row"])
        self._grid.addWidget(name, 2 * at + 1, 1)
        for column, value in ((2, fact.left), (3, fact.right)):
            none = value in ("-", "", _NONE)
            text = ending(_NONE if none else value, "code", "muted" if none else "text", mono=True)
            text.setTextInteractionFlags(Qt.TextInteractionFlag.NoTextInteraction)
            self._grid.addWidget(text, 2 * at + 1, column)
        edge: QWidget = line()
        self._grid.addWidget(edge, 2 * at + 2, 0, 1, 4)
