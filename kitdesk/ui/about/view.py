"""About: what a version (or the folder) is; README, Kitfile and manifest to read and to copy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QUrl, Slot
from PySide6.QtGui import QDesktopServices, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget

from kitdesk import text as texts
from kitdesk.changes import Changes, Topic
from kitdesk.session.state.pages import VersionDetails
from kitdesk.session.state.project import FOLDER
from kitdesk.ui.about.contents import ContentsPane
from kitdesk.ui.about.facts import AboutHead, FactsGrid
from kitdesk.ui.about.readme import Readme
from kitdesk.ui.widgets.buttons import Button, Segmented
from kitdesk.ui.widgets.code import CodeView
from kitdesk.ui.widgets.labels import IconLabel, ending, label
from kitdesk.ui.widgets.layouts import Box, line, row
from kitdesk.ui.widgets.message import Message, Waiting
from kitdesk.ui.widgets.side_scroll import ROOM

if TYPE_CHECKING:
    from kitdesk.ui.host import WindowHost

README, KITFILE, MANIFEST = range(3)


class AboutView(Box):
    """Follows ``workspace.about``."""

    def __init__(self, window_host: WindowHost) -> None:
        super().__init__("surface")
        self._window_host = window_host
        self._shown: VersionDetails | None = None
        self._wish = False
        self._link = ""
        self.head = AboutHead(window_host)
        self.grid = FactsGrid(window_host)
        self.contents = ContentsPane(window_host)
        self.readme = Readme()
        self.readme.link_wanted.connect(self._ask_link)
        self.code = CodeView("Kitfile")
        self._no_readme = Message()
        self._texts = QStackedWidget()
        for text in (self.readme, self.code, self._no_readme):
            self._texts.addWidget(text)
        self.ways = Segmented("Text", ("README", "Kitfile", "Manifest"))
        self.ways.picked.connect(self._pick)
        self._note = ending("", "small", "muted")
        self._copy = Button("Copy", "flat", "copy", small=True)
        self._copy.clicked.connect(self._copy_text)
        self._pictures = label("", "small", "muted")
        self._picture_line = row(IconLabel("photo-off", "muted", 14), self._pictures, gap=6)
        self._more = Button("Contents", "soft", "list-details", small=True)
        self._more.setCheckable(True)
        self._more.clicked.connect(self._toggle)
        bar = row(
            self.ways,
            4,
            self._note,
            self._picture_line,
            self._copy,
            self._more,
            margins=(24, 0, 16, 0),
        )
        bar.setFixedHeight(44)
        left = Box("surface")
        left.add(self.head, line(), self.grid, line(), bar, line(), self._link_bar())
        left.inner.addWidget(self._texts, 1)
        page = Box("surface")
        across = QHBoxLayout()
        across.setSpacing(0)
        across.addWidget(left, 1)
        self._edge = line("v")
        across.addWidget(self._edge)
        across.addWidget(self.contents)
        page.inner.addLayout(across)
        self.message = Message()
        self._waiting = Waiting(8)
        self._page = page
        self._stack = QStackedWidget()
        for widget in (page, self.message, self._waiting):
            self._stack.addWidget(widget)
        self.inner.addWidget(self._stack)
        window_host.workspace.changed.connect(self._changed)
        self._read()

    def _link_bar(self) -> Box:
        """A link shows its address and asks."""
        bar = Box("well", "h", (24, 6, 16, 6), 8)
        self._address = ending("", "code", "text", mono=True)
        go = Button("Open in the browser", "soft", small=True)
        go.clicked.connect(self._open_link)
        no = Button("Cancel", "flat", small=True)
        no.clicked.connect(bar.hide)
        bar.add(IconLabel("link", "muted"), self._address, go, no)
        bar.hide()
        self._asking = bar
        return bar

    @Slot(object)
    def _changed(self, changes: Changes) -> None:
        if changes.topics & (Topic.ABOUT | Topic.SELECTION):
            self._read()

    def _read(self) -> None:
        state = self._window_host.workspace.state
        if state.about_error is not None:
            error = state.about_error
            icon = "cloud-off" if error.code == "unreachable" else "alert-triangle"
            again = Button("Try again", "primary")
            again.clicked.connect(self._again)
            self.message.say(icon, error.title.rstrip("."), error.hint, again)
            self._stack.setCurrentWidget(self.message)
        elif state.about is None or state.about.side != state.about_side:
            if state.about_side:
                self._stack.setCurrentWidget(self._waiting)
            else:
                self.message.say(
                    "info-circle",
                    "Choose a version to see what it is",
                    "Click one in the list at the left.",
                )
                self._stack.setCurrentWidget(self.message)
        else:
            self._show(state.about)
            self._stack.setCurrentWidget(self._page)

    def _show(self, facts: VersionDetails) -> None:
        if facts == self._shown:
            return
        other = self._shown is None or self._shown.side != facts.side
        self._shown = facts
        self.head.show_facts(facts)
        self.grid.show_facts(facts)
        self.contents.show_facts(facts)
        self.ways.parts[MANIFEST].setVisible(bool(facts.manifest))
        self._asking.hide()
        if other:
            self.ways.choose(README if facts.readme is not None else KITFILE)
        self._show_text()

    def _show_text(self) -> None:
        facts = self._shown
        if facts is None:
            return
        on = self.ways.on
        self._picture_line.hide()
        self._copy.setVisible(on != README or facts.readme is not None)
        if on == README:
            self._note.setText(facts.readme_note)
            if facts.readme is None:
                self._say_no_readme(facts)
            else:
                self.readme.show_text(facts.readme)
                count = self.readme.pictures
                self._picture_line.setVisible(count > 0)
                verb = "is" if count == 1 else "are"
                self._pictures.setText(f"{texts.counted(count, 'picture')} {verb} not loaded")
                self._texts.setCurrentWidget(self.readme)
            return
        text, language = (facts.kitfile, "yaml") if on == KITFILE else (facts.manifest, "json")
        self._note.setText(
            "" if on == KITFILE else "indented for reading; Copy gives the exact bytes"
        )
        self.code.setAccessibleName("Kitfile" if on == KITFILE else "Manifest")
        self.code.show_text(text, language)
        self._texts.setCurrentWidget(self.code)

    def _say_no_readme(self, facts: VersionDetails) -> None:
        if facts.side == FOLDER:
            title, text = (
                "This folder packs no README",
                "Name one under docs in the Kitfile, and it is shown here.",
            )
        else:
            title, text = (
                "This version has no README",
                "A file README.md in one of its layers would be shown here.",
            )
        self._no_readme.say("book", title, text)
        self._texts.setCurrentWidget(self._no_readme)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        wide = self.window().width() >= ROOM
        self._more.setVisible(not wide)
        shown = wide or self._wish
        self._more.setChecked(shown)
        for widget in (self.contents, self._edge):
            widget.setVisible(shown)
        self.grid.narrow(narrow=not wide)

    @Slot(int)
    def _pick(self, index: int) -> None:
        self.ways.choose(index)
        self._show_text()

    @Slot()
    def _toggle(self) -> None:
        self._wish = not self._wish
        self._arrange()

    @Slot()
    def _copy_text(self) -> None:
        facts = self._shown
        if facts is None:
            return
        texts = (facts.readme or "", facts.kitfile, facts.manifest_exact or facts.manifest)
        self._window_host.copy(texts[self.ways.on], ("README", "Kitfile", "manifest")[self.ways.on])

    @Slot(str)
    def _ask_link(self, address: str) -> None:
        self._link = address
        self._address.setText(address)
        self._asking.show()

    @Slot()
    def _open_link(self) -> None:
        self._asking.hide()
        QDesktopServices.openUrl(QUrl(self._link))

    @Slot()
    def _again(self) -> None:
        self._window_host.session.about.show(self._window_host.workspace.state.about_side)
