"""Push: what will be sent; where the tag is taken, the harmless way is chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QComboBox, QListView, QWidget

from kitdesk import text as texts
from kitdesk.ui.sheets.choice import Choice, Choices
from kitdesk.ui.sheets.workspace_sheet import WorkspaceSheet, error_box
from kitdesk.ui.theme import theme
from kitdesk.ui.widgets.buttons import Button
from kitdesk.ui.widgets.labels import IconLabel, label
from kitdesk.ui.widgets.layouts import Box, DynamicColumn, column, row

if TYPE_CHECKING:
    from kitdesk.session.state.pages import PushPreview
    from kitdesk.ui.host import WindowHost


def amount(preview: PushPreview) -> str:
    """``5.61 MB in 4 layers; 0.58 MB will be sent.``"""
    text = f"{texts.size(preview.size)} in {texts.counted(preview.layers, 'layer')}"
    if preview.missing_bytes is None:
        return f"{text}."
    if preview.missing_bytes == 0:
        return f"{text}; all of it is already there, so only the tag is written."
    if preview.missing_bytes < preview.size:
        there = texts.size(preview.size - preview.missing_bytes)
        missing = texts.size(preview.missing_bytes)
        return f"{text}; {there} is already there, so {missing} will be sent."
    return f"{text}; all of it will be sent."


class PushSheet(WorkspaceSheet):
    """Asks what the remote has when it opens."""

    name = "push"
    of_remote = True

    def __init__(self, window_host: WindowHost, digest: str) -> None:
        super().__init__(window_host, 560, "Push a version")
        self._digest = digest
        row_ = window_host.workspace.state.version(digest)
        tags = row_.tags if row_ else ()
        self.tags = QComboBox()
        self.tags.setView(QListView(self.tags))
        self.tags.setProperty("quiet", "true")
        self.tags.setFont(theme.font("body", 600))
        self.tags.setAccessibleName("Tag to push")
        self.tags.addItems(list(tags))
        self.tags.currentTextChanged.connect(self._ask)
        self.head(
            f"Push {tags[0]}" if len(tags) == 1 else "Push", *([self.tags] if len(tags) > 1 else [])
        )
        if len(tags) < 2:
            self.tags.setParent(self)
            self.tags.hide()
        self._where = label("", "body", "muted", wrap=True)
        self._pile = DynamicColumn()
        self._amount = label("", "small", "muted", wrap=True)
        self.add(2, self._where, self._pile, 14, self._amount)
        self.go = Button("Push", "primary", "cloud-upload")
        self.go.clicked.connect(self._push)
        self.first = self.foot(self.kit_button(), self.go)
        self._choices: Choices | None = None
        self._shown: object = object()
        self.read()
        self._ask()

    @property
    def _preview(self) -> PushPreview | None:
        preview = self.window_host.workspace.state.push
        if preview and preview.digest == self._digest and preview.tag == self.tags.currentText():
            return preview
        return None

    def read(self) -> None:
        state, preview = self.window_host.workspace.state, self._preview
        self._where.setText(f"to {state.remote.address}")
        self.go.setEnabled(preview is not None and state.push_error is None)
        key = (preview, state.push_error)
        if key == self._shown:
            return
        self._shown = key
        self._choices = None
        if state.push_error is not None:
            self._pile.fill(14, error_box(state.push_error))
            self._amount.setText("")
            return
        if preview is None:
            self._pile.fill()
            self._amount.setText("Asking the registry what it has…")
            return
        if preview.taken:
            self._guard(preview)
        else:
            self._pile.fill()
        same = preview.there == preview.digest
        self._amount.setText("It is already there, byte for byte." if same else amount(preview))
        self._name_button()
        if self.go.isEnabled():
            self.first = self.go
        self.ready(self.go)

    def _guard(self, preview: PushPreview) -> None:
        card = Box("changed", margins=(14, 12, 14, 12), gap=10)
        title = label(f"{preview.tag} is already there, with other contents", weight=600, wrap=True)
        card.add(row(IconLabel("alert-triangle", "changed", 18), title, gap=10))
        mine = self.window_host.workspace.state.version(preview.digest)
        age = texts.age(mine.when) if mine else ""
        card.add(
            row(
                _side("In the registry", preview.there, ""),
                24,
                IconLabel("arrow-right", "muted"),
                24,
                _side(
                    "Yours",
                    preview.digest,
                    " · ".join(p for p in (texts.size(preview.size), age) if p),
                ),
                "*",
                gap=0,
                margins=(28, 0, 0, 0),
            )
        )
        tag, free = preview.tag, preview.next_tag
        parts = []
        if free:
            text = f"Both versions keep their own tag. {free} is the next free patch number."
            parts.append(Choice(f"Push as {free}", text, free))
        text = (
            f"Whoever pulls {tag} gets other bytes from then on. "
            "The old version can only be reached by its digest."
        )
        parts.append(Choice(f"Replace {tag}", text, tag))
        self._choices = Choices(tuple(parts))
        self._choices.choose(free or None)
        self._choices.picked.connect(self._picked)
        self._pile.fill(14, card, 14, self._choices)

    def _name_button(self) -> None:
        preview = self._preview
        if preview is None:
            return
        value = self._choices.value if self._choices else preview.tag
        replaces = preview.taken and value == preview.tag
        self.go.become("danger" if replaces else "primary")
        if replaces:
            self.go.setText(f"Replace {preview.tag}")
        elif preview.taken:
            self.go.setText(f"Push as {value}" if value else "Push")
        else:
            self.go.setText(f"Push {preview.tag}")
        self.go.setEnabled(value is not None)

    def kit_text(self) -> str:
        return self.window_host.session.kit_command("push", self._digest, self.tags.currentText())

    @Slot()
    def _ask(self) -> None:
        address = self.window_host.workspace.state.remote.address
        self.window_host.session.transfers.preview_push(
            self._digest, self.tags.currentText(), address
        )

    @Slot(object)
    def _picked(self, _value: object) -> None:
        self._name_button()

    @Slot()
    def _push(self) -> None:
        preview = self._preview
        if preview is None:
            return
        tag = str(self._choices.value) if self._choices else preview.tag
        replaces = preview.taken and tag == preview.tag
        self.accept()
        self.window_host.session.transfers.push(
            self._digest, tag, preview.destination, replace=replaces, of=self.project
        )


def _side(where: str, digest: str, text: str) -> QWidget:
    name = label(f"sha256:{texts.short(digest)}", "code", weight=600, mono=True)
    items = [label(where, "small", "muted"), name]
    if text:
        items.append(label(text, "small", "muted"))
    return column(*items, "*", gap=2)
