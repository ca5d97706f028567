"""Three-way merge of texts by lines, and the same as two columns. Pure functions.

Texts here are as the editor has them: lines parted by a line feed, nothing else ends a line.
"""

from __future__ import annotations

from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Literal, NamedTuple

from kitdesk.session.state.kitfile import MergeView, SideLine

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

MAX_MATCH = 4_000_000
"""Lines of one side times lines of the other, after what is equal at both ends was cut off; above
it the middle counts as replaced: matching takes quadratic time.
"""

Kind = Literal["same", "mine", "theirs", "both", "clash"]


class Hunk(NamedTuple):
    """Lines ``start:end`` of the old text are lines ``new_start:new_end`` of the new one."""

    start: int
    end: int
    new_start: int
    new_end: int


@dataclass(frozen=True, slots=True)
class Region:
    """A stretch of the base and what either side made of it."""

    kind: Kind
    base: tuple[str, ...]
    mine: tuple[str, ...]
    theirs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Merge:
    """What a merge came to."""

    text: str
    """With ``mine`` wherever both changed the same lines."""
    clashes: int
    """Regions that both changed, each in its own way; 0 = the text is the whole answer."""


def hunks(old: Sequence[str], new: Sequence[str]) -> tuple[Hunk, ...]:
    """What differs, in order; equal stretches are left out."""
    first = 0
    limit = min(len(old), len(new))
    while first < limit and old[first] == new[first]:
        first += 1
    tail = 0
    while tail < limit - first and old[-1 - tail] == new[-1 - tail]:
        tail += 1
    middle, other = old[first : len(old) - tail], new[first : len(new) - tail]
    if not middle and not other:
        return ()
    if len(middle) * len(other) > MAX_MATCH:
        return (Hunk(first, len(old) - tail, first, len(new) - tail),)
    found = SequenceMatcher(None, middle, other, autojunk=False).get_opcodes()
    return tuple(
        Hunk(first + a, first + b, first + c, first + d) for tag, a, b, c, d in found
        if tag != "equal"
    )  # fmt: skip


def regions(base: str, mine: str, theirs: str) -> Iterator[Region]:
    """The three texts cut at the same places."""
    old, left, right = base.split("\n"), mine.split("\n"), theirs.split("\n")
    waiting = [*((h, 0) for h in hunks(old, left)), *((h, 1) for h in hunks(old, right))]
    waiting.sort(key=lambda one: (one[0].start, one[0].end))
    at, shifts = 0, [0, 0]
    while waiting:
        group = [waiting.pop(0)]
        start, end = group[0][0].start, group[0][0].end
        while waiting and _meets(start, end, waiting[0][0]):
            group.append(waiting.pop(0))
            end = max(end, group[-1][0].end)
        if start > at:
            same = tuple(old[at:start])
            yield Region("same", same, same, same)
        begins = (start + shifts[0], start + shifts[1])
        for hunk, side in group:
            shifts[side] += (hunk.new_end - hunk.new_start) - (hunk.end - hunk.start)
        ends = (end + shifts[0], end + shifts[1])
        yield _region(
            {side for _, side in group},
            tuple(old[start:end]),
            tuple(left[begins[0] : ends[0]]),
            tuple(right[begins[1] : ends[1]]),
        )
        at = end
    if at < len(old):
        rest = tuple(old[at:])
        yield Region("same", rest, rest, rest)


def _meets(start: int, end: int, hunk: Hunk) -> bool:
    """True if a hunk concerns the same lines. Lines that were put in between at an edge of changed
    ones count: nobody can say which come first.
    """
    if hunk.start < end:
        return True
    return hunk.start == end and (hunk.start == hunk.end or start == end)


def _region(
    sides: set[int], base: tuple[str, ...], mine: tuple[str, ...], theirs: tuple[str, ...]
) -> Region:
    if sides == {0}:
        return Region("mine", base, mine, theirs)
    if sides == {1}:
        return Region("theirs", base, mine, theirs)
    return Region("both" if mine == theirs else "clash", base, mine, theirs)


def merge(base: str, mine: str, theirs: str) -> Merge:
    """Both sides' changes of ``base`` in one text."""
    lines: list[str] = []
    clashes = 0
    for region in regions(base, mine, theirs):
        lines += region.theirs if region.kind == "theirs" else region.mine
        clashes += region.kind == "clash"
    return Merge("\n".join(lines), clashes)


def merge_view(base: str, mine: str, theirs: str) -> MergeView:
    """The same as two columns of equal height: each marks what is new on it since ``base``."""
    left: list[SideLine] = []
    right: list[SideLine] = []
    counts = {"mine": 0, "theirs": 0, "clash": 0}
    numbers = [0, 0]
    first_clash: list[int] = []
    for region in regions(base, mine, theirs):
        if region.kind in counts:
            changed = region.theirs if region.kind == "theirs" else region.mine
            counts[region.kind] += max(len(changed), len(region.base), 1)
        for at in range(max(len(region.mine), len(region.theirs))):
            texts = (_at(region.theirs, at), _at(region.mine, at))
            kinds = _KINDS[region.kind]
            marks = spans(texts[0], texts[1]) if None not in texts else ((), ())
            for side, column in enumerate((left, right)):
                text = texts[side]
                if text is None:
                    column.append(SideLine("", 0, "gap"))
                    continue
                numbers[side] += 1
                marked = marks[side] if kinds[side] != "same" else ()
                column.append(SideLine(text, numbers[side], kinds[side], marked))
            if region.kind == "clash" and texts[1] is not None:
                first_clash.append(numbers[1])
    return MergeView(
        tuple(left),
        tuple(right),
        counts["mine"] + counts["clash"],
        counts["theirs"] + counts["clash"],
        tuple(first_clash),
        bool(counts["clash"]),
    )


_SideKind = Literal["same", "added", "removed"]
_KINDS: dict[Kind, tuple[_SideKind, _SideKind]] = {
    "same": ("same", "same"),
    "both": ("same", "same"),
    "mine": ("same", "added"),
    "theirs": ("added", "same"),
    "clash": ("removed", "removed"),
}


def _at(lines: tuple[str, ...], at: int) -> str | None:
    return lines[at] if at < len(lines) else None


Spans = tuple[tuple[int, int], ...]


def spans(first: str | None, second: str | None) -> tuple[Spans, Spans]:
    """Where two lines differ: what is between their common beginning and their common end."""
    one, two = first or "", second or ""
    limit, start, tail = min(len(one), len(two)), 0, 0
    while start < limit and one[start] == two[start]:
        start += 1
    while tail < limit - start and one[-1 - tail] == two[-1 - tail]:
        tail += 1
    ends = (len(one) - tail, len(two) - tail)
    return (
        ((start, ends[0]),) if ends[0] > start else (),
        ((start, ends[1]),) if ends[1] > start else (),
    )
