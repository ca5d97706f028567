"""The problems under the editor, each with its place and its fix."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QScrollArea, QWidget

from kitdesk import text as texts
from kitdesk.modelkit.kitfile.diagnostics import Problem, Severity
from kitdesk.ui.kitfile.editor import LOOK
from kitdesk.ui.widgets.buttons import Button
from kitdesk.ui.widgets.labels import IconLabel, ending, label
from kitdesk.ui.widgets.layouts import Box, DynamicColumn, row

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent, QMouseEvent

    from kitdesk.session.session import Session

TALLEST = 5 * 34


def summary(problems: tuple[Problem, ...]) -> str:
    """``2 errors, 1 warning``."""
    parts = []
    for severity in Severity:
        count = sum(1 for problem in problems if problem.severity == severity)
        if count:
            parts.append(texts.counted(count, severity.value))
    return ", ".join(parts)


class ProblemRow(Box):
    """One problem: icon, place, message, fix. A click or Return goes there."""

    wanted = Signal(object)
    fix_wanted = Signal(object)

    def __init__(self, problem: Problem) -> None:
        super().__init__("plain", "h", (24, 0, 16, 0), 8)
        self._problem = problem
        self.setFixedHeight(34)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        icon, tone = LOOK[str(problem.severity)]
        place = label(f"{problem.line}:{problem.column}", "small", "faint")
        place.setFixedWidth(44)
        message = ending(problem.message)
        message.setToolTip(texts.escape_tooltip(problem.message))
        self.add(IconLabel(icon, tone, spoken=str(problem.severity)), place, message)
        if problem.fix:
            fix = Button(texts.escape_mnemonic(problem.fix.title), "soft", "bulb", small=True)
            fix.setMaximumWidth(320)
            fix.value = problem.fix
            fix.chosen.connect(self.fix_wanted)
            self.add(fix)
        self.setAccessibleName(f"{problem.severity}, line {problem.line}: {problem.message}")

    def mousePressEvent(self, _event: QMouseEvent) -> None:
        self.wanted.emit(self._problem)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.wanted.emit(self._problem)
            return
        super().keyPressEvent(event)


class Problems(Box):
    """Head line and rows; errors first."""

    wanted = Signal(object)

    def __init__(self, session: Session) -> None:
        super().__init__("surface")
        self._session = session
        self._count = label("", "small", "muted")
        self.add(
            row(label("Problems", weight=600), self._count, "*", gap=6, margins=(24, 8, 16, 4))
        )
        self._pile = DynamicColumn()
        ground = Box("surface")
        ground.inner.addWidget(self._pile)
        self._scroll = QScrollArea()
        self._scroll.setWidget(ground)
        self._scroll.setWidgetResizable(True)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.add(self._scroll, 6)
        self._shown: tuple[Problem, ...] | None = None

    def show_problems(self, problems: tuple[Problem, ...]) -> None:
        """Show these; the rows of equal problems stay as they are."""
        if problems == self._shown:
            return
        self._shown = problems
        items: list[QWidget | int | str] = []
        for problem in sorted(problems, key=_rank):
            part = ProblemRow(problem)
            part.wanted.connect(self.wanted)
            part.fix_wanted.connect(self._fix)
            items.append(part)
        self._pile.fill(*items, "*")
        self._count.setText(summary(problems))
        self._scroll.setFixedHeight(min(TALLEST, 34 * len(problems)))
        self.setVisible(bool(problems))

    @Slot(object)
    def _fix(self, fix: object) -> None:
        self._session.kitfile.fix(fix)  # type: ignore[arg-type]


def _rank(problem: Problem) -> tuple[int, int, int]:
    return list(Severity).index(problem.severity), problem.line, problem.column
