"""The former values of a content as :class:`Content`; goes when the session speaks the latter."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kitdesk.compare.content import lines
from kitdesk.compare.content.result import Content, Fact, Limit, TextDiff
from kitdesk.compare.values import FactsDiff
from kitdesk.compare.values import TextDiff as FormerText

if TYPE_CHECKING:
    from kitdesk.compare.values import ContentDiff, Line


def as_content(former: ContentDiff) -> Content:
    """Texts keep their rows; facts their words."""
    if isinstance(former, FormerText):
        rows = tuple(
            lines.TextRow(_line(row.left), _line(row.right), row.changed) for row in former.rows
        )
        text = TextDiff(rows, former.added, former.removed, former.language)
        return Content("text", ("text", "text"), "", False, parts=(text,))
    facts = tuple(
        Fact(one.name, one.name, _told(one.left), _told(one.right), one.sign)
        for one in former.facts
    )
    if isinstance(former, FactsDiff):
        return Content("trees", (None, None), former.note, False, facts)
    limit = Limit("size", former.reason)
    return Content("audio", (None, None), former.reason, False, facts, (limit,))


def _line(line: Line | None) -> lines.Line | None:
    if line is None:
        return None
    marks = tuple(lines.Span(one.start, one.end) for one in line.marks)
    return lines.Line(line.number, line.text, marks)


def _told(text: str) -> str | None:
    return None if text == "-" else text
