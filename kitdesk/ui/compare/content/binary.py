"""Bytes that nobody knows: sizes, and hex around the first difference."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kitdesk.compare.content.lines import Line, Span, TextRow
from kitdesk.compare.content.result import Content, TextDiff
from kitdesk.ui.compare.content.body import Body
from kitdesk.ui.compare.content.diff_panes import DiffPanes
from kitdesk.ui.compare.content.nodes import fact_nodes
from kitdesk.ui.compare.content.text import FrontMatter
from kitdesk.ui.widgets.layouts import line
from kitdesk.ui.widgets.message import Message

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from kitdesk.compare.content.result import Fact
    from kitdesk.ui.compare.content.node_model import Node
    from kitdesk.ui.host import WindowHost

LINE_BYTES = 8
OFFSET_DIGITS = 8
AROUND = 128
"""Bytes that the reader shows before the first difference."""


def _dump(data: bytes, start: int, other: bytes) -> Line:
    """``00000100  de ad …  ..``: one line of hex, with the bytes that differ marked."""
    pairs = " ".join(f"{byte:02x}" for byte in data)
    letters = "".join(chr(byte) if 32 <= byte < 127 else "·" for byte in data)
    head = OFFSET_DIGITS + 2
    words = f"{start:0{OFFSET_DIGITS}x}  {pairs:<{3 * LINE_BYTES - 1}}  {letters}"
    marks: list[Span] = []
    for at in range(len(data)):
        if at < len(other) and data[at] == other[at]:
            continue
        begin, end = head + 3 * at, head + 3 * at + 2
        if marks and marks[-1].end + 1 == begin:
            begin = marks.pop().start
        marks.append(Span(begin, end))
    return Line(0, words, tuple(marks))


def hex_rows(left: str, right: str, start: int) -> tuple[TextRow, ...]:
    """Both sides in lines of 8 bytes; ``left`` and ``right`` are hex, ``start`` an offset."""
    sides = [bytes.fromhex(text) for text in (left, right)]
    rows = []
    for at in range(0, max(map(len, sides)), LINE_BYTES):
        old, new = (side[at : at + LINE_BYTES] for side in sides)
        rows.append(
            TextRow(
                _dump(old, start + at, new) if old else None,
                _dump(new, start + at, old) if new else None,
                changed=old != new,
            )
        )
    return tuple(rows)


def _start(facts: tuple[Fact, ...]) -> int:
    at = next((one.right for one in facts if one.id == "first_difference"), 0)
    return max(0, at - AROUND) if isinstance(at, int) else 0


class ByteFacts(FrontMatter):
    """Size, what the bytes look like, where they differ first."""

    name = "Facts of both sides"

    def nodes(self, content: Content) -> list[Node]:
        """All but the bytes themselves."""
        return fact_nodes(content.facts)


class BinaryBody(Body):
    """Facts above, hex below."""

    def __init__(self, host: WindowHost) -> None:
        super().__init__(host)
        self.facts = ByteFacts(host)
        self.panes = DiffPanes()
        self.message = Message()
        self.add(self.facts, line())
        self.inner.addWidget(self.panes, 1)
        self.inner.addWidget(self.message, 1)

    def show_content(
        self, content: Content, names: tuple[str, str], path: str, mode: int = 0
    ) -> None:
        """Show the facts, and the bytes if they were read."""
        self.facts.show_content(content, names, path)
        self.facts.fit()
        found = next((one for one in content.facts if one.id == "hex"), None)
        shown = found is not None
        self.panes.setVisible(shown)
        self.message.setVisible(not shown)
        if found is None:
            self.message.say(
                "file-text", "This type of file is not known", "Only its size and bytes are."
            )
            return
        rows = hex_rows(str(found.left or ""), str(found.right or ""), _start(content.facts))
        self.panes.show_diff(TextDiff(rows, 0, 0, "plain"), names, side_by_side=True)

    def focus_target(self) -> QWidget:
        """The bytes of the right side."""
        return self.panes.right if not self.panes.isHidden() else self.facts.grid
