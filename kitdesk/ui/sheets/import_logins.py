"""Take over logins that docker, podman and kit keep: read only, and only those that are ticked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QCheckBox, QWidget

from kitdesk import text as texts
from kitdesk.ui.sheets.workspace_sheet import WorkspaceSheet
from kitdesk.ui.widgets.buttons import Button
from kitdesk.ui.widgets.labels import IconLabel, label
from kitdesk.ui.widgets.layouts import Box, DynamicColumn, column, line, row

if TYPE_CHECKING:
    from kitdesk.session.state.accounts import LoginItem
    from kitdesk.ui.host import WindowHost


INDENT = 24
"""Pixels from the left edge of a check box to its text."""


class ImportLoginsSheet(WorkspaceSheet):
    """Each login is checked with its registry before it is kept."""

    name = "import_logins"
    of_project = False

    def __init__(self, window_host: WindowHost, _digest: str = "") -> None:
        super().__init__(window_host, 560, "Take over logins")
        self.head("Take over logins")
        text = (
            "Logins that docker, podman and kit keep on this machine. Their files are only read; "
            "each login is checked with its registry, then kept in the keyring."
        )
        self._pile = DynamicColumn()
        self.add(2, label(text, "body", "muted", wrap=True), 14, self._pile)
        self._boxes: dict[int, QCheckBox] = {}
        self._shown: object = "nothing"
        self._asked = False
        self.go = Button("Take over", "primary", "key")
        self.go.clicked.connect(self._go)
        self.first = self.foot(self.go)
        window_host.session.registries.find_logins()
        self.read()

    def read(self) -> None:
        logins = self.window_host.workspace.state.logins
        if logins != self._shown:
            self._shown = logins
            self._fill(logins)
        self._name()

    def _fill(self, logins: tuple[LoginItem, ...] | None) -> None:
        ticked = {number for number, box in self._boxes.items() if box.isChecked()}
        first, self._boxes = not self._boxes, {}
        if logins is None:
            self._pile.fill(label("Looking for logins…", "body", "muted"))
            return
        self._asked = self._asked and any(one.ok is None for one in logins if one.number in ticked)
        if not logins:
            card = Box("well", "h", (14, 10, 14, 10), 12)
            card.add(IconLabel("info-circle", "muted", 18))
            said = "Neither docker nor podman nor kit keeps a login on this machine."
            card.inner.addWidget(label(said, wrap=True), 1)
            self._pile.fill(card)
            return
        rows: list[QWidget | int] = []
        for one in logins:
            box = QCheckBox(one.host)
            box.setAccessibleName(f"{one.host}, {one.user or 'token'}, from {one.source}")
            box.setChecked(one.number in ticked if not first else not one.known)
            box.setEnabled(not one.ok)
            box.toggled.connect(self._name)
            self._boxes[one.number] = box
            rows += [_line(box, one), line()]
        self._pile.fill(*rows[:-1])

    def _chosen(self) -> tuple[int, ...]:
        return tuple(n for n, box in self._boxes.items() if box.isChecked() and box.isEnabled())

    @Slot()
    def _name(self) -> None:
        count = len(self._chosen())
        self.go.setText(
            "Asking the registries…"
            if self._asked
            else (f"Take over {texts.counted(count, 'login')}" if count else "Take over")
        )
        self.go.setEnabled(bool(count) and not self._asked)

    @Slot()
    def _go(self) -> None:
        self._asked = True
        self.window_host.session.registries.import_logins(self._chosen())
        self._name()


def _line(box: QCheckBox, one: LoginItem) -> QWidget:
    who = f"{one.user}, from {one.source}" if one.user else f"from {one.source}"
    if one.known and one.ok is None:
        who += "; KitDesk has a login here already"
    note = row(label(who, "small", "muted"), margins=(INDENT, 0, 0, 0))
    said = column(row(box, "*"), note, gap=1)
    parts: list[QWidget | str] = [said, "*"]
    if one.outcome:
        icon, tone = ("check", "added") if one.ok else ("circle-x", "removed")
        outcome = label(one.outcome, "small", "muted" if one.ok else "removed", wrap=True)
        outcome.setMinimumWidth(200)
        parts += [IconLabel(icon, tone, 14), outcome]
    return row(*parts, gap=8, margins=(0, 7, 0, 7))
