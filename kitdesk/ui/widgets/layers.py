"""A layer as a few lines: type, name, size, share bar, files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kitdesk import text as texts
from kitdesk.ui.widgets import layer_kinds
from kitdesk.ui.widgets.bars import Group, Share
from kitdesk.ui.widgets.labels import Elide, IconLabel, label
from kitdesk.ui.widgets.layouts import Item, column, row

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from kitdesk.session.state.pages import LayerItem


MOST = 60
"""So many layers are shown; the rest is counted."""


def layer_lines(layer: LayerItem, whole: int, *, files: int, here: bool = False) -> QWidget:
    """Show a layer of ``whole`` bytes in all; at most ``files`` of its files are named.

    ``here`` puts a laptop at a layer that is already on this machine.
    """
    bad = bool(layer.problem)
    size = label(
        "nothing found" if bad else texts.size(layer.size), "small", "removed" if bad else "muted"
    )
    head = row(
        layer_kinds.kind_tag(layer.kind), Elide(layer.name or layer.path, weight=500), size, gap=4
    )
    items: list[Item] = [head]
    if bad:
        sign = IconLabel("circle-x", "removed", 14)
        why = label(layer.problem, "small", "removed", wrap=True)
        items.append(row(sign, why, gap=6, margins=(82, 0, 0, 0)))
    else:
        items.append(Share(layer.size / whole if whole else 0, layer_kinds.hue(layer.kind)))
    lines = _files(layer, files)
    if here and layer.local:
        sign = IconLabel("device-laptop", "faint", 14, "already on this machine")
        if lines:
            items.append(row(lines[0], sign, gap=8))
            items += lines[1:]
        else:
            items.append(row("*", sign))
    else:
        items += lines
    result = column(*items, gap=4, margins=(0, 5, 0, 7))
    said = layer.problem or texts.size(layer.size)
    result.setAccessibleName(f"{layer_kinds.word(layer.kind)} {layer.name or layer.path}, {said}")
    return result


def layers_lines(
    layers: tuple[LayerItem, ...], whole: int, *, files: int, here: bool = False
) -> list[Item]:
    """Show the first layers, and count the rest."""
    result: list[Item] = [
        layer_lines(layer, whole, files=files, here=here) for layer in layers[:MOST]
    ]
    if len(layers) > MOST:
        rest = texts.counted(len(layers) - MOST, "more layer", "more layers")
        result.append(label(f"and {rest}", "small", "muted"))
    return result


def _files(layer: LayerItem, most: int) -> list[QWidget]:
    if not most:
        return []
    result: list[QWidget] = []
    if layer.note:
        result.append(label(layer.note, "small", "muted", wrap=True))
    for path, size in layer.files[:most]:
        text = path if len(layer.files) == 1 else f"{path}, {texts.size(size)}"
        result.append(Elide(text, "small", "muted"))
    rest = max(layer.file_count, len(layer.files)) - len(result)
    if rest > 0:
        result.append(
            label(f"and {texts.counted(rest, 'more file', 'more files')}", "small", "muted")
        )
    return result


def shares(layers: tuple[LayerItem, ...]) -> tuple[Group, ...]:
    """Parts of one bar, always in the order model, dataset, code, docs, prompt."""
    parts = sorted(layers, key=_place)
    return (
        tuple((layer_kinds.hue(layer.kind), float(layer.size)) for layer in parts if layer.size),
    )


def _place(layer: LayerItem) -> int:
    return layer_kinds.ORDER.index(layer_kinds.family(layer.kind))
