"""The rows of one side, as records that can be told apart by their bytes and parsed when needed."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING, Any, Protocol

from kitdesk.compare.content.source import Unreadable
from kitdesk.compare.content.table.stream import (
    MAX_LINE_BYTES,
    blocks,
    compression_of,
    lines,
    marked_lines,
    stripped,
)
from kitdesk.compare.content.values import integer

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from kitdesk.compare.content.source import Budget, Bytes
    from kitdesk.compare.content.table.dialect import Dialect

MAX_COLUMNS = 20_000
CHUNK_ROWS = 8_192
ABSENT = ""
"""The cell of a field that a JSON record does not have."""


class Rows(Protocol):
    """One side of a table."""

    columns: list[str]
    signature: object
    """Sides with equal signatures write equal rows as equal records."""
    nested: bool
    """Cells may be lists and structs, as JSON."""
    ragged: int
    """Rows that had another number of cells than the head; known when all were parsed."""

    def records(self) -> Iterator[list[bytes]]:
        """Every row once, some thousand at a time; can be called again."""

    def parse(self, records: Sequence[bytes]) -> list[list[str]]:
        """Cells in the order of the columns, one list a record."""

    def pick(self, records: Sequence[bytes], places: tuple[int, ...]) -> Iterable[Any]:
        """The cells of one column (texts or bytes), or tuples of several."""


class CsvRows:
    """Rows of delimited text."""

    nested = False

    def __init__(self, side: Bytes, dialect: Dialect, budget: Budget) -> None:
        self._side, self._dialect, self._budget = side, dialect, budget
        self._compression = compression_of(side.read(0, min(6, side.size)))
        self.ragged = 0
        first = next((row for chunk in self._all() for row in self._raw(chunk[:1])), None)
        if first is None:
            raise Unreadable("it is empty")
        if len(first) > MAX_COLUMNS:
            raise Unreadable(f"it has more than {MAX_COLUMNS:,} columns", "size")
        self.columns = _distinct(first)
        self.signature: object = ("csv", dialect.delimiter, tuple(self.columns))

    def records(self) -> Iterator[list[bytes]]:
        """Rows below the head as UTF-8 without line ends; empty lines are none."""
        first = True
        for chunk in self._all():
            if first:
                chunk = chunk[1:]  # noqa: PLW2901  (the head is no row)
                first = False
            if chunk:
                yield chunk

    def _all(self) -> Iterator[list[bytes]]:
        pieces = blocks(self._side, self._budget, self._compression)
        if self._dialect.encoding == "utf-16":
            pieces = _recoded(pieces, "utf-16")
        elif self._dialect.encoding == "utf-8-bom":
            pieces = _without_mark(pieces)
        foreign = self._dialect.encoding == "windows-1252"
        found = marked_lines(pieces)
        for chunk, quoted, returns in found:
            if foreign:
                chunk = _from_windows(chunk)  # noqa: PLW2901  (the same rows as UTF-8)
            if quoted and any(one.count(b'"') % 2 for one in chunk if b'"' in one):
                yield from self._by_parsing(_chained(chunk, found, foreign=foreign))
                return
            whole = stripped(chunk) if returns else chunk
            yield [one for one in whole if one] if b"" in whole else whole

    def _by_parsing(self, found: Iterator[list[bytes]]) -> Iterator[list[bytes]]:
        """Records that may span lines: as the reader of csv takes them."""
        taken: list[bytes] = []

        def feed() -> Iterator[str]:
            length = 0
            for chunk in found:
                self._budget.check()
                for one in chunk:
                    length = length + len(one) if taken else len(one)
                    if length > MAX_LINE_BYTES:
                        raise Unreadable("a cell is longer than 16 MiB", "size")
                    taken.append(one)
                    yield one.decode("utf-8", "surrogateescape") + "\n"

        made: list[bytes] = []
        for row in csv.reader(feed(), delimiter=self._dialect.delimiter):
            if row:
                made.append(b"\n".join(taken).removesuffix(b"\r"))
            taken.clear()
            if len(made) >= CHUNK_ROWS:
                yield made
                made = []
        if made:
            yield made

    def _raw(self, records: Sequence[bytes]) -> list[list[str]]:
        joined = b"\n".join(records).decode("utf-8", "surrogateescape")
        delimiter = self._dialect.delimiter
        if '"' not in joined and "\r" not in joined:
            return [one.split(delimiter) for one in joined.split("\n")] if records else []
        made = list(csv.reader(io.StringIO(joined, newline=""), delimiter=delimiter))
        if len(made) != len(records):  # stray quotes: each record by itself
            made = []
            for one in records:
                text = io.StringIO(one.decode("utf-8", "surrogateescape"), newline="")
                rows = list(csv.reader(text, delimiter=delimiter))
                made.append([cell for row in rows for cell in row] or [""])
        return made

    def parse(self, records: Sequence[bytes]) -> list[list[str]]:
        """Cells; short rows are filled up, what is too much joins the last cell."""
        width = len(self.columns)
        made = self._raw(records)
        for row in made:
            if len(row) != width:
                self.ragged += 1
                if len(row) < width:
                    row.extend([""] * (width - len(row)))
                else:
                    row[width - 1 :] = [self._dialect.delimiter.join(row[width - 1 :])]
        return made

    def pick(self, records: Sequence[bytes], places: tuple[int, ...]) -> Iterable[Any]:
        """Quick where nothing is quoted: a split instead of a parser."""
        if len(places) == 1 and not any(b'"' in one for one in records):
            at, mark = places[0], self._dialect.delimiter.encode()
            try:
                if at == 0:
                    return [one.split(mark, 1)[0] for one in records]
                return [one.split(mark, at + 1)[at] for one in records]
            except IndexError:  # a ragged row
                pass
        ragged, rows = self.ragged, self.parse(records)
        self.ragged = ragged
        if len(places) == 1:
            return [row[places[0]].encode("utf-8", "surrogateescape") for row in rows]
        return [tuple(row[at] for at in places) for row in rows]


class JsonRows:
    """Rows of JSON Lines: keys are columns, nested values are cells of canonical JSON."""

    nested = True

    def __init__(self, side: Bytes, budget: Budget) -> None:
        self._side, self._budget = side, budget
        self._compression = compression_of(side.read(0, min(6, side.size)))
        self.ragged = 0
        names: dict[str, None] = {}
        for chunk in self.records():
            for row in self._objects(chunk):
                if not row.keys() <= names.keys():
                    names.update(dict.fromkeys(row))
            if len(names) > MAX_COLUMNS:
                raise Unreadable(f"it has more than {MAX_COLUMNS:,} columns", "size")
        self.columns = list(names)
        self.signature: object = ("jsonl", tuple(sorted(self.columns)))

    def records(self) -> Iterator[list[bytes]]:
        """Lines that are not empty."""
        for chunk in lines(blocks(self._side, self._budget, self._compression)):
            found = [one for one in chunk if one.strip()]
            for at in range(0, len(found), CHUNK_ROWS):
                yield found[at : at + CHUNK_ROWS]

    def _objects(self, records: Sequence[bytes]) -> Iterator[dict[str, Any]]:
        try:
            for one in records:
                row = json.loads(one, parse_int=integer)
                if not isinstance(row, dict):
                    raise Unreadable("its lines are no JSON objects")
                yield row
        except RecursionError as error:
            raise Unreadable("it is nested too deep", "depth") from error
        except ValueError as error:
            raise Unreadable("its lines are no JSON") from error

    def parse(self, records: Sequence[bytes]) -> list[list[str]]:
        """Cells as canonical JSON; absent ones are empty."""
        return [
            [_cell(row[name]) if name in row else ABSENT for name in self.columns]
            for row in self._objects(records)
        ]

    def pick(self, records: Sequence[bytes], places: tuple[int, ...]) -> Iterable[Any]:
        """Cells of some columns."""
        names = [self.columns[at] for at in places]
        return [
            tuple(_cell(row[name]) if name in row else ABSENT for name in names)
            for row in self._objects(records)
        ]


def _cell(thing: Any) -> str:
    """Texts as they are (quoted where they could be taken for something else), all else as JSON."""
    if isinstance(thing, str):
        plain = thing[:1] not in {'"', "[", "{"} and thing[:1].isalpha()
        return thing if plain and thing not in WORDS else json.dumps(thing, ensure_ascii=False)
    return json.dumps(thing, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=str)


WORDS = frozenset(("true", "false", "null", "NaN", "Infinity", "None", "nan", "NA", "NULL"))


def _distinct(names: list[str]) -> list[str]:
    """Column names; a second ``x`` is ``x.1``."""
    made: dict[str, None] = {}
    numbers: dict[str, int] = {}
    for name in names:
        one = name
        while one in made:
            numbers[name] = numbers.get(name, 0) + 1
            one = f"{name}.{numbers[name]}"
        made[one] = None
    return list(made)


def _recoded(pieces: Iterator[bytes], codec: str) -> Iterator[bytes]:
    import codecs

    decoder = codecs.getincrementaldecoder(codec)(errors="replace")
    for piece in pieces:
        yield decoder.decode(piece).encode("utf-8", "surrogatepass")
    yield decoder.decode(b"", final=True).encode("utf-8", "surrogatepass")


def _without_mark(pieces: Iterator[bytes]) -> Iterator[bytes]:
    first = True
    for piece in pieces:
        yield piece.removeprefix(b"\xef\xbb\xbf") if first else piece
        first = False


def _from_windows(chunk: list[bytes]) -> list[bytes]:
    return [one if one.isascii() else one.decode("cp1252", "replace").encode() for one in chunk]


def _chained(
    chunk: list[bytes], rest: Iterator[tuple[list[bytes], bool, bool]], *, foreign: bool
) -> Iterator[list[bytes]]:
    yield chunk
    for found, _, _ in rest:
        yield _from_windows(found) if foreign else found
