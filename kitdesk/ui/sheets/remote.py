"""Choose the project's remote: a repository in a registry, or a folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QFileDialog, QLineEdit

from kitdesk.errors import BadReference
from kitdesk.modelkit.primitives.reference import parse
from kitdesk.ui.sheets.workspace_sheet import FieldMessage, WorkspaceSheet, mark_field
from kitdesk.ui.widgets.buttons import Button
from kitdesk.ui.widgets.labels import IconLabel, label
from kitdesk.ui.widgets.layouts import Box, row
from kitdesk.ui.window.file_dialogs import new_dialog

if TYPE_CHECKING:
    from kitdesk.ui.host import WindowHost


def address_problem(text: str) -> str | None:
    """Say why this is neither ``registry/repository`` nor ``oci:PATH``; None when it is."""
    if text.startswith("oci:"):
        return None if text[4:].strip() else "Name the folder after oci: ."
    host, slash, rest = text.partition("/")
    if not slash or not rest:
        return "Write the registry, a slash, and the repository."
    if not ("." in host or ":" in host or host == "localhost"):
        return f"“{host}” is not the name of a registry; it has neither a dot nor a port."
    try:
        reference = parse(text)
    except BadReference as error:
        return f"{error.title} {error.hint}".strip()
    return (
        "Leave the tag out: the remote is the whole repository."
        if reference.tag or reference.digest
        else None
    )


class RemoteSheet(WorkspaceSheet):
    """One field; signing in happens when the registry asks."""

    name = "remote"

    def __init__(self, window_host: WindowHost, _digest: str = "") -> None:
        super().__init__(window_host, 520, "Choose a remote")
        self.head("Choose a remote")
        text = "Where this project's versions are shared: a repository in a registry, or a folder."
        self.field = QLineEdit(window_host.workspace.state.remote.address)
        self.field.setAccessibleName("Address of the remote")
        self.field.setPlaceholderText("registry.example.org/team/project")
        self.field.textChanged.connect(self._check)
        self.field.returnPressed.connect(self._return)
        browse = Button("A folder…", "soft", "folder")
        browse.clicked.connect(self._browse)
        self.verdict = FieldMessage()
        well = Box("well", "h", (14, 10, 14, 10), 12)
        well.add(IconLabel("shield-check", "muted", 18))
        note = (
            "It is kept in KitDesk's settings, not in the folder. Nothing is sent until you push."
        )
        well.inner.addWidget(label(note, wrap=True), 1)
        self.add(2, label(text, "body", "muted", wrap=True), 14, label("Address", weight=600), 6)
        self.add(row(self.field, browse), 6, self.verdict, 12, well)
        self.go = Button("Use this remote", "primary", "cloud")
        self.go.clicked.connect(self._go)
        self.foot(self.go)
        self.first = self.field
        self._check()

    @Slot()
    def _check(self) -> None:
        text = self.field.text().strip()
        problem = address_problem(text) if text else None
        mark_field(self.field, bad=problem is not None)
        if not text:
            self.verdict.say(
                "Such as registry.example.org/team/project or oci:/mnt/share/kits.",
                "info-circle",
                "muted",
            )
        elif problem:
            self.verdict.say(problem, "circle-x", "removed")
        else:
            kind = (
                "A folder that holds versions."
                if text.startswith("oci:")
                else "A repository in a registry."
            )
            self.verdict.say(kind)
        self.go.setEnabled(bool(text) and problem is None)

    @Slot()
    def _browse(self) -> None:
        dialog = new_dialog(self.window_host, self, "A folder for versions", "remote")
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.fileSelected.connect(self._chosen)
        dialog.open()

    @Slot(str)
    def _chosen(self, path: str) -> None:
        self.field.setText(f"oci:{path}")

    @Slot()
    def _return(self) -> None:
        if self.go.isEnabled():
            self._go()

    @Slot()
    def _go(self) -> None:
        address = self.field.text().strip().rstrip("/")
        self.accept()
        self.window_host.session.tree.set_remote(address)
