"""Open from a registry: choose a version, see what is in it, unpack it as a new project."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Slot
from PySide6.QtGui import QStandardItemModel
from PySide6.QtWidgets import QComboBox, QFileDialog, QLineEdit, QListView, QWidget

from kitdesk import text as texts
from kitdesk.modelkit.primitives.typed_path import typed_path, typed_path_problem
from kitdesk.ui.sheets.offer_facts import OfferFacts
from kitdesk.ui.sheets.offer_rows import ROW, OfferDelegate, offer_item
from kitdesk.ui.sheets.remote import address_problem
from kitdesk.ui.sheets.workspace_sheet import FieldMessage, WorkspaceSheet, mark_field
from kitdesk.ui.widgets.buttons import Button
from kitdesk.ui.widgets.labels import label
from kitdesk.ui.widgets.layouts import line, row
from kitdesk.ui.window.file_dialogs import new_dialog

if TYPE_CHECKING:
    from kitdesk.session.state.project import VersionRow
    from kitdesk.ui.host import WindowHost

PAUSE_MS = 400
"""How long typing has to rest before the registry is asked."""
NAMED = 84


class OpenRemoteSheet(WorkspaceSheet):
    """Nothing is pulled before the button is pressed."""

    name = "open_remote"
    of_project = False

    def __init__(self, window_host: WindowHost, address: str = "") -> None:
        super().__init__(window_host, 820, "Open from a registry")
        self.head("Open from a registry")
        text = "Pulls one version and unpacks it into a new folder."
        self.where = QComboBox()
        self.where.setEditable(True)
        self.where.setAccessibleName("Repository")
        self.where.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.where.addItems(_known(window_host))
        self.where.setCurrentText(address)
        field = self.where.lineEdit()
        assert field is not None, "an editable combo has one"
        field.setPlaceholderText("registry.example.org/team/project")
        field.setAccessibleName("Repository")
        self.where.editTextChanged.connect(self._typing)
        self._said = FieldMessage()
        self._model = QStandardItemModel(self)
        self.list = QListView()
        self.list.setModel(self._model)
        self.list.setItemDelegate(OfferDelegate(self.list))
        self.list.setAccessibleName("Versions")
        self.list.setProperty("quiet", "true")
        self.list.setMouseTracking(True)
        self.list.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        self.list.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setFixedWidth(372)
        self.list.selectionModel().currentChanged.connect(self._picked)
        self.facts = OfferFacts()
        self._middle = row(self.list, 12, line("v"), self.facts, gap=0)
        self._middle.setFixedHeight(252)
        self.target = QLineEdit()
        self.target.setAccessibleName("New folder")
        self.target.textChanged.connect(self._check)
        self.target.textEdited.connect(self._named)
        self.target.returnPressed.connect(self._return)
        browse = Button("Choose…", "soft", "folder")
        browse.clicked.connect(self._browse)
        self._verdict = FieldMessage()
        self.add(2, label(text, "body", "muted", wrap=True), 14)
        self.add(_named("Repository", self.where), 4, _named("", self._said), 10, line(), 8)
        self.add(self._middle, 8, line(), 14)
        self.add(_named("New folder", self.target, browse), 4, _named("", self._verdict))
        self.go = Button("Pull and open", "primary", "cloud-download")
        self.go.clicked.connect(self._go)
        self._kit = self.kit_button()
        self.foot(self._kit, self.go)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(PAUSE_MS)
        self._timer.timeout.connect(self._ask)
        self._by_hand = False
        self._shown: object = None
        self.first = self.where
        self.read()
        if address:
            self._ask()

    # what the workspace says --------------------------------------------------------------------

    def read(self) -> None:
        offer = self.window_host.workspace.state.offer
        mine = offer.address == self._address() and bool(offer.address)
        if (offer.versions if mine else ()) != self._shown:
            self._shown = offer.versions if mine else ()
            self._fill()
        self._say()
        self.facts.show_offer(offer if mine and offer.versions else None)
        self._check()

    def _say(self) -> None:
        offer, text = self.window_host.workspace.state.offer, self._address()
        problem = address_problem(text) if text else None
        mark_field(self.where, bad=problem is not None)
        if not text:
            said = "Such as registry.example.org/team/project, or oci: and a folder."
            self._said.say(said, "info-circle", "muted")
        elif problem:
            self._said.say(problem, "circle-x", "removed")
        elif offer.address != text or offer.loading:
            self._said.say("Asking the registry…", "cloud", "muted")
        elif offer.error is not None and not offer.versions:
            error = f"{offer.error.title} {offer.error.hint}".strip()
            self._said.say(error, "alert-triangle", "changed")
        elif not offer.versions:
            self._said.say("No version of a project is there.", "info-circle", "muted")
        else:
            self._said.say(f"{texts.counted(len(offer.versions), 'version')}, newest first.")

    def _fill(self) -> None:
        offer = self.window_host.workspace.state.offer
        self.list.selectionModel().blockSignals(True)
        self._model.clear()
        for one in offer.versions if self._shown else ():
            self._model.appendRow(offer_item(one))
        self.list.selectionModel().blockSignals(False)
        if self._model.rowCount():
            self.list.setCurrentIndex(self._model.index(0, 0))

    def _address(self) -> str:
        return self.where.currentText().strip().rstrip("/")

    @property
    def _row(self) -> VersionRow | None:
        found: VersionRow | None = self.list.currentIndex().data(ROW)
        return found

    # what the person does -------------------------------------------------------------------

    @Slot()
    def _typing(self) -> None:
        self._timer.start()
        self.read()

    @Slot()
    def _ask(self) -> None:
        text = self._address()
        if text and address_problem(text) is None:
            self.window_host.session.open_remote.browse(text)
        if not self._by_hand:
            self.target.setText(_proposal(text))

    @Slot()
    def _picked(self) -> None:
        chosen = self._row
        if chosen is not None and chosen.digest != self.window_host.workspace.state.offer.chosen:
            self.window_host.session.open_remote.describe(chosen.digest)
        self._check()

    @Slot()
    def _named(self) -> None:
        self._by_hand = True

    @Slot()
    def _check(self) -> None:
        """The path is judged as text only: the disk is read by the verb, off this thread."""
        text, chosen = self.target.text().strip(), self._row
        problem = typed_path_problem(text) if text else None
        absolute = bool(text) and problem is None
        mark_field(self.target, bad=bool(text) and not absolute)
        if text and not absolute:
            self._verdict.say(problem or "", "circle-x", "removed")
        elif chosen is None or not text:
            self._verdict.say("A new or empty folder; it is made for you.", "info-circle", "muted")
        else:
            self._verdict.say(f"It will be made. {self._amount(chosen)}".strip())
        self.go.setText(f"Pull and open {chosen.title}" if chosen else "Pull and open")
        self.go.setEnabled(absolute and chosen is not None)
        self._kit.setEnabled(chosen is not None)

    def _amount(self, chosen: VersionRow) -> str:
        about = self.window_host.workspace.state.offer.about
        if chosen.local:
            return "All of it is on this machine already."
        if about is None or about.side != chosen.digest:
            return f"{texts.size(chosen.size)} in all." if chosen.size is not None else ""
        whole = chosen.size or 0
        if about.missing < whole:
            here = texts.size(whole - about.missing)
            return f"{here} of it is on this machine; {texts.size(about.missing)} will be fetched."
        return f"{texts.size(about.missing)} will be fetched."

    @Slot()
    def _browse(self) -> None:
        start = self.target.text()
        dialog = new_dialog(self.window_host, self, "A new folder", "unpack", start)
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.fileSelected.connect(self._chosen)
        dialog.open()

    @Slot(str)
    def _chosen(self, path: str) -> None:
        self._by_hand = True
        self.target.setText(path)

    def kit_text(self) -> str:
        chosen = self._row
        if chosen is None:
            return ""
        tag = f":{chosen.tags[0]}" if chosen.tags else f"@{chosen.digest}"
        return f"kit unpack {self._address()}{tag} -d {self.target.text().strip()}"

    @Slot()
    def _return(self) -> None:
        if self.go.isEnabled():
            self._go()

    @Slot()
    def _go(self) -> None:
        chosen = self._row
        if chosen is None:
            return
        target = typed_path(self.target.text().strip())
        self.accept()
        self.window_host.session.open_remote.open(chosen.digest, target)


def _named(name: str, *parts: QWidget) -> QWidget:
    key = label(name, "small", "muted")
    key.setFixedWidth(NAMED)
    result = row(key, *parts, gap=8)
    inner = result.layout()
    if inner is not None and hasattr(inner, "setStretch"):
        inner.setStretch(1, 1)
    return result


def _known(window_host: WindowHost) -> list[str]:
    """Addresses to choose from: this project's remote first, then hosts with an account."""
    state = window_host.workspace.state
    hosts = [f"{one.host}/" for one in state.accounts if one.signed_in]
    return list(dict.fromkeys(filter(None, (state.remote.address, *hosts))))


def _proposal(address: str) -> str:
    name = address.removeprefix("oci:").rpartition("/")[2].partition(":")[0].partition("@")[0]
    return str(Path.home() / name) if name else ""
