"""What was packed from a folder last time, so that what has not changed is not read again.

Rules that make it safe: (a) a file counts only if its times were two seconds
old when it was read; (b) it was the same before and after the reading; (c) ``--no-cache`` and
``verify`` go round all this; (d) the blob must be there, with its size; (e) what ``.kitignore`` and
the Kitfile choose is in the list of members, and so in the key.
"""

from __future__ import annotations

import contextlib
import hashlib
import itertools
import json
import os
from array import array
from typing import TYPE_CHECKING, NamedTuple

from kitdesk.errors import DiskFailure
from kitdesk.modelkit.primitives.digest import is_digest
from kitdesk.modelkit.primitives.json_text import BadJson, loads_object, whole_number
from kitdesk.modelkit.tar.member import STAT_KEY_SIZE, newest_times
from kitdesk.services.disk.files import write_atomically
from kitdesk.services.disk.regular_files import open_regular

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from kitdesk.modelkit.tar.member import FileEntry

_LONGEST_HEAD = 4096
FORMAT = 3
"""Of the remembered layers; another number is not read."""
RACY_NS = 2_000_000_000
"""A file younger than this when it was read may change again within the clock's grain."""


class CachedLayer(NamedTuple):
    """A layer as it was packed."""

    digest: str
    size: int
    diff_id: str
    key: str
    """:func:`key_of` its members; "" when one of them was too young to be trusted."""


class PackCache:
    """One small file a layer of a project; losing it only costs time."""

    def __init__(self, cache: Path) -> None:
        self._folder = cache / "packed"

    def _path(self, folder: Path, base: str, compression: str) -> Path:
        name = os.fsencode(folder) + b"\0" + os.fsencode(base) + b"\0" + compression.encode()
        return self._folder / hashlib.sha256(name).hexdigest()[:40]

    def last(self, folder: Path, base: str, compression: str) -> CachedLayer | None:
        """What the layer was when it was last packed."""
        with contextlib.suppress(OSError, DiskFailure, BadJson):
            with open_regular(self._path(folder, base, compression)) as file:
                raw = loads_object(file.readline(_LONGEST_HEAD))
            texts = [raw.get(name) for name in ("digest", "diff_id", "key")]
            size = whole_number(raw.get("size"), -1)
            known = raw.get("format") == FORMAT and size >= 0
            if known and all(isinstance(text, str) for text in texts) and is_digest(raw["digest"]):
                found = CachedLayer(raw["digest"], size, raw["diff_id"], raw["key"])
                return found if raw.get("check") == _check_of(found) else None
        return None

    def member_offsets(
        self, folder: Path, base: str, compression: str, members: Sequence[FileEntry]
    ) -> array[int]:
        """Where each member's header is in the old blob; -1 where it is not, or has changed."""
        found = array("q", [-1]) * len(members)
        with contextlib.suppress(OSError, DiskFailure, ValueError):
            with open_regular(self._path(folder, base, compression)) as file:
                file.readline(_LONGEST_HEAD)
                size, count = map(int, file.readline(_LONGEST_HEAD).split())
                most = os.fstat(file.fileno()).st_size
                if not 0 <= size <= most or not 0 <= count <= most:
                    return found
                paths = file.read(size)
                facts = file.read(count * STAT_KEY_SIZE)
                starts = array("q", file.read(count * found.itemsize))
                check = hashlib.sha256(paths + facts)
                check.update(starts)
                whole = file.read() == check.digest()
            if whole and len(starts) == count and len(facts) == count * STAT_KEY_SIZE:
                _match(members, paths, facts, starts, found)
        return found

    def keep(
        self,
        folder: Path,
        base: str,
        compression: str,
        made: CachedLayer,
        members: Sequence[FileEntry],
        starts: array[int],
        began_ns: int,
    ) -> None:
        """Remember a layer whose reading began then, and where its members are in the blob."""
        limit = began_ns - RACY_NS
        young = any(time >= limit for some in _some(members) for time in newest_times(_facts(some)))
        kept = made._replace(key="" if young else key_of(members))
        head = {**kept._asdict(), "check": _check_of(kept)}
        size = sum(len(_paths(some)) for some in _some(members))
        first = f"{json.dumps({'format': FORMAT, **head})}\n{size} {len(starts)}\n"
        body = itertools.chain(
            map(_paths, _some(members)),
            (_trusted(_facts(some), limit) for some in _some(members)),
            [starts.tobytes()],
        )
        pieces = itertools.chain([first.encode()], _checked(body))
        with contextlib.suppress(OSError):
            write_atomically(self._path(folder, base, compression), pieces, 0o600, sync=False)


def _check_of(layer: CachedLayer) -> str:
    """A flipped bit of the head would name another layer, or another key of this one."""
    words = (layer.digest, str(layer.size), layer.diff_id, layer.key)
    return hashlib.sha256("\n".join(words).encode()).hexdigest()


def _checked(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The pieces, and a hash of them behind."""
    state = hashlib.sha256()
    for piece in pieces:
        state.update(piece)
        yield piece
    yield state.digest()


def key_of(members: Sequence[FileEntry]) -> str:
    """One hash for all members: their paths and facts."""
    state = hashlib.sha256()
    for some in _some(members):
        state.update(_paths(some))
        state.update(_facts(some))
    return state.hexdigest()


def _some(members: Sequence[FileEntry]) -> Iterator[Sequence[FileEntry]]:
    """A few thousand at a time: all at once would be some ten megabytes more."""
    return (members[at : at + 4096] for at in range(0, len(members), 4096))


def _paths(members: Sequence[FileEntry]) -> bytes:
    """Each ended by NUL."""
    paths = [member.path for member in members]
    return "\0".join([*paths, ""]).encode("utf-8", "surrogateescape")


def _facts(members: Sequence[FileEntry]) -> bytes:
    return b"".join([member.stat_key for member in members])


def _trusted(facts: bytes, limit: int) -> bytes:
    """The facts, zeroed where a file was too young when the reading began."""
    young = [at for at, time in enumerate(newest_times(facts)) if time >= limit]
    if not young:
        return facts
    safe = bytearray(facts)
    for at in young:
        safe[at * STAT_KEY_SIZE : (at + 1) * STAT_KEY_SIZE] = bytes(STAT_KEY_SIZE)
    return bytes(safe)


def _match(
    members: Sequence[FileEntry], paths: bytes, facts: bytes, starts: array[int], found: array[int]
) -> None:
    """Go through both lists side by side: both are in the order of the walk."""
    at = old = 0
    for number, member in enumerate(members):
        name = member.path.encode("utf-8", "surrogateescape")
        while old < len(starts):
            end = paths.index(b"\0", at)
            known = paths[at:end]
            if known != name and known.split(b"/") > name.split(b"/"):
                break  # the member is new
            if known == name and facts.startswith(member.stat_key, old * STAT_KEY_SIZE):
                found[number] = starts[old]
            old, at = old + 1, end + 1
            if known == name:
                break
