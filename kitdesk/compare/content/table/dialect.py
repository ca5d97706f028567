"""How a table of text is written: encoding, delimiter, line ends."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass

from kitdesk.compare.content.source import Unreadable
from kitdesk.compare.content.text import encoding_of, line_ends

SAMPLE_BYTES = 65_536
SAMPLE_ROWS = 200
DELIMITERS = (",", ";", "\t", "|")
CODECS = {"utf-8-bom": "utf-8", "windows-1252": "cp1252", "utf-16": "utf-16"}
csv.field_size_limit(16 << 20)


@dataclass(frozen=True, slots=True)
class Dialect:
    """What the first 64 KiB say."""

    encoding: str
    delimiter: str
    line_ends: str | None

    @property
    def codec(self) -> str:
        """Python's name of the encoding, the byte order mark aside."""
        return CODECS.get(self.encoding, self.encoding)


def dialect_of(sample: bytes, name: str, *, whole: bool) -> Dialect:
    """By the sample; Unreadable when it is no text."""
    encoding = encoding_of(sample, whole=whole)
    codec = {"utf-8-bom": "utf-8-sig"}.get(encoding, CODECS.get(encoding, encoding))
    written = sample.decode(codec, errors="replace" if not whole else "strict")
    if not whole and "\n" in written:
        written = written[: written.rindex("\n") + 1]
    if not written.strip():
        raise Unreadable("it is empty")
    return Dialect(encoding, _delimiter(written, name), line_ends(written))


def _delimiter(written: str, name: str) -> str:
    """The one that gives the same number of cells in most rows, and more than one."""
    usual = "\t" if name.lower().removesuffix(".gz").endswith((".tsv", ".tab")) else ","
    best, score = usual, 0.0
    for delimiter in DELIMITERS:
        if delimiter not in written:
            continue
        widths = []
        try:
            for row in csv.reader(io.StringIO(written, newline=""), delimiter=delimiter):
                if row:
                    widths.append(len(row))
                if len(widths) >= SAMPLE_ROWS:
                    break
        except csv.Error:
            continue
        if not widths or widths[0] < 2:
            continue
        alike = sum(width == widths[0] for width in widths) / len(widths)
        found = alike * 100 + min(widths[0], 50) / 50 + (0.5 if delimiter == usual else 0)
        if found > score:
            best, score = delimiter, found
    return best
