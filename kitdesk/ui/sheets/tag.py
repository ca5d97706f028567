"""Add or move a tag: one more name for a version on this machine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QLineEdit

from kitdesk import text as texts
from kitdesk.modelkit.primitives.reference import tag_problem
from kitdesk.ui.sheets.workspace_sheet import FieldMessage, WorkspaceSheet, mark_field
from kitdesk.ui.widgets.buttons import Button
from kitdesk.ui.widgets.labels import label

if TYPE_CHECKING:
    from kitdesk.ui.host import WindowHost


class TagSheet(WorkspaceSheet):
    """Says where the tag is now, before it moves."""

    name = "tag"

    def __init__(self, window_host: WindowHost, digest: str) -> None:
        super().__init__(window_host, 460, "Add or move a tag")
        self._digest = digest
        row = window_host.workspace.state.version(digest)
        names = texts.listed(row.tags) if row and row.tags else "no tag yet"
        self.head("Add or move a tag")
        text = f"To {texts.short(digest)}, which has {names}. A tag can move; the version stays."
        self.field = QLineEdit()
        self.field.setAccessibleName("Tag")
        self.field.textChanged.connect(self._check)
        self.field.returnPressed.connect(self._return)
        self.verdict = FieldMessage()
        self.add(
            2,
            label(text, "body", "muted", wrap=True),
            14,
            label("Tag", weight=600),
            6,
            self.field,
            6,
            self.verdict,
        )
        self.go = Button("Add tag", "primary", "tag")
        self.go.clicked.connect(self._go)
        self.foot(self.kit_button(), self.go)
        self.first = self.field
        self._check()

    @Slot()
    def _check(self) -> None:
        tag = self.field.text().strip()
        problem = tag_problem(tag)
        owner = next((v for v in self.window_host.workspace.state.versions if tag in v.tags), None)
        mine = owner is not None and owner.digest == self._digest
        mark_field(
            self.field, bad=bool(tag) and problem is not None, warn=owner is not None and not mine
        )
        if not tag:
            self.verdict.say("Such as v1.0.0, production or staging.", "info-circle", "muted")
        elif problem:
            self.verdict.say(problem, "circle-x", "removed")
        elif mine:
            self.verdict.say(f"This version has {tag} already.", "info-circle", "muted")
        elif owner is not None:
            moves = (
                f"{tag} moves here from {texts.short(owner.digest)}; that version keeps its digest."
            )
            self.verdict.say(moves, "alert-triangle", "changed")
        else:
            self.verdict.say(f"{tag} is free.")
        self.go.setText(f"{'Move' if owner is not None and not mine else 'Add'} {tag or 'tag'}")
        self.go.setEnabled(problem is None and not mine)

    def kit_text(self) -> str:
        return self.window_host.session.kit_command("tag", self._digest, self.field.text().strip())

    @Slot()
    def _return(self) -> None:
        if self.go.isEnabled():
            self._go()

    @Slot()
    def _go(self) -> None:
        tag = self.field.text().strip()
        self.accept()
        self.window_host.session.versions.add_tag(self._digest, tag)
