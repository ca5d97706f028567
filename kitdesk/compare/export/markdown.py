"""A content as GitHub's Markdown: tables and diff blocks in which nothing is active."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from kitdesk.compare.content.words import inert
from kitdesk.compare.export.sections import MARKS, Section, TextLines, sections_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kitdesk.compare.content.result import Content

SPECIAL = re.compile(r"([\\`*_{}\[\]()<>#+!|~@&:-]|(?<=www)\.)", re.IGNORECASE)
"""Whatever could begin a link, an image, HTML, a mention or a table."""


def escape(text: str) -> str:
    """Text that stays text, on one line."""
    return SPECIAL.sub(r"\\\1", inert(text.replace("\n", " ")))


def content_markdown(path: str, content: Content) -> str:
    """A heading, the summary, the limits, then tables."""
    lines = [f"### {escape(path)}", "", escape(content.summary), ""]
    for limit in content.limits:
        lines += [f"> {escape(limit.text)}", ""]
    for section in sections_of(content):
        lines += [f"**{escape(section.title)}**", ""]
        lines += _diff(section) if isinstance(section, TextLines) else _table(section)
        lines += ["", f"and {section.left_out:,} more", ""] if section.left_out else [""]
    return "\n".join(lines)


def _table(section: Section) -> Iterator[str]:
    yield "| | " + " | ".join(map(escape, section.columns)) + " |"
    yield "|---|" + "---|" * len(section.columns)
    for row in section.rows:
        yield f"| {escape(MARKS[row.sign])} | " + " | ".join(map(escape, row.cells)) + " |"


def _diff(section: TextLines) -> Iterator[str]:
    ticks = max(
        (len(run) for _, text in section.lines for run in re.findall("`+", text)), default=0
    )
    fence = "`" * max(3, ticks + 1)
    yield f"{fence}diff"
    for mark, text in section.lines:
        yield f"@@ {text} @@" if mark == "@" else f"{mark}{text}"
    yield fence
