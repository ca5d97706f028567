"""Unpack: a version into another folder."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QFileDialog, QLineEdit

from kitdesk import text as texts
from kitdesk.modelkit.primitives.typed_path import typed_path, typed_path_problem
from kitdesk.ui.sheets.choice import Choice, Choices
from kitdesk.ui.sheets.workspace_sheet import FieldMessage, WorkspaceSheet, mark_field
from kitdesk.ui.widgets.buttons import Button
from kitdesk.ui.widgets.labels import label
from kitdesk.ui.widgets.layouts import row
from kitdesk.ui.window.file_dialogs import new_dialog
from kitdesk.ui.window.view_bar import Picker

if TYPE_CHECKING:
    from kitdesk.ui.host import WindowHost


class UnpackSheet(WorkspaceSheet):
    """A folder with files in it is taken only after a choice."""

    name = "unpack"

    def __init__(self, window_host: WindowHost, digest: str) -> None:
        super().__init__(window_host, 560, "Unpack to another folder")
        self._digest = digest
        self.version = Picker("Version to unpack")
        sides = [
            (v.title if v.tags else f"no tag, {texts.short(v.digest)}", v.digest)
            for v in window_host.workspace.state.versions
        ]
        stored = next(
            (s for s in window_host.workspace.state.store.versions if s.digest == digest), None
        )
        if stored and digest not in [side for _, side in sides]:
            sides.insert(0, (stored.tags[0] if stored.tags else texts.short(digest), digest))
        self.version.fill(sides, digest)
        self.version.activated.connect(self._other)
        self.head("Unpack", self.version)
        self._note = label("", "body", "muted", wrap=True)
        self.field = QLineEdit(self._proposal())
        self.field.setAccessibleName("Folder to unpack into")
        self.field.textChanged.connect(self._check)
        self._typed = False
        self.field.textEdited.connect(self._edited)
        browse = Button("Choose…", "soft", "folder")
        browse.clicked.connect(self._browse)
        self.verdict = FieldMessage()
        keep = Choice(
            "Refuse when something is in the way", "Nothing in the folder is changed.", "keep"
        )
        over = Choice(
            "Replace files that are in the way",
            "They are kept in a safe copy; Undo brings them back. Other files stay.",
            "over",
        )
        self._choices = Choices((keep, over))
        self._choices.choose("keep")
        self._choices.picked.connect(self._check)
        self.add(
            2,
            self._note,
            14,
            label("Folder", weight=600),
            6,
            row(self.field, browse),
            6,
            self.verdict,
            10,
        )
        self.add(self._choices)
        self.go = Button("Unpack", "primary", "package-import")
        self.go.clicked.connect(self._go)
        self.field.returnPressed.connect(self._return)
        self.foot(self.kit_button(), self.go)
        self.first = self.field
        self._check()

    def _proposal(self) -> str:
        folder = self.window_host.workspace.state.folder
        base = folder.path if folder else Path.home() / "kit"
        title = self.window_host.workspace.state.title_of(self._digest)
        return f"{base}-{texts.short(self._digest) if title == 'no tag' else title}"

    @Slot()
    def _check(self) -> None:
        """Paths are judged as text only: the disk is read by the verb, off this thread."""
        state, text = self.window_host.workspace.state, self.field.text().strip()
        title = self.version.currentText()
        row_ = state.version(self._digest)
        fetch = row_ is not None and not row_.local
        source = "It is fetched from the registry first." if fetch else "It is on this machine."
        self._note.setText(f"The whole of {title}, as it was packed. {source}")
        problem = typed_path_problem(text) if text else None
        absolute = bool(text) and problem is None
        here = state.folder and absolute and typed_path(text) == state.folder.path
        mark_field(self.field, bad=bool(text) and not absolute, warn=bool(here))
        if not text:
            self.verdict.say(
                "Name a folder; it is made when it does not exist.", "info-circle", "muted"
            )
        elif not absolute:
            self.verdict.say(problem or "", "circle-x", "removed")
        elif here:
            self.verdict.say(
                "This is the project itself: Roll back does that exactly.",
                "alert-triangle",
                "changed",
            )
        else:
            self.verdict.say("A folder that does not exist is made.", "info-circle", "muted")
        self.go.setText(f"Unpack {title}")
        self.go.setEnabled(absolute)

    @Slot()
    def _edited(self) -> None:
        self._typed = True

    @Slot()
    def _other(self) -> None:
        self._digest = self.version.side
        if not self._typed:
            self.field.setText(self._proposal())
        self._check()

    @Slot()
    def _browse(self) -> None:
        start = self.field.text()
        dialog = new_dialog(self.window_host, self, "Unpack into", "unpack", start)
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.fileSelected.connect(self.field.setText)
        dialog.open()

    def kit_text(self) -> str:
        title = self.version.currentText()
        return self.window_host.session.kit_command("unpack", self._digest, title)

    @Slot()
    def _return(self) -> None:
        if self.go.isEnabled():
            self._go()

    @Slot()
    def _go(self) -> None:
        target = typed_path(self.field.text().strip())
        overwrite = self._choices.value == "over"
        self.accept()
        self.window_host.session.folder.unpack(self._digest, target, overwrite=overwrite)
