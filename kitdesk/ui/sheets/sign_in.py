"""Sign in to a registry: the password goes to the session once, and from the field at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QLineEdit

from kitdesk.ui.sheets.workspace_sheet import FieldMessage, WorkspaceSheet, mark_field
from kitdesk.ui.widgets.buttons import Button
from kitdesk.ui.widgets.labels import IconLabel, label
from kitdesk.ui.widgets.layouts import Box, column

if TYPE_CHECKING:
    from kitdesk.ui.host import WindowHost

READY = "Keyring ready"
READY_WORDS = (
    "Goes into the keyring once the registry has accepted it. "
    "KitDesk writes no password to any file."
)
FIRST = "The registry is asked first; a wrong password is kept nowhere."


FROM_ACCOUNTS = "accounts/"
"""Before the host: the sheet leads back to Registries and accounts."""


class SignInSheet(WorkspaceSheet):
    """Registry, user, password; closes when the registry has accepted them."""

    name = "sign_in"
    of_project = False

    def __init__(self, window_host: WindowHost, host: str = "") -> None:
        super().__init__(window_host, 460, "Sign in")
        state = window_host.workspace.state
        remote = state.remote.address
        known = {one.host: one.user for one in state.accounts}
        self._back = host.startswith(FROM_ACCOUNTS)
        host = host.removeprefix(FROM_ACCOUNTS)
        if not host and not self._back:
            host = "" if remote.startswith("oci:") else remote.partition("/")[0]
        self._job = state.error.job if state.error and state.error.host else None
        self._asked = False
        self.head("Sign in")
        self.add(2, label("Needed to push, and to see private versions.", "body", "muted"))
        self.host = self._field("Registry", host)
        self.user = self._field("User", known.get(host, ""))
        self.user.setPlaceholderText("empty for an identity token")
        self.secret = self._field("Password or token", "")
        self.secret.setEchoMode(QLineEdit.EchoMode.Password)
        self.verdict = FieldMessage()
        self.verdict.say(FIRST, "info-circle", "muted")
        well = Box("well", "h", (14, 10, 14, 10), 12)
        well.add(IconLabel("key", "muted", 18))
        self._where = label("", wrap=True)
        well.inner.addWidget(self._where, 1)
        for name, field in (
            ("Registry", self.host),
            ("User", self.user),
            ("Password or token", self.secret),
        ):
            self.add(12, column(label(name, "small", "muted", weight=500), field, gap=4))
        self.add(8, self.verdict, 8, well)
        self.go = Button("Sign in", "primary", "login")
        self.go.clicked.connect(self._go)
        self.foot(self.go)
        self.first = self.secret if host and self.user.text() else self.user if host else self.host
        self.read()

    def _field(self, name: str, text: str) -> QLineEdit:
        field = QLineEdit(text)
        field.setAccessibleName(name)
        field.textChanged.connect(self._edited)
        field.returnPressed.connect(self._return)
        return field

    def read(self) -> None:
        state = self.window_host.workspace.state
        if state.sign_in_error is None:
            self._where.setText(
                READY_WORDS if state.keyring in ("", READY) else f"{state.keyring}."
            )
        busy = bool(state.signing_in)
        if self._asked and not busy:
            self._asked = False
            if state.sign_in_error is None:
                self.accept()
                if self._back:
                    self.window_host.open_sheet("accounts", self.host.text().strip())
                return
            error = state.sign_in_error
            self.verdict.say(error.title, "circle-x", "removed")
            self._where.setText(error.hint)
            mark_field(self.secret, bad=True)
            self.secret.setFocus()
        filled = all(field.text().strip() for field in (self.host, self.secret))
        self.go.setEnabled(filled and not busy)
        self.go.setText("Asking the registry…" if busy else "Sign in")

    @Slot()
    def _edited(self) -> None:
        mark_field(self.secret)
        self.read()

    @Slot()
    def _return(self) -> None:
        if self.go.isEnabled():
            self._go()

    @Slot()
    def _go(self) -> None:
        host, user = self.host.text().strip(), self.user.text().strip()
        secret = self.secret.text()
        self.window_host.session.accounts.sign_in(host, user, secret, self._job)
        self._asked = True
        self.secret.clear()
        self.read()
