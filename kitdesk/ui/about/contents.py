"""The right pane of About: contents by layer, and where the bytes are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Slot

from kitdesk import text as texts
from kitdesk.ui.about.facts import contents_words
from kitdesk.ui.widgets.bars import StackedBar
from kitdesk.ui.widgets.buttons import Button
from kitdesk.ui.widgets.labels import IconLabel, label
from kitdesk.ui.widgets.layers import layers_lines, shares
from kitdesk.ui.widgets.layouts import Item, column, line, row
from kitdesk.ui.widgets.side_scroll import SideScroll

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from kitdesk.session.state.pages import VersionDetails
    from kitdesk.ui.host import WindowHost

FILES = 3
"""So many files of a layer are named."""


class ContentsPane(SideScroll):
    """A share bar for the whole, one for each layer, and the places."""

    def __init__(self, window_host: WindowHost) -> None:
        super().__init__("Contents by layer")
        self._window_host = window_host
        self._side = ""

    def show_facts(self, facts: VersionDetails) -> None:
        """Show these."""
        layers, self._side = facts.layers, facts.side
        whole = sum(layer.size for layer in layers)
        files = sum(max(layer.file_count, len(layer.files)) for layer in layers)
        partly = not facts.local and any(layer.local for layer in layers)
        items: list[Item] = [
            row(
                label("Contents", "title", weight=600),
                label(contents_words(len(layers), files), "small", "muted"),
                "*",
                label(texts.size(whole), "title", weight=600),
                gap=6,
            ),
            10,
        ]
        if whole:
            items += [StackedBar("Sizes by layer", shares(layers), 10), 8]
        items += layers_lines(layers, whole, files=FILES, here=partly)
        unlisted = sum(layer.unlisted for layer in layers)
        if unlisted:
            ask = Button(
                "List their files" if unlisted > 1 else "List its files", "soft", small=True
            )
            ask.clicked.connect(self._list)
            said = f"{texts.counted(unlisted, 'layer is', 'layers are')} only in the registry."
            items += [4, row(label(said, "small", "muted"), "*", ask)]
        if facts.places:
            items += [10, line(), 12, label("Where it is", "title", weight=600), 8]
            for place in facts.places:
                items += [_place(*place), 10]
        self.pile.fill(*items)

    @Slot()
    def _list(self) -> None:
        self._window_host.session.about.list_files(self._side)


def _place(icon: str, name: str, text: str) -> QWidget:
    sign = IconLabel(icon, "muted")
    result = row(
        sign,
        column(label(name, weight=500), label(text, "small", "muted", wrap=True), gap=1),
        gap=10,
    )
    inner = result.layout()
    if inner is not None:
        inner.setAlignment(sign, Qt.AlignmentFlag.AlignTop)
    return result
