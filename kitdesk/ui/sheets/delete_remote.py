"""Delete a version from the registry: every tag that vanishes with it, before anything happens."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Slot

from kitdesk import text as texts
from kitdesk.ui.sheets.workspace_sheet import WorkspaceSheet, error_box
from kitdesk.ui.widgets.badges import Mark
from kitdesk.ui.widgets.buttons import Button
from kitdesk.ui.widgets.labels import IconLabel, label
from kitdesk.ui.widgets.layouts import Box, DynamicColumn, row

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from kitdesk.session.state.pages import RemovalPreview
    from kitdesk.ui.host import WindowHost

MOST = 12
"""So many tags are named one below the other."""


class DeleteRemoteSheet(WorkspaceSheet):
    """Asks the registry when it opens; the focus starts on Cancel."""

    name = "delete_remote"
    of_remote = True

    def __init__(self, window_host: WindowHost, digest: str) -> None:
        title = window_host.workspace.state.title_of(digest)
        super().__init__(window_host, 520, f"Delete {title} from the registry")
        self._digest, self._title = digest, title
        self._shown: object = "nothing"
        where = window_host.workspace.state.remote.address
        self.head(f"Delete {title} from the registry")
        self._pile = DynamicColumn()
        text = f"digest {texts.short(digest)}, in {where}."
        self.add(2, label(text, "body", "muted", wrap=True), self._pile)
        self.go = Button(f"Delete {title}", "danger", "trash")
        self.go.clicked.connect(self._go)
        self.first = self.foot(self.go)
        self.read()
        window_host.session.delete_remote.preview(digest)

    @property
    def _preview(self) -> RemovalPreview | None:
        found = self.window_host.workspace.state.removal
        return found if found and found.digest == self._digest else None

    def read(self) -> None:
        state, preview = self.window_host.workspace.state, self._preview
        key = (preview, state.removal_error)
        if key == self._shown:
            return
        self._shown = key
        self.go.setEnabled(preview is not None and state.removal_error is None)
        if state.removal_error is not None:
            self._pile.fill(14, error_box(state.removal_error))
        elif preview is None:
            self._pile.fill(14, label("Asking the registry for its tags…", "body", "muted"))
        else:
            self._pile.fill(14, *self._tags(preview), 12, self._left(preview))
            count = len(preview.tags)
            self.go.setText(
                f"Delete {texts.counted(count, 'tag')}" if count > 1 else f"Delete {self._title}"
            )

    def _tags(self, preview: RemovalPreview) -> list[QWidget | int]:
        count = len(preview.tags)
        if not count:
            return [label("No tag points at it: only the digest goes.", wrap=True)]
        text = "This tag vanishes" if count == 1 else f"These {count} tags vanish, all at once"
        parts: list[QWidget | int] = [label(text, weight=600), 6]
        for tag in preview.tags[:MOST]:
            parts += [row(Mark("D"), label(tag), "*", gap=10), 4]
        if count > MOST:
            parts.append(
                label(f"and {texts.counted(count - MOST, 'more', 'more')}", "small", "muted")
            )
        return parts

    def _left(self, _preview: RemovalPreview) -> Box:
        mine = self.window_host.workspace.state.version(self._digest)
        here = mine is not None and mine.local
        card = Box("added" if here else "changed", "h", (14, 10, 14, 10), 12)
        icon = "device-laptop" if here else "alert-triangle"
        card.add(IconLabel(icon, "added" if here else "changed", 18))
        text = (
            "It stays on this machine and can be pushed again. Others lose it."
            if here
            else "It is not on this machine: once deleted it cannot be had again. Pull it first "
            "to keep a copy."
        )
        card.inner.addWidget(label(text, wrap=True), 1)
        return card

    @Slot()
    def _go(self) -> None:
        self.accept()
        self.window_host.session.delete_remote.delete(self._digest)
