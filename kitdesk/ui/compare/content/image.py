"""Images: two pictures in four views, the share of differing pixels, the facts in one line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Signal, Slot
from PySide6.QtGui import QImage, QShowEvent

from kitdesk.compare.content.parts import ImageDiff
from kitdesk.compare.content.result import Content, Fact
from kitdesk.compare.content.words import label as inert_label
from kitdesk.ui.compare.content.bars import tools
from kitdesk.ui.compare.content.body import Body
from kitdesk.ui.compare.content.nodes import fact_pair
from kitdesk.ui.compare.content.paint import ROW
from kitdesk.ui.compare.content.pixels import image_of
from kitdesk.ui.compare.content.sentences import part_of
from kitdesk.ui.compare.content.stage import SIDE_BY_SIDE, Stage
from kitdesk.ui.widgets.badges import NAMES, Mark
from kitdesk.ui.widgets.buttons import Button, Segmented
from kitdesk.ui.widgets.labels import ending, label
from kitdesk.ui.widgets.layouts import Box, clear, line, reveal, row

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from kitdesk.compare.content.picture import Picture
    from kitdesk.ui.host import WindowHost

FACTS_HEIGHT = 40
ZOOMS = (("Fit", 0.0), ("1:1", 1.0), ("2:1", 2.0))


class ImageBody(Body):
    """The pixels come from the workspace: they were decoded in a process of their own."""

    mode_wanted = Signal(int)
    """Keys 1 to 4 ask the head for another view."""

    def __init__(self, host: WindowHost) -> None:
        super().__init__(host)
        self._pictures: tuple[Picture | None, Picture | None] | None = None
        self.stage = Stage()
        self.stage.mode_wanted.connect(self.mode_wanted)
        self.stage.moved.connect(self._say_zoom)
        self._names = (ending("", "small", "muted"), ending("", "small", "muted"))
        self._name_row = row(*self._names, gap=0, margins=(24, 0, 0, 0))
        for at in (0, 1):
            self._name_row.layout().setStretch(at, 1)  # type: ignore[union-attr]
        self._names[1].setContentsMargins(12, 0, 0, 0)
        self._name_row.setFixedHeight(ROW)
        self._name_edge = line()
        self._facts = Box("surface", "h", (24, 0, 16, 0), 8)
        self._facts.setFixedHeight(FACTS_HEIGHT)
        self.add(self._name_row, self._name_edge)
        self.inner.addWidget(self.stage, 1)
        self.add(line(), self._facts)
        self._to_box = Button("Go to the box", "flat", small=True)
        self._to_box.clicked.connect(self.stage.go_to_box)
        self.zoom = Segmented("Zoom", [word for word, _ in ZOOMS])
        self.zoom.picked.connect(self._pick_zoom)
        self.tools = tools(self._to_box, self.zoom)

    def show_content(
        self, content: Content, names: tuple[str, str], path: str, mode: int = 0
    ) -> None:
        """Show both pictures, if their pixels are there yet, and the facts."""
        self.stage.names = names
        diff = part_of(content, ImageDiff)
        self.stage.box = diff.box if diff is not None else None
        self._to_box.setVisible(self.stage.box is not None)
        pictures = self.host.workspace.state.pictures
        if pictures is not self._pictures:
            self._pictures = pictures
            self._show_pictures(content, pictures)
        self.stage.show_mode(mode)
        self._name_row.setVisible(mode == SIDE_BY_SIDE)
        self._name_edge.setVisible(mode == SIDE_BY_SIDE)
        for widget, name in zip(self._names, names, strict=True):
            widget.setText(name)
        self.stage.setAccessibleName(f"{path}, {names[0]} and {names[1]}")
        self._fill_facts(content)

    def _show_pictures(
        self, content: Content, pictures: tuple[Picture | None, Picture | None]
    ) -> None:
        images = tuple(image_of(one) if one is not None else QImage() for one in pictures)
        sizes = tuple(
            QSize(one.full_width, one.full_height) if one is not None else QSize()
            for one in pictures
        )
        self.stage.show_images((images[0], images[1]), (sizes[0], sizes[1]))
        self.zoom.choose(0)

    def _fill_facts(self, content: Content) -> None:
        clear(self._facts.inner)
        for fact in _told(content):
            old, new = fact_pair(fact)
            changed = fact.sign != "="
            text = f"{old} → {new}" if fact.sign == "M" else new if fact.right is not None else old
            name = label(fact.name, "small", "muted")
            said = label(text, "small", "text" if changed else "muted", 500 if changed else 400)
            said.setAccessibleName(f"{fact.name}, {NAMES[fact.sign]}, {text}")
            self._facts.add(Mark(fact.sign), name, said, 8)
        self._facts.inner.addStretch(1)
        reveal(self._facts.inner)

    def focus_target(self) -> QWidget:
        """The stage takes keys 1 to 4, arrows, plus and minus."""
        return self.stage

    @Slot(int)
    def _pick_zoom(self, index: int) -> None:
        self.stage.set_zoom(ZOOMS[index][1])

    @Slot()
    def _say_zoom(self) -> None:
        at = next((n for n, (_, zoom) in enumerate(ZOOMS) if zoom == self.stage.zoom), None)
        if at is not None:
            self.zoom.choose(at)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.stage.show_mode(self.stage.mode)


def _told(content: Content) -> list[Fact]:
    """Width and height are one fact: ``640 × 360``."""
    by_id = {one.id: one for one in content.facts}
    width, height = by_id.pop("width", None), by_id.pop("height", None)
    found = []
    if width is not None and height is not None:
        sides = [
            f"{a} × {b}" if a is not None and b is not None else None
            for a, b in ((width.left, height.left), (width.right, height.right))
        ]
        sign = width.sign if width.sign != "=" else height.sign
        found.append(Fact("size", "Size", sides[0], sides[1], sign))
    shown = [Fact(one.id, inert_label(one.name), one.left, one.right, one.sign)
             for one in by_id.values() if one.id != "bytes"]  # fmt: skip
    return [*found, *shown]
