"""Preferences: the colours; where things are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import Qt, Slot

from kitdesk.ui.sheets.workspace_sheet import WorkspaceSheet
from kitdesk.ui.widgets.buttons import Button, Segmented
from kitdesk.ui.widgets.labels import Elide, IconLabel, label
from kitdesk.ui.widgets.layouts import Box, Item, column, line, row

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from kitdesk.ui.host import WindowHost

SCHEMES: tuple[Literal["system", "light", "dark"], ...] = ("system", "light", "dark")


class PreferencesSheet(WorkspaceSheet):
    """Every choice holds at once; there is nothing to confirm."""

    name = "preferences"
    of_project = False

    def __init__(self, window_host: WindowHost, _digest: str = "") -> None:
        super().__init__(window_host, 560, "Preferences")
        self.head("Preferences")
        state = window_host.workspace.state
        self.scheme = Segmented(
            "Appearance", ("System", "Light", "Dark"), SCHEMES.index(state.scheme)
        )
        self.scheme.picked.connect(self._pick)
        remote = Button("Choose a remote…", "soft", "cloud", small=True)
        remote.clicked.connect(self._remote)
        self.add(
            6, _setting("Appearance", row(self.scheme, "*"), note="System follows the desktop.")
        )
        if state.folder:
            address = Elide(state.remote.address or "none chosen yet", "body", "muted")
            self.add(
                line(),
                _setting(
                    "Remote",
                    row(address, remote),
                    note="Of this project; kept in KitDesk's settings.",
                ),
            )
        if state.store.path:
            path = Elide(state.store.path, "code", "muted", mono=True)
            self.add(line(), _setting("Store", row(path), note="Shared with kit in a terminal."))
        if state.keyring:
            self.add(line(), _setting("Passwords", row(label(state.keyring, "body", "muted"), "*")))
        well = Box("well", "h", (14, 10, 14, 10), 12)
        well.add(IconLabel("shield-check", "muted", 18))
        well.inner.addWidget(
            label("KitDesk talks to the registries you choose and to nobody else.", wrap=True), 1
        )
        self.add(8, well)
        close = Button("Close", "soft")
        close.clicked.connect(self.reject)
        self.add(row("*", close, margins=(0, 16, 0, 0)))
        self.first = self.scheme.parts[self.scheme.on]

    @Slot(int)
    def _pick(self, index: int) -> None:
        self.window_host.session.set_scheme(SCHEMES[index])

    @Slot()
    def _remote(self) -> None:
        self.window_host.open_sheet("remote")


def _setting(name: str, control: QWidget, note: str = "") -> QWidget:
    key = label(name, weight=500)
    key.setFixedWidth(120)
    key.setMinimumHeight(30)
    items: list[Item] = [control]
    if note:
        items.append(label(note, "small", "muted", wrap=True))
    result = row(key, column(*items, gap=4), gap=16, margins=(0, 8, 0, 8))
    inner = result.layout()
    if inner is not None:
        inner.setAlignment(key, Qt.AlignmentFlag.AlignTop)
    return result
