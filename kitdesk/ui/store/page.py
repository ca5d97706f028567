"""On this machine: the whole local store, true sizes, and what deleting frees."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Qt, Slot
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QLineEdit, QStackedWidget, QWidget

from kitdesk import text as texts
from kitdesk.changes import Changes, Topic
from kitdesk.ui.store.model import Repository, repositories
from kitdesk.ui.store.tree import Heads, StoreTree
from kitdesk.ui.theme import theme
from kitdesk.ui.widgets.bars import Group, StackedBar
from kitdesk.ui.widgets.buttons import Button, Segmented, focusable
from kitdesk.ui.widgets.labels import LEFT, RIGHT, Elide, IconLabel, ending, label
from kitdesk.ui.widgets.layouts import Box, DynamicColumn, column, line, row
from kitdesk.ui.widgets.message import Message

if TYPE_CHECKING:
    from kitdesk.session.state.pages import StoreState
    from kitdesk.ui.host import WindowHost

MOST = 8
"""So many repositories have a part of the bar; the rest share one."""


class Captions(QWidget):
    """Name and size under every part of the bar that is wide enough; the list has them all."""

    def __init__(self, bar: StackedBar) -> None:
        super().__init__()
        self._bar = bar
        self.texts: list[tuple[str, str]] = []
        self.setFixedHeight(36)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        for (left, width), (name, size) in zip(self._bar.spans(), self.texts, strict=False):
            for top, text, font, tone in (
                (0, name, theme.font("small", 500), "text"),
                (17, size, theme.font("small"), "muted"),
            ):
                painter.setFont(font)
                painter.setPen(theme.color(tone))
                room = int(width) - 4
                short = painter.fontMetrics().elidedText(
                    texts.inert(text), Qt.TextElideMode.ElideRight, room
                )
                if room > 40:
                    painter.drawText(QRectF(left + 1, top, width, 18), LEFT, short)


class StorePage(Box):
    """Stands in the place of a project; Esc or the back button leads home."""

    def __init__(self, window_host: WindowHost) -> None:
        super().__init__("surface")
        self._window_host = window_host
        self._title = label("On this machine", "display", weight=600)
        focusable(self._title).setAccessibleName("On this machine")
        self._text = Elide("", "body", "muted")
        self._used = label("", "display", weight=600)
        self._used.setAlignment(RIGHT)
        self._counted = label("", "small", "muted")
        self._counted.setAlignment(RIGHT)
        self._bar = StackedBar("Size by repository", (), 14)
        self._captions = Captions(self._bar)
        self._problems = DynamicColumn(gap=4, margins=(24, 0, 24, 0))
        head = row(column(self._title, self._text, gap=2), column(self._used, self._counted, gap=4))
        self.add(
            column(head, 14, self._bar, 4, self._captions, gap=0, margins=(24, 18, 24, 10)), line()
        )
        self.search = QLineEdit()
        self.search.setPlaceholderText("Search name, tag, digest")
        self.search.setAccessibleName("Search the store")
        self.search.setMinimumWidth(240)
        self.search.setMaximumWidth(320)
        self.search.textChanged.connect(self._refill)
        self._ways = Segmented("Show", ("All", "Untagged"))
        self._ways.picked.connect(self._refill)
        self.add(
            row(self.search, self._ways, "*", gap=10, margins=(24, 10, 24, 10)), self._problems
        )
        self.tree = StoreTree()
        self.tree.chosen_changed.connect(self._say_chosen)
        self.tree.delete_wanted.connect(self._delete)
        page = Box("surface")
        page.add(Heads(self.tree))
        page.inner.addWidget(self.tree, 1)
        page.add(line(), self._chosen_bar())
        self.message = Message()
        self._stack = QStackedWidget()
        self._stack.addWidget(page)
        self._stack.addWidget(self.message)
        self.inner.addWidget(self._stack, 1)
        window_host.workspace.changed.connect(self._changed)
        self._read()

    def _chosen_bar(self) -> Box:
        bar = Box("window", "h", (24, 0, 16, 0), 8)
        bar.setFixedHeight(52)
        self._name = label("", weight=600)
        self._note = ending("", "small", "muted")
        self._unpack = Button("Unpack…", "soft", "package-import")
        self._unpack.clicked.connect(self._unpack_it)
        self._remove = Button("Delete…", "soft", "trash")
        self._remove.clicked.connect(self._delete)
        bar.add(self._name, self._note, self._unpack, self._remove)
        return bar

    @Slot(object)
    def _changed(self, changes: Changes) -> None:
        if changes.topics & (Topic.LOCAL | Topic.SETTINGS | Topic.SELECTION):
            self._read()

    def _read(self) -> None:
        store = self._window_host.workspace.state.store
        found = repositories(store)
        count = texts.counted(len(found), "repository", "repositories")
        some = f"{count}, {texts.counted(len(store.versions), 'version')}"
        where = f" in {store.path}, the store that kit uses too" if store.path else ""
        self._text.setText(some + where)
        self._used.setText(texts.size(store.disk))
        more = store.naive > store.disk
        shared = (
            f"shared data counted once; by version it would look like {texts.size(store.naive)}"
        )
        self._counted.setText(shared if more else "")
        self._show_bar(found)
        signs = [
            row(
                IconLabel("alert-triangle", "changed", 14),
                label(text, "small", "changed", wrap=True),
                gap=6,
            )
            for text in store.problems
        ]
        self._problems.fill(*signs)
        self._refill()

    def _show_bar(self, found: tuple[Repository, ...]) -> None:
        shown = found[:MOST]
        groups: list[Group] = [(("border_strong", float(r.disk)),) for r in shown]
        named = [(r.name.rpartition("/")[2], texts.size(r.disk)) for r in shown]
        rest = sum(r.disk for r in found[MOST:])
        if rest:
            groups.append((("kind_rest", float(rest)),))
            named.append(("others", texts.size(rest)))
        self._bar.show_groups(tuple(groups))
        self._captions.texts = named
        for widget in (self._bar, self._captions):
            widget.setVisible(bool(groups))
        self._captions.update()

    @Slot()
    def _refill(self) -> None:
        store = self._window_host.workspace.state.store
        chosen = self.tree.chosen()
        found = repositories(store, self.search.text(), untagged=self._ways.on == 1)
        if self.tree.rows.show_repositories(found):
            if len(found) <= 3 or self.search.text():
                self.tree.expandAll()
            else:
                self.tree.expand(self.tree.rows.index(0, 0))
            again = self.tree.rows.index_of(chosen.digest) if chosen else self.tree.rows.index(0, 0)
            self.tree.setCurrentIndex(again)
        self._say_empty(store, found)
        self._say_chosen()

    def _say_empty(self, store: StoreState, found: tuple[Repository, ...]) -> None:
        if found:
            self._stack.setCurrentIndex(0)
            return
        if store.versions:
            self.message.say(
                "search", "Nothing here fits", "Another word, or All instead of Untagged."
            )
        else:
            text = "Every version that you pack or pull, here or with kit, is listed on this page."
            self.message.say("device-laptop", "Nothing is on this machine yet", text)
        self._stack.setCurrentIndex(1)

    @Slot()
    def _say_chosen(self) -> None:
        version, repository = self.tree.chosen(), self.tree.chosen_repository()
        for button in (self._unpack, self._remove):
            button.setEnabled(version is not None)
            button.setToolTip("" if version else "Choose a version first.")
        if version is not None:
            title = version.tags[0] if version.tags else texts.short(version.digest)
            self._name.setText(f"{version.repository.rpartition('/')[2]} {title}")
            used = version.size - version.frees
            note = (
                f"{texts.size(used)} of {texts.size(version.size)} is used by other versions"
                if used > 0
                else "shares nothing"
            )
            self._note.setText(note)
        elif repository is not None:
            self._name.setText(repository.name.rpartition("/")[2])
            self._note.setText(texts.counted(len(repository.versions), "version"))
        else:
            self._name.setText("")
            self._note.setText("")

    @Slot()
    def _unpack_it(self) -> None:
        version = self.tree.chosen()
        if version:
            self._window_host.open_sheet("unpack", version.digest)

    @Slot()
    def _delete(self) -> None:
        version = self.tree.chosen()
        if version:
            self._window_host.open_sheet("delete", version.digest)
