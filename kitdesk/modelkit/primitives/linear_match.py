"""Matching a pattern with many wildcards in one pass, as Go's RE2 does; Python's ``re`` goes back.

Places in the pattern are the bits of one number: after each character the set bits are the places
where the rest of the text may go on (the bit-parallel simulation of an automaton).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

FEW_STEPS = 100_000
"""So many steps ``re`` may need: for short paths it is quicker."""
_ZERO_WIDTH = {"\\A", "\\Z", "\\b", "\\B"}


class LinearPattern:
    """An expression that is anchored at both ends, from parts as ``re`` would have them.

    A part is one character or class, ``*`` behind one, an anchor, or one of ``(`` ``)`` ``?``
    around parts that may be left out. The cost is (length of the text) x (number of parts) / 64.
    """

    def __init__(self, parts: Sequence[str]) -> None:
        self._steps: list[re.Pattern[str] | None] = []
        """What consumes a character at a place; None: an anchor does not."""
        self._anchors: list[tuple[int, re.Pattern[str]]] = []
        self._optional: list[tuple[int, int]] = []
        """Place before a group that may be left out, and the place behind it."""
        self._loops = self._entries = 0
        self._accepts: dict[str, int] = {}
        opened: list[int] = []
        self._wildcards = parts.count("*")
        self._usual = re.compile("".join(parts), re.ASCII)
        for number, part in enumerate(parts):
            if part == "(":
                opened.append(len(self._steps))
                self._entries |= 1 << len(self._steps)  # not the first step: that may be a loop
                self._steps.append(None)
            elif part == ")":
                self._optional.append((opened.pop(), len(self._steps)))
            elif part == "*":
                self._loops |= 1 << (len(self._steps) - 1)
            elif part == "?" and parts[number - 1] == ")":
                pass  # every group of these patterns may be left out
            elif part in _ZERO_WIDTH:
                self._anchors.append((len(self._steps), re.compile(part, re.ASCII)))
                self._steps.append(None)
            else:
                self._steps.append(re.compile(part, re.ASCII))
        self._end = 1 << len(self._steps)

    def match(self, text: str) -> bool:
        """Whether the whole text is one that the expression describes."""
        if len(text) ** self._wildcards <= FEW_STEPS:
            return self._usual.match(text) is not None
        places = self._spread(1, text, 0)
        for at, character in enumerate(text, 1):
            here = places & self._accepting(character)
            places = ((here & ~self._loops) << 1) | (here & self._loops)
            if not places:
                return False
            places = self._spread(places, text, at)
        return bool(places & self._end)

    def _accepting(self, character: str) -> int:
        """The places that take this character."""
        known = self._accepts.get(character)
        if known is None:
            known = sum(
                1 << place
                for place, step in enumerate(self._steps)
                if step is not None and step.fullmatch(character)
            )
            self._accepts[character] = known
        return known

    def _spread(self, places: int, text: str, at: int) -> int:
        """Add the places that are reached without a character."""
        while True:
            more = places | (places & (self._loops | self._entries)) << 1
            for start, end in self._optional:
                more |= (more >> start & 1) << end
            for place, anchor in self._anchors:
                if more >> place & 1 and anchor.match(text, at):
                    more |= 1 << (place + 1)
            if more == places:
                return places
            places = more
