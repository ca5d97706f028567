"""Contents as plain lines, for the terminal and the clipboard."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kitdesk.compare.content.words import label
from kitdesk.compare.export.sections import MARKS, Section, TextLines, sections_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kitdesk.compare.content.result import Content


def content_lines(content: Content, *, same: bool = False) -> Iterator[str]:
    """The summary, the limits, then what differs; ``same``: also facts that do not."""
    yield content.summary
    for limit in content.limits:
        yield f"! {limit.text}"
    for section in sections_of(content):
        if isinstance(section, TextLines):
            yield from (f"{mark} {text}".rstrip() for mark, text in section.lines)
        else:
            if not same and all(row.sign == "=" for row in section.rows):
                continue
            yield from _rows(section)
        if section.left_out:
            yield f"  and {section.left_out:,} more"


def _rows(section: Section) -> Iterator[str]:
    yield f"{section.title}:"
    for row in section.rows:
        yield f"{MARKS[row.sign]} {_sentence(section, row.cells)}".rstrip()


def _sentence(section: Section, cells: tuple[str, ...]) -> str:
    """``name: before → after`` where the columns say so, else the cells with their heads."""
    named = dict(zip(section.columns, cells, strict=True))
    old, new = named.pop("Before", None), named.pop("After", None)
    first, *rest = named.items()
    told = [f"{head.lower()} {cell}" for head, cell in rest if cell]
    if old is not None or new is not None:
        told.append(" → ".join(filter(None, (old, new))))
    return f"{first[1]}: {', '.join(filter(None, told))}".rstrip(": ")


def content_text(path: str, content: Content) -> str:
    """What is copied as text."""
    return "\n".join((label(path, 4096), *content_lines(content, same=True))) + "\n"
