"""The start page: the mark, the ways in, the recent projects, four words explained."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QFileDialog, QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from kitdesk import text as texts
from kitdesk.changes import Changes, Topic
from kitdesk.session.state.project import View
from kitdesk.ui.start.recent import recent_rows
from kitdesk.ui.widgets.bars import AppMark
from kitdesk.ui.widgets.buttons import Button
from kitdesk.ui.widgets.labels import IconLabel, Label, label
from kitdesk.ui.widgets.layer_kinds import ICONS, WORDS, kind_icon
from kitdesk.ui.widgets.layouts import Box, DynamicColumn, Item, column, row
from kitdesk.ui.window.file_dialogs import new_dialog

if TYPE_CHECKING:
    from PySide6.QtGui import QResizeEvent

    from kitdesk.ui.host import WindowHost

WIDTH = 960
LESSONS = (
    ("package", "Pack", "freezes model, data and code as one version."),
    ("cloud-upload", "Push", "copies a version to your registry."),
    ("git-compare", "Compare", "says in a sentence what differs."),
    ("arrow-back-up", "Roll back", "brings an earlier version back; undo works."),
)


def _way_in(icon: str, title: str, text: str, button: Button) -> Box:
    card = Box("card", margins=(20, 20, 20, 20))
    tile = Box("tile", margins=(9, 9, 9, 9))
    tile.setFixedSize(40, 40)
    tile.add(IconLabel(icon, "accent", 22))
    said = label(text, "body", "muted", wrap=True)
    said.setAlignment(Qt.AlignmentFlag.AlignTop)
    card.add(tile, 12, label(title, "title", weight=600), 4, said, "*", 14, row(button, "*"))
    card.setMinimumHeight(204)
    return card


class StartPage(Box):
    """Shown while no project is open."""

    def __init__(self, window_host: WindowHost) -> None:
        super().__init__("surface")
        self._window_host = window_host
        self.first = Button("Open a folder…", "primary")
        self.first.clicked.connect(self._open)
        sample = Button("Open the sample…", "soft")
        sample.clicked.connect(self._sample)
        remote = Button("Open from a registry…", "soft")
        remote.clicked.connect(self._remote)
        cards = QWidget()
        across = QHBoxLayout(cards)
        across.setContentsMargins(0, 0, 0, 0)
        across.setSpacing(16)
        for card in (
            _way_in(
                "folder-open",
                "Open a folder",
                "Any folder with a model in it. KitDesk reads it and changes nothing until you "
                "say so.",
                self.first,
            ),
            _way_in(
                "cloud-download",
                "Open from a registry",
                "Choose a version, see what is in it, and unpack it as a new project.",
                remote,
            ),
            _way_in(
                "box",
                "Try the sample",
                "A small movie recommender with two versions to compare and roll back. Needs no "
                "network.",
                sample,
            ),
        ):
            across.addWidget(card, 1)
        self._recent = DynamicColumn()
        lower = QWidget()
        below = QHBoxLayout(lower)
        below.setContentsMargins(0, 0, 0, 0)
        below.setSpacing(40)
        below.addWidget(self._recent, 1)
        self._four = self._lessons()
        below.addWidget(self._four)
        page = column(self._hero(), 28, cards, 32, lower, "*", gap=0)
        page.setMaximumWidth(WIDTH)
        page.setMinimumWidth(760)
        ground = Box("surface")
        middle = QHBoxLayout()
        middle.setContentsMargins(40, 0, 40, 24)
        middle.addStretch(1)
        middle.addWidget(page, 20)
        middle.addStretch(1)
        ground.inner.addSpacing(48)
        ground.inner.addLayout(middle, 1)
        scroll = QScrollArea()
        scroll.setWidget(ground)
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setAccessibleName("Start page")
        self.inner.addWidget(scroll, 1)
        hint = "Drop a folder anywhere in this window. KitDesk and kit share one store."
        machine = Button("On this machine", "link", "device-laptop", small=True)
        machine.clicked.connect(self._store)
        foot = row("*", label(hint, "small", "muted"), machine, "*", margins=(16, 8, 16, 12))
        self.add(foot)
        window_host.workspace.changed.connect(self._changed)
        self._read()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """In a small window the explanations give way to the projects."""
        super().resizeEvent(event)
        roomy = event.size().width() >= 1040
        self._four.setVisible(roomy)
        self._together.setVisible(roomy)

    def _hero(self) -> QWidget:
        said = column(
            label("KitDesk", "hero", weight=600),
            label("Every version of your model, and the way back.", "title", "muted"),
            gap=2,
        )
        cells: list[Item] = []
        for kind in ICONS:
            cells += [kind_icon(kind, 18), label(WORDS[kind], "body", "muted"), 8]
        self._together = column(
            "*",
            row("*", *cells[:-1], gap=7),
            4,
            row("*", label("packed together as one version", "small", "faint")),
            "*",
            gap=0,
        )
        return row(AppMark(72), said, "*", self._together, gap=20)

    def _lessons(self) -> QWidget:
        lines: list[Item] = [label("Four words", weight=600), 2]
        for icon, verb, text in LESSONS:
            said = Label(f"{texts.strong(verb)} {text}", wrap=True, rich=True)
            lines.append(row(IconLabel(icon), said, gap=12))
        result = QWidget()
        inner = QVBoxLayout(result)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.addWidget(column(*lines, gap=12))
        inner.addStretch(1)
        result.setFixedWidth(278)
        return result

    @Slot(object)
    def _changed(self, changes: Changes) -> None:
        if changes.topics & Topic.SETTINGS:
            self._read()

    def _read(self) -> None:
        self._recent.fill(*recent_rows(self._window_host), "*")

    @Slot()
    def _open(self) -> None:
        self._window_host.ask_folder("Open a folder")

    @Slot()
    def _remote(self) -> None:
        self._window_host.open_sheet("open_remote")

    @Slot()
    def _store(self) -> None:
        self._window_host.session.show(View.STORE)

    @Slot()
    def _sample(self) -> None:
        dialog = new_dialog(self._window_host, self, "A new folder for the sample", "sample")
        dialog.setFileMode(QFileDialog.FileMode.AnyFile)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setOption(QFileDialog.Option.DontConfirmOverwrite, on=True)
        dialog.setLabelText(QFileDialog.DialogLabel.Accept, "Write the sample")
        dialog.selectFile("movie-recommend")
        dialog.fileSelected.connect(self.sample_into)
        dialog.open()

    @Slot(str)
    def sample_into(self, path: str) -> None:
        """Write the sample into a new folder and open it."""
        if path:
            self._window_host.session.versions.open_sample(Path(path))
