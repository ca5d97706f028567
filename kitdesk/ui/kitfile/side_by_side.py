"""The Kitfile on the disk beside the typed one, line beside line; the typed one can be edited."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Qt, Signal, Slot
from PySide6.QtGui import QPainter, QTextBlock, QTextCursor
from PySide6.QtWidgets import QSplitter, QWidget

from kitdesk import text as texts
from kitdesk.ui.compare.content.diff_panes import Overview
from kitdesk.ui.kitfile.bars import QuestionBar
from kitdesk.ui.theme import theme
from kitdesk.ui.widgets.code import CodeRow, CodeView
from kitdesk.ui.widgets.labels import ending, label
from kitdesk.ui.widgets.layouts import Box, line, row

if TYPE_CHECKING:
    from kitdesk.session.session import Session
    from kitdesk.session.state.kitfile import Question, SideLine

GAP = 1
"""User state of a block that only keeps the lines of both sides beside each other."""


def code_rows(lines: tuple[SideLine, ...]) -> tuple[CodeRow, ...]:
    """Lines of the state as a code view paints them."""
    return tuple(CodeRow(one.text, one.number, 0, one.kind, one.spans) for one in lines)


class SideView(CodeView):
    """A line that both changed was not removed: its sign is an exclamation mark."""

    gutter_width = 64
    typed = Signal(str)
    """Somebody edited it: the whole text, without the gaps."""

    def __init__(self, name: str, *, editable: bool) -> None:
        super().__init__(name, "yaml")
        self.setReadOnly(not editable)
        self._quiet = False
        if editable:
            self.textChanged.connect(self._edited)

    def row_at(self, number: int) -> CodeRow:
        """Rows are told again after each edit, so that they fit an editable side too."""
        return self.rows[number] if number < len(self.rows) else CodeRow("", number + 1)

    def _gutter_wanted(self) -> int:
        return 64

    def text(self) -> str:
        """What is written here, without the gaps."""
        lines = []
        block = self.document().begin()
        while block.isValid():
            if block.userState() != GAP or block.text():
                lines.append(block.text())
            block = block.next()
        return "\n".join(lines)

    def show_side(self, rows: tuple[CodeRow, ...]) -> None:
        """Show other rows; where the texts are the same, only the marks change."""
        if rows == self.rows:
            return
        self._quiet = True
        place, top = self.textCursor().position(), self.verticalScrollBar().value()
        if [one.text for one in rows] != self._blocks():
            at = self._line_of(place)
            self._replace(rows)
            self._put_cursor(rows, *at)
            self.verticalScrollBar().setValue(top)
        self.rows = rows
        block = self.document().begin()
        for one in rows:
            block.setUserState(GAP if one.kind == "gap" else -1)
            block = block.next()
        self._quiet = False
        self.gutter.update()
        self.viewport().update()

    def _blocks(self) -> list[str]:
        result, block = [], self.document().begin()
        while block.isValid():
            result.append(block.text())
            block = block.next()
        return result

    def _replace(self, rows: tuple[CodeRow, ...]) -> None:
        cursor = QTextCursor(self.document())
        cursor.beginEditBlock()
        cursor.select(QTextCursor.SelectionType.Document)
        cursor.insertText("\n".join(one.text for one in rows))
        cursor.endEditBlock()
        self.document().clearUndoRedoStacks()  # gaps come and go: Undo would bring them back

    def _line_of(self, place: int) -> tuple[int, int]:
        """(lines before the cursor, gaps not counted; column)."""
        block = self.document().findBlock(place)
        column, count = place - block.position(), 0
        block = block.previous()
        while block.isValid():
            count += block.userState() != GAP or bool(block.text())
            block = block.previous()
        return count, column

    def _put_cursor(self, rows: tuple[CodeRow, ...], lines: int, column: int) -> None:
        number = next((at for at, one in enumerate(rows) if one.number == lines + 1), 0)
        block = self.document().findBlockByNumber(number)
        cursor = self.textCursor()
        cursor.setPosition(block.position() + min(column, block.length() - 1))
        self.setTextCursor(cursor)

    @Slot()
    def _edited(self) -> None:
        if not self._quiet:
            self.typed.emit(self.text())

    def paint_margin(self, painter: QPainter, block: QTextBlock, field: QRectF) -> None:
        if self.row_at(block.blockNumber()).kind != "removed":
            return
        sign = QRectF(46, field.top(), 14, field.height())
        painter.fillRect(sign, theme.color("diff_removed"))
        painter.setPen(theme.color("removed"))
        painter.setFont(theme.font("code", 700, mono=True))
        painter.drawText(sign, Qt.AlignmentFlag.AlignCenter, "!")


class SideBySide(Box):
    """Follows ``workspace.state.kitfile.question``."""

    def __init__(self, session: Session) -> None:
        super().__init__("surface")
        self._session = session
        self.bar = QuestionBar(session)
        self.left = SideView("Kitfile on the disk, read only", editable=False)
        self.right = SideView("Your text of the Kitfile", editable=True)
        self.left.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        for one, two in ((self.left, self.right), (self.right, self.left)):
            one.verticalScrollBar().valueChanged.connect(two.verticalScrollBar().setValue)
        self.right.typed.connect(self._typed)
        self._overview = Overview(self.right)
        panes = QSplitter(Qt.Orientation.Horizontal)
        panes.setHandleWidth(1)
        panes.setChildrenCollapsible(False)
        for view in (self.left, self.right):
            view.setMinimumWidth(160)
            panes.addWidget(view)
        panes.setSizes([1000, 1000])
        self._mine_title = label("Your text", "small", weight=600)
        self._disk_note, self._mine_note = (
            ending("", "small", "muted"),
            ending("", "small", "muted"),
        )
        heads = row(
            _head(label("On the disk", "small", weight=600), self._disk_note),
            line("v"),
            _head(self._mine_title, self._mine_note),
            gap=0,
            margins=(0, 0, 10, 0),
        )
        heads.setFixedHeight(32)
        self._heads = heads
        body = row(panes, self._overview, gap=0)
        self.add(self.bar, line(), heads, line())
        self.inner.addWidget(body, 1)
        self._asked = False

    def show_question(self, question: Question | None) -> None:
        """Show both texts; the focus goes where the answer is."""
        if question is None:
            self._asked = False
            return
        view = question.view
        self.bar.show_question(question)
        # nobody edits the left: what would hide or turn its letters is shown instead
        left = tuple(replace(one, text=texts.inert(one.text)) for one in code_rows(view.disk))
        right = code_rows(view.typed)
        self.left.show_side(left)
        self.right.show_side(right)
        self._overview.show_rows(left, right)
        when = texts.age(question.disk_saved)
        self._disk_note.setText(f"saved {when}, not here · {texts.counted(view.theirs, 'line')}")
        self._disk_note.setToolTip(texts.exact(question.disk_saved))
        draft = question.draft_typed
        self._mine_title.setText("Your draft" if draft else "Your text")
        typed = f"typed {texts.age(draft)}, before KitDesk ended" if draft else "not saved yet"
        self._mine_note.setText(f"{typed} · {texts.counted(view.mine, 'line')}")
        if not self._asked:
            self._asked = True
            self._begin(question)

    def _begin(self, question: Question) -> None:
        """No choice is the likely one when both wrote in one line: the cursor waits in it."""
        if question.view.clash:
            marked = (at for at, one in enumerate(self.right.rows) if one.kind == "removed")
            at = next(marked, 0)
            block = self.right.document().findBlockByNumber(at)
            spans = self.right.rows[at].spans if at < len(self.right.rows) else ()
            cursor = self.right.textCursor()
            cursor.setPosition(block.position() + (spans[0][0] if spans else 0))
            self.right.setTextCursor(cursor)
            self.right.centerCursor()
            self.right.setFocus(Qt.FocusReason.OtherFocusReason)
        elif question.mergeable:
            self.bar.merge.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot(str)
    def _typed(self, text: str) -> None:
        self._session.kitfile.edit(text)


def _head(title: QWidget, note: QWidget) -> QWidget:
    result = row(title, note, gap=8, margins=(24, 0, 16, 0))
    layout = result.layout()
    if layout is not None:
        result.setMinimumWidth(1)
    return result
