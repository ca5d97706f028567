"""Parquet: the footer is read here, the values by duckdb in the child process."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from kitdesk.compare.content.model import Model, Property
from kitdesk.compare.content.source import Unreadable, exactly
from kitdesk.compare.content.table import thrift
from kitdesk.compare.content.table.columnar import Columnar
from kitdesk.compare.content.words import count

if TYPE_CHECKING:
    from kitdesk.compare.content.model import Context
    from kitdesk.compare.content.source import Bytes

MAGIC = b"PAR1"
MAX_FOOTER_BYTES = 64 << 20
MAX_COLUMNS = 100_000
MAX_DEPTH = 64
CODECS = ("uncompressed", "snappy", "gzip", "lzo", "brotli", "lz4", "zstd", "lz4_raw")
PHYSICAL = ("bool", "int32", "int64", "timestamp", "float32", "float64", "binary", "binary")
CONVERTED = {
    0: "string", 1: "map", 2: "map", 3: "list", 4: "string", 5: "decimal", 6: "date", 7: "time",
    8: "time", 9: "timestamp", 10: "timestamp", 11: "uint8", 12: "uint16", 13: "uint32",
    14: "uint64", 15: "int8", 16: "int16", 17: "int32", 18: "int64", 19: "string", 20: "binary",
    21: "interval",
}  # fmt: skip
LOGICAL = {
    1: "string", 2: "map", 3: "list", 4: "string", 5: "decimal", 6: "date", 7: "time",
    8: "timestamp", 11: "null", 12: "string", 13: "binary", 14: "uuid", 15: "float16",
}  # fmt: skip
REPEATED = 2


@dataclass(slots=True)
class _Element:
    """One element of the schema, in the order of the file."""

    name: str = ""
    physical: int | None = None
    repetition: int = 0
    children: int = 0
    converted: int | None = None
    logical: str | None = None


@dataclass(slots=True)
class _Footer:
    rows: int = 0
    groups: int = 0
    schema: list[_Element] = field(default_factory=list)
    codecs: set[str] = field(default_factory=set)
    created_by: str | None = None


def read(side: Bytes, name: str, context: Context) -> Model:
    """Schema, rows and groups from the footer, which is a tail read."""
    tail = exactly(side, side.size - 8, 8)
    if tail[4:] == b"PARE":
        raise Unreadable("its footer is encrypted", "encrypted")
    length = int.from_bytes(tail[:4], "little")
    if tail[4:] != MAGIC or length > side.size - 12:
        raise Unreadable("its footer is not where it should be")
    if length > MAX_FOOTER_BYTES:
        raise Unreadable("its footer is too long", "size")
    data = exactly(side, side.size - 8 - length, length)
    footer = _footer(thrift.Reader(data, context.budget))
    columns = _columns(footer.schema)
    model = Model("table", "parquet")
    model.facts["row_groups"] = Property("Row groups", footer.groups, counts=False)
    codecs = ", ".join(sorted(footer.codecs)) or None
    model.facts["compression"] = Property("Compression", codecs, counts=False)
    model.facts["created_by"] = Property("Written by", footer.created_by, counts=False)
    model.parts["table"] = Columnar(side, footer.rows, columns, job="parquet.compare")
    model.about = f"{count(footer.rows, 'row')}, {count(len(columns), 'column')}"
    return model


def _footer(reader: thrift.Reader) -> _Footer:
    made = _Footer()
    for number, kind in reader.fields():
        if number == 2 and kind == thrift.LIST:
            _, size = reader.items()
            if size > MAX_COLUMNS:
                raise Unreadable("it has too many columns", "size")
            made.schema = [_element(reader) for _ in range(size)]
        elif number == 3 and kind == thrift.I64:
            made.rows = reader.integer()
        elif number == 4 and kind == thrift.LIST:
            _, made.groups = reader.items()
            for _ in range(made.groups):
                _group(reader, made)
        elif number == 6 and kind == thrift.BINARY:
            made.created_by = reader.text()[:200]
        else:
            reader.skip(kind)
    if made.rows < 0:
        raise Unreadable("it announces fewer than no rows")
    return made


def _element(reader: thrift.Reader) -> _Element:
    made = _Element()
    for number, kind in reader.fields():
        if number == 1 and kind == thrift.I32:
            made.physical = reader.integer()
        elif number == 3 and kind == thrift.I32:
            made.repetition = reader.integer()
        elif number == 4 and kind == thrift.BINARY:
            made.name = reader.text()
        elif number == 5 and kind == thrift.I32:
            made.children = reader.integer()
        elif number == 6 and kind == thrift.I32:
            made.converted = reader.integer()
        elif number == 10 and kind == thrift.STRUCT:
            made.logical = _logical(reader)
        else:
            reader.skip(kind)
    return made


def _logical(reader: thrift.Reader) -> str | None:
    """The word for a logical type; integers by their width."""
    found = None
    for number, kind in reader.fields():
        if number == 10 and kind == thrift.STRUCT:
            width, signed = 32, True
            for inner, what in reader.fields():
                if inner == 1 and what == thrift.BYTE:
                    width = reader.varint() & 0x7F
                elif inner == 2 and what in (thrift.TRUE, thrift.FALSE):
                    signed = what == thrift.TRUE
                else:
                    reader.skip(what)
            found = f"{'' if signed else 'u'}int{width}"
        else:
            found = LOGICAL.get(number, found)
            reader.skip(kind)
    return found


def _group(reader: thrift.Reader, made: _Footer) -> None:
    for number, kind in reader.fields():
        if number == 1 and kind == thrift.LIST:
            _, size = reader.items()
            for _ in range(size):
                for inner, what in reader.fields():
                    if inner == 3 and what == thrift.STRUCT:
                        _chunk(reader, made)
                    else:
                        reader.skip(what)
        else:
            reader.skip(kind)


def _chunk(reader: thrift.Reader, made: _Footer) -> None:
    for number, kind in reader.fields():
        if number == 4 and kind == thrift.I32:
            codec = reader.integer()
            made.codecs.add(CODECS[codec] if 0 <= codec < len(CODECS) else f"codec {codec}")
        else:
            reader.skip(kind)


def _columns(schema: list[_Element]) -> dict[str, str]:
    """Name -> type of the columns below the root."""
    if not schema:
        raise Unreadable("it has no schema")
    found: dict[str, str] = {}
    at = 1
    while at < len(schema) and len(found) < MAX_COLUMNS:
        element = schema[at]
        found[element.name] = _type(element)
        waiting = element.children
        at += 1
        while waiting > 0 and at < len(schema):  # all that lies below it
            waiting += schema[at].children - 1
            at += 1
    return found


def _type(element: _Element) -> str:
    if element.children:
        if element.logical in {"list", "map"}:
            return element.logical
        if element.converted in CONVERTED and CONVERTED[element.converted] in {"list", "map"}:
            return CONVERTED[element.converted]
        return "list" if element.repetition == REPEATED else "struct"
    if element.repetition == REPEATED:
        return "list"
    if element.logical is not None:
        return element.logical
    if element.converted in CONVERTED:
        return CONVERTED[element.converted]
    physical = element.physical if element.physical is not None else -1
    return PHYSICAL[physical] if 0 <= physical < len(PHYSICAL) else "?"
