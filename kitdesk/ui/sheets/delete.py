"""Delete a version from this machine: what goes, what is freed, and whether it exists elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Slot

from kitdesk import text as texts
from kitdesk.ui.sheets.workspace_sheet import WorkspaceSheet
from kitdesk.ui.widgets.buttons import Button
from kitdesk.ui.widgets.labels import IconLabel, label
from kitdesk.ui.widgets.layouts import Box

if TYPE_CHECKING:
    from kitdesk.ui.host import WindowHost


class DeleteSheet(WorkspaceSheet):
    """The focus starts on Cancel: what is only here cannot be had again."""

    name = "delete"

    def __init__(self, window_host: WindowHost, digest: str) -> None:
        row = window_host.workspace.state.version(digest)
        stored = next(
            (v for v in window_host.workspace.state.store.versions if v.digest == digest), None
        )
        tags = row.tags if row else stored.tags if stored else ()
        title = tags[0] if tags else texts.short(digest)
        super().__init__(window_host, 500, f"Delete {title} from this machine")
        self._digest = digest
        self.head(f"Delete {title} from this machine")
        parts = [f"digest {texts.short(digest)}"]
        if stored:
            parts.append(stored.repository)
            parts.append(f"frees {texts.size(stored.frees)} of {texts.size(stored.size)}")
        self.add(2, label(", ".join(parts) + ".", "body", "muted", wrap=True), 14)
        if tags:
            named = texts.listed(tags, 6)
            goes = (
                f"The tag {named} goes with it."
                if len(tags) == 1
                else f"The tags {named} go with it."
            )
            self.add(label(goes, wrap=True), 10)
        elsewhere = row is not None and row.remote and not row.stale
        card = Box("added" if elsewhere else "changed", "h", (14, 10, 14, 10), 12)
        card.add(
            IconLabel(
                "cloud" if elsewhere else "alert-triangle", "added" if elsewhere else "changed", 18
            )
        )
        text = (
            "It is also in the registry and can be pulled again. The registry is not touched."
            if elsewhere
            else "As far as is known it exists only here: once deleted it cannot be had again."
        )
        card.inner.addWidget(label(text, wrap=True), 1)
        self.add(card)
        self.go = Button(f"Delete {title}", "danger", "trash")
        self.go.clicked.connect(self._go)
        self.first = self.foot(self.go)

    @Slot()
    def _go(self) -> None:
        self.accept()
        self.window_host.session.versions.remove(self._digest)
