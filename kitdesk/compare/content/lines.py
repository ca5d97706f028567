"""Two texts side by side: aligned rows, and within a changed line the words that differ.

Every step has a bound: lines are paired over short runs only, words are marked in lines of a
readable length.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from kitdesk.compare.content.edits import Check, blocks

MAX_PAIRED = 2_500
"""Lines of a changed run times lines of its other side, for pairing by likeness."""
MAX_MARKED = 2_000
"""Characters of a line whose words are compared."""
MAX_WORDS = 300
CONTEXT_LINES = 3
ALIKE = 0.4
"""Lines less alike than this are no pair."""
WORD = re.compile(r"\w+|\s|[^\w\s]")


@dataclass(frozen=True, slots=True)
class Span:
    """Characters ``start`` to ``end`` of a line that differ within it."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Line:
    """One line of one side; ``number`` is 1-based."""

    number: int
    text: str
    marks: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class TextRow:
    """A row of the side-by-side view; None = this side has no such line."""

    left: Line | None
    right: Line | None
    changed: bool


def aligned(old: list[str], new: list[str], check: Check) -> list[TextRow]:
    """All rows of two texts; ``check`` is the cancel point."""
    rows: list[TextRow] = []
    x = y = 0
    for i, j, k, m in [*blocks(old, new, check), (len(old), len(old), len(new), len(new))]:
        rows += [
            TextRow(Line(x + n + 1, old[x + n]), Line(y + n + 1, new[y + n]), changed=False)
            for n in range(i - x)
        ]
        rows += _changed_rows(old[i:j], new[k:m], i, k, check)
        x, y = j, m
    return rows


def _changed_rows(old: list[str], new: list[str], i: int, k: int, check: Check) -> list[TextRow]:
    """Pair the lines of a changed run in order; what has no partner faces a gap."""
    rows: list[TextRow] = []
    at = to = 0
    for x, y in [*_pairs(old, new, check), (len(old), len(new))]:
        rows += [TextRow(Line(i + n + 1, old[n]), None, changed=True) for n in range(at, x)]
        rows += [TextRow(None, Line(k + n + 1, new[n]), changed=True) for n in range(to, y)]
        if x < len(old) and y < len(new):
            left, right = word_marks(old[x], new[y])
            rows.append(
                TextRow(Line(i + x + 1, old[x], left), Line(k + y + 1, new[y], right), changed=True)
            )
        at, to = x + 1, y + 1
    return rows


def _pairs(old: list[str], new: list[str], check: Check) -> list[tuple[int, int]]:
    """Increasing (old, new) pairs: line 7 with line 7 where both runs are equally long."""
    if len(old) == len(new) or len(old) * len(new) > MAX_PAIRED or not old or not new:
        return list(zip(range(len(old)), range(len(new)), strict=False))
    check()
    bags = [frozenset(WORD.findall(line[:MAX_MARKED])) for line in (*old, *new)]
    left, right = bags[: len(old)], bags[len(old) :]
    width = len(new) + 1
    best = [[0.0] * width for _ in range(len(old) + 1)]
    for x in range(len(old) - 1, -1, -1):
        for y in range(len(new) - 1, -1, -1):
            likeness = _likeness(left[x], right[y])
            paired = best[x + 1][y + 1] + likeness if likeness >= ALIKE else -1.0
            best[x][y] = max(paired, best[x + 1][y], best[x][y + 1])
    result = []
    x = y = 0
    while x < len(old) and y < len(new):
        likeness = _likeness(left[x], right[y])
        if likeness >= ALIKE and best[x][y] == best[x + 1][y + 1] + likeness:
            result.append((x, y))
            x, y = x + 1, y + 1
        elif best[x][y] == best[x + 1][y]:
            x += 1
        else:
            y += 1
    return result


def _likeness(left: frozenset[str], right: frozenset[str]) -> float:
    return 2 * len(left & right) / (len(left) + len(right)) if left or right else 1.0


def word_marks(left: str, right: str) -> tuple[tuple[Span, ...], tuple[Span, ...]]:
    """Spans of both lines that differ, by words; in long lines one span between equal ends."""
    if max(len(left), len(right)) <= MAX_MARKED:
        old, new = WORD.findall(left), WORD.findall(right)
        if max(len(old), len(new)) <= MAX_WORDS:
            edits = blocks(old, new, _never)
            left_ends, right_ends = _ends(old), _ends(new)
            return (
                _joined(left, [Span(left_ends[i], left_ends[j]) for i, j, _, _ in edits if j > i]),
                _joined(
                    right, [Span(right_ends[k], right_ends[m]) for _, _, k, m in edits if m > k]
                ),
            )
    start = _common(left, right)
    end = _common(left[start:][::-1], right[start:][::-1])
    return (
        (Span(start, len(left) - end),) if len(left) - end > start else (),
        (Span(start, len(right) - end),) if len(right) - end > start else (),
    )


def _never() -> None:
    """Words of one line are too few to be cancelled."""


def _common(left: str, right: str) -> int:
    """Length of the common beginning, by halving."""
    low, high = 0, min(len(left), len(right))
    while low < high:
        middle = (low + high + 1) // 2
        if left[low:middle] == right[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def _ends(words: list[str]) -> list[int]:
    ends = [0]
    for word in words:
        ends.append(ends[-1] + len(word))
    return ends


def _joined(line: str, marks: list[Span]) -> tuple[Span, ...]:
    """Spaces between two marks join them."""
    result: list[Span] = []
    for mark in marks:
        if result and not line[result[-1].end : mark.start].strip():
            result[-1] = Span(result[-1].start, mark.end)
        else:
            result.append(mark)
    return tuple(result)


def unified(rows: tuple[TextRow, ...]) -> str:
    """A unified diff without file heads: three lines around each change."""
    wanted = [False] * len(rows)
    for at, row in enumerate(rows):
        if row.changed:
            for near in range(max(0, at - CONTEXT_LINES), min(len(rows), at + CONTEXT_LINES + 1)):
                wanted[near] = True
    lines: list[str] = []
    at = 0
    while at < len(rows):
        if not wanted[at]:
            at += 1
            continue
        end = at
        while end < len(rows) and wanted[end]:
            end += 1
        lines += _hunk(rows[at:end])
        at = end
    return "\n".join(lines) + ("\n" if lines else "")


def _hunk(rows: tuple[TextRow, ...]) -> list[str]:
    old = [row.left for row in rows if row.left]
    new = [row.right for row in rows if row.right]
    head = (
        f"@@ -{old[0].number if old else 0},{len(old)} +{new[0].number if new else 0},{len(new)} @@"
    )
    lines = [head]
    waiting: list[str] = []
    for row in rows:
        if not row.changed and row.left:
            lines += [*waiting, f" {row.left.text}"]
            waiting = []
            continue
        if row.left:
            lines.append(f"-{row.left.text}")
        if row.right:
            waiting.append(f"+{row.right.text}")
    return lines + waiting
