"""Registries and accounts: who signs in where, how each is spoken to, and whether it works."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QListView

from kitdesk import text as texts
from kitdesk.ui.sheets.account_details import AccountDetails
from kitdesk.ui.sheets.account_rows import HEIGHT, HOST, LINE, AccountDelegate, state_of
from kitdesk.ui.sheets.sign_in import FROM_ACCOUNTS, READY
from kitdesk.ui.sheets.workspace_sheet import WorkspaceSheet
from kitdesk.ui.widgets.buttons import Button, close_button
from kitdesk.ui.widgets.labels import IconLabel, label
from kitdesk.ui.widgets.layouts import column, line, row

if TYPE_CHECKING:
    from kitdesk.ui.host import WindowHost

MOST = 6
"""So many registries are seen at once."""
KEYRING = {
    READY: "The keyring is ready. KitDesk writes no password to any file, and leaves the sign-in "
    "of kit and docker alone.",
}
"""What the foot says; another state of the keyring speaks for itself."""


class AccountsSheet(WorkspaceSheet):
    """Registries at the left, what is known of the chosen one at the right."""

    name = "accounts"
    of_project = False

    def __init__(self, window_host: WindowHost, host: str = "") -> None:
        super().__init__(window_host, 940, "Registries and accounts")
        self.body.setContentsMargins(0, 20, 0, 16)
        cross = close_button()
        cross.clicked.connect(self.reject)
        self.add(
            row(
                label("Registries and accounts", "headline", weight=600),
                "*",
                cross,
                margins=(24, 0, 16, 8),
            ),
            line(),
        )
        remote = window_host.workspace.state.remote.address
        self._wanted = host or ("" if remote.startswith("oci:") else remote.partition("/")[0])
        self._lines: object = None
        self._model = QStandardItemModel(self)
        self.list = QListView()
        self.list.setModel(self._model)
        self.list.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        self.list.setMouseTracking(True)
        self.list.setAccessibleName("Registries")
        self.list.setProperty("quiet", "true")
        self.list.setItemDelegate(AccountDelegate(self.list))
        self.list.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.selectionModel().currentChanged.connect(self._picked)
        add = Button("Add a registry…", "flat", "plus")
        add.clicked.connect(self._add)
        take = Button("Take over logins…", "flat", "key")
        take.setToolTip(
            texts.escape_tooltip("Logins that docker, podman and kit keep on this machine")
        )
        take.clicked.connect(self._take)
        left = column(
            self.list, 4, row(add, "*"), row(take, "*"), "*", gap=2, margins=(12, 12, 12, 12)
        )
        left.setFixedWidth(268)
        self.details = AccountDetails(window_host)
        middle = row(left, line("v"), self.details, gap=0)
        middle.setFixedHeight(412)
        self._key = IconLabel("key", "added", 18)
        self._safe = label("", wrap=True)
        close = Button("Close", "soft")
        close.clicked.connect(self.reject)
        self._ways_out += [cross, close]
        self.add(middle, line(), row(self._key, self._safe, close, gap=12, margins=(24, 14, 24, 0)))
        self.first = self.list
        self.finished.connect(self._settle)
        self.read()
        window_host.session.accounts.read()

    def read(self) -> None:
        state = self.window_host.workspace.state
        self._safe.setText(KEYRING.get(state.keyring, f"{state.keyring}." if state.keyring else ""))
        self._key.show_icon("key", "added" if state.keyring in ("", READY) else "changed")
        if state.accounts != self._lines:
            self._lines = state.accounts
            self._fill()
        self.details.show_host(self._host())

    def _host(self) -> str:
        return str(self.list.currentIndex().data(HOST) or "")

    def _fill(self) -> None:
        wanted = self._host() or self._wanted
        accounts = self.window_host.workspace.state.accounts
        self._model.clear()
        for one in accounts:
            item = QStandardItem(one.host)
            item.setData(one.host, HOST)
            item.setData(one, LINE)
            said, _icon, _tone = state_of(one)
            item.setData(f"{one.host}, {said}", Qt.ItemDataRole.AccessibleTextRole)
            self._model.appendRow(item)
        at = next((n for n, one in enumerate(accounts) if one.host == wanted), 0)
        self.list.setCurrentIndex(self._model.index(at, 0))
        self.list.setFixedHeight(min(len(accounts), MOST) * HEIGHT)

    @Slot()
    def _picked(self) -> None:
        self.details.show_host(self._host())

    @Slot()
    def _add(self) -> None:
        self.window_host.open_sheet("sign_in", FROM_ACCOUNTS)

    @Slot()
    def _take(self) -> None:
        self.window_host.open_sheet("import_logins")

    @Slot()
    def _settle(self) -> None:
        self.window_host.session.accounts.settle()
