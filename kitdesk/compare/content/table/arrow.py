"""Arrow IPC, as a file or as a stream: schema and lengths of the batches."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kitdesk.compare.content.graphs.flatbuffers import Buffer, Table
from kitdesk.compare.content.model import Model
from kitdesk.compare.content.source import Mismatch, Part, Unreadable, exactly
from kitdesk.compare.content.table.columnar import Columnar
from kitdesk.compare.content.words import count

if TYPE_CHECKING:
    from kitdesk.compare.content.model import Context
    from kitdesk.compare.content.source import Bytes

MAGIC = b"ARROW1"
CONTINUATION = 0xFFFFFFFF
MAX_MESSAGES = 1_000_000
SCHEMA, BATCH = 1, 3
TYPES = {
    1: "null", 4: "binary", 5: "string", 6: "bool", 7: "decimal", 8: "date", 9: "time",
    10: "timestamp", 11: "interval", 12: "list", 13: "struct", 14: "union", 15: "binary",
    16: "list", 17: "map", 18: "duration", 19: "binary", 20: "string", 21: "list",
    23: "binary", 24: "string", 25: "list", 26: "list",
}  # fmt: skip
"""Type of Schema.fbs: number -> word."""


def read(side: Bytes, name: str, context: Context) -> Model:
    """Columns and rows; the values need a library that is not installed."""
    start = 8 if side.read(0, min(6, side.size)) == MAGIC else 0
    columns: dict[str, str] | None = None
    rows = 0
    at = start
    for _ in range(MAX_MESSAGES):
        context.budget.check()
        if at + 8 > side.size:
            break
        head = exactly(side, at, 8)
        length = int.from_bytes(head[:4], "little")
        at += 4
        if length == CONTINUATION:
            length = int.from_bytes(head[4:], "little")
            at += 4
        if length == 0 or length > side.size - at:
            break
        message = Buffer(Part(side, at, length), context.budget).root()
        at += length + message.integer(3, "<q")
        at += -at % 8
        inner = message.table(2)
        kind = message.integer(1, "<B")
        if inner is None:
            raise Unreadable("a message of it is empty")
        if kind == SCHEMA and columns is None:
            columns = {one.text(0): _type(one) for one in inner.tables(1)}
        elif kind == BATCH:
            rows += max(0, inner.integer(0, "<q"))
        if message.integer(3, "<q") < 0:
            raise Unreadable("a message of it goes backwards")
    if columns is None:
        raise Mismatch("it is no Arrow file")
    model = Model("table", "arrow")
    model.parts["table"] = Columnar(side, rows, columns)
    model.about = f"{count(rows, 'row')}, {count(len(columns), 'column')}"
    return model


def _type(column: Table) -> str:
    kind, inner = column.integer(2, "<B"), column.table(3)
    if kind == 2 and inner is not None:
        return f"{'' if inner.integer(1, '<B') else 'u'}int{inner.integer(0)}"
    if kind == 3 and inner is not None:
        return f"float{(16, 32, 64)[inner.integer(0, '<H') % 3]}"
    return TYPES.get(kind, "?")
