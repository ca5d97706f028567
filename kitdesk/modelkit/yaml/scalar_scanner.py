"""Scalars as kit's YAML library reads them: block, quoted and plain (FORMAT.md, 1.4).

The base of :mod:`kitdesk.modelkit.yaml.scanner`; the names overridden are PyYAML's.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from yaml.reader import Reader
from yaml.scanner import Scanner, ScannerError
from yaml.tokens import ScalarToken

if TYPE_CHECKING:
    from yaml.error import Mark

BREAKS = "\0\r\n\x85\u2028\u2029"
BLANKS = BREAKS + " \t"
BREAK = re.compile("\r\n|[\r\n\x85\u2028\u2029]")
_SPACE = re.compile("[ \t\r\n\x85\u2028\u2029]*")
_LINE = re.compile(f"[^{BREAKS}]*")
_BLOCK_HEADER = re.compile(r"[|>](?:([-+])([0-9])?|([0-9])([-+])?)?[ \t]*(#)?")
_PLAIN = re.compile(f"(?:[^:{BLANKS}]|:(?![{BLANKS}]))*+")
_PLAIN_FLOW = re.compile(f"(?:[^:,?\\[\\]{{}}{BLANKS}]|:(?![{BLANKS}]))*+")
_IN_QUOTES = {'"': re.compile(f'[^{BLANKS}\\\\"]+'), "'": re.compile(f"[^{BLANKS}']+")}
_ESCAPES = dict(
    zip(
        "0abt\tnvfre \"'\\N_LP",
        "\0\x07\x08\t\t\n\x0b\x0c\r\x1b \"'\\\x85\xa0\u2028\u2029",
        strict=True,
    )
)
_CODES = {"x": 2, "u": 4, "U": 8}


class ScalarScanner(Reader, Scanner):
    """Reads the texts of a document, and moves over its characters."""

    buffer: str
    pointer: int
    index: int
    line: int
    column: int
    indent: int
    flow_level: int
    allow_simple_key: bool

    def forward(self, length: int = 1) -> None:
        """Move over characters; a byte order mark counts as one, unlike with PyYAML."""
        end = self.pointer + length
        breaks = [match.end() for match in BREAK.finditer(self.buffer, self.pointer, end)]
        self.line += len(breaks)
        self.column = end - breaks[-1] if breaks else self.column + length
        self.pointer = end
        self.index += length

    def take(self, pattern: re.Pattern[str]) -> str:
        """Move over what matches here and return it; may be nothing."""
        match = pattern.match(self.buffer, self.pointer)
        found = match[0] if match else ""
        self.forward(len(found))
        return found

    def take_break(self) -> str:
        """Move over a line break, if one is here; all but LS and PS become LF."""
        found = self.take(BREAK)
        return "\n" if found and found not in "\u2028\u2029" else found

    def error_here(self, problem: str, context: str, start: Mark | None = None) -> ScannerError:
        """An error at this place, in the words of PyYAML."""
        return ScannerError(context, start, problem, self.get_mark())

    def scan_block_scalar(self, style: str) -> ScalarToken:
        """Read a text that starts with ``|`` or ``>``."""
        start = self.get_mark()
        context = "while scanning a block scalar"
        match = _BLOCK_HEADER.match(self.buffer, self.pointer)
        if match is None:
            raise self.error_here("did not find expected comment or line break", context, start)
        self.take(_BLOCK_HEADER)
        self.take(_LINE) if match[5] is not None else None
        chomping, digit = match[1] or match[4], match[2] or match[3]
        if digit == "0":
            raise self.error_here("found an indentation indicator equal to 0", context, start)
        if self.peek() not in BREAKS:
            raise self.error_here("did not find expected comment or line break", context, start)
        self.take(BREAK)
        indent = max(self.indent, 0) + int(digit) if digit else 0
        breaks, indent, end = self._block_breaks(indent, start)
        chunks: list[str] = []
        leading, leading_blank = "", False
        while self.column == indent and self.peek() != "\0":
            blank = self.peek() in " \t"
            if style == ">" and leading.startswith("\n") and not leading_blank and not blank:
                leading = "" if breaks else " "
            chunks += [leading, breaks]
            leading_blank = blank
            chunks.append(self.take(_LINE))
            leading = self.take_break()
            breaks, indent, end = self._block_breaks(indent, start)
        if chomping != "-":
            chunks.append(leading)
        if chomping == "+":
            chunks.append(breaks)
        return ScalarToken("".join(chunks), False, start, end, style)

    def _block_breaks(self, indent: int, start: Mark) -> tuple[str, int, Mark]:
        """Eat blank lines; return their breaks, the indentation (found, if 0) and their end."""
        breaks, deepest, end = "", 0, self.get_mark()
        while True:
            while (not indent or self.column < indent) and self.peek() == " ":
                self.forward()
            deepest = max(deepest, self.column)
            if (not indent or self.column < indent) and self.peek() == "\t":
                problem = "found a tab character where an indentation space is expected"
                raise self.error_here(problem, "while scanning a block scalar", start)
            found = self.take_break()
            if not found:
                break
            breaks += found
            end = self.get_mark()
        return breaks, indent or max(deepest, self.indent + 1, 1), end

    def scan_flow_scalar(self, style: str) -> ScalarToken:
        """Read a text in quotes."""
        start = self.get_mark()
        self.forward()
        chunks: list[str] = []
        plain = _IN_QUOTES[style]
        while True:
            if self.column == 0 and self._at_document_indicator():
                raise self.error_here(
                    "found unexpected document indicator", "in a quoted text", start
                )
            if self.peek() == "\0":
                raise self.error_here("found unexpected end of stream", "in a quoted text", start)
            escaped_break = False
            while self.peek() not in BLANKS:
                chunks.append(self.take(plain))
                if style == "'" and self.prefix(2) == "''":
                    chunks.append("'")
                    self.forward(2)
                elif self.peek() == style:
                    break
                elif style == '"' and self.peek() == "\\":
                    if self.peek(1) in BREAKS and self.peek(1) != "\0":
                        self.forward()
                        self.take_break()
                        escaped_break = True
                        break
                    chunks.append(self._escape(start))
            if self.peek() == style:
                self.forward()
                return ScalarToken("".join(chunks), False, start, self.get_mark(), style)
            chunks.append(self._folded(self.take(_SPACE), escaped=escaped_break))

    @staticmethod
    def _folded(space: str, *, escaped: bool = False) -> str:
        """White space between two pieces of a text, with its line breaks folded."""
        breaks = ["\n" if one not in "\u2028\u2029" else one for one in BREAK.findall(space)]
        if escaped:
            return "".join(breaks)
        if not breaks:
            return space
        if breaks[0] == "\n":
            return "".join(breaks[1:]) or " "
        return "".join(breaks)

    def _escape(self, start: Mark) -> str:
        letter = self.peek(1)
        if letter in _ESCAPES:
            self.forward(2)
            return _ESCAPES[letter]
        size = _CODES.get(letter)
        if size is None:
            raise self.error_here("found unknown escape character", "in a quoted text", start)
        digits = self.prefix(size + 2)[2:]
        if not re.fullmatch(f"[0-9A-Fa-f]{{{size}}}", digits):
            raise self.error_here(
                "did not find expected hexdecimal number", "in a quoted text", start
            )
        code = int(digits, 16)
        if 0xD800 <= code <= 0xDFFF or code > 0x10FFFF:
            raise self.error_here("found invalid Unicode character", "in a quoted text", start)
        self.forward(size + 2)
        return chr(code)

    def _at_document_indicator(self) -> bool:
        return self.prefix(3) in ("---", "...") and self.peek(3) in BLANKS

    def scan_plain(self) -> ScalarToken:
        """Read a text without quotes."""
        start = end = self.get_mark()
        pattern = _PLAIN_FLOW if self.flow_level else _PLAIN
        chunks: list[str] = []
        space = ""
        while not (self.column == 0 and self._at_document_indicator()) and self.peek() != "#":
            piece = self.take(pattern)
            if piece:
                chunks += [self._folded(space), piece] if space else [piece]
                end = self.get_mark()
            if self.peek() not in BLANKS or self.peek() == "\0":
                space = "" if piece else space
                break
            space = ("" if piece else space) + self._plain_space(start)
            if not self.flow_level and self.column < self.indent + 1:
                break
        self.allow_simple_key = bool(BREAK.search(space))
        return ScalarToken("".join(chunks), True, start, end)

    def _plain_space(self, start: Mark) -> str:
        """Eat white space; a TAB must not stand where a deeper line is indented."""
        match = _SPACE.match(self.buffer, self.pointer)
        space = match[0] if match else ""
        for line in BREAK.split(space)[1:]:
            if "\t" in line[: self.indent + 1]:
                problem = "found a tab character that violates indentation"
                raise self.error_here(problem, "while scanning a plain scalar", start)
        self.forward(len(space))
        return space
