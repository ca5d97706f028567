"""From bytes to characters, as kit's YAML reader does it (FORMAT.md, 1.4)."""

from __future__ import annotations

import codecs
import re

_FORBIDDEN = re.compile(
    "[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]",
)
_BREAK = re.compile("\r\n|[\n\r\x85\u2028\u2029]")


class UnreadableTextError(ValueError):
    """The bytes are no text that kit reads; ``before`` is the good text in front of the place."""

    def __init__(self, message: str, before: str) -> None:
        super().__init__(message)
        self.message = message
        self.before = before


def decode_text(data: bytes) -> str:
    """Decode UTF-8, or UTF-16 with a byte order mark; the mark itself is dropped.

    Raises UnreadableTextError for bytes or characters that kit refuses, even in comments.
    """
    encoding = "utf-8"
    if data.startswith(codecs.BOM_UTF8):
        data = data[len(codecs.BOM_UTF8) :]
    elif data.startswith(codecs.BOM_UTF16_LE):
        data, encoding = data[2:], "utf-16-le"
    elif data.startswith(codecs.BOM_UTF16_BE):
        data, encoding = data[2:], "utf-16-be"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        before = data[: error.start].decode(encoding, "ignore")
        raise UnreadableTextError("The Kitfile is not UTF-8 text.", before) from None
    bad = _FORBIDDEN.search(text)
    if bad:
        name = f"U+{ord(bad[0]):04X}"
        raise UnreadableTextError(f"The character {name} is not allowed.", text[: bad.start()])
    return text


def line_and_column(text: str, offset: int) -> tuple[int, int]:
    """Return the 1-based line and column of a character offset; all YAML line breaks count."""
    line, start = 1, 0
    for match in _BREAK.finditer(text, 0, offset):
        line, start = line + 1, match.end()
    return line, offset - start + 1
