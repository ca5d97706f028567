"""The editor of the Kitfile: line numbers, marks and waves of problems, current line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QMimeData, QRectF, Qt
from PySide6.QtGui import (
    QDragEnterEvent,
    QHelpEvent,
    QKeyEvent,
    QPainter,
    QTextBlock,
    QTextCharFormat,
    QTextCursor,
)
from PySide6.QtWidgets import QTextEdit, QToolTip

from kitdesk import text as texts
from kitdesk.ui.theme import icons, theme
from kitdesk.ui.widgets.code import CodeView

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kitdesk.modelkit.kitfile.diagnostics import Problem

PARAGRAPH = "\u2029"
"""What Qt puts between two lines of a document."""
INDENT = "  "
_RANK = {"error": 0, "warning": 1, "hint": 2}
LOOK = {
    "error": ("circle-x", "removed"),
    "warning": ("alert-triangle", "changed"),
    "hint": ("info-circle", "muted"),
}
"""Severity: (icon, tone)."""


def units(text: str, column: int) -> int:
    """Turn a 1-based column in characters into an offset in UTF-16 units, as Qt counts."""
    return len(text[: max(0, column - 1)].encode("utf-16-le")) // 2


class KitfileTextEdit(CodeView):
    """A CodeView that can be typed into."""

    def __init__(self) -> None:
        super().__init__("Kitfile text", "yaml")
        self.setReadOnly(False)
        self._problems: tuple[Problem, ...] = ()
        self._marks: dict[int, str] = {}
        self.setTabChangesFocus(False)
        self.cursorPositionChanged.connect(self.gutter.update)
        self.cursorPositionChanged.connect(self.viewport().update)

    def text(self) -> str:
        """The text as typed; lines end with a line feed.

        Not ``toPlainText``: it makes spaces of U+00A0 and line feeds of U+2028.
        """
        raw = self.document().toRawText().replace(PARAGRAPH, "\n")
        return raw.encode("utf-16-le", "replace").decode("utf-16-le")  # no half of a letter

    def take(self, text: str) -> None:
        """Show another text as one step that Ctrl+Z takes back; the cursor keeps its place."""
        if text == self.text():
            return
        place, top = self.textCursor().position(), self.verticalScrollBar().value()
        cursor = QTextCursor(self.document())
        cursor.beginEditBlock()
        old = self.text()
        start = next(
            (i for i, (a, b) in enumerate(zip(old, text, strict=False)) if a != b),
            min(len(old), len(text)),
        )
        tail = 0
        while tail < min(len(old), len(text)) - start and old[-1 - tail] == text[-1 - tail]:
            tail += 1
        cursor.setPosition(units(old, start + 1))
        cursor.setPosition(units(old, len(old) - tail + 1), QTextCursor.MoveMode.KeepAnchor)
        cursor.insertText(text[start : len(text) - tail])
        cursor.endEditBlock()
        again = self.textCursor()
        again.setPosition(min(place, self.document().characterCount() - 1))
        self.setTextCursor(again)
        self.verticalScrollBar().setValue(top)

    def load(self, text: str) -> None:
        """Show a text that has no history; the cursor stays in its line."""
        cursor, top = self.textCursor(), self.verticalScrollBar().value()
        line, column = cursor.blockNumber(), cursor.positionInBlock()
        self.setPlainText(text)
        self.document().clearUndoRedoStacks()
        block = self.document().findBlockByNumber(min(line, self.document().blockCount() - 1))
        cursor = self.textCursor()
        cursor.setPosition(block.position() + min(column, block.length() - 1))
        self.setTextCursor(cursor)
        self.verticalScrollBar().setValue(top)

    def createMimeDataFromSelection(self) -> QMimeData:
        """The selected letters as they are; Qt's own way makes spaces of U+00A0."""
        result = QMimeData()
        result.setText(self.textCursor().selectedText().replace(PARAGRAPH, "\n"))
        return result

    def canInsertFromMimeData(self, source: QMimeData) -> bool:
        """A dropped file or folder is for the window, which opens it."""
        return not source.hasUrls() and super().canInsertFromMimeData(source)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasUrls():
            event.ignore()
            return
        super().dragEnterEvent(event)

    def show_problems(self, problems: Sequence[Problem]) -> None:
        """Mark problems in the gutter and with waves."""
        self._problems = tuple(problems)
        self._marks = {}
        waves = []
        for problem in problems:
            line = problem.line - 1
            kind = str(problem.severity)
            if _RANK[kind] < _RANK.get(self._marks.get(line, ""), 9):
                self._marks[line] = kind
            waves.append(self._wave(problem, LOOK[kind][1]))
        self.setExtraSelections(waves)
        self.gutter.update()

    def _wave(self, problem: Problem, tone: str) -> QTextEdit.ExtraSelection:
        result = QTextEdit.ExtraSelection()
        cursor = QTextCursor(self.document())
        start = self._place(problem.line, problem.column)
        end = self._place(problem.end_line, problem.end_column)
        if end <= start:
            end = min(start + 1, self.document().characterCount() - 1)
        cursor.setPosition(start)
        cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
        result.cursor = cursor
        look = QTextCharFormat()
        look.setUnderlineStyle(QTextCharFormat.UnderlineStyle.WaveUnderline)
        look.setUnderlineColor(theme.color(tone))
        result.format = look
        return result

    def _place(self, line: int, column: int) -> int:
        block = self.document().findBlockByNumber(line - 1)
        if not block.isValid():
            return self.document().characterCount() - 1
        return block.position() + min(units(block.text(), column), block.length() - 1)

    def go_to_problem(self, problem: Problem) -> None:
        """Put the cursor where a problem begins."""
        cursor = self.textCursor()
        cursor.setPosition(self._place(problem.line, problem.column))
        self.setTextCursor(cursor)
        self.centerCursor()
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    def step_problem(self, *, forward: bool) -> None:
        """F8: the next problem after the cursor, round at the end."""
        order = sorted(self._problems, key=_start)
        if not order:
            return
        block = self.textCursor().block()
        here = (block.blockNumber() + 1, self.textCursor().positionInBlock() + 1)
        if forward:
            wanted = next((p for p in order if _start(p) > here), order[0])
        else:
            wanted = next((p for p in reversed(order) if _start(p) < here), order[-1])
        self.go_to_problem(wanted)

    def paint_margin(self, painter: QPainter, block: QTextBlock, field: QRectF) -> None:
        kind = self._marks.get(block.blockNumber())
        if kind:
            icon, tone = LOOK[kind]
            icons.paint_icon(painter, icon, tone, QRectF(8, field.center().y() - 7, 14, 14))

    def event(self, event: QEvent) -> bool:
        """A pointer over a wave shows what is wrong."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            place = self.viewport().mapFrom(self, event.pos())
            line = self.cursorForPosition(place).blockNumber() + 1
            said = "\n".join(p.message for p in self._problems if p.line == line)
            QToolTip.showText(event.globalPos(), texts.escape_tooltip(said), self)
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Tab indents; Return keeps the indentation; Esc leaves to the window."""
        if event.key() == Qt.Key.Key_Tab and not event.modifiers():
            if self.textCursor().hasSelection():
                self._indent(deeper=True)
            else:
                self.textCursor().insertText(INDENT)
            return
        if event.key() == Qt.Key.Key_Backtab:
            self._indent(deeper=False)
            return
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers():
            text = self.textCursor().block().text()[: self.textCursor().positionInBlock()]
            indent = text[: len(text) - len(text.lstrip(" "))]
            self.textCursor().insertText("\n" + indent)
            self.ensureCursorVisible()
            return
        super().keyPressEvent(event)

    def _indent(self, *, deeper: bool) -> None:
        """Move the selected lines, or the cursor's, by one step, as one step of Undo."""
        document, chosen = self.document(), self.textCursor()
        first = document.findBlock(chosen.selectionStart())
        last = document.findBlock(chosen.selectionEnd())
        if last != first and chosen.selectionEnd() == last.position():
            last = last.previous()  # the selection ends before the first letter of this line
        cursor = QTextCursor(document)
        cursor.beginEditBlock()
        block = first
        while block.isValid():
            cursor.setPosition(block.position())
            if not deeper:
                text = block.text()
                spaces = len(text[: len(INDENT)]) - len(text[: len(INDENT)].lstrip(" "))
                gone = 1 if text.startswith("\t") else spaces
                cursor.setPosition(block.position() + gone, QTextCursor.MoveMode.KeepAnchor)
                cursor.removeSelectedText()
            elif block.text():
                cursor.insertText(INDENT)
            if block == last:
                break
            block = block.next()
        cursor.endEditBlock()


def _start(problem: Problem) -> tuple[int, int]:
    return problem.line, problem.column
