"""Before unsaved text or running jobs are left behind: save, keep as a draft, or stay."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Slot

from kitdesk import text as texts
from kitdesk.session.controllers.leaving import unfinished
from kitdesk.ui.sheets.workspace_sheet import WorkspaceSheet
from kitdesk.ui.widgets.buttons import Button
from kitdesk.ui.widgets.labels import IconLabel, label
from kitdesk.ui.widgets.layouts import Box

if TYPE_CHECKING:
    from kitdesk.session.state.kitfile import Leaving
    from kitdesk.session.state.workspace import State
    from kitdesk.ui.host import WindowHost

TITLES = {
    "open": "The Kitfile is not saved",
    "close": "The Kitfile is not saved",
    "restore": "The Kitfile is not saved",
    "quit": "Close KitDesk?",
}


class UnsavedSheet(WorkspaceSheet):
    """Asks what :attr:`State.leaving` is about; closed by any way but its buttons, one stays."""

    name = "unsaved"

    def __init__(self, window_host: WindowHost, _digest: str = "") -> None:
        state = window_host.workspace.state
        leaving = state.leaving
        title = TITLES[leaving.to] if leaving else ""
        super().__init__(window_host, 520, title)
        self._answered = False
        self.head(title)
        self.add(8, label(kitfile_words(state, leaving), wrap=True))
        for job in unfinished(state.jobs) if leaving and leaving.to == "quit" else ():
            line = Box("plain", "h", gap=8)
            line.add(IconLabel("alert-triangle", "changed", 16))
            said = label(f"{job.title} is under way and would be stopped.", wrap=True)
            line.inner.addWidget(said, 1)
            self.add(10, line)
        dirty = state.kitfile.dirty
        if state.kitfile.draft_problem and dirty:
            box = Box("changed", "h", (14, 10, 14, 10), 12)
            box.add(IconLabel("alert-triangle", "changed", 18))
            box.inner.addWidget(label(state.kitfile.draft_problem, wrap=True), 1)
            self.add(12, box)
        self._keep = Button(_keep_words(state, leaving), "soft")
        self._keep.clicked.connect(self._go_on)
        self.go = Button(_go_words(leaving, dirty=dirty), "primary" if dirty else "danger")
        self.go.clicked.connect(self._save if dirty else self._go_on)
        if dirty:
            self.foot(self._keep, self.go)
        else:
            self.foot(self.go)
        self.first = self.go
        self.rejected.connect(self._stay)

    @Slot()
    def _save(self) -> None:
        self._answered = True
        self.accept()
        self.window_host.session.leaving.save_and_go()

    @Slot()
    def _go_on(self) -> None:
        self._answered = True
        self.accept()
        self.window_host.session.leaving.keep_and_go()

    @Slot()
    def _stay(self) -> None:
        if not self._answered:
            self._answered = True
            self.window_host.session.leaving.stay()


def kitfile_words(state: State, leaving: Leaving | None) -> str:
    """What is unsaved, and what becomes of it."""
    if not state.kitfile.dirty:
        return "Nothing is half done afterwards; what was begun can be begun again."
    name = state.folder.name if state.folder else "the project"
    if leaving and leaving.to == "restore":
        return (
            f"What you typed into the Kitfile of {name} is not saved, and restoring replaces the "
            "file. Saved, it goes into the safe copy; as a draft it stays in the editor."
        )
    return (
        f"What you typed into the Kitfile of {name} is not saved. As a draft it is kept and comes "
        "back when you open the project again."
    )


def _keep_words(state: State, leaving: Leaving | None) -> str:
    if state.kitfile.draft_problem:
        return "Leave without saving"
    return "Restore, keep the draft" if leaving and leaving.to == "restore" else "Keep as a draft"


def _go_words(leaving: Leaving | None, *, dirty: bool) -> str:
    match leaving.to if leaving else "":
        case "quit":
            return "Save and close" if dirty else "Stop and close"
        case "open":
            name = texts.escape_mnemonic(leaving.folder.name) if leaving and leaving.folder else ""
            return f"Save and open {name}".rstrip()
        case "restore":
            return "Save and restore"
        case _:
            return "Save and close"
