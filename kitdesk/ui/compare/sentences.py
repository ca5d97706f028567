"""What changed in the meaning of the Kitfile, in sentences; folds where room is short."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QGridLayout, QScrollArea

from kitdesk import text as texts
from kitdesk.ui.widgets.badges import NAMES, Mark
from kitdesk.ui.widgets.buttons import icon_button
from kitdesk.ui.widgets.labels import Label, ending, label
from kitdesk.ui.widgets.layouts import Box, clear, reveal, row

if TYPE_CHECKING:
    from PySide6.QtGui import QResizeEvent

    from kitdesk.compare.values import Sentence

FEW = 9
"""So many sentences stand open by themselves."""
MOST = 100
"""So many sentences are shown; the rest is counted."""
MARK = 18
"""Height of a mark, the least height of a sentence."""
TALLEST = 230
"""Pixels; above it the sentences scroll."""


def as_html(sentence: Sentence) -> str:
    """The sentence with its strong parts at weight 600; nothing in it is taken for markup."""
    parts = (
        texts.strong(text) if strong else texts.escape_html(text) for text, strong in sentence.parts
    )
    return "".join(parts)


class Sentences(Box):
    """Head line and the sentences below it."""

    def __init__(self) -> None:
        super().__init__("surface")
        self._sentences: tuple[Sentence, ...] = ()
        self._narrow = False
        self._wish: bool | None = None
        self._texts: list[Label] = []
        self._fold = icon_button("chevron-right", "Show the changes of the Kitfile")
        self._fold.setProperty("small", "true")
        self._fold.clicked.connect(self._toggle)
        self._indent = row(12)
        self._count = ending("", "small", "muted")
        self.add(
            row(
                self._fold,
                self._indent,
                label("Kitfile", weight=600),
                self._count,
                gap=4,
                margins=(8, 4, 24, 4),
            )
        )
        body = Box("surface")
        self._grid = QGridLayout()
        self._grid.setContentsMargins(24, 0, 24, 10)
        self._grid.setHorizontalSpacing(10)
        self._grid.setVerticalSpacing(5)
        self._grid.setColumnStretch(1, 1)
        body.inner.addLayout(self._grid)
        body.inner.addStretch(1)
        self._scroll = QScrollArea()
        self._scroll.setWidget(body)
        self._scroll.setWidgetResizable(True)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setAccessibleName("What changed in the Kitfile")
        self.add(self._scroll)

    def show_sentences(self, sentences: tuple[Sentence, ...]) -> None:
        """Show these; without any the part is gone."""
        if sentences != self._sentences:
            self._wish = None
            self._sentences = sentences
            clear(self._grid)
            self._texts = []
            for at, sentence in enumerate(sentences[:MOST]):
                text = Label(as_html(sentence), wrap=True, rich=True)
                text.setAccessibleName(f"{NAMES[sentence.sign]}: {sentence.text}")
                self._grid.addWidget(Mark(sentence.sign), at, 0, Qt.AlignmentFlag.AlignTop)
                self._grid.addWidget(text, at, 1)
                self._texts.append(text)
            if len(sentences) > MOST:
                rest = label(f"and {texts.number(len(sentences) - MOST)} more", "small", "muted")
                self._grid.addWidget(rest, MOST, 1)
                self._texts.append(rest)
            reveal(self._grid)
        self.setVisible(bool(sentences))
        self._arrange()

    def narrow(self, *, narrow: bool) -> None:
        """Fold where the centre is narrow: two columns need 1000 pixels."""
        if narrow != self._narrow:
            self._narrow = narrow
            self._arrange()

    @property
    def opened(self) -> bool:
        """Whether the sentences are shown."""
        return self._folds is False if self._wish is None else self._wish

    @property
    def _folds(self) -> bool:
        return self._narrow or len(self._sentences) > FEW

    def _arrange(self) -> None:
        count = texts.counted(len(self._sentences), "change")
        first = self._sentences[0].text if self._sentences else ""
        self._count.setText(count if self.opened else f"{count}: {first}")
        self._fold.setVisible(self._folds)
        self._indent.setVisible(not self._folds)
        self._fold.show_icon("chevron-down" if self.opened else "chevron-right")
        way = "Fold" if self.opened else "Show"
        self._fold.setAccessibleName(f"{way} the changes of the Kitfile")
        self._scroll.setVisible(self.opened)
        self._measure()

    def _measure(self) -> None:
        if not self.opened:
            return
        width = max(200, self.width()) - 24 - MARK - 10 - 24
        lines = [max(MARK, text.heightForWidth(width)) for text in self._texts]
        height = sum(lines) + 5 * max(0, len(lines) - 1) + 10
        off, on = Qt.ScrollBarPolicy.ScrollBarAlwaysOff, Qt.ScrollBarPolicy.ScrollBarAsNeeded
        self._scroll.setVerticalScrollBarPolicy(on if height > TALLEST else off)
        self._scroll.setFixedHeight(min(TALLEST, height))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Sentences wrap: their height follows the width."""
        super().resizeEvent(event)
        self._measure()

    @Slot()
    def _toggle(self) -> None:
        self._wish = not self.opened
        self._arrange()
