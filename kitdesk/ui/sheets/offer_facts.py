"""What an offered version is: sentence, facts, layers, before a byte of it is pulled."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

from kitdesk import text as texts
from kitdesk.ui.widgets import layer_kinds
from kitdesk.ui.widgets.badges import Pill
from kitdesk.ui.widgets.bars import StackedBar
from kitdesk.ui.widgets.labels import IconLabel, ending, label
from kitdesk.ui.widgets.layers import shares
from kitdesk.ui.widgets.layouts import Item, row
from kitdesk.ui.widgets.side_scroll import PlainScroll

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from kitdesk.session.state.pages import LayerItem, RemoteBrowse, VersionDetails

MOST = 8
"""So many layers are named."""
SHOWN = ("license", "stack-2", "user")
"""Facts that fit beside each other."""


class OfferFacts(PlainScroll):
    """Filled anew when the offer changes."""

    def __init__(self) -> None:
        super().__init__("What is in the version", (20, 6, 4, 8), 7)
        self._shown: object = "nothing"
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def show_offer(self, offer: RemoteBrowse | None) -> None:
        """Show the chosen version of an offer; None = there is nothing to show."""
        key = (offer.chosen, offer.about, offer.error, offer.versions[:1]) if offer else None
        if key == self._shown:
            return
        self._shown = key
        if offer is None:
            self.pile.fill(label("The versions of the repository appear here.", "small", "muted"))
        elif offer.error is not None:
            said = f"{offer.error.title} {offer.error.hint}".strip()
            self.pile.fill(label(said, "small", "changed", wrap=True))
        elif offer.about is None:
            self.pile.fill(label("Reading what it is…", "small", "muted"))
        else:
            newest = offer.versions[0].digest == offer.chosen
            self.pile.fill(*_facts(offer.about, newest=newest))


def _facts(about: VersionDetails, *, newest: bool) -> list[Item]:
    head: list[Item] = [
        ending(f"{about.name} {about.title}".strip(), "title", weight=600, snug=True)
    ]
    if newest:
        head.append(Pill("newest", "muted", "", "border_strong"))
    items: list[Item] = [row(*head, "*", gap=8)]
    if about.description:
        items.append(label(about.description, "body", "muted", wrap=True))
    cells: list[Item] = []
    for icon, _name, value in about.facts:
        if icon in SHOWN:
            cells += [IconLabel(icon, "faint", 14), ending(value, "small", snug=True), 6]
    if cells:
        items.append(row(*cells, "*", gap=6))
    whole = sum(layer.size for layer in about.layers)
    if whole:
        items += [4, StackedBar("Sizes by layer", shares(about.layers), 8)]
    items += [_layer(layer) for layer in about.layers[:MOST]]
    if len(about.layers) > MOST:
        rest = texts.counted(len(about.layers) - MOST, "more layer", "more layers")
        items.append(label(f"and {rest}", "small", "muted"))
    return items


def _layer(layer: LayerItem) -> QWidget:
    return row(
        layer_kinds.kind_icon(layer.kind, 14),
        ending(layer.name or layer.path, "small"),
        label(texts.size(layer.size), "small", "muted"),
        gap=8,
    )
