"""What was packed from a folder last time, so that what has not changed is not read again.

The safety rules of performance.md section 5.1: (a) a file counts only if its times were two seconds
old when it was read; (b) it was the same before and after the reading; (c) ``--no-cache`` and
``verify`` go round all this; (d) the blob must be there, with its size; (e) what ``.kitignore`` and
the Kitfile choose is in the list of members, and so in the key.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from array import array
from typing import TYPE_CHECKING, NamedTuple

from kitdesk.modelkit.walking import FACTS_SIZE, newest_times
from kitdesk.services.files import write_atomically

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from kitdesk.modelkit.layers import Member

FORMAT = 2
"""Of the remembered layers; another number is not read."""
RACY_NS = 2_000_000_000
"""A file younger than this when it was read may change again within the clock's grain."""


class Remembered(NamedTuple):
    """A layer as it was packed."""

    digest: str
    size: int
    diff_id: str
    key: str
    """:func:`key_of` its members; "" when one of them was too young to be trusted."""


class LayerCache:
    """One small file a layer of a project; losing it only costs time."""

    def __init__(self, cache: Path) -> None:
        self._folder = cache / "packed"

    def _path(self, folder: Path, base: str, compression: str) -> Path:
        name = os.fsencode(folder) + b"\0" + os.fsencode(base) + b"\0" + compression.encode()
        return self._folder / hashlib.sha256(name).hexdigest()[:40]

    def last(self, folder: Path, base: str, compression: str) -> Remembered | None:
        """What the layer was when it was last packed."""
        with contextlib.suppress(OSError, ValueError, TypeError, KeyError):
            with self._path(folder, base, compression).open("rb") as file:
                raw = json.loads(file.readline())
            if raw.pop("format") == FORMAT:
                return Remembered(**raw)
        return None

    def starts(
        self, folder: Path, base: str, compression: str, members: Sequence[Member]
    ) -> array[int]:
        """Where each member's header is in the old blob; -1 where it is not, or has changed."""
        found = array("q", [-1]) * len(members)
        with contextlib.suppress(OSError, ValueError):
            with self._path(folder, base, compression).open("rb") as file:
                file.readline()
                size, count = map(int, file.readline().split())
                paths = file.read(size)
                facts = file.read(count * FACTS_SIZE)
                starts = array("q", file.read(count * found.itemsize))
            if len(starts) == count and len(facts) == count * FACTS_SIZE:
                _match(members, paths, facts, starts, found)
        return found

    def keep(
        self,
        folder: Path,
        base: str,
        compression: str,
        remembered: Remembered,
        paths: bytes,
        facts: bytes,
        starts: array[int],
    ) -> None:
        """Remember a layer: what :func:`columns` made of its members, and where they are."""
        head = {"format": FORMAT, **remembered._asdict()}
        data = b"%b\n%d %d\n%b%b%b" % (
            json.dumps(head).encode(),
            len(paths),
            len(starts),
            paths,
            facts,
            starts.tobytes(),
        )
        with contextlib.suppress(OSError):
            write_atomically(self._path(folder, base, compression), data, 0o600, sync=False)


def columns(members: Sequence[Member]) -> tuple[bytes, bytes]:
    """All paths, each ended by NUL, and all facts in a row."""
    paths = "\0".join([member.path for member in members]) + "\0" if members else ""
    facts = b"".join([member.facts for member in members])
    return paths.encode("utf-8", "surrogateescape"), facts


def key_of(paths: bytes, facts: bytes) -> str:
    """One hash for all members."""
    return hashlib.sha256(b"%d\0%b%b" % (len(paths), paths, facts)).hexdigest()


def trusted(facts: bytes, began_ns: int) -> bytes | None:
    """The facts, zeroed where a file was too young when the reading began; None: all are good."""
    limit = began_ns - RACY_NS
    young = [at for at, time in enumerate(newest_times(facts)) if time >= limit]
    if not young:
        return None
    safe = bytearray(facts)
    for at in young:
        safe[at * FACTS_SIZE : (at + 1) * FACTS_SIZE] = bytes(FACTS_SIZE)
    return bytes(safe)


def _match(
    members: Sequence[Member], paths: bytes, facts: bytes, starts: array[int], found: array[int]
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
            if known == name and facts.startswith(member.facts, old * FACTS_SIZE):
                found[number] = starts[old]
            old, at = old + 1, end + 1
            if known == name:
                break
