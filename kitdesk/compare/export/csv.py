"""What differs as CSV: the changed rows of a table, or the rows of what else a file holds."""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING

from kitdesk.compare.content.result import TableDiff
from kitdesk.compare.content.words import inert
from kitdesk.compare.export.sections import NAMES, TextLines, sections_of

if TYPE_CHECKING:
    from _csv import Writer

    from kitdesk.compare.content.result import Content

NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?")
STARTS = ("=", "+", "-", "@", "\t", "\r")
"""How spreadsheets know a formula."""


def harmless(text: str) -> str:
    """A cell that no spreadsheet runs: a quote goes before what would be a formula."""
    text = inert(text)
    return f"'{text}" if text.startswith(STARTS) and not NUMBER.fullmatch(text) else text


def content_csv(content: Content) -> str:
    """Of a table: ``change, side`` and the columns, a changed row twice (before and after, with
    the key and the cells that differ). Of other kinds: one row a difference.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    tables = [part for part in content.parts if isinstance(part, TableDiff)]
    if tables:
        for table in tables:
            _table(table, writer)
        return out.getvalue()
    writer.writerow(("change", "what", "name", "before", "after"))
    for section in sections_of(content):
        if isinstance(section, TextLines):
            for mark, text in section.lines:
                if mark in "+-":
                    sides = ("", text) if mark == "+" else (text, "")
                    change = "added" if mark == "+" else "removed"
                    writer.writerow((change, "line", "", *map(harmless, sides)))
            continue
        what = section.columns[0].lower()
        for row in section.rows:
            if row.sign == "=":
                continue
            named = dict(zip(section.columns, row.cells, strict=True))
            old, new = named.get("Before"), named.get("After")
            if old is None or new is None:
                old, new = "", ", ".join(filter(None, row.cells[1:]))
            cells = (NAMES[row.sign], what, row.cells[0], old, new)
            writer.writerow(tuple(map(harmless, cells)))
    return out.getvalue()


def _table(table: TableDiff, writer: Writer) -> None:
    key = table.rows.key or ()
    names = dict.fromkeys(key)
    for one in table.samples:
        names |= dict.fromkeys((*(one.left or {}), *(one.right or {})))
    writer.writerow(("change", "side", *map(harmless, names)))
    for one in table.samples:
        given = dict(zip(key, one.key, strict=False))
        for side, cells in (("before", one.left), ("after", one.right)):
            if cells is not None:
                known = given | cells
                row = (NAMES[one.sign], side, *(known.get(name, "") for name in names))
                writer.writerow(tuple(map(harmless, row)))
