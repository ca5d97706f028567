"""What will be packed: layers with share bars, what is in no layer, what is ignored."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kitdesk import text as texts
from kitdesk.ui.widgets.labels import Elide, IconLabel, label
from kitdesk.ui.widgets.layers import layers_lines
from kitdesk.ui.widgets.layouts import Item, line, row
from kitdesk.ui.widgets.side_scroll import SideScroll

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from kitdesk.session.state.pages import ExcludedItem, PackPreview
    from kitdesk.session.state.project import ErrorInfo

MOST = 30
"""So many left-out files are named; the rest is counted."""


class PreviewPane(SideScroll):
    """Follows ``workspace.preview``."""

    def __init__(self) -> None:
        super().__init__("What will be packed")
        self._shown: object = None

    def show_preview(
        self, preview: PackPreview | None, error: ErrorInfo | None, errors: int
    ) -> None:
        """Show the preview, or why there is none."""
        key = (preview, error, errors)
        if key == self._shown:
            return
        self._shown = key
        total = texts.size(preview.size) if preview else ""
        items: list[Item] = [
            row(
                label("What will be packed", "title", weight=600),
                "*",
                label(total, "title", weight=600),
            ),
            2,
        ]
        if preview is None:
            items += [
                label(
                    "Reading the folder…" if error is None else error.title,
                    "small",
                    "muted",
                    wrap=True,
                )
            ]
            if error and error.hint:
                items.append(label(error.hint, "small", "muted", wrap=True))
            self.pile.fill(*items)
            return
        items += [label(_summary(preview, errors), "small", "muted", wrap=True), 10]
        items += layers_lines(preview.layers, preview.size, files=0)
        for warning in preview.warnings:
            sign = IconLabel("alert-triangle", "changed", 14)
            items.append(
                row(sign, label(warning, "small", "muted", wrap=True), gap=6, margins=(0, 6, 0, 0))
            )
        loose = tuple(part for part in preview.left_out if not part.ignored)
        ignored = tuple(part for part in preview.left_out if part.ignored)
        if loose:
            items += _group(
                "In no layer", f"{texts.counted(len(loose), 'file')}, would be left out", loose
            )
        if ignored:
            items += _group("Ignored", "by .kitignore", ignored)
        self.pile.fill(*items)


def _summary(preview: PackPreview, errors: int) -> str:
    good = sum(1 for layer in preview.layers if not layer.problem)
    count = len(preview.layers)
    text = texts.counted(count, "layer") if good == count else f"{good} of {count} layers"
    return f"{text}; packing waits for {texts.counted(errors, 'error')}." if errors else f"{text}."


def _group(title: str, note: str, parts: tuple[ExcludedItem, ...]) -> list[Item]:
    result: list[Item] = [
        12,
        line(),
        12,
        row(label(title, weight=600), label(note, "small", "muted"), "*", gap=6),
        4,
    ]
    for part in parts[:MOST]:
        reason = part.reason.removeprefix("ignored by ").removesuffix(" of .kitignore")
        result.append(_line(part, "" if reason == "in no layer" else reason))
    if len(parts) > MOST:
        result.append(label(f"and {texts.number(len(parts) - MOST)} more", "small", "muted"))
    return result


def _line(part: ExcludedItem, reason: str) -> QWidget:
    path = Elide(part.path, "small")
    path.setAccessibleName(f"{part.path}, {part.reason}, {texts.size(part.size)}")
    cells: list[Item] = [path]
    if reason:
        cells.append(label(reason, "small", "muted"))
    cells.append(label(texts.size(part.size), "small", "muted"))
    return row(*cells, gap=8, margins=(0, 2, 0, 2))
