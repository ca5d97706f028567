"""Text in any usual encoding, against its other version line by line."""

from __future__ import annotations

import codecs
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kitdesk.compare.content.lines import aligned
from kitdesk.compare.content.model import Model, Outcome, Property
from kitdesk.compare.content.result import Limit, TextDiff
from kitdesk.compare.content.source import Mismatch, Unreadable, exactly
from kitdesk.compare.content.words import count

if TYPE_CHECKING:
    from kitdesk.compare.content.model import Context
    from kitdesk.compare.content.source import Bytes

MAX_BYTES = 2 << 20
"""Longer texts are counted, not aligned."""
MAX_LINES = 20_000
MAX_READ_BYTES = 256 << 20
SAMPLE_BYTES = 65_536
LANGUAGES = {
    "py": "python", "pyi": "python", "md": "markdown", "markdown": "markdown", "yaml": "yaml",
    "yml": "yaml", "json": "json", "toml": "toml", "sh": "shell", "cfg": "ini", "ini": "ini",
    "r": "r", "sql": "sql", "rst": "restructuredtext", "html": "html", "xml": "xml", "css": "css",
    "js": "javascript", "ts": "typescript", "c": "c", "h": "c", "cpp": "cpp", "java": "java",
}  # fmt: skip
"""Formats of text by the ending of the name."""


def read(side: Bytes, name: str, context: Context) -> Model:
    """The text of a file; Unreadable when it is none."""
    if side.size > MAX_READ_BYTES:
        raise Unreadable("it is too large to be read as text", "size")
    head = exactly(side, 0, min(side.size, SAMPLE_BYTES))
    encoding_of(head, whole=side.size == len(head))
    context.budget.check()
    written, encoding = decoded(exactly(side, 0, side.size))
    kind = format_of(name)
    model = Model("text", kind)
    model.parts["text"] = Text(written, encoding, kind)
    style(model, written, encoding)
    model.about = count(len(split(written)), "line")
    return model


def style(model: Model, written: str, encoding: str) -> None:
    """Facts of how a text is written."""
    model.facts["encoding"] = Property("Encoding", encoding, counts=False)
    model.facts["line_ends"] = Property("Line ends", line_ends(written), counts=False)
    model.facts["final_newline"] = Property(
        "Final line end", written.endswith(("\n", "\r")), counts=False
    )


def format_of(name: str) -> str:
    """python, markdown, dockerfile, text …"""
    last = name.rpartition("/")[2].lower()
    if last == "dockerfile" or last.startswith("dockerfile.") or last.endswith(".dockerfile"):
        return "dockerfile"
    return LANGUAGES.get(last.rpartition(".")[2], "text") if "." in last else "text"


def encoding_of(data: bytes, *, whole: bool) -> str:
    """utf-8, utf-8-bom, utf-16 or windows-1252; Mismatch for bytes that are no text."""
    if data.startswith(codecs.BOM_UTF8):
        return "utf-8-bom"
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if b"\0" in data:
        raise Mismatch("it is no text")
    try:
        codecs.getincrementaldecoder("utf-8")().decode(data, final=whole)
    except UnicodeDecodeError as error:
        odd = sum(data.count(bytes((code,))) for code in (*range(9), 11, *range(14, 32), 127))
        if odd or any(data.count(bytes((code,))) for code in (0x81, 0x8D, 0x8F, 0x90, 0x9D)):
            raise Mismatch("it is no text") from error
        return "windows-1252"
    return "utf-8"


def decoded(data: bytes) -> tuple[str, str]:
    """(text, encoding) of a whole file."""
    encoding = encoding_of(data, whole=True)
    try:
        return data.decode(
            {"utf-8-bom": "utf-8-sig", "windows-1252": "cp1252"}.get(encoding, encoding)
        ), encoding
    except UnicodeDecodeError as error:
        raise Mismatch("it is no text") from error


def line_ends(written: str) -> str | None:
    """lf, crlf, cr, mixed; None without any."""
    crlf = written.count("\r\n")
    kinds = {
        "crlf": crlf,
        "lf": written.count("\n") - crlf,
        "cr": written.count("\r") - crlf,
    }
    used = [name for name, number in kinds.items() if number]
    return used[0] if len(used) == 1 else "mixed" if used else None


def split(written: str) -> list[str]:
    r"""Lines by \n, \r\n and \r only: other separators stay in their line."""
    lines = written.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if lines[-1] == "":
        lines.pop()
    return lines


@dataclass(slots=True)
class Text:
    """The text of one side."""

    written: str
    encoding: str
    language: str
    counts: bool = True
    """False: a view beside the values, which decide whether both sides are equal."""

    @classmethod
    def differ(cls, left: Text | None, right: Text | None, context: Context) -> Outcome:
        """Lines added and removed, aligned when they are few enough."""
        one = right or left
        assert one is not None
        old = split(left.written) if left else []
        new = split(right.written) if right else []
        limits: tuple[Limit, ...] = ()
        size = max(len(side.written) for side in (left, right) if side)
        if size > MAX_BYTES or max(len(old), len(new)) > MAX_LINES:
            before, after = Counter(old), Counter(new)
            context.budget.check()
            removed, added = (before - after).total(), (after - before).total()
            diff = TextDiff((), added, removed, one.language)
            if one.counts:
                limits = (Limit("long", "The text is long: its lines are counted, not aligned."),)
            equal = old == new
        else:
            rows = tuple(aligned(old, new, context.budget.check))
            removed = sum(row.changed and row.left is not None for row in rows)
            added = sum(row.changed and row.right is not None for row in rows)
            diff = TextDiff(rows, added, removed, one.language)
            equal = not added and not removed
        if not one.counts:
            return Outcome(diff, equal=True)
        words = [f"+{added:,}"] * bool(added) + [f"−{removed:,}"] * bool(removed)
        noun = "line" if added + removed == 1 else "lines"
        told = (" ".join(words) + f" {noun}",) if words else ()
        return Outcome(diff, equal=equal, words=told, limits=limits)
