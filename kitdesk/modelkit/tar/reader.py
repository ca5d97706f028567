"""Reads any tar that a ModelKit may hold, member by member, without trust."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final, Literal, NamedTuple, Protocol

from kitdesk.errors import BadModelKit
from kitdesk.modelkit.tar.header import BLOCK, plain

if TYPE_CHECKING:
    from collections.abc import Iterator

_EXTENSION_LIMIT = 1 << 20
"""Longest extended header in bytes; Go's reader has the same limit."""
_SKIP_CHUNK = 1 << 16
_LARGEST = 1 << 62
_DIGITS = 19

TarKind = Literal["file", "dir", "link", "symlink", "special"]
_KINDS: dict[bytes, TarKind] = {
    b"0": "file",
    b"\0": "file",
    b"7": "file",
    b"5": "dir",
    b"1": "link",
    b"2": "symlink",
}


class SupportsRead(Protocol):
    """A binary stream; it is read strictly forwards."""

    def read(self, size: int = -1, /) -> bytes:
        """Return up to ``size`` bytes, empty at the end."""
        ...


class TarEntry(NamedTuple):
    """One member as the archive names it: unchecked, see :func:`tar.safe_path`."""

    path: str
    """Slash-separated, without slash at its end, surrogates for bytes that are not UTF-8."""
    mode: int
    size: int
    """Bytes of content."""
    kind: TarKind
    link: str
    """Where links point; else empty."""
    offset: int
    """Where the content starts, in bytes from the start of the plain tar."""


class Content:
    """The content of the current member; dead once the next member has been asked for."""

    def __init__(self, source: _Source, size: int) -> None:
        self._source = source
        self._left = size

    def read(self, size: int = -1) -> bytes:
        """Return up to ``size`` bytes (-1: all that is left); raises BadModelKit when cut short."""
        wanted = self._left if size < 0 else min(size, self._left)
        if not wanted:
            return b""
        data = self._source.exactly(wanted)
        self._left -= wanted
        return data

    def skip(self) -> None:
        """Pass over the rest."""
        self._source.skip(self._left)
        self._left = 0


class _Source:
    """Counts and completes reads of the stream; ``ahead`` bytes may be read before their time."""

    def __init__(self, stream: SupportsRead, ahead: int) -> None:
        self._stream = stream
        self._ahead = ahead
        seekable = getattr(stream, "seekable", None)
        self._seek = getattr(stream, "seek", None) if seekable is not None and seekable() else None
        self._buffer = b""
        self._at = 0
        self.offset = 0

    def up_to(self, size: int) -> bytes:
        start = self._at
        end = start + size
        if end > len(self._buffer):
            return self._more(size)
        self._at = end
        self.offset += size
        return self._buffer[start:end]

    def _more(self, size: int) -> bytes:
        parts = [self._buffer[self._at :]] if self._at < len(self._buffer) else []
        missing = size - sum(map(len, parts))
        self._buffer, self._at = b"", 0
        while missing:
            part = self._stream.read(max(missing, self._ahead))
            if not part:
                break
            if len(part) > missing:
                self._buffer, self._at = part, missing
                part = part[:missing]
            parts.append(part)
            missing -= len(part)
        self.offset += size - missing
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def exactly(self, size: int) -> bytes:
        data = self.up_to(size)
        if len(data) != size:
            raise _cut()
        return data

    def skip(self, size: int) -> None:
        """Pass over bytes; the last one is read, so that a cut archive is noticed."""
        held = min(size, len(self._buffer) - self._at)
        self._at += held
        self.offset += held
        size -= held
        if self._seek is not None and size > _SKIP_CHUNK:
            self._seek(size - 1, os.SEEK_CUR)
            self.offset += size - 1
            size = 1
        while size:
            step = min(size, _SKIP_CHUNK)
            self.exactly(step)
            size -= step


def read(stream: SupportsRead, ahead: int = 0) -> Iterator[tuple[TarEntry, Content]]:
    """Yield every member with its content; unread content is skipped, by seeking where possible.

    Knows USTAR, PAX (path, size, linkpath), GNU long names and base-256 numbers; checksums are
    verified. Raises BadModelKit for a cut or corrupt archive. ``ahead``: bytes that may be read
    at once although nobody has asked for them yet, which makes small members cheap.
    """
    source = _Source(stream, ahead)
    extra: dict[str, bytes] = {}
    shared: dict[str, bytes] = {}
    while True:
        block = source.up_to(BLOCK)
        if not block and not extra:
            return  # an archive without end marker: Go accepts it too
        if len(block) != BLOCK:
            raise _cut()
        entry = None if extra or shared else _usual(block, source.offset)
        if entry is not None:
            content = Content(source, entry.size)
            yield entry, content
            content.skip()
            source.skip(-entry.size % BLOCK)
            continue
        if not any(block):
            if extra:
                raise _corrupt("an extended header stands alone")
            closing = source.up_to(BLOCK)
            if 0 < len(closing) < BLOCK:
                raise _cut()
            if any(closing):
                raise _corrupt("a block of zeros stands between members")
            return
        _verify(block)
        kind, size = block[156:157], _number(block[124:136])
        if kind in b"xgLK":
            if size > _EXTENSION_LIMIT:
                raise _corrupt("an extended header is too long")
            data = source.exactly(size)
            source.exactly(-size % BLOCK)
            if kind == b"g":
                shared |= _records(data)
            elif kind == b"x":
                extra |= _records(data)
            else:
                extra["path" if kind == b"L" else "linkpath"] = data.split(b"\0", 1)[0]
            continue
        entry = _entry(block, {**shared, **extra}, size, source.offset)
        extra = {}
        content = Content(source, entry.size)
        yield entry, content
        content.skip()
        source.exactly(-entry.size % BLOCK)


