"""Compare, the home: verdict, Kitfile, files, content; or why there is nothing to compare."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, Slot
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QMenu, QSplitter, QStackedWidget

from kitdesk import text as texts
from kitdesk.changes import Changes, Topic
from kitdesk.compare.values import UNREAD
from kitdesk.session.state.project import FOLDER
from kitdesk.ui.compare.content.pane import ContentPane
from kitdesk.ui.compare.content.sentences import dangerous_files
from kitdesk.ui.compare.file_table import WIDE, FileTable, HeadRow
from kitdesk.ui.compare.folder_bar import FolderBar
from kitdesk.ui.compare.sentences import Sentences
from kitdesk.ui.compare.verdict import VerdictHead
from kitdesk.ui.widgets.badges import Mark
from kitdesk.ui.widgets.buttons import Button
from kitdesk.ui.widgets.labels import label
from kitdesk.ui.widgets.layouts import Box, line, row
from kitdesk.ui.widgets.message import Message, Waiting

if TYPE_CHECKING:
    from kitdesk.compare.values import Comparison, FileChange
    from kitdesk.ui.host import WindowHost


class CompareView(Box):
    """Follows the comparison on the workspace; the splitter keeps its place."""

    def __init__(self, window_host: WindowHost) -> None:
        super().__init__("surface")
        self._window_host = window_host
        self._shown: Comparison | None = None
        self._with_same = False
        self._placed = False
        self.verdict = VerdictHead()
        self.verdict.exactly.clicked.connect(self._exactly)
        self.verdict.danger_link.chosen.connect(self._show_danger)
        self.sentences = Sentences()
        self.table = FileTable()
        self.table.file_chosen.connect(self._choose)
        self.table.customContextMenuRequested.connect(self._menu)
        self._same = label("", "small", "muted")
        self._show = Button("Show", "link", small=True)
        self._show.clicked.connect(self._toggle_same)
        self._same_line = row(Mark("="), self._same, self._show, "*", margins=(24, 3, 24, 5))
        self.content = ContentPane(window_host)
        upper = Box("surface")
        self._upper = upper
        self._head = HeadRow(self.table)
        upper.add(self._head)
        upper.inner.addWidget(self.table, 1)
        upper.add(self._same_line)
        self._split = QSplitter(Qt.Orientation.Vertical)
        self._split.setHandleWidth(1)
        self._split.setChildrenCollapsible(False)
        self._split.addWidget(upper)
        self._split.addWidget(self.content)
        self._split.setStretchFactor(0, 0)
        self._split.setStretchFactor(1, 1)
        self._split.splitterMoved.connect(self._moved)
        self._split.installEventFilter(self)
        self._split.handle(1).installEventFilter(self)
        page = Box("surface")
        self._edge = line()
        self.folder_bar = FolderBar(window_host)
        page.add(self.verdict, self._edge, self.sentences, line(), self.folder_bar)
        page.inner.addWidget(self._split, 1)
        self._page = page
        self.message = Message()
        self._waiting = Waiting(8)
        self._stack = QStackedWidget()
        for widget in (page, self.message, self._waiting):
            self._stack.addWidget(widget)
        self.inner.addWidget(self._stack, 1)
        window_host.workspace.changed.connect(self._changed)
        self._read()

    @Slot(object)
    def _changed(self, changes: Changes) -> None:
        if changes.topics & (
            Topic.COMPARISON | Topic.SELECTION | Topic.REMOTE | Topic.FOLDER | Topic.LOCAL
        ):
            self._read()

    def _read(self) -> None:
        state = self._window_host.workspace.state
        self.folder_bar.read()
        if state.comparison_error:
            self._error()
        elif state.comparison is None:
            if state.comparing:
                self._stack.setCurrentWidget(self._waiting)
            else:
                self._nothing()
        else:
            self._show_comparison(state.comparison)
            self._stack.setCurrentWidget(self._page)

    def _show_comparison(self, comparison: Comparison) -> None:
        state = self._window_host.workspace.state
        self.verdict.show_dangers(dangerous_files(comparison, state.file, state.content))
        if comparison is not self._shown:
            if self._shown is None or (comparison.left, comparison.right) != (
                self._shown.left,
                self._shown.right,
            ):
                self._with_same = False
            self._shown = comparison
            self.verdict.show_comparison(comparison)
            self.sentences.show_sentences(comparison.sentences)
            self._edge.setVisible(bool(comparison.sentences))
            self._fill()
        elif self.table.rows.path(self.table.currentIndex().row()) != state.file:
            self.table.choose(state.file)

    def _fill(self) -> None:
        comparison = self._shown
        if comparison is None:
            return
        self.table.show_comparison(
            comparison, self._window_host.workspace.state.file, with_same=self._with_same
        )
        count = len(comparison.same)
        some = texts.counted(count, "file")
        self._same.setText(f"{some} {'has' if count == 1 else 'have'} the same bytes in both")
        self._show.setText("Hide" if self._with_same else "Show")
        self._show.setAccessibleName(f"{self._show.text()} the files that are the same")
        self._same_line.setVisible(count > 0)
        listed = bool(comparison.files) or self._with_same
        for widget in (self._head, self.table):
            widget.setVisible(listed)
        self._head.update()
        self._place()

    def _place(self) -> None:
        """Give the list what it needs, at most 45 per cent; a place chosen by hand stays."""
        if self._placed:
            return
        extra = 28 + (self._same_line.sizeHint().height() if not self._same_line.isHidden() else 0)
        room = max(200, self._split.height())
        wanted = min(self.table.height_wanted() + extra, max(112, room * 45 // 100))
        if self.table.isHidden():
            wanted = extra - 20
        self._split.setSizes([wanted, max(100, room - wanted)])
        self.table.scrollTo(self.table.currentIndex())

    def _error(self) -> None:
        state = self._window_host.workspace.state
        error = state.comparison_error
        if error is None:
            return
        offline = error.code == "unreachable"
        again = Button("Try again", "primary")
        again.clicked.connect(self._again)
        here = sum(1 for version in state.versions if version.local)
        note = ""
        if offline and here:
            some = texts.counted(here, "version")
            note = f"Pack, Compare and Roll back work with the {some} on this machine."
        self.message.say(
            "cloud-off" if offline else "alert-triangle",
            error.title.rstrip("."),
            error.hint,
            again,
            note=note,
        )
        self._stack.setCurrentWidget(self.message)

    def _nothing(self) -> None:
        state = self._window_host.workspace.state
        folder = state.folder
        if folder is None or folder.problem:
            title = (
                folder.problem.title.rstrip(".")
                if folder and folder.problem
                else "No folder is open"
            )
            self.message.say(
                "folder-off", title, folder.problem.hint if folder and folder.problem else ""
            )
        elif not state.versions:
            text = (
                "Pack this folder to make its first version; later states can be compared with it."
            )
            self.message.say("package", "There is nothing to compare yet", text)
        elif state.after == FOLDER or not state.before:
            self.message.say(
                "git-compare",
                "Choose a version to see what changed",
                "Click one in the list at the left.",
            )
        else:
            self.message.say(
                "git-compare",
                "Choose two versions",
                "Click one at the left, Ctrl+click a second one.",
            )
        self._stack.setCurrentWidget(self.message)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.sentences.narrow(narrow=event.size().width() < WIDE)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """A double click on the splitter gives the list its own height again."""
        if watched is self._split and event.type() == QEvent.Type.Resize:
            self._place()
        elif watched is not self._split and event.type() == QEvent.Type.MouseButtonDblClick:
            self._placed = False
            self._place()
        return super().eventFilter(watched, event)

    @Slot(int, int)
    def _moved(self, _place: int, _index: int) -> None:
        self._placed = True

    @Slot(str)
    def _choose(self, path: str) -> None:
        self._window_host.session.comparison.choose_file(path)

    @Slot(object)
    def _show_danger(self, path: object) -> None:
        self._choose(str(path))

    @Slot()
    def _toggle_same(self) -> None:
        self._with_same = not self._with_same
        self._fill()

    @Slot()
    def _exactly(self) -> None:
        self._window_host.session.comparison.compare_exactly()

    @Slot()
    def _again(self) -> None:
        self._window_host.session.refresh()

    @Slot(QPoint)
    def _menu(self, place: QPoint) -> None:
        path = self.table.rows.path(self.table.indexAt(place).row())
        if path:
            self.file_menu(path).popup(self.table.viewport().mapToGlobal(place))

    def file_menu(self, path: str) -> QMenu:
        """The menu of a file row: bring it back from either version, copy what it says."""
        menu = QMenu(self.table)
        menu.setAccessibleName(f"Menu of {path}")
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        change = next((c for c in self.table.rows.changes if c.path == path), None)
        for digest, title, old in self._restorable(path, change):
            action = menu.addAction(f"Restore as in {texts.escape_mnemonic(title)}")
            action.setData((digest, old))
            action.triggered.connect(self._restore)
        if menu.actions():
            menu.addSeparator()
        facts = (change.right or change.left) if change else None
        sha256 = facts.sha256 if facts and facts.sha256 != UNREAD else None
        for text, what in (("Copy path", path), ("Copy hash", sha256)):
            if what:
                action = menu.addAction(text)
                action.setData(what)
                action.triggered.connect(self._copy)
        return menu

    def _restorable(self, path: str, change: FileChange | None) -> list[tuple[str, str, str]]:
        """(digest, title, path there) of the versions that can give this file back."""
        state = self._window_host.workspace.state
        folder = state.folder
        if change is None or folder is None or folder.problem or folder.interrupted:
            return []
        sides = (
            (state.before, change.left, change.old_path or path),
            (state.after, change.right, path),
        )
        return [
            (side, state.title_of(side), old)
            for side, facts, old in sides
            if facts is not None and state.version(side) is not None
        ]

    @Slot()
    def _restore(self) -> None:
        action = self.sender()
        if isinstance(action, QAction):
            self._window_host.session.folder.restore(*action.data())

    @Slot()
    def _copy(self) -> None:
        action = self.sender()
        if isinstance(action, QAction):
            self._window_host.copy(str(action.data()), action.text().partition(" ")[2])
