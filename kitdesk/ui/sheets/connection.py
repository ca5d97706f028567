"""How one registry is spoken to: encryption, its certificate, ours."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QCheckBox, QFileDialog, QLineEdit, QWidget

from kitdesk.session.state.accounts import ConnectionFacts
from kitdesk.ui.sheets.workspace_sheet import FieldMessage, WorkspaceSheet, mark_field
from kitdesk.ui.widgets.buttons import Button
from kitdesk.ui.widgets.labels import label
from kitdesk.ui.widgets.layouts import column, row
from kitdesk.ui.window.file_dialogs import new_dialog

if TYPE_CHECKING:
    from kitdesk.ui.host import WindowHost


class ConnectionSheet(WorkspaceSheet):
    """Holds for every later request to the registry; Save leads back to the accounts."""

    name = "connection"
    of_project = False

    def __init__(self, window_host: WindowHost, host: str) -> None:
        super().__init__(window_host, 520, f"Connection to {host}")
        self._host = host
        account = window_host.workspace.state.account(host)
        facts = account.connection if account else ConnectionFacts()
        self._local = bool(account and account.local)
        self.head("Connection")
        self.add(2, label(f"How KitDesk speaks to {host}.", "body", "muted", wrap=True), 14)
        self.plain = QCheckBox("Plain HTTP, without encryption")
        self.plain.setChecked(facts.plain_http)
        self.insecure = QCheckBox("Accept any certificate")
        self.insecure.setChecked(facts.insecure)
        for box in (self.plain, self.insecure):
            box.toggled.connect(self._check)
        self.ca_file = self._field("Certificate of the registry or of its authority", facts.ca_file)
        self.cert = self._field("Certificate that KitDesk shows", facts.client_cert)
        self.key = self._field("Its key, if that is another file", facts.client_key)
        self._verdict = FieldMessage()
        if self._local:
            self.plain.hide()
        self.add(row(self.plain, "*"), 6, row(self.insecure, "*"))
        for field in (self.ca_file, self.cert, self.key):
            self.add(12, self._line(field))
        self.add(10, self._verdict)
        self.go = Button("Save", "primary", "check")
        self.go.clicked.connect(self._save)
        self.foot(self.go)
        self.first = self.ca_file
        self._check()

    def _field(self, name: str, path: str) -> QLineEdit:
        field = QLineEdit(path)
        field.setAccessibleName(name)
        field.setPlaceholderText("none")
        field.textChanged.connect(self._check)
        return field

    def _line(self, field: QLineEdit) -> QWidget:
        choose = Button("Choose…", "soft")
        choose.value = field
        choose.setAccessibleName(f"Choose: {field.accessibleName()}")
        choose.chosen.connect(self._choose)
        name = label(field.accessibleName(), "small", "muted", weight=500)
        return column(name, row(field, choose), gap=4)

    def _wrong(self) -> tuple[QLineEdit, str] | None:
        for field in (self.ca_file, self.cert, self.key):
            text = field.text().strip()
            if text and not Path(text).is_file():
                return field, f"{text} is not a file."
        if self.key.text().strip() and not self.cert.text().strip():
            return self.key, "A key needs its certificate."
        return None

    @Slot()
    def _check(self) -> None:
        wrong = self._wrong()
        for field in (self.ca_file, self.cert, self.key):
            mark_field(field, bad=wrong is not None and wrong[0] is field)
        risky = (self.plain.isChecked() and not self._local) or self.insecure.isChecked()
        if wrong is not None:
            self._verdict.say(wrong[1], "circle-x", "removed")
        elif risky:
            said = "Anybody on the way can read and change what is sent, passwords too."
            self._verdict.say(said, "alert-triangle", "changed")
        else:
            self._verdict.say(
                "Files are named, not copied; keep them where they are.", "info-circle", "muted"
            )
        self.go.setEnabled(wrong is None)

    @Slot(object)
    def _choose(self, field: object) -> None:
        if not isinstance(field, QLineEdit):
            return
        title, start = field.accessibleName(), field.text().strip()
        dialog = new_dialog(self.window_host, self, title, "certificate", start)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(field.setText)
        dialog.open()

    @Slot()
    def _save(self) -> None:
        facts = ConnectionFacts(
            self.plain.isChecked() and not self._local,
            self.ca_file.text().strip(),
            self.cert.text().strip(),
            self.key.text().strip(),
            self.insecure.isChecked(),
        )
        self.window_host.session.registries.connect(self._host, facts)
        self.window_host.open_sheet("accounts", self._host)
