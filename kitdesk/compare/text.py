"""Two texts side by side: aligned rows, and within a changed line the words that differ."""

from __future__ import annotations

import difflib
import re
from collections import Counter
from typing import TYPE_CHECKING, Literal

from kitdesk.compare.values import Line, Span, TextDiff, TextRow

if TYPE_CHECKING:
    from collections.abc import Iterator

Language = Literal["python", "yaml", "json", "markdown", "plain"]
MAX_BYTES = 2 << 20
"""Larger texts are not aligned: nobody reads them in a window."""
MAX_LINES = 20_000
LONGEST_MARKED = 2000
"""Characters of a line whose words are compared; in longer ones the whole line differs."""
MOST_PAIRS = 2_000_000
"""Pairs of equal lines that are looked at; texts with more are not aligned in their middle."""
MOST_STEPS = 4_000_000
"""Pairs of characters that pairing the lines of one run may look at."""
MOST_WORDS = 160_000
"""Pairs of words of two lines."""
WORD = re.compile(r"\w+|\s+|[^\w\s]")
ALIKE = 0.5
"""Lines less alike than this share no word marks: the whole line differs."""
LANGUAGES: dict[str, Language] = {
    "py": "python",
    "pyi": "python",
    "yaml": "yaml",
    "yml": "yaml",
    "json": "json",
    "ipynb": "json",
    "md": "markdown",
}


def language_of(path: str) -> Language:
    """By the file's ending; a Kitfile is YAML."""
    name = path.rpartition("/")[2]
    if name.lower().lstrip(".") == "kitfile":
        return "yaml"
    return LANGUAGES.get(name.rpartition(".")[2].lower(), "plain")


def as_text(data: bytes) -> str | None:
    """Text of a file, or None when it is binary or not UTF-8."""
    if b"\0" in data[:8192]:
        return None
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return None


def diff(left: str, right: str, language: Language = "plain") -> TextDiff:
    """Align two texts line by line. Line ends are not compared but when they alone differ."""
    old, new = left.splitlines(), right.splitlines()
    rows: list[TextRow] = []
    added = removed = 0
    for kind, i, j, k, m in _opcodes(old, new):
        if kind == "equal":
            rows += [
                TextRow(Line(i + n + 1, old[i + n]), Line(k + n + 1, new[k + n]), changed=False)
                for n in range(j - i)
            ]
            continue
        removed += j - i
        added += m - k
        rows += _changed_rows(old[i:j], new[k:m], i, k)
    return TextDiff(tuple(rows), added, removed, language)


def _opcodes(old: list[str], new: list[str]) -> Iterator[tuple[str, int, int, int, int]]:
    """As difflib's, with a bound: lines that repeat without end cost the square of their number.

    What is equal at both ends is taken off first; where the rest repeats too much it differs whole.
    """
    least = min(len(old), len(new))
    start = next((at for at in range(least) if old[at] != new[at]), least)
    left = least - start
    end = next((at for at in range(left) if old[-1 - at] != new[-1 - at]), left)
    if start:
        yield "equal", 0, start, 0, start
    inner_old, inner_new = old[start : len(old) - end], new[start : len(new) - end]
    counts = Counter(inner_new)
    if sum(counts[line] for line in inner_old) > MOST_PAIRS:
        yield "replace", start, len(old) - end, start, len(new) - end
    elif inner_old or inner_new:
        junk = len(old) + len(new) > MAX_LINES
        matcher = difflib.SequenceMatcher(None, inner_old, inner_new, autojunk=junk)
        for kind, i, j, k, m in matcher.get_opcodes():
            yield kind, i + start, j + start, k + start, m + start
    if end:
        yield "equal", len(old) - end, len(old), len(new) - end, len(new)


def _changed_rows(old: list[str], new: list[str], i: int, k: int) -> list[TextRow]:
    """Pair alike lines of a changed run in order; what has no partner faces a gap."""
    rows: list[TextRow] = []
    at = to = 0
    for x, y in _pairs(old, new):
        rows += _singles(old[at:x], new[to:y], i + at, k + to)
        left_marks, right_marks = word_marks(old[x], new[y])
        rows.append(
            TextRow(
                Line(i + x + 1, old[x], left_marks),
                Line(k + y + 1, new[y], right_marks),
                changed=True,
            )
        )
        at, to = x + 1, y + 1
    return rows + _singles(old[at:], new[to:], i + at, k + to)


def _pairs(old: list[str], new: list[str]) -> list[tuple[int, int]]:
    """Increasing (old, new) pairs of lines that are alike; greedy, quadratic in short runs only."""
    steps = sum(map(len, old)) * sum(map(len, new))
    if len(old) * len(new) > 10_000 or steps > MOST_STEPS:
        return list(zip(range(len(old)), range(len(new)), strict=False))
    result = []
    start = 0
    for x, line in enumerate(old):
        best, where = ALIKE, -1
        for y in range(start, len(new)):
            matcher = difflib.SequenceMatcher(None, line, new[y], autojunk=False)
            if matcher.real_quick_ratio() > best and matcher.quick_ratio() > best:
                ratio = matcher.ratio()
                if ratio > best:
                    best, where = ratio, y
        if where >= 0:
            result.append((x, where))
            start = where + 1
    return result


def _singles(old: list[str], new: list[str], i: int, k: int) -> list[TextRow]:
    """Lines without a partner: removed ones face a gap, then added ones do."""
    rows = [TextRow(Line(i + n + 1, text), None, changed=True) for n, text in enumerate(old)]
    rows += [TextRow(None, Line(k + n + 1, text), changed=True) for n, text in enumerate(new)]
    return rows


def word_marks(left: str, right: str) -> tuple[tuple[Span, ...], tuple[Span, ...]]:
    """Spans of both lines that differ, by words; spaces between two marks join them."""
    if max(len(left), len(right)) > LONGEST_MARKED:
        return _whole(left), _whole(right)
    old, new = WORD.findall(left), WORD.findall(right)
    if len(old) * len(new) > MOST_WORDS:
        return _whole(left), _whole(right)
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    left_ends, right_ends = _ends(old), _ends(new)
    left_marks: list[Span] = []
    right_marks: list[Span] = []
    for kind, i, j, k, m in matcher.get_opcodes():
        if kind != "equal":
            if j > i:
                left_marks.append(Span(left_ends[i], left_ends[j]))
            if m > k:
                right_marks.append(Span(right_ends[k], right_ends[m]))
    return _joined(left, left_marks), _joined(right, right_marks)


def _whole(text: str) -> tuple[Span, ...]:
    return (Span(0, len(text)),) if text else ()


def _ends(words: list[str]) -> list[int]:
    ends = [0]
    for word in words:
        ends.append(ends[-1] + len(word))
    return ends


def _joined(text: str, marks: list[Span]) -> tuple[Span, ...]:
    result: list[Span] = []
    for mark in marks:
        if result and not text[result[-1].end : mark.start].strip():
            result[-1] = Span(result[-1].start, mark.end)
        else:
            result.append(mark)
    return tuple(result)


def words(content: TextDiff) -> str:
    """``+11 −8 lines``."""
    parts = [f"+{content.added}"] * bool(content.added) + [f"−{content.removed}"] * bool(
        content.removed
    )
    if not parts:
        return "line ends or final newline only"
    return f"{' '.join(parts)} {'line' if content.added + content.removed == 1 else 'lines'}"
