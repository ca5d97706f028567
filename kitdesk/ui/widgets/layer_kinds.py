"""The layer types: an outline icon and a hue of their own, never without a word."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

from kitdesk.ui.widgets.labels import IconLabel, label
from kitdesk.ui.widgets.layouts import row

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

ICONS = {
    "model": "affiliate",
    "dataset": "database",
    "code": "code",
    "docs": "book",
    "prompt": "message",
}
WORDS = {
    "model": "Model",
    "modelpart": "Model part",
    "dataset": "Dataset",
    "code": "Code",
    "docs": "Docs",
    "prompt": "Prompt",
}
ORDER = tuple(ICONS)
"""Bars keep this order: the place tells the type where the hue does not."""


def family(kind: str) -> str:
    """The kind whose icon and hue a layer wears: a model part looks like a model."""
    return "model" if kind == "modelpart" else kind if kind in ICONS else "code"


def hue(kind: str) -> str:
    """The colour token of a kind of layer."""
    return f"kind_{family(kind)}"


def word(kind: str) -> str:
    """The word for a kind of layer."""
    return WORDS.get(kind, kind)


def kind_icon(kind: str, size: int = 16) -> IconLabel:
    """The icon of a kind, named for screen readers."""
    return IconLabel(ICONS[family(kind)], hue(kind), size, word(kind))


def kind_tag(kind: str, width: int = 78) -> QWidget:
    """Icon and word; the word is muted, so that the hue stays a quiet second sign."""
    text = label(word(kind), "small", "muted")
    text.setAlignment(Qt.AlignmentFlag.AlignVCenter)
    result = row(kind_icon(kind), text, "*", gap=7)
    result.setFixedWidth(width)
    return result
