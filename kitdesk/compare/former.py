"""A content as the former values, which the window's present widgets show; goes with them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, cast

from kitdesk.compare import values
from kitdesk.compare.content.result import Content, TextDiff
from kitdesk.compare.export.sections import TextLines, sections_of

if TYPE_CHECKING:
    from kitdesk.compare.content.lines import Line

Language = Literal["python", "yaml", "json", "markdown", "plain"]
LANGUAGES = {"python", "yaml", "json", "markdown"}


def former_of(content: Content) -> values.ContentDiff:
    """Texts keep their rows; of everything else what differs is a table of facts."""
    text = next((part for part in content.parts if isinstance(part, TextDiff)), None)
    if content.kind == "text" and text is not None and text.rows:
        rows = tuple(
            values.TextRow(_line(row.left), _line(row.right), row.changed) for row in text.rows
        )
        language = text.language if text.language in LANGUAGES else "plain"
        return values.TextDiff(rows, text.added, text.removed, cast("Language", language))
    facts = []
    for section in sections_of(content):
        if isinstance(section, TextLines):
            continue
        for row in section.rows:
            named = dict(zip(section.columns, row.cells, strict=True))
            old, new = named.get("Before"), named.get("After")
            if old is None or new is None:
                old, new = "", ", ".join(filter(None, row.cells[1:]))
            facts.append(values.Fact(row.sign, row.cells[0], old or "-", new or "-"))
    if content.complete:
        note = "Read without running the pickle." if content.kind == "object" else ""
        return values.FactsDiff(tuple(facts), note or f"{content.summary}.")
    return values.OpaqueDiff(" ".join(one.text for one in content.limits), tuple(facts))


def _line(line: Line | None) -> values.Line | None:
    if line is None:
        return None
    marks = tuple(values.Span(one.start, one.end) for one in line.marks)
    return values.Line(line.number, line.text, marks)
