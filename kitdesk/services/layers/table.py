"""The members of a layer in columns: a layer may hold 100,000, and each object is a hundred bytes.

Looks like a tuple of :class:`LayerFile`, which are made when they are asked for.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
from array import array
from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal, NamedTuple, overload

from kitdesk.modelkit.primitives.json_text import loads_object, whole_number

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import BinaryIO

FORMAT = 3
"""Of :meth:`LayerFileTable.pieces`; another number is not read."""
_HASH = 32
_LONGEST_HEAD = 1000
_DIR, _FILE, _UNHASHED = 1, 0, 2


class LayerFile(NamedTuple):
    """One member of a layer; hostile names and kinds have been refused already."""

    path: str
    mode: int
    size: int
    kind: Literal["file", "dir"]
    offset: int
    """Of the content in the plain tar."""
    sha256: str
    """Hex digest of the content; "" for a folder, or where nobody has hashed it yet."""


class LayerFileTable(Sequence[LayerFile]):
    """All members of a layer in the order of its tar."""

    __slots__ = ("flags", "hashes", "modes", "offsets", "paths", "sizes")

    def __init__(self, files: Iterable[LayerFile] = ()) -> None:
        self.paths: list[str] = []
        """Shared with whoever looks a path up."""
        self.modes = array("H")
        self.sizes = array("q")
        self.offsets = array("q")
        self.flags = bytearray()
        self.hashes = bytearray()
        for path, mode, size, kind, offset, sha256 in files:
            self.paths.append(path)
            self.modes.append(mode)
            self.sizes.append(size)
            self.offsets.append(offset)
            self.flags.append(_DIR if kind == "dir" else _FILE if sha256 else _UNHASHED)
            self.hashes += bytes.fromhex(sha256) if sha256 else bytes(_HASH)

    def __len__(self) -> int:
        return len(self.paths)

    @overload
    def __getitem__(self, at: int) -> LayerFile: ...
    @overload
    def __getitem__(self, at: slice) -> list[LayerFile]: ...
    def __getitem__(self, at: int | slice) -> LayerFile | list[LayerFile]:
        if isinstance(at, slice):
            return [self[one] for one in range(*at.indices(len(self)))]
        flag = self.flags[at]
        at = at if at >= 0 else at + len(self)
        digest = self.hashes[at * _HASH : at * _HASH + _HASH].hex() if flag == _FILE else ""
        return LayerFile(
            self.paths[at],
            self.modes[at],
            self.sizes[at],
            "dir" if flag == _DIR else "file",
            self.offsets[at],
            digest,
        )

    def __iter__(self) -> Iterator[LayerFile]:
        return (self[at] for at in range(len(self.paths)))

    def path(self, at: int) -> str:
        """Just the path of a member."""
        return self.paths[at]

    def is_file(self, at: int) -> bool:
        """Whether a member is a file."""
        return self.flags[at] != _DIR

    def pieces(self) -> Iterator[bytes | memoryview]:
        """As it is kept in a cache of this machine; in pieces, for it is some megabytes."""
        paths = "\0".join(self.paths).encode("utf-8", "surrogateescape")
        head = {"format": FORMAT, "order": sys.byteorder, "count": len(self), "paths": len(paths)}
        columns = (self.modes, self.sizes, self.offsets, self.flags, self.hashes)
        parts: list[bytes | memoryview] = [json.dumps(head).encode() + b"\n", paths]
        parts += [memoryview(column) for column in columns]
        state = hashlib.sha256()
        for piece in parts:
            state.update(piece)
            yield piece
        yield state.digest()  # a flipped bit would name another file

    @classmethod
    def read(cls, source: BinaryIO) -> LayerFileTable:
        """Read :meth:`pieces`; raises ValueError for anything else, and OSError."""
        line = source.readline(_LONGEST_HEAD)
        head = loads_object(line)
        if (head.get("format"), head.get("order")) != (FORMAT, sys.byteorder):
            raise ValueError("made by another program or machine")
        most = source.seek(0, os.SEEK_END)
        source.seek(len(line))
        count, length = whole_number(head.get("count")), whole_number(head.get("paths"))
        if count > most or length > most:
            raise ValueError("cut short")
        found, state = cls(), hashlib.sha256(line)

        def next_piece(size: int) -> bytes:
            piece = source.read(size)
            state.update(piece)
            return piece

        paths = next_piece(length)
        found.paths = str(paths, "utf-8", "surrogateescape").split("\0") if count else []
        for column in (found.modes, found.sizes, found.offsets):
            column.frombytes(next_piece(count * column.itemsize))
        found.flags = bytearray(next_piece(count))
        found.hashes = bytearray(next_piece(count * _HASH))
        if len(found.paths) != count or source.read() != state.digest():
            raise ValueError("cut short, or altered")
        return found
