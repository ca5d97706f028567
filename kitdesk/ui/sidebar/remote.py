"""What the side pane says about the remote: not chosen, not reached, being read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Slot

from kitdesk import text as texts
from kitdesk.changes import Changes, Topic
from kitdesk.ui.widgets.buttons import Button
from kitdesk.ui.widgets.labels import IconLabel, label
from kitdesk.ui.widgets.layouts import Box, row

if TYPE_CHECKING:
    from kitdesk.ui.host import WindowHost


class RemoteBanner(Box):
    """An amber card with the age of what is shown; hidden while the remote answers."""

    def __init__(self, window_host: WindowHost) -> None:
        super().__init__("window", margins=(12, 2, 12, 8))
        self._window_host = window_host
        card = Box("changed", margins=(12, 8, 12, 8), gap=2)
        again = Button("Try again", "link", small=True)
        again.clicked.connect(self._again)
        self._title = label("", weight=600)
        self._text = label("", "small", "muted", wrap=True)
        card.add(row(IconLabel("cloud-off", "changed"), self._title, "*", again), self._text)
        self.add(card)
        window_host.workspace.changed.connect(self._changed)
        self._read()

    @Slot(object)
    def _changed(self, changes: Changes) -> None:
        if changes.topics & (Topic.REMOTE | Topic.SETTINGS):
            self._read()

    def _read(self) -> None:
        remote = self._window_host.workspace.state.remote
        bad = bool(remote.address) and (remote.reachable is False or remote.error is not None)
        if bad:
            folder = remote.address.startswith("oci:")
            title = "Remote folder not found" if folder else "Registry not reached"
            if remote.error and remote.error.code == "auth-required":
                title = "Sign in needed"
            self._title.setText(title)
            known = f"Remote versions are as of {texts.age(remote.asked)}." if remote.asked else ""
            why = remote.error.title if remote.error else ""
            hint = (
                remote.error.hint if remote.error and remote.error.code == "auth-required" else ""
            )
            self._text.setText(" ".join(part for part in (why, hint, known) if part))
        self.setVisible(bad)

    @Slot()
    def _again(self) -> None:
        self._window_host.session.refresh()


class RemoteLine(Box):
    """One muted line above the legend: which remote, with the way to choose one."""

    def __init__(self, window_host: WindowHost) -> None:
        super().__init__("window", "h", (16, 0, 12, 0), 6)
        self._window_host = window_host
        self._icon = IconLabel("cloud", "muted", 14)
        self._choose = Button("Choose a remote…", "link", small=True)
        self._choose.clicked.connect(self._open)
        self.add(self._icon, label("No remote yet.", "small", "muted"), self._choose, "*")
        window_host.workspace.changed.connect(self._changed)
        self._read()

    @Slot(object)
    def _changed(self, changes: Changes) -> None:
        if changes.topics & (Topic.REMOTE | Topic.SETTINGS):
            self._read()

    def _read(self) -> None:
        self.setVisible(not self._window_host.workspace.state.remote.address)

    @Slot()
    def _open(self) -> None:
        self._window_host.open_sheet("remote")