def _usual(block: bytes, offset: int) -> TarEntry | None:
    """A header just as kit writes most of them: made again and compared, which is the quickest."""
    flag = block[156]
    if flag not in (0x30, 0x35):
        return None
    name = block[:100].rstrip(b"\0")
    try:
        mode, size = int(block[100:107], 8), int(block[124:135], 8)
    except ValueError:
        return None
    is_dir = flag == 0x35
    if not name.isascii() or name[-1:] in (b"/", b"") or (is_dir and size):
        return None
    if size < 0 or not 0 <= mode <= 0o7777:
        return None  # “-1” is octal to Python, too
    if plain(name, mode, size, is_dir) != block:
        return None
    return TarEntry(name.decode(), mode, size, "dir" if is_dir else "file", "", offset)


def _entry(block: bytes, extra: dict[str, bytes], size: int, offset: int) -> TarEntry:
    flag = block[156:157]
    name = extra.get("path")
    if name is None:
        name = _text(block[:100])
        prefix = _text(block[345:500])
        if block[257:263] == b"ustar\0" and prefix:
            name = prefix + b"/" + name
    link = extra.get("linkpath", _text(block[157:257]))
    if "size" in extra:
        if not extra["size"].isdigit() or len(extra["size"]) > _DIGITS:
            raise _corrupt("a size is no number")
        size = _bounded(int(extra["size"]))
    kind = _KINDS.get(flag, "special")
    if kind == "file" and name.endswith(b"/"):
        kind = "dir"
    if kind not in ("file", "special") or flag in b"346":
        size = 0  # header only, whatever the field says
    return TarEntry(
        path=os.fsdecode(name.rstrip(b"/") or name[:1]),
        mode=_number(block[100:108]) & 0o7777,
        size=size,
        kind=kind,
        link=os.fsdecode(link) if kind in ("link", "symlink") else "",
        offset=offset,
    )


def _verify(block: bytes) -> None:
    stored = _number(block[148:156])
    blanked = block[:148] + b"        " + block[156:]
    plain = sum(blanked)
    if stored == plain:
        return
    if stored != plain - 256 * sum(byte > 0x7F for byte in blanked):  # old tars sum signed bytes
        raise _corrupt("the checksum of a header is wrong")


def _number(field: bytes) -> int:
    if field[0] & 0x80:
        if field[0] & 0x40:
            raise _corrupt("a number is negative")
        return _bounded(int.from_bytes(bytes((field[0] & 0x3F,)) + field[1:], "big"))
    text = field.strip(b" \0") or b"0"
    if text.strip(b"01234567"):  # Python would take signs, underscores and prefixes
        raise _corrupt("a number is unreadable")
    return int(text, 8)


def _bounded(number: int) -> int:
    """What can be the place of a byte in a file; Go counts in 64 bits, too."""
    if number > _LARGEST:
        raise _corrupt("a number is absurdly large")
    return number


def _records(data: bytes) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    at = 0
    while at < len(data):
        size_text, blank, _rest = data[at : at + 20].partition(b" ")
        if not blank or not size_text.isdigit():
            raise _corrupt("an extended header is unreadable")
        record = data[at : at + int(size_text)]
        key, equals, value = record[len(size_text) + 1 : -1].partition(b"=")
        if len(record) != int(size_text) or record[-1:] != b"\n" or not equals or not key:
            raise _corrupt("an extended header is unreadable")
        found[key.decode("utf-8", "replace")] = value
        at += len(record)
    return found


def _text(field: bytes) -> bytes:
    return field.split(b"\0", 1)[0]


_AGAIN: Final = "Pull or pack the version again; kitdesk verify tells what else is damaged."


def _cut() -> BadModelKit:
    return BadModelKit("A layer of the ModelKit is cut short.", _AGAIN)


def _corrupt(why: str) -> BadModelKit:
    return BadModelKit("A layer of the ModelKit is damaged.", _AGAIN, why)
