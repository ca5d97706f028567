"""How a project's tags are made: closed to one link until somebody wants a template."""

from __future__ import annotations

from PySide6.QtCore import QTimer, Signal, Slot
from PySide6.QtWidgets import QLineEdit

from kitdesk.errors import BadReference
from kitdesk.modelkit.primitives import tag_template
from kitdesk.ui.sheets.workspace_sheet import FieldMessage, mark_field
from kitdesk.ui.widgets.buttons import Button
from kitdesk.ui.widgets.labels import label
from kitdesk.ui.widgets.layouts import Box, column, row

EXAMPLE = "{version}-{branch}-{sha7}"
PAUSE_MS = 300


class TemplateLine(Box):
    """Says :attr:`changed` with a template that is well formed, "" for plain version numbers."""

    changed = Signal(str)
    resized = Signal()

    def __init__(self) -> None:
        super().__init__("plain")
        self._told = ""
        self._link = Button("Make tags from a template…", "link", small=True)
        self._link.clicked.connect(self._open)
        self.field = QLineEdit()
        self.field.setAccessibleName("Template for tags")
        self.field.setPlaceholderText(EXAMPLE)
        self.field.textEdited.connect(self._edited)
        self._verdict = FieldMessage()
        self._none = Button("Plain numbers", "flat", small=True)
        self._none.setToolTip("Tags are version numbers again")
        self._none.clicked.connect(self._close)
        self._open_part = column(
            label("Template for tags", weight=600),
            row(self.field, self._none),
            self._verdict,
            gap=6,
        )
        self.add(row(self._link, "*"), self._open_part)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(PAUSE_MS)
        self._timer.timeout.connect(self._tell)
        self._open_part.hide()

    def show_template(self, template: str, problem: str) -> None:
        """Show what the project has; what is being typed stays."""
        if self._timer.isActive():
            return
        self._told = template
        if template and not self.field.hasFocus():
            self.field.setText(template)
        if template:
            self._show_part(open_part=True)
        self._judge(problem)

    def _show_part(self, *, open_part: bool) -> None:
        self._open_part.setVisible(open_part)
        self._link.setVisible(not open_part)

    def _judge(self, problem: str = "") -> bool:
        """True if the text in the field is a template (or nothing)."""
        text, own = self.field.text().strip(), ""
        try:
            tag_template.fields_of(text)
        except BadReference as error:
            own = f"{error.title} {error.hint}"
        mark_field(self.field, bad=bool(own), warn=bool(problem) and not own)
        if own:
            self._verdict.say(own, "circle-x", "removed")
        elif problem:
            self._verdict.say(problem, "alert-triangle", "changed")
        else:
            known = ", ".join(f"{{{name}}}" for name in tag_template.FIELDS)
            self._verdict.say(f"Of this project. Filled in: {known}.", "info-circle", "muted")
        return not own

    @Slot()
    def _open(self) -> None:
        self._show_part(open_part=True)
        self.field.setText(self.field.text() or EXAMPLE)
        self.field.setFocus()
        self.field.selectAll()
        self._edited()
        self.resized.emit()

    @Slot()
    def _close(self) -> None:
        self._timer.stop()
        self.field.clear()
        self._show_part(open_part=False)
        self._tell()
        self.resized.emit()

    @Slot()
    def _edited(self) -> None:
        if self._judge():
            self._timer.start()
        else:
            self._timer.stop()

    @Slot()
    def _tell(self) -> None:
        text = self.field.text().strip()
        if text != self._told:
            self._told = text
            self.changed.emit(text)
