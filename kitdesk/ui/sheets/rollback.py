"""Roll back: what comes back, what leaves, what stays, and that nothing is lost."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QScrollArea, QWidget

from kitdesk import text as texts
from kitdesk.ui.sheets.workspace_sheet import WorkspaceSheet, error_box
from kitdesk.ui.widgets.badges import NAMES, Mark, Pill
from kitdesk.ui.widgets.buttons import Button
from kitdesk.ui.widgets.labels import RIGHT, Elide, IconLabel, Label, label
from kitdesk.ui.widgets.layouts import Box, DynamicColumn, Item, column, line, row
from kitdesk.ui.window.view_bar import Picker

if TYPE_CHECKING:
    from kitdesk.session.state.pages import PlanItem, RollbackPreview
    from kitdesk.ui.host import WindowHost

UNSAVED = (
    "The Kitfile has unsaved text. Saved, it goes into the safe copy; else it stays in the editor "
    "and is marked there."
)
MOST = 60
"""So many files of a part are named; the rest is counted."""
TALLEST = 380


def safe_words(preview: RollbackPreview) -> str:
    """The sentence that says what is safe, as rich text."""
    count = sum(1 for p in preview.comes_back if p.sign == "M") + len(preview.leaves)
    lost, registry = texts.strong("Nothing is lost."), "The registry is not touched."
    if not count:
        return f"{lost} No file of yours is replaced. {registry}"
    files = "The file that is replaced or leaves is" if count == 1 else (
        f"The {texts.number(count)} files that are replaced or leave are"
    )  # fmt: skip
    kept = f"{files} kept in a safe copy ({texts.size(preview.safe_bytes)})."
    back = "it" if count == 1 else "them"
    return f"{lost} {kept} Undo brings {back} back. {registry}"


class RollbackSheet(WorkspaceSheet):
    """Asks for a plan when it opens and whenever another target is chosen."""

    name = "rollback"

    def __init__(self, window_host: WindowHost, digest: str) -> None:
        super().__init__(window_host, 720, "Roll this folder back: preview")
        self._digest = digest
        self._shown: object = None
        self.target = Picker("Version to go back to")
        versions = window_host.workspace.state.versions
        sides = [
            (v.title if v.tags else f"no tag, {texts.short(v.digest)}", v.digest) for v in versions
        ]
        self.target.fill(sides, digest)
        self.target.activated.connect(self._retarget)
        folder = window_host.workspace.state.folder
        named = label(folder.name if folder else "", "small", "muted")
        self.head("Roll this folder back", named, label("to", "small", "muted"), self.target)
        self._pile = DynamicColumn()
        self._unsaved = self._unsaved_box()
        self.add(14, self._unsaved, self._pile)
        self.go = Button("Roll back", "primary", "arrow-back-up")
        self.go.clicked.connect(self._go)
        self.cancel = self.foot(self.go)
        self.first = self.cancel
        self.read()
        window_host.session.folder.preview_rollback(digest)

    @property
    def _preview(self) -> RollbackPreview | None:
        preview = self.window_host.workspace.state.rollback
        return preview if preview and preview.digest == self._digest else None

    def read(self) -> None:
        state, preview = self.window_host.workspace.state, self._preview
        self._unsaved.setVisible(state.kitfile.dirty)
        key = (preview, state.rollback_error)
        if key == self._shown:
            return
        self._shown = key
        nothing = preview is not None and not (preview.comes_back or preview.leaves)
        self.go.setEnabled(preview is not None and not nothing and state.rollback_error is None)
        self.go.setText(f"Roll back to {state.title_of(self._digest)}")
        if state.rollback_error is not None:
            self._pile.fill(error_box(state.rollback_error))
        elif preview is None:
            self._pile.fill(label("Working out what would change…", "body", "muted"))
        elif nothing:
            self._pile.fill(
                _facts(preview), 12, label(f"This folder is exactly {preview.title} already.")
            )
        else:
            self._pile.fill(*_plan(preview))
        if self.go.isEnabled():
            self.first = self.go
        self.ready(self.go)

    def _unsaved_box(self) -> Box:
        box = Box("changed", "h", (14, 8, 10, 8), 10)
        box.add(IconLabel("alert-triangle", "changed", 18))
        box.inner.addWidget(label(UNSAVED, wrap=True), 1)
        save = Button("Save it first", "soft", small=True)
        save.clicked.connect(self._save)
        box.add(save)
        return box

    @Slot()
    def _save(self) -> None:
        session, digest = self.window_host.session, self._digest
        session.kitfile.save(partial(session.folder.preview_rollback, digest))

    @Slot()
    def _retarget(self) -> None:
        self._digest = self.target.side
        self.target.fill(
            [
                (self.target.itemText(i), str(self.target.itemData(i)))
                for i in range(self.target.count())
            ],
            self._digest,
        )
        self.window_host.session.folder.preview_rollback(self._digest)
        self.read()
        self.settle()

    @Slot()
    def _go(self) -> None:
        self.accept()
        self.window_host.session.folder.rollback(self._digest, of=self.project)


def _facts(preview: RollbackPreview) -> Box:
    well = Box("well", "h", (14, 10, 14, 10), 12)
    fetch = (
        texts.size(preview.fetch_bytes) if preview.fetch_bytes else "nothing, it is on this machine"
    )
    well.add(
        column(label("Now", "small", "muted"), label(preview.now, weight=600), gap=1),
        IconLabel("arrow-right", "muted"),
        column(
            label("Then", "small", "muted"), label(f"exactly {preview.title}", weight=600), gap=1
        ),
        label(texts.short(preview.digest), "small", "faint", mono=True),
        "*",
        column(label("To fetch", "small", "muted"), label(fetch, weight=500), gap=1),
    )
    return well


def _plan(preview: RollbackPreview) -> list[Item]:
    result: list[Item] = [_facts(preview)]
    parts: list[Item] = []
    back, away = preview.comes_back, preview.leaves
    if back:
        parts.append(_part("Comes back", texts.counted(len(back), "file"), back))
    if away:
        parts.append(
            _part(
                "Leaves the folder", f"{texts.counted(len(away), 'file')}, to the safe copy", away
            )
        )
    if preview.stays:
        parts.append(_part("Stays", "not touched", preview.stays))
    body = Box("surface")
    for at, part in enumerate(parts):
        if at:
            body.add(line())
        if isinstance(part, QWidget):
            body.add(part)
    body.add("*")
    scroll = QScrollArea()
    scroll.setWidget(body)
    scroll.setWidgetResizable(True)
    scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    scroll.setAccessibleName("What would change")
    scroll.setFixedHeight(min(TALLEST, body.sizeHint().height() + 2))
    result.append(scroll)
    for warning in preview.warnings:
        sign = IconLabel("alert-triangle", "changed", 14)
        result.append(
            row(sign, label(warning, "small", "muted", wrap=True), gap=6, margins=(0, 2, 0, 6))
        )
    safe = Box("added", "h", (14, 10, 14, 10), 12)
    safe.add(IconLabel("shield-check", "added", 20))
    safe.inner.addWidget(Label(safe_words(preview), wrap=True, rich=True), 1)
    return [*result, 4, safe]


def _part(heading: str, note: str, plan: tuple[PlanItem, ...]) -> QWidget:
    items: list[Item] = [row(label(heading, weight=600), label(note, "small", "muted"), "*"), 4]
    items += [_line(part) for part in plan[:MOST]]
    if len(plan) > MOST:
        items.append(label(f"and {texts.number(len(plan) - MOST)} more", "small", "muted"))
    return column(*items, gap=0, margins=(0, 12, 0, 10))


def _line(part: PlanItem) -> QWidget:
    path = Elide(part.path)
    path.setAccessibleName(f"{NAMES[part.sign]}: {part.path} {part.remark}".strip())
    cells: list[Item] = [Mark(part.sign), path]
    if part.remark and part.warn:
        cells.append(Pill(part.remark, "changed", "changed_soft"))
    elif part.remark:
        cells.append(label(part.remark, "small", "muted"))
    known = part.old_size is not None or part.new_size is not None
    size = label(texts.pair(part.old_size, part.new_size) if known else "", "small", "muted")
    size.setFixedWidth(112)
    size.setAlignment(RIGHT)
    result = row(*cells, size, gap=10)
    result.setFixedHeight(26)
    return result
