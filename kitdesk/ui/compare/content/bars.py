"""The lines round a body: the summary, bars for dangers and limits, chips, the last line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QIcon, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QSizePolicy, QWidget

from kitdesk import text as texts
from kitdesk.ui.widgets.badges import Mark, paint_mark
from kitdesk.ui.widgets.buttons import Button, focusable
from kitdesk.ui.widgets.labels import Elide, IconLabel, ending, label
from kitdesk.ui.widgets.layouts import Box, row

if TYPE_CHECKING:
    from kitdesk.ui.widgets.layouts import Item

SUMMARY_HEIGHT, BAR_HEIGHT = 44, 36


class SpareNote(Elide):
    """A note that stands whole or not at all: half a number is a wrong number."""

    def __init__(self) -> None:
        super().__init__("", "small", "muted")
        self.setMinimumWidth(0)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.fontMetrics().horizontalAdvance(self.text()) <= self.width():
            super().paintEvent(event)


class SummaryLine(Box):
    """The sentence, a note that gives way first, and the tools of the body at the right."""

    def __init__(self) -> None:
        super().__init__("surface", "h", (24, 0, 16, 0), 8)
        self.sentence = ending("", weight=500)
        self.sentence.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        focusable(self.sentence)
        self._note = SpareNote()
        self._tools: QWidget | None = None
        self.inner.addWidget(self.sentence)
        self.inner.addSpacing(2)
        self.inner.addWidget(self._note, 1)
        self.setFixedHeight(SUMMARY_HEIGHT)

    def say(self, sentence: str, note: str, tools: QWidget | None) -> None:
        """Show this; the tools of another body go out of sight."""
        self.sentence.setText(sentence)
        self.sentence.setAccessibleName(f"{sentence} {note}".strip())
        self.sentence.setToolTip(texts.escape_tooltip(sentence))
        self._note.setText(note)
        self._note.setToolTip(texts.escape_tooltip(note))
        if tools is self._tools:
            return
        if self._tools is not None:
            self._tools.hide()
        if tools is not None:
            if tools.parentWidget() is not self:
                self.inner.addWidget(tools)
            tools.show()
        self._tools = tools


class Bar(Box):
    """From edge to edge above the facts: a danger (removed) or a limit (changed)."""

    def __init__(self, tone: str) -> None:
        super().__init__("removed_bar" if tone == "removed" else "changed_bar", "h",
                         (24, 0, 16, 0), 8)  # fmt: skip
        self.setFixedHeight(BAR_HEIGHT)
        self._bold = label("", weight=600)
        self._rest = ending("")
        focusable(self._rest)
        self.action = Button("", small=True)
        self.inner.addWidget(IconLabel("alert-triangle", tone))
        self.inner.addSpacing(2)
        self.inner.addWidget(self._bold)
        self.inner.addWidget(self._rest, 1)
        self.inner.addWidget(self.action)

    def say(self, bold: str, rest: str, action: str = "") -> None:
        """Show this; ``action`` is the text of its one button, "" for none."""
        self._bold.setText(bold)
        self._rest.setText(rest)
        self._rest.setAccessibleName(f"{bold} {rest}".strip())
        self._rest.setToolTip(texts.escape_tooltip(rest))
        self.action.setText(action)
        self.action.setVisible(bool(action))


class Chip(Button):
    """A letter with its count, 26 pixels high: pressed, the body shows only these rows."""

    def __init__(self, sign: str) -> None:
        self._sign = sign
        super().__init__("", "soft", small=True)
        self.value = sign
        self.setCheckable(True)

    def say(self, count: str, spoken: str) -> None:
        """Show this number; ``spoken`` says what a click does."""
        self.setText(count)
        self.setAccessibleName(spoken)
        self.setToolTip(spoken)
        self.refresh_theme()

    def refresh_theme(self) -> None:
        icon = QIcon()
        for scale in (1, 2, 3):
            picture = QPixmap(QSize(22, 18) * scale)
            picture.fill(Qt.GlobalColor.transparent)
            painter = QPainter(picture)
            painter.scale(scale, scale)
            paint_mark(painter, self._sign, QRectF(0, 0, 18, 18))
            painter.end()
            picture.setDevicePixelRatio(scale)
            icon.addPixmap(picture)
        self.setIcon(icon)
        self.setIconSize(QSize(22, 18))


class LastLine(Box):
    """What is the same, in one line under the rows, perhaps with a way to see it."""

    def __init__(self) -> None:
        super().__init__("surface", "h", (24, 5, 24, 5), 8)
        self._mark = Mark("=")
        self._icon = IconLabel("shield-check", "added", 14)
        self._text = ending("", "small", "muted", snug=True)
        self.action = Button("", "link", small=True)
        self.inner.addWidget(self._mark)
        self.inner.addWidget(self._icon)
        self.inner.addWidget(self._text)
        self.inner.addWidget(self.action)
        self.inner.addStretch(1)

    def say(self, text: str, action: str = "", *, icon: str = "", tone: str = "muted") -> None:
        """Show this, with an icon instead of the letter =; nothing for ""."""
        self.setVisible(bool(text))
        self._mark.setVisible(not icon)
        self._icon.setVisible(bool(icon))
        if icon:
            self._icon.show_icon(icon, tone)
        self._text.setText(text)
        self._text.setAccessibleName(text)
        self.action.setText(action)
        self.action.setVisible(bool(action))

    @property
    def words(self) -> str:
        """What it says."""
        return self._text.text()


def tools(*items: Item) -> QWidget:
    """The tools of a body, for the right end of the summary line."""
    return row(*items, gap=8)
