"""Pack: a tag, three proposals, what is left out, and whether to push as well."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QCheckBox, QLineEdit

from kitdesk import text as texts
from kitdesk.modelkit.primitives.reference import tag_problem
from kitdesk.ui.sheets.choice import Choice, Choices
from kitdesk.ui.sheets.template import TemplateLine
from kitdesk.ui.sheets.workspace_sheet import FieldMessage, WorkspaceSheet, error_box, mark_field
from kitdesk.ui.widgets.buttons import Button
from kitdesk.ui.widgets.labels import label
from kitdesk.ui.widgets.layouts import DynamicColumn

if TYPE_CHECKING:
    from kitdesk.session.state.pages import PackPreview
    from kitdesk.ui.host import WindowHost

UNSAVED = "The Kitfile has unsaved text. It is saved first, and then packed."
MOST = 4
"""So many left-out files are named."""


def summary(preview: PackPreview) -> str:
    """``6.90 MB in 5 layers. Left out: a and b, which are in no layer.``"""
    text = f"{texts.size(preview.size)} in {texts.counted(len(preview.layers), 'layer')}."
    loose = [part for part in preview.left_out if not part.ignored]
    if loose:
        reasons = {part.reason for part in loose}
        verb = "is" if len(loose) == 1 else "are"
        why = f", which {verb} in no layer" if reasons == {"in no layer"} else ""
        text += f" Left out: {texts.listed([part.path for part in loose], MOST)}{why}."
    return text


class PackSheet(WorkspaceSheet):
    """Asks for a preview when it opens; the tag is checked while it is typed."""

    name = "pack"

    def __init__(self, window_host: WindowHost, _digest: str = "") -> None:
        super().__init__(window_host, 560, "Pack this folder")
        self._offered: tuple[tuple[str, str, str], ...] | None = None
        self._typed = False
        self._choices: Choices | None = None
        folder = window_host.workspace.state.folder
        self.head("Pack this folder", label(folder.name if folder else "", "small", "muted"))
        self._summary = label("Reading the folder…", "body", "muted", wrap=True)
        self.field = QLineEdit()
        self.field.setAccessibleName("Tag")
        self.field.textEdited.connect(self._edited)
        self.field.returnPressed.connect(self._go_if_allowed)
        self.verdict = FieldMessage()
        self._proposals = DynamicColumn()
        self._notes = DynamicColumn(gap=6)
        self._push = QCheckBox("")
        self._push.toggled.connect(self._pushing)
        self.add(
            2,
            self._summary,
            self._notes,
            14,
            label("Tag", weight=600),
            6,
            self.field,
            6,
            self.verdict,
        )
        self._template = TemplateLine()
        self._template.changed.connect(self._templated)
        self._template.resized.connect(self.settle)
        self.add(12, self._proposals, 10, self._template, 10, self._push)
        self.go = Button("Pack", "primary", "package")
        self.go.clicked.connect(self._pack)
        self.foot(self.kit_button(), self.go)
        self.first = self.field
        self.read()
        window_host.session.kitfile.preview()

    def read(self) -> None:
        state = self.window_host.workspace.state
        preview, remote = state.preview, state.remote.address
        self._push.setVisible(bool(remote))
        self._push.setText(f"Also push to {remote}")
        if state.preview_error is not None:
            self._notes.fill(8, error_box(state.preview_error))
            self._summary.hide()
        elif preview is not None:
            self._summary.show()
            self._summary.setText(summary(preview))
            errors = [p for p in state.kitfile.problems if p.severity == "error"]
            notes = [*(f"Line {p.line}: {p.message}" for p in errors), *preview.warnings]
            if state.kitfile.dirty:
                notes.insert(0, UNSAVED)
            self._notes.fill(*[label(text, "small", "changed", wrap=True) for text in notes])
        if preview is not None:
            self._template.show_template(preview.template, preview.template_problem)
        if preview is not None and preview.tags != self._offered:
            self._offer(preview.tags)
        self._check()

    def _offer(self, tags: tuple[tuple[str, str, str], ...]) -> None:
        self._offered = tags
        cards = tuple(Choice(f"{tag}  {step}".rstrip(), why, tag) for tag, step, why in tags)
        self._choices = Choices(cards)
        self._choices.picked.connect(self._picked)
        self._proposals.fill(self._choices)
        if tags and not self._typed:
            self.field.setText(tags[0][0])
            self.field.selectAll()
        self._choices.choose(self.field.text())

    def _check(self) -> None:
        state, tag = self.window_host.workspace.state, self.field.text().strip()
        problem = tag_problem(tag)
        taken = state.preview is not None and tag in state.preview.taken
        mark_field(self.field, bad=problem is not None and bool(tag), warn=taken)
        if not tag:
            self.verdict.say(
                "A version needs a tag; v1.0.0 is a good first one.", "info-circle", "muted"
            )
        elif problem:
            self.verdict.say(problem, "circle-x", "removed")
        elif taken:
            moves = f"{tag} is taken. Packing moves it; the old version keeps its digest."
            self.verdict.say(moves, "alert-triangle", "changed")
        else:
            where = (
                "here and in the registry"
                if state.remote.address and state.remote.reachable
                else "here"
            )
            self.verdict.say(
                f"{tag} is free, {where}." if where != "here" else f"{tag} is free here."
            )
        push = self._push.isChecked() and not self._push.isHidden()
        verb = "Pack and push" if push else "Move and pack" if taken else "Pack"
        if state.kitfile.dirty:
            verb = f"Save and {verb[0].lower()}{verb[1:]}"
        self.go.setText(f"{verb} {tag}".rstrip())
        self.go.setEnabled(
            problem is None and state.preview_error is None and state.preview is not None
        )

    def kit_text(self) -> str:
        return self.window_host.session.kit_command("pack", "", self.field.text().strip())

    @Slot(str)
    def _edited(self, text: str) -> None:
        self._typed = True
        if self._choices:
            self._choices.choose(text.strip())
        self._check()
        self.settle()

    @Slot(object)
    def _picked(self, tag: object) -> None:
        self._typed = True
        self.field.setText(str(tag))
        self._check()

    @Slot(str)
    def _templated(self, template: str) -> None:
        self._typed = False  # the new proposals go into the field
        self.window_host.session.project.set_tag_template(template)

    @Slot(bool)
    def _pushing(self, _on: bool) -> None:
        self._check()

    @Slot()
    def _go_if_allowed(self) -> None:
        if self.go.isEnabled():
            self._pack()

    @Slot()
    def _pack(self) -> None:
        push = self._push.isChecked() and not self._push.isHidden()
        tag = self.field.text().strip()
        session, project = self.window_host.session, self.project
        self.accept()
        if self.window_host.workspace.state.kitfile.dirty:
            session.kitfile.save(partial(session.versions.pack, (tag,), push=push, of=project))
        else:
            session.versions.pack((tag,), push=push, of=project)
