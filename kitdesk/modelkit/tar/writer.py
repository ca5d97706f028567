"""The bytes of a layer: what Go's tar writer makes of members; a strict reader (FORMAT.md, 4)."""

from __future__ import annotations

import os
import posixpath
import re
from typing import TYPE_CHECKING

from kitdesk.errors import UnsafeArchive
from kitdesk.modelkit.primitives.go_paths import is_outside
from kitdesk.modelkit.tar.header import BLOCK, NAME, PREFIX, block, plain

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kitdesk.modelkit.tar.member import FileEntry


_SIMPLE = re.compile(r"[A-Za-z0-9_][\w.+ -]++(?:/[\w+-][\w.+ -]*+)*+", re.ASCII)
"""Paths that need no cleaning: no empty or dotted part, no drive letter."""
END = bytes(2 * BLOCK)
"""What closes an archive; kit adds no further padding."""
_LARGE = 1 << 33


def header(path: str, mode: int, size: int, is_dir: bool) -> bytes:
    """Return all blocks before the content: one, or three and more for a PAX entry.

    ``path`` has no slash at its end and may hold surrogates for bytes that are not UTF-8; ``mode``
    is ``st_mode & 0o7777``; ``size`` is in bytes, 0 for folders.
    """
    name = path.encode() if path.isascii() else os.fsencode(path)
    kind = b"5" if is_dir else b"0"
    if len(name) <= NAME and size < _LARGE and name.isascii():
        return plain(name, mode, size, is_dir)
    pax: dict[bytes, bytes] = {}
    split = None
    if not name.isascii():
        pax[b"path"] = name
    elif len(name) > NAME:
        split = _split(name)
        if split is None:
            pax[b"path"] = name
    if size >= _LARGE:
        pax[b"size"] = b"%d" % size
        if len(name) > NAME:
            pax[b"path"] = name
    if not pax:
        prefix, short = split or (b"", name)
        return block(short, mode, size, kind, prefix)
    records = b"".join(_record(key, pax[key]) for key in sorted(pax))
    folder, base = posixpath.split(name)
    extended = _ascii(posixpath.normpath(posixpath.join(folder, b"PaxHeaders.0", base)))
    return (
        block(extended[:NAME].rstrip(b"/"), 0, len(records), b"x", extension=True)
        + records
        + padding(len(records))
        + block(_cut(_ascii(name)), mode, 0 if size >= _LARGE else size, kind)
    )


def header_size(path: str, size: int) -> int:
    """Return the length of :func:`header` in bytes."""
    if len(path) <= NAME and size < _LARGE and path.isascii():
        return BLOCK
    return len(header(path, 0, size, is_dir=False))


def member_size(path: str, size: int) -> int:
    """Return the length of a member in bytes: header, content, padding."""
    return header_size(path, size) + size + -size % BLOCK


def padding(size: int) -> bytes:
    """Return the zeros after ``size`` bytes of content."""
    return bytes(-size % BLOCK)


def tar_size(members: Iterable[FileEntry]) -> int:
    """Return the size in bytes of the plain tar that holds ``members``."""
    total = len(END)
    for member in members:
        total += size_of(member.path, member.size)
    return total


def size_of(path: str, size: int) -> int:
    """Return how many bytes a member takes in the tar: headers, content, padding."""
    plain = len(path) <= NAME and size < _LARGE and path.isascii()
    return (BLOCK if plain else header_size(path, size)) + size + -size % BLOCK


def safe_path(path: str) -> str:
    """Return the cleaned relative path of a member; raises UnsafeArchive if it may not be written.

    Refused are absolute paths, drive letters, NUL, empty names and those that lead outside. ``.``
    comes back as itself: it is the target folder, which a folder entry may name.
    """
    if _SIMPLE.fullmatch(path):
        return path  # nearly all are like this
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


def _split(name: bytes) -> tuple[bytes, bytes] | None:
    """Split a long ASCII name at its last slash that fits USTAR, as Go does."""
    end = PREFIX + 1 if len(name) > PREFIX + 1 else len(name) - (name[-1:] == b"/")
    at = name.rfind(b"/", 0, end)
    if 0 < at <= PREFIX and 0 < len(name) - at - 1 <= NAME:
        return name[:at], name[at + 1 :]
    return None


def _ascii(name: bytes) -> bytes:
    return bytes(byte for byte in name if byte < 0x80)


def _cut(name: bytes) -> bytes:
    """Cut a name that a PAX record repeats; a slash at the cut becomes NUL, as Go writes it."""
    cut = name[:NAME]
    if len(name) > NAME and cut.endswith(b"/"):
        end = len(cut.rstrip(b"/"))
        cut = cut[:end] + b"\0" + cut[end + 1 :]
    return cut


def _record(key: bytes, value: bytes) -> bytes:
    size = len(key) + len(value) + 3
    size += len(str(size))
    record = b"%d %s=%s\n" % (size, key, value)
    return record if len(record) == size else b"%d %s=%s\n" % (len(record), key, value)
