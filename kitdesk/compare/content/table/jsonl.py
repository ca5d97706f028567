"""JSON Lines: one record a line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kitdesk.compare.content.model import Model, Property
from kitdesk.compare.content.source import Mismatch, Unreadable
from kitdesk.compare.content.table.delimited import MAX_REMOTE_BYTES
from kitdesk.compare.content.table.part import Table
from kitdesk.compare.content.table.rows import JsonRows
from kitdesk.compare.content.table.stream import compression_of
from kitdesk.compare.content.words import count

if TYPE_CHECKING:
    from kitdesk.compare.content.model import Context
    from kitdesk.compare.content.source import Bytes


def read(side: Bytes, name: str, context: Context) -> Model:
    """The columns are the keys of all records."""
    if side.size == 0:
        raise Mismatch("it is empty")
    if side.place == "remote" and side.size > MAX_REMOTE_BYTES and not context.budget.values:
        raise Unreadable("it lies in a registry and is large", "remote")
    rows = JsonRows(side, context.budget)
    model = Model("table", "jsonl")
    compression = compression_of(side.read(0, min(6, side.size)))
    if compression is not None:
        model.facts["compression"] = Property("Compression", compression, counts=False)
    model.parts["table"] = Table(rows, "record")
    model.about = f"records with {count(len(rows.columns), 'field')}"
    return model
