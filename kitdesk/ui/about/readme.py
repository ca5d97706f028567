"""A README shown natively and inert: no HTML, no script, nothing from the net; links ask first."""

from __future__ import annotations

from PySide6.QtCore import QObject, QUrl, Signal, Slot
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

LARGEST = 60_000
"""Characters that are laid out; the rest is cut with a note."""
MOST_LINES = 3000
"""Lines of them: Qt adds an item to a list, or a row to a table, the slower the longer it is."""
MOST_CELLS = 3000
"""Bars in a text with tables: one with more is shown as it is written."""


class InertDocument(QTextDocument):
    """A document that reads no file and fetches nothing, whatever its text names.

    Returning nothing from the *view's* ``loadResource`` is not enough: Qt then opens the file
    itself (``QTextDocument::loadResource``). Pictures are taken out of what was parsed, so that
    there is nothing to draw either. No layout is made before a view takes the document: all
    changes to its look cost one layout, not one each.
    """

    def __init__(self, parent: QObject, text: str) -> None:
        super().__init__(parent)
        self.pictures = 0
        """How many were named; their descriptions stand in their places."""
        self.setDefaultFont(theme.font("body"))
        self.setUndoRedoEnabled(False)
        kinds = QTextDocument.MarkdownFeature
        many = text.count("|") > MOST_CELLS
        dialect = kinds.MarkdownDialectCommonMark if many else kinds.MarkdownDialectGitHub
        self.setMarkdown(text, dialect | kinds.MarkdownNoHTML)
        whole = QTextCursor(self)
        whole.beginEditBlock()  # else every change below is finished on its own
        self._describe_pictures(text)
        _dress(self)
        whole.endEditBlock()
        frame = self.rootFrame().frameFormat()
        frame.setLeftMargin(24)
        frame.setRightMargin(24)
        frame.setTopMargin(18)
        self.rootFrame().setFrameFormat(frame)

    def loadResource(self, _kind: int, _name: QUrl | str) -> object:
        """Nothing is ever loaded, from nowhere."""
        return None

    def _describe_pictures(self, text: str) -> None:
        places: list[tuple[int, str]] = []
        block = self.begin()
        while block.isValid():
            walker = block.begin()
            while not walker.atEnd():
                part = walker.fragment()
                look = part.charFormat()
                if look.isImageFormat():
                    said = look.property(QTextFormat.Property.ImageAltText)
                    words = f"{said} (picture)" if isinstance(said, str) and said.strip() else ""
                    places += [(part.position() + n, words) for n in range(part.length())]
                walker += 1
            block = block.next()
        self.pictures = len(places) + text.count("![](")  # Qt drops those without description
        slanted = QTextCharFormat()
        slanted.setFontItalic(True)
        for position, words in reversed(places):
            cursor = QTextCursor(self)
            cursor.setPosition(position)
            cursor.setPosition(position + 1, QTextCursor.MoveMode.KeepAnchor)
            cursor.insertText(words, slanted)


class Readme(QTextBrowser):
    """Markdown by QTextDocument; :attr:`link_wanted` carries the address of a clicked link."""

    link_wanted = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._text = ""
        self._shown: InertDocument | None = None
        self.setOpenLinks(False)
        self.setOpenExternalLinks(False)
        self.setAccessibleName("README")
        self.anchorClicked.connect(self._link)

    def loadResource(self, _kind: int, _name: QUrl | str) -> object:
        """Nothing is ever loaded, from nowhere."""
        return None

    @property
    def pictures(self) -> int:
        """How many pictures the text names; none of them is loaded."""
        return self._shown.pictures if self._shown is not None else 0

    def show_text(self, text: str) -> None:
        """Show a README from its top."""
        if self._shown is not None and text == self._text:
            self.moveCursor(QTextCursor.MoveOperation.Start)
            return
        self._text = text
        self._fill()

    def refresh_theme(self) -> None:
        """Code fields and hairlines have colours of their own."""
        self._fill()

    def _fill(self) -> None:
        text = self._text
        start = "".join(text[:LARGEST].splitlines(keepends=True)[:MOST_LINES])
        if len(start) < len(text):
            text = start + "\n\n*The rest is too long to be shown here.*\n"
        former, self._shown = self._shown, InertDocument(self, text)
        self.setDocument(self._shown)
        if former is not None:
            former.deleteLater()
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
