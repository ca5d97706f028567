"""The head of About: mark, name, tag, sentence; and the facts below it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QGridLayout, QWidget

from kitdesk import text as texts
from kitdesk.session.state.pages import VersionDetails
from kitdesk.session.state.project import FOLDER
from kitdesk.ui.widgets.badges import Pill
from kitdesk.ui.widgets.bars import AppMark
from kitdesk.ui.widgets.buttons import Button, focusable, icon_button
from kitdesk.ui.widgets.labels import Elide, IconLabel, ending, label
from kitdesk.ui.widgets.layouts import Box, DynamicColumn, Item, clear, reveal, row

if TYPE_CHECKING:
    from kitdesk.ui.host import WindowHost

KEY = 84
"""Width of the names of facts, in pixels."""


class AboutHead(Box):
    """The name is the heaviest thing, the tag beside it is light; no filled button."""

    def __init__(self, window_host: WindowHost) -> None:
        super().__init__("surface", margins=(24, 20, 24, 18))
        self._window_host = window_host
        self._pile = DynamicColumn(gap=2)
        self._folder = Button("Compare with this folder", "soft", "git-compare")
        self._folder.clicked.connect(self._compare)
        self._unpack = Button("Unpack…", "soft", "package-import")
        self._unpack.clicked.connect(self._unpack_it)
        self._pull = Button("Pull", "soft", "cloud-download")
        self._pull.clicked.connect(self._pull_it)
        self._edit = Button("Open the Kitfile", "soft", "file-text")
        self._edit.clicked.connect(self._kitfile)
        self.add(row(AppMark(52), self._pile, gap=16), 16)
        self.add(row(self._folder, self._unpack, self._pull, self._edit, "*"))
        self._facts: VersionDetails | None = None

    def show_facts(self, facts: VersionDetails) -> None:
        """Say what this version (or the folder) is."""
        self._facts = facts
        folder = facts.side == FOLDER
        name = ending(facts.name or facts.title, "display", weight=600, snug=True)
        focusable(name)
        name.setAccessibleName(f"{facts.name} {facts.title}. {facts.description}")
        cells: list[Item] = [name]
        if facts.title and facts.name:
            cells.append(label(facts.title, "display", "muted"))
        cells += [
            Pill(tag, "muted", "", "border_strong") for tag in facts.tags if tag != facts.title
        ][:6]
        items: list[Item] = [row(*cells, "*", gap=10)]
        if facts.description:
            items.append(label(facts.description, "title", "muted", wrap=True))
        self._pile.fill(*items)
        self._folder.setVisible(not folder)
        self._unpack.setVisible(not folder)
        self._pull.setVisible(not folder and not facts.local)
        self._edit.setVisible(folder)

    @Slot()
    def _compare(self) -> None:
        if self._facts:
            self._window_host.session.comparison.compare(self._facts.side, FOLDER)

    @Slot()
    def _unpack_it(self) -> None:
        if self._facts:
            self._window_host.open_sheet("unpack", self._facts.side)

    @Slot()
    def _pull_it(self) -> None:
        if self._facts:
            self._window_host.session.transfers.pull(self._facts.side)

    @Slot()
    def _kitfile(self) -> None:
        from kitdesk.session.state.project import View

        self._window_host.session.show(View.KITFILE)


class FactsGrid(Box):
    """Two columns of facts, one in a narrow centre; reference and digest at the end, to copy."""

    def __init__(self, window_host: WindowHost) -> None:
        super().__init__("surface", margins=(24, 14, 24, 14))
        self._window_host = window_host
        self._columns = 2
        self._facts: VersionDetails | None = None
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(28)
        self._grid.setVerticalSpacing(7)
        self.inner.addLayout(self._grid)

    def show_facts(self, facts: VersionDetails) -> None:
        """Show these."""
        self._facts = facts
        self._fill()

    def narrow(self, *, narrow: bool) -> None:
        """One column instead of two."""
        columns = 1 if narrow else 2
        if columns != self._columns:
            self._columns = columns
            self._fill()

    def _fill(self) -> None:
        clear(self._grid)
        facts = self._facts
        if facts is None:
            return
        lines = [_fact(*fact) for fact in facts.facts]
        if len(lines) % self._columns:
            lines.append(QWidget())
        if facts.reference:
            lines.append(self._copied("link", "Reference", facts.reference))
        if facts.digest:
            lines.append(self._copied("shield-check", "Digest", facts.digest))
        for at, part in enumerate(lines):
            self._grid.addWidget(part, at // self._columns, at % self._columns)
        reveal(self._grid)
        for column_ in range(2):
            self._grid.setColumnStretch(column_, 1 if column_ < self._columns else 0)
        self.setVisible(bool(lines))

    def _copied(self, icon: str, name: str, value: str) -> QWidget:
        key = label(name, "small", "muted")
        key.setFixedWidth(KEY)
        copy = icon_button("copy", f"Copy the whole {name.lower()}")
        copy.setProperty("small", "true")
        copy.value = (value, name.lower())
        copy.chosen.connect(self._copy)
        text = Elide(value, "code", "muted", mono=True)
        text.setToolTip(texts.escape_tooltip(value))
        return row(IconLabel(icon, "faint", 14), key, text, copy)

    @Slot(object)
    def _copy(self, value: object) -> None:
        if isinstance(value, tuple):
            self._window_host.copy(str(value[0]), str(value[1]))


def _fact(icon: str, name: str, value: str) -> QWidget:
    key = label(name, "small", "muted")
    key.setFixedWidth(KEY)
    text = ending(value, weight=500)
    text.setAccessibleName(f"{name}: {value}")
    return row(IconLabel(icon or "info-circle", "faint", 14), key, text)


def contents_words(layers: int, files: int) -> str:
    """``7 layers, 7 files``."""
    return f"{texts.counted(layers, 'layer')}, {texts.counted(files, 'file')}"
