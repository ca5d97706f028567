"""The bytes of a layer: what Go's tar writer makes of members, and a strict reader (format, 4)."""

from __future__ import annotations

import os
import posixpath
from typing import TYPE_CHECKING

from kitdesk.errors import UnsafeArchive
from kitdesk.modelkit.paths import is_outside
from kitdesk.modelkit.tar_reader import Content, SupportsRead, TarEntry, read

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kitdesk.modelkit.layers import Member

__all__ = [
    "BLOCK",
    "END",
    "Content",
    "SupportsRead",
    "TarEntry",
    "header",
    "header_size",
    "member_size",
    "padding",
    "read",
    "safe_path",
    "tar_size",
]

BLOCK = 512
END = bytes(2 * BLOCK)
"""What closes an archive; kit adds no further padding."""
_NAME, _PREFIX = 100, 155
_LARGE = 1 << 33
_UID = 1000


def header(path: str, mode: int, size: int, is_dir: bool) -> bytes:
    """Return all blocks before the content: one, or three and more for a PAX entry.

    ``path`` has no slash at its end and may hold surrogates for bytes that are not UTF-8; ``mode``
    is ``st_mode & 0o7777``; ``size`` is in bytes, 0 for folders.
    """
    name = path.encode() if path.isascii() else os.fsencode(path)
    kind = b"5" if is_dir else b"0"
    if len(name) <= _NAME and size < _LARGE and name.isascii():
        return _plain(name, mode, size, is_dir)
    pax: dict[bytes, bytes] = {}
    split = None
    if not name.isascii():
        pax[b"path"] = name
    elif len(name) > _NAME:
        split = _split(name)
        if split is None:
            pax[b"path"] = name
    if size >= _LARGE:
        pax[b"size"] = b"%d" % size
        if len(name) > _NAME:
            pax[b"path"] = name
    if not pax:
        prefix, short = split or (b"", name)
        return _block(short, mode, size, kind, prefix)
    records = b"".join(_record(key, pax[key]) for key in sorted(pax))
    folder, base = posixpath.split(name)
    extended = _ascii(posixpath.normpath(posixpath.join(folder, b"PaxHeaders.0", base)))
    return (
        _block(extended[:_NAME].rstrip(b"/"), 0, len(records), b"x", extension=True)
        + records
        + padding(len(records))
        + _block(_cut(_ascii(name)), mode, 0 if size >= _LARGE else size, kind)
    )


def header_size(path: str, size: int) -> int:
    """Return the length of :func:`header` in bytes."""
    if len(path) <= _NAME and size < _LARGE and path.isascii():
        return BLOCK
    return len(header(path, 0, size, is_dir=False))


def member_size(path: str, size: int) -> int:
    """Return the length of a member in bytes: header, content, padding."""
    return header_size(path, size) + size + -size % BLOCK


def padding(size: int) -> bytes:
    """Return the zeros after ``size`` bytes of content."""
    return bytes(-size % BLOCK)


def tar_size(members: Iterable[Member]) -> int:
    """Return the size in bytes of the plain tar that holds ``members``."""
    total = len(END)
    for member in members:
        path, size = member.path, member.size
        plain = len(path) <= _NAME and size < _LARGE and path.isascii()
        total += (BLOCK if plain else header_size(path, size)) + size + -size % BLOCK
    return total


def safe_path(path: str) -> str:
    """Return the cleaned relative path of a member; raises UnsafeArchive if it may not be written.

    Refused are absolute paths, drive letters, NUL, empty names and those that lead outside. ``.``
    comes back as itself: it is the target folder, which a folder entry may name.
    """
    cleaned = posixpath.normpath(path) if path else ""
    why = ""
    if not path:
        why = "it has no name"
    elif "\0" in path:
        why = "its name holds a NUL character"
    elif path.startswith(("/", "\\")) or (
        path[1:2] == ":" and path[0].isascii() and path[0].isalpha()
    ):
        why = "its path is absolute"
    elif is_outside(cleaned) or is_outside(posixpath.normpath(path.replace("\\", "/"))):
        why = "its path leads out of the folder"
    if why:
        shown = path.encode("utf-8", "backslashreplace").decode()
        raise UnsafeArchive(
            f"The ModelKit holds a file that must not be written: {why}.",
            "Do not unpack this ModelKit; ask whoever made it.",
            repr(shown),
        )
    return cleaned


def _plain(name: bytes, mode: int, size: int, is_dir: bool) -> bytes:
    """The common header from a template: only what differs is summed up."""
    known = _TEMPLATES.get((mode, is_dir))
    if known is None:
        known = _TEMPLATES[mode, is_dir] = _template(mode, is_dir)
    checksum, between, tail = known
    size_text = b"%011o" % size
    return b"%b%b%b\x0000000000000\0%06o\0 %b" % (
        name.ljust(_NAME, b"\0"),
        between,
        size_text,
        checksum + sum(name) + sum(size_text),
        tail,
    )


def _block(
    name: bytes,
    mode: int,
    size: int,
    kind: bytes,
    prefix: bytes = b"",
    *,
    extension: bool = False,
) -> bytes:
    uid = 0 if extension else _UID
    devices = bytes(16) if extension else b"0000000\0" * 2
    block = b"".join(
        (
            name.ljust(100, b"\0"),
            b"%07o\0%07o\0%07o\0%011o\0%011o\0" % (mode, uid, 0, size, 0),
            b"        ",
            kind,
            bytes(100),
            b"ustar\00000",
            bytes(64),
            devices,
            prefix.ljust(_PREFIX, b"\0"),
            bytes(12),
        )
    )
    return block[:148] + b"%06o\0 " % sum(block) + block[156:]


def _split(name: bytes) -> tuple[bytes, bytes] | None:
    """Split a long ASCII name at its last slash that fits USTAR, as Go does."""
    end = _PREFIX + 1 if len(name) > _PREFIX + 1 else len(name) - (name[-1:] == b"/")
    at = name.rfind(b"/", 0, end)
    if 0 < at <= _PREFIX and 0 < len(name) - at - 1 <= _NAME:
        return name[:at], name[at + 1 :]
    return None


def _ascii(name: bytes) -> bytes:
    return bytes(byte for byte in name if byte < 0x80)


def _cut(name: bytes) -> bytes:
    """Cut a name that a PAX record repeats; a slash at the cut becomes NUL, as Go writes it."""
    cut = name[:_NAME]
    if len(name) > _NAME and cut.endswith(b"/"):
        end = len(cut.rstrip(b"/"))
        cut = cut[:end] + b"\0" + cut[end + 1 :]
    return cut


def _record(key: bytes, value: bytes) -> bytes:
    size = len(key) + len(value) + 3
    size += len(str(size))
    record = b"%d %s=%s\n" % (size, key, value)
    return record if len(record) == size else b"%d %s=%s\n" % (len(record), key, value)


def _template(mode: int, is_dir: bool) -> tuple[int, bytes, bytes]:
    """Checksum of a header without name and size, and what stands around the size."""
    block = _block(b"", mode, 0, b"5" if is_dir else b"0")
    return int(block[148:154], 8) - sum(b"0" * 11), block[_NAME:124], block[156:]


_TEMPLATES: dict[tuple[int, bool], tuple[int, bytes, bytes]] = {}
"""At most 8,192: there are no more modes."""
