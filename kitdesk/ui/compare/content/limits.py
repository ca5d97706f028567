"""The amber bars: how far a file was read, and the way on where there is one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import Signal, Slot

from kitdesk import text as texts
from kitdesk.ui.compare.content.bars import Bar
from kitdesk.ui.compare.content.sentences import limit_words
from kitdesk.ui.widgets.layouts import Box

if TYPE_CHECKING:
    from kitdesk.compare.content.result import Limit

Way = Literal["values", "pull"]
BARS = 2
"""Two limits stand in two bars; more are counted in the second one."""


class LimitBars(Box):
    """Under the summary; gone when the file was read whole."""

    way_wanted = Signal(str)
    """``values``: fetch and compare them; ``pull``: bring the version here."""

    def __init__(self) -> None:
        super().__init__("surface")
        self.bars = [Bar("changed") for _ in range(BARS)]
        for bar in self.bars:
            bar.action.chosen.connect(self._choose)
            self.add(bar)

    def show_limits(self, limits: tuple[Limit, ...], remote_bytes: int) -> None:
        """Say them; ``remote_bytes`` is the size of what lies in a registry, 0 for nothing."""
        self.setVisible(bool(limits))
        for bar, at in zip(self.bars, range(BARS), strict=True):
            bar.setVisible(at < len(limits))
            if at >= len(limits):
                continue
            bold, rest = limit_words(limits[at])
            if at == BARS - 1 and len(limits) > BARS:
                more = texts.counted(len(limits) - BARS, "more limit")
                rest = f"{rest} And {more}."
            way = way_of(limits[at], remote_bytes)
            bar.action.value = way
            bar.say(bold, rest, way_words(way, remote_bytes))
        every = "\n".join(" ".join(limit_words(one)) for one in limits)
        self.setToolTip(texts.escape_tooltip(every) if len(limits) > BARS else "")

    @Slot(object)
    def _choose(self, way: object) -> None:
        if isinstance(way, str):
            self.way_wanted.emit(way)


def way_of(limit: Limit, remote_bytes: int) -> Way | None:
    """What helps against a limit."""
    if not remote_bytes:
        return None
    if limit.code == "remote":
        return "values"
    return "pull" if limit.code == "compressed" else None


def way_words(way: Way | None, remote_bytes: int) -> str:
    """The text of the button, "" for no way."""
    match way:
        case "values":
            return f"Compare the values, fetches {texts.size(remote_bytes)}"
        case "pull":
            return "Pull"
    return ""
