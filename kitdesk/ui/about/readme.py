"""A README shown natively and inert: no HTML, no script, nothing from the net; links ask first."""

from __future__ import annotations

import re

from PySide6.QtCore import QUrl, Signal, Slot
from PySide6.QtGui import (
    QTextBlock,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextFormat,
    QTextFrameFormat,
    QTextTable,
    QTextTableCellFormat,
)
from PySide6.QtWidgets import QTextBrowser

from kitdesk.ui.theme import theme

_PICTURE = re.compile(r"!\[([^\]]*)\]\(([^)\s]*)[^)]*\)")
LARGEST = 60_000
"""Characters that are laid out; the rest is cut with a note."""


def pictures(text: str) -> int:
    """How many pictures a README names; none of them is loaded."""
    return len(_PICTURE.findall(text))


def without_pictures(text: str) -> str:
    """The text with each picture replaced by its description."""
    return _PICTURE.sub(_described, text)


def _described(match: re.Match[str]) -> str:
    return f"*{match.group(1)} (picture)*" if match.group(1).strip() else ""


class Readme(QTextBrowser):
    """Markdown by QTextDocument; :attr:`link_wanted` carries the address of a clicked link."""

    link_wanted = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._text = ""
        self.setOpenLinks(False)
        self.setOpenExternalLinks(False)
        self.setAccessibleName("README")
        self.anchorClicked.connect(self._link)

    def loadResource(self, _kind: int, _name: QUrl | str) -> object:
        """Nothing is ever loaded, from nowhere."""
        return None

    def show_text(self, text: str) -> None:
        """Show a README from its top."""
        self._text = text
        self._fill()

    def refresh_theme(self) -> None:
        """Code fields and hairlines have colours of their own."""
        self._fill()

    def _fill(self) -> None:
        text = self._text
        if len(text) > LARGEST:
            text = text[:LARGEST] + "\n\n*The rest is too long to be shown here.*\n"
        document = self.document()
        document.setDefaultFont(theme.font("body"))
        kinds = QTextDocument.MarkdownFeature
        shape = kinds.MarkdownDialectGitHub | kinds.MarkdownNoHTML
        document.setMarkdown(without_pictures(text), shape)
        _dress(document)
        frame = document.rootFrame().frameFormat()
        frame.setLeftMargin(24)
        frame.setRightMargin(24)
        frame.setTopMargin(18)
        document.rootFrame().setFrameFormat(frame)
        self.moveCursor(QTextCursor.MoveOperation.Start)

    @Slot(QUrl)
    def _link(self, url: QUrl) -> None:
        if url.scheme() in ("http", "https", "mailto"):
            self.link_wanted.emit(url.toString())


def _dress(document: QTextDocument) -> None:
    """Qt's own Markdown look is that of 1998: sizes, air, code fields and hairlines by hand."""
    block = document.begin()
    while block.isValid():
        _dress_block(document, block)
        _inline_code(block)
        block = block.next()
    for frame in document.rootFrame().childFrames():
        if isinstance(frame, QTextTable):
            _table(frame)
    _code_fields(document)


def _dress_block(document: QTextDocument, block: QTextBlock) -> None:
    cursor, shape = QTextCursor(block), block.blockFormat()
    cursor.setPosition(block.position() + block.length() - 1, QTextCursor.MoveMode.KeepAnchor)
    level = shape.headingLevel()
    if level:
        shape.setTopMargin(0 if block == document.begin() else 18)
        shape.setBottomMargin(6)
    elif cursor.currentTable() is None:
        listed = block.textList() is not None
        shape.setTopMargin(3 if listed else 0)
        shape.setBottomMargin(3 if listed else 8)
    if not shape.hasProperty(QTextFormat.Property.BlockCodeFence):
        kind = QTextBlockFormat.LineHeightTypes.ProportionalHeight
        shape.setLineHeight(125, kind.value)
    cursor.mergeBlockFormat(shape)
    if level:
        chars = cursor.charFormat()
        chars.clearProperty(QTextFormat.Property.FontSizeAdjustment)
        chars.setFont(theme.font("headline" if level == 1 else "title", 600))
        cursor.setCharFormat(chars)  # merging cannot take FontSizeAdjustment away


def _inline_code(block: QTextBlock) -> None:
    places = []
    walker = block.begin()
    while not walker.atEnd():
        part = walker.fragment()
        if part.charFormat().fontFixedPitch():
            places.append((part.position(), part.length()))
        walker += 1
    for start, length in places:
        cursor, chars = QTextCursor(block), QTextCharFormat()
        chars.setFont(theme.font("code", mono=True))
        cursor.setPosition(start)
        cursor.setPosition(start + length, QTextCursor.MoveMode.KeepAnchor)
        cursor.mergeCharFormat(chars)


def _table(table: QTextTable) -> None:
    shape = table.format().toTableFormat()
    shape.setBorderCollapse(True)
    shape.setBorder(0)
    shape.setCellPadding(6)
    shape.setCellSpacing(0)
    shape.setBottomMargin(8)
    table.setFormat(shape)
    for at in range(table.rows() * table.columns()):
        cell = table.cellAt(at // table.columns(), at % table.columns())
        look = QTextTableCellFormat(cell.format().toTableCellFormat())
        look.setBottomBorder(1)
        look.setBottomBorderStyle(QTextFrameFormat.BorderStyle.BorderStyle_Solid)
        look.setBottomBorderBrush(theme.color("border"))
        look.setRightPadding(24)
        cell.setFormat(look)


def _code_fields(document: QTextDocument) -> None:
    """A code block becomes a frame: blocks have a ground but no padding, frames have both."""
    runs: list[list[int]] = []
    block = document.begin()
    while block.isValid():
        if block.blockFormat().hasProperty(QTextFormat.Property.BlockCodeFence):
            if runs and runs[-1][1] == block.blockNumber() - 1:
                runs[-1][1] = block.blockNumber()
            else:
                runs.append([block.blockNumber(), block.blockNumber()])
        block = block.next()
    ground, chars, air = QTextFrameFormat(), QTextCharFormat(), QTextBlockFormat()
    ground.setBackground(theme.color("sunken"))
    ground.setPadding(10)
    ground.setBottomMargin(6)
    chars.setFont(theme.font("code", mono=True))
    air.setLineHeight(1, QTextBlockFormat.LineHeightTypes.FixedHeight.value)
    for first, last in reversed(runs):
        cursor = QTextCursor(document.findBlockByNumber(first))
        end = document.findBlockByNumber(last)
        cursor.setPosition(end.position() + end.length() - 1, QTextCursor.MoveMode.KeepAnchor)
        text = cursor.selectedText().replace("\u2029", "\n")
        cursor.removeSelectedText()
        cursor.setBlockFormat(air)
        cursor.insertFrame(ground).firstCursorPosition().insertText(text, chars)
