"""CSV, TSV and whatever else puts cells between delimiters."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kitdesk.compare.content.model import Model, Property
from kitdesk.compare.content.result import Limit
from kitdesk.compare.content.source import MemoryBytes, Unreadable
from kitdesk.compare.content.table.columnar import Columnar
from kitdesk.compare.content.table.dialect import SAMPLE_BYTES, dialect_of
from kitdesk.compare.content.table.part import Table
from kitdesk.compare.content.table.rows import CsvRows
from kitdesk.compare.content.table.stream import blocks, compression_of
from kitdesk.compare.content.words import count

if TYPE_CHECKING:
    from kitdesk.compare.content.model import Context
    from kitdesk.compare.content.source import Bytes

MAX_REMOTE_BYTES = 4 << 20


def read(side: Bytes, name: str, context: Context) -> Model:
    """The dialect and the head; rows are read when they are compared."""
    if side.place == "remote" and side.size > MAX_REMOTE_BYTES and not context.budget.values:
        return _head(side, name, context)
    compression = compression_of(side.read(0, min(6, side.size)))
    if compression is None:
        sample = side.read(0, min(side.size, SAMPLE_BYTES))
    else:
        sample = next(blocks(side, context.budget, compression), b"")[:SAMPLE_BYTES]
    whole = side.size <= SAMPLE_BYTES if compression is None else len(sample) < SAMPLE_BYTES
    dialect = dialect_of(sample, name, whole=whole)
    rows = CsvRows(side, dialect, context.budget)
    model = Model("table", "tsv" if dialect.delimiter == "\t" else "csv")
    model.facts["encoding"] = Property("Encoding", dialect.encoding, counts=False)
    model.facts["delimiter"] = Property("Delimiter", dialect.delimiter, counts=False)
    model.facts["line_ends"] = Property("Line ends", dialect.line_ends, counts=False)
    if compression is None:
        last = side.read(max(0, side.size - 2), min(2, side.size))
        end = last.endswith((b"\n", b"\r", b"\n\0", b"\0\n"))
        model.facts["final_newline"] = Property("Final line end", end, counts=False)
    else:
        model.facts["compression"] = Property("Compression", compression, counts=False)
    model.parts["table"] = Table(rows)
    model.about = f"table with {count(len(rows.columns), 'column')}"
    return model


def _head(side: Bytes, name: str, context: Context) -> Model:
    """A large table in a registry: its columns, and the types of its first rows."""
    from kitdesk.compare.content.table.engine import columns

    compression = compression_of(side.read(0, 6))
    if compression is not None:
        raise Unreadable("it lies in a registry and is compressed", "compressed")
    sample = side.read(0, SAMPLE_BYTES)
    dialect = dialect_of(sample, name, whole=False)
    step = 2 if dialect.encoding == "utf-16" else 1
    end = sample.rfind(b"\n\0" if step > 1 else b"\n") + step
    rows = CsvRows(MemoryBytes(sample[:end]), dialect, context.budget)
    types = {
        one: column.kind or "text" for one, column in zip(rows.columns, columns(rows), strict=True)
    }
    model = Model("table", "tsv" if dialect.delimiter == "\t" else "csv")
    model.facts["encoding"] = Property("Encoding", dialect.encoding, counts=False)
    model.facts["delimiter"] = Property("Delimiter", dialect.delimiter, counts=False)
    model.parts["table"] = Columnar(side, None, types)
    text = "The table lies in a registry: only its first rows were looked at."
    model.limits.append(Limit("remote", text))
    model.about = f"table with {count(len(types), 'column')}"
    return model
