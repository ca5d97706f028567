"""The form of a text file: line ends, byte-order mark; kept when the text is edited.

The editor has lines that a line feed parts. What else ends a line for Qt (``insertText``: CR, CRLF,
U+2029, the two noncharacters) is remembered here and written back; U+2028 and U+00A0 are letters.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

from kitdesk.errors import KitDeskError
from kitdesk.session.loaders.merge import hunks

BOM = b"\xef\xbb\xbf"
LINE_END = re.compile("\r\n|[\n\r\u2029\ufdd0\ufdd1]")
"""What a QTextDocument takes for the end of a paragraph."""


@dataclass(frozen=True, slots=True)
class FileText:
    """A file's bytes and what the editor shows of them."""

    data: bytes
    text: str
    """Lines parted by a line feed."""
    ends: tuple[str, ...]
    """What ends each line but the last."""
    bom: bool = False

    def with_text(self, text: str) -> bytes:
        """The bytes of an edited text in this form: a line that stayed keeps its end, a new one
        gets the file's usual one.
        """
        if text == self.text:
            return self.data
        old, new = self.text.split("\n"), text.split("\n")
        usual = Counter(self.ends).most_common(1)[0][0] if self.ends else "\n"
        ends: list[str] = []
        at = 0
        for hunk in hunks(old, new):
            ends += self.ends[at : hunk.start]
            ends += [usual] * (hunk.new_start - len(ends))
            count, there = hunk.new_end - hunk.new_start, self.ends[hunk.start : hunk.end]
            ends += [*there[:count], *([usual] * (count - len(there)))]
            at = hunk.end
        ends += self.ends[at:]
        ends += [usual] * (len(new) - 1 - len(ends))
        for at, end in enumerate(ends[: len(new) - 2]):
            if (end, new[at + 1], ends[at + 1]) == ("\r", "", "\n"):
                ends[at] = "\n"  # a CR, nothing, a LF would be one end of a line
        written = "".join(map("".join, zip(new, [*ends[: len(new) - 1], ""], strict=True)))
        return (BOM if self.bom else b"") + encoded(written)


EMPTY = FileText(b"", "", ())
"""The form of a file that is not there yet."""


def plain(text: str) -> str:
    """A text as the editor has it."""
    return LINE_END.sub("\n", text)


def file_text(data: bytes) -> FileText:
    """Decode a file; raises KitDeskError where it is not UTF-8."""
    bom = data.startswith(BOM)
    try:
        text = data[len(BOM) * bom :].decode("utf-8")
    except UnicodeDecodeError as error:
        raise KitDeskError(
            "The Kitfile is not UTF-8 text.",
            "Save it as UTF-8 in the editor it came from, then refresh.",
            str(error),
        ) from error
    return FileText(data, plain(text), tuple(LINE_END.findall(text)), bom)


def encoded(text: str) -> bytes:
    """UTF-8; half of a surrogate pair, which no file can hold, becomes a question mark."""
    return text.encode("utf-8", "replace")
