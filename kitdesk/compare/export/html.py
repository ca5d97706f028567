"""One HTML page of a comparison: no script, nothing remote, every text escaped."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING

from kitdesk.compare.content.words import inert, label, size
from kitdesk.compare.export.sections import MARKS, NAMES, Section, TextLines, sections_of
from kitdesk.compare.values import FileChange, FileKind, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from kitdesk.compare.content.result import Content
    from kitdesk.compare.values import Comparison

MAX_FILES = 2_000
"""Files with a part of their own; the others are counted."""
STYLE = """
:root { color-scheme: light dark; --line: silver; --muted: gray; --a: seagreen; --d: firebrick;
  --m: darkgoldenrod; }
body { font: 14px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 72rem; padding: 0 1rem; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.1rem; margin: 2rem 0 .25rem; overflow-wrap: anywhere; }
h3 { font-size: 1rem; margin: 1rem 0 .25rem; }
table { border-collapse: collapse; display: block; overflow-x: auto; margin: .25rem 0 1rem; }
th, td { border-bottom: 1px solid var(--line); padding: .2rem .6rem; text-align: left;
  vertical-align: top; white-space: pre-wrap; overflow-wrap: anywhere; min-width: 2rem; }
pre { overflow-x: auto; border: 1px solid var(--line); border-radius: 6px; padding: .5rem; }
.A { color: var(--a); } .D { color: var(--d); } .M { color: var(--m); }
.muted { color: var(--muted); }
.limit { color: var(--m); } .danger { color: var(--d); font-weight: 600; }
"""
HEAD = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width">
<meta name="referrer" content="no-referrer">
"""


def escape(text: str) -> str:
    """Text that stays text."""
    return html.escape(inert(text), quote=True)


def report_html(
    found: Comparison,
    contents: Mapping[str, Content],
    groups: Sequence[tuple[str, Content]] = (),
) -> str:
    """The whole page; ``groups``: leading file and content of files that belong together."""
    return "".join(_page(found, contents, groups))


def _page(
    found: Comparison, contents: Mapping[str, Content], groups: Sequence[tuple[str, Content]]
) -> Iterator[str]:
    title = f"{found.left.name} → {found.right.name}"
    yield f"{HEAD}<title>{escape(title)}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n"
    yield f"<h1>{escape(found.headline)}</h1>\n<p>{escape(title)}"
    if found.verdict is Verdict.DIFFERENT:
        yield f" · {len(found.files):,} files differ, {len(found.same):,} are the same"
    yield "</p>\n"
    for side in (found.left, found.right):
        if side.digest:
            yield f'<p class="muted">{escape(side.name)}: {escape(side.digest)}</p>\n'
    if found.sentences or found.causes:
        yield "<ul>\n"
        yield from (
            f'<li class="{one.sign}">{escape(one.text)}</li>\n'
            for one in found.sentences
            if one.sign != "="
        )
        yield from (f"<li>{escape(one)}</li>\n" for one in found.causes)
        yield "</ul>\n"
    for path, content in groups:
        if path not in contents:
            yield f"<h2>{escape(label(path, 4096))}</h2>\n"
            yield from _content(content)
    for change in found.files[:MAX_FILES]:
        yield from _file(change, contents.get(change.path))
    more = len(found.files) - MAX_FILES
    if more > 0:
        yield f"<p>and {more:,} more files</p>\n"
    yield "</body>\n</html>\n"


def _file(change: FileChange, content: Content | None) -> Iterator[str]:
    sizes = " → ".join(size(one.size) for one in (change.left, change.right) if one is not None)
    name = label(change.path, 4096)
    yield f'<h2><span class="{change.sign}">{MARKS[change.sign]}</span> {escape(name)}'
    yield f' <span class="muted">{escape(change.kind.value)}, {escape(sizes)}</span></h2>\n'
    if change.kind in {FileKind.RENAMED, FileKind.MODE}:
        yield f"<p>{escape(change.words)}</p>\n"
    if content is not None:
        yield from _content(content)


def _content(content: Content) -> Iterator[str]:
    yield f"<p>{escape(content.summary)}</p>\n"
    for limit in content.limits:
        yield f'<p class="limit">{escape(limit.text)}</p>\n'
    for section in sections_of(content):
        yield f"<h3>{escape(section.title)}</h3>\n"
        if isinstance(section, TextLines):
            yield from _lines(section)
        else:
            yield from _table(section)
        if section.left_out:
            yield f'<p class="muted">and {section.left_out:,} more</p>\n'


def _lines(section: TextLines) -> Iterator[str]:
    signs = {"+": "A", "-": "D", "@": "muted"}
    yield "<pre>"
    for mark, text in section.lines:
        yield f'<span class="{signs[mark]}">{mark} {escape(text)}</span>\n'
    yield "</pre>\n"


def _table(section: Section) -> Iterator[str]:
    heads = "".join(f"<th>{escape(one)}</th>" for one in section.columns)
    yield f"<table>\n<tr><th></th>{heads}</tr>\n"
    for row in section.rows:
        mark = f'<td class="{row.sign}" title="{NAMES[row.sign]}">{MARKS[row.sign]}</td>'
        cells = "".join(
            f"<td{DANGER if one == 'dangerous' else ''}>{escape(one)}</td>" for one in row.cells
        )
        yield f"<tr>{mark}{cells}</tr>\n"
    yield "</table>\n"


DANGER = ' class="danger"'
