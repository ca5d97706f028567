"""A code view: gutter with line numbers, airy lines, fields under the text, word marks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import (
    QBrush,
    QPainter,
    QPaintEvent,
    QPalette,
    QResizeEvent,
    QTextBlock,
    QTextDocument,
    QTextOption,
)
from PySide6.QtWidgets import QPlainTextDocumentLayout, QPlainTextEdit, QWidget

from kitdesk import text as texts
from kitdesk.ui.theme import theme
from kitdesk.ui.widgets.labels import RIGHT
from kitdesk.ui.widgets.syntax import Highlighter

if TYPE_CHECKING:
    from collections.abc import Iterator

LIFT = 2
"""The glyphs sit at the top of the taller block: fields are painted this much higher (pixels)."""


COLOURED = 3_000
"""Texts of more lines stay plain: colours of all lines are worked out at once."""


@dataclass(frozen=True, slots=True)
class CodeRow:
    """One shown line; numbers are 1-based, 0 = none."""

    text: str
    number: int = 0
    other: int = 0
    """The number on the other side, shown left of ``number`` in one column."""
    kind: Literal["same", "added", "removed", "gap"] = "same"
    spans: tuple[tuple[int, int], ...] = ()


class AiryLayout(QPlainTextDocumentLayout):
    """QPlainTextEdit ignores QTextBlockFormat.lineHeight; a taller block it does honour."""

    def blockBoundingRect(self, block: QTextBlock) -> QRectF:
        rect = super().blockBoundingRect(block)
        rect.setHeight(max(rect.height(), theme.SIZE["code_line"]))
        return rect


class Gutter(QWidget):
    """The margin with the line numbers; the view paints it."""

    def __init__(self, view: CodeView) -> None:
        super().__init__(view)
        self._view = view

    def paintEvent(self, _event: QPaintEvent) -> None:
        self._view.paint_gutter(QPainter(self))


class CodeView(QPlainTextEdit):
    """Rows are painted under the text in paintEvent: only visible ones, with rounded marks."""

    gutter_width = 56

    def __init__(self, name: str, language: str = "plain") -> None:
        super().__init__()
        self.rows: tuple[CodeRow, ...] = ()
        self._language = language
        self._set_document("")
        self.setReadOnly(True)
        self.setFont(theme.font("code", mono=True))
        self.setWordWrapMode(QTextOption.WrapMode.NoWrap)
        self.setCursorWidth(2)
        self.setAccessibleName(name)
        self.gutter = Gutter(self)
        self.setViewportMargins(self.gutter_width, 6, 0, 0)
        self.verticalScrollBar().valueChanged.connect(self.gutter.update)
        self.refresh_theme()

    def _set_document(self, text: str) -> None:
        document = QTextDocument(self)
        self._spacing = AiryLayout(document)  # keep a reference: Qt does not own the Python side
        document.setDocumentLayout(self._spacing)
        document.setDocumentMargin(0)
        document.setDefaultFont(theme.font("code", mono=True))
        document.setPlainText(text)
        self.setDocument(document)
        plain = document.blockCount() > COLOURED
        self._highlighter = Highlighter(document, "plain" if plain else self._language)

    def show_rows(self, rows: tuple[CodeRow, ...], language: str) -> None:
        """Show these lines from the top."""
        self.rows, self._language = rows, language
        old = self.document()
        # A control of the writing direction would show other code than is there.
        self._set_document("\n".join(texts.inert(row.text, lines=True) for row in rows))
        old.deleteLater()
        self.gutter_width = self._gutter_wanted()
        self.setViewportMargins(self.gutter_width, 6, 0, 0)
        self._place_gutter()

    def _gutter_wanted(self) -> int:
        if any(row.other for row in self.rows):
            return 104
        return 64 if any(row.kind != "same" for row in self.rows) else 56

    def show_text(self, text: str, language: str) -> None:
        """Show a text without changes."""
        lines = text.rstrip("\n").split("\n")
        self.show_rows(tuple(CodeRow(line, at + 1) for at, line in enumerate(lines)), language)

    def refresh_theme(self) -> None:
        """Qt's own selection is made invisible; colours are computed again."""
        palette = self.palette()
        palette.setBrush(QPalette.ColorRole.Highlight, QBrush(Qt.GlobalColor.transparent))
        palette.setBrush(QPalette.ColorRole.HighlightedText, QBrush(Qt.BrushStyle.NoBrush))
        palette.setColor(QPalette.ColorRole.Text, theme.color("text"))
        self.setPalette(palette)
        self._highlighter.recolour()

    def go_to(self, line: int) -> None:
        """Put a line (0-based) into the upper third and the cursor on it."""
        cursor = self.textCursor()
        cursor.setPosition(self.document().findBlockByNumber(line).position())
        self.setTextCursor(cursor)
        self.verticalScrollBar().setValue(max(0, line - 3))

    def top_line(self) -> int:
        """The first visible line (0-based)."""
        return self.firstVisibleBlock().blockNumber()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_gutter()

    def _place_gutter(self) -> None:
        bottom = self.viewport().geometry().bottom() + 1
        self.gutter.setGeometry(0, 0, self.gutter_width, bottom)

    def visible_blocks(self) -> Iterator[tuple[QTextBlock, QRectF]]:
        """Blocks in sight with their fields (viewport pixels)."""
        block = self.firstVisibleBlock()
        while block.isValid():
            rect = self.blockBoundingGeometry(block).translated(self.contentOffset())
            rect = rect.translated(0, -LIFT)
            if rect.top() > self.viewport().height():
                return
            yield block, rect
            block = block.next()

    def row_at(self, number: int) -> CodeRow:
        """The row of a block; a plain one where text was typed."""
        if self.isReadOnly() and number < len(self.rows):
            return self.rows[number]
        return CodeRow("", number + 1)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        width = self.viewport().width()
        for block, rect in self.visible_blocks():
            row = self.row_at(block.blockNumber())
            field = QRectF(0, rect.top(), width, rect.height())
            if row.kind == "gap":
                painter.fillRect(field, theme.color("diff_gap"))
                hatch = QBrush(theme.color("diff_gap_line"), Qt.BrushStyle.BDiagPattern)
                painter.fillRect(field, hatch)
            elif row.kind != "same":
                painter.fillRect(field, theme.color(f"diff_{row.kind}"))
                self._paint_marks(painter, block, row, rect)
            elif not self.isReadOnly() and block == self.textCursor().block():
                painter.fillRect(field, theme.color("window"))
            self._paint_selection(painter, block, field)
        painter.end()
        super().paintEvent(event)

    def _paint_marks(
        self, painter: QPainter, block: QTextBlock, row: CodeRow, rect: QRectF
    ) -> None:
        line = block.layout().lineAt(0)
        if not line.isValid():
            return
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color(f"diff_{row.kind}_word"))
        for start, end in row.spans:
            x1, x2 = (_x_of(line, at) + self.contentOffset().x() for at in (start, end))
            mark = QRectF(x1 - 1, rect.top() + 1, x2 - x1 + 2, rect.height() - 2)
            painter.drawRoundedRect(mark, 3, 3)

    def _paint_selection(self, painter: QPainter, block: QTextBlock, field: QRectF) -> None:
        """Full row height and syntax colours kept."""
        cursor = self.textCursor()
        start = cursor.selectionStart() - block.position()
        end = cursor.selectionEnd() - block.position()
        line = block.layout().lineAt(0)
        if not cursor.hasSelection() or end <= 0 or start >= block.length() or not line.isValid():
            return
        shift = self.contentOffset().x()
        x1 = _x_of(line, max(0, start)) + shift
        x2 = _x_of(line, min(end, block.length() - 1)) + shift + (5 if end >= block.length() else 0)
        painter.fillRect(
            QRectF(x1, field.top(), x2 - x1, field.height()), theme.color("text_selection")
        )

    def paint_gutter(self, painter: QPainter) -> None:
        """Line numbers, signs and the 3 px edge of changed rows."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.gutter.rect(), theme.color("surface"))
        top = self.viewport().geometry().top()
        width = float(self.gutter_width)
        for block, rect in self.visible_blocks():
            row = self.row_at(block.blockNumber())
            field = QRectF(0, rect.top() + top, width, rect.height())
            if row.kind == "gap":
                painter.fillRect(field, theme.color("diff_gap"))
                continue
            if row.kind != "same":
                self._paint_sign(painter, row, field)
            current = not self.isReadOnly() and block == self.textCursor().block()
            painter.setFont(theme.font("caption", mono=True))
            painter.setPen(theme.color("text" if current else "faint"))
            right = width - (22 if width > 60 else 10)
            if row.number:
                painter.drawText(
                    QRectF(0, field.top(), right, field.height()), RIGHT, str(row.number)
                )
            if row.other:
                painter.drawText(
                    QRectF(0, field.top(), right - 40, field.height()), RIGHT, str(row.other)
                )
            self.paint_margin(painter, block, field)

    def _paint_sign(self, painter: QPainter, row: CodeRow, field: QRectF) -> None:
        painter.fillRect(field, theme.color(f"diff_{row.kind}"))
        painter.fillRect(QRectF(0, field.top(), 3, field.height()), theme.color(row.kind))
        painter.setPen(theme.color(row.kind))
        painter.setFont(theme.font("code", 700, mono=True))
        sign = "+" if row.kind == "added" else "\u2212"
        place = field.adjusted(field.width() - 18, 0, -4, 0)
        painter.drawText(place, Qt.AlignmentFlag.AlignCenter, sign)

    def paint_margin(self, painter: QPainter, block: QTextBlock, field: QRectF) -> None:
        """Room for marks of problems; nothing here."""


def _x_of(line: object, at: int) -> float:
    """Where a character starts; the binding gives a pair or a number, by version."""
    found = line.cursorToX(at)  # type: ignore[attr-defined]
    return float(found[0] if isinstance(found, tuple) else found)
