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
from typing import TYPE_CHECKING, NamedTuple

from kitdesk.services.files import write_atomically

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from kitdesk.modelkit.layers import Member

FORMAT = 1
"""Of the remembered layers; another number is not read."""
RACY_NS = 2_000_000_000
"""A file younger than this when it was read may change again within the clock's grain."""


class Remembered(NamedTuple):
    """A layer as it was packed."""

    digest: str
    size: int
    diff_id: str
    key: str
    """Hash of every member's facts; "" when one of them was too young to be trusted."""


class OldMember(NamedTuple):
    """Where the header and content of a member are in the old blob (a tuple: there are many)."""

    facts: str
    start: int


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

    def members(self, folder: Path, base: str, compression: str) -> dict[str, OldMember]:
        """Path -> place in the old blob, in its order, of members that can be trusted."""
        with contextlib.suppress(OSError, ValueError, TypeError, KeyError):
            with self._path(folder, base, compression).open("rb") as file:
                file.readline()
                rows = json.loads(file.read())
            return {path: OldMember(facts, start) for path, facts, start in rows}
        return {}

    def keep(
        self,
        folder: Path,
        base: str,
        compression: str,
        remembered: Remembered,
        rows: Sequence[tuple[str, str, int]],
    ) -> None:
        """Remember a layer; ``rows``: path, facts ("" = too young) and place of each member."""
        head = {
            "format": FORMAT,
            "digest": remembered.digest,
            "size": remembered.size,
            "diff_id": remembered.diff_id,
            "key": remembered.key,
        }
        data = f"{json.dumps(head)}\n{json.dumps(rows)}".encode()
        with contextlib.suppress(OSError):
            write_atomically(self._path(folder, base, compression), data, 0o600, sync=False)


def facts_of(member: Member) -> str:
    """Everything that changes when a member may have; "" where nothing is known of it."""
    stat = member.stat
    if stat is None:
        return ""
    if member.is_dir:  # its times say only that names came or went: the list of members says which
        return f"d{member.mode:o}"
    return (
        f"{member.mode:o} {stat.st_size} {stat.st_mtime_ns} {stat.st_ctime_ns} {stat.st_ino} "
        f"{stat.st_dev}"
    )


def key_of(members: Sequence[Member], facts: Sequence[str]) -> str:
    """One hash for all members; "" when one cannot be trusted."""
    if not all(facts):
        return ""
    text = "\0".join(f"{one.path}\0{fact}" for one, fact in zip(members, facts, strict=True))
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()


def trusted(members: Sequence[Member], facts: Sequence[str], began_ns: int) -> list[str]:
    """The facts, emptied where a file was too young when the reading began."""
    limit = began_ns - RACY_NS
    return [
        fact if member.is_dir or (member.stat is not None and _newest(member.stat) < limit) else ""
        for member, fact in zip(members, facts, strict=True)
    ]


def _newest(stat: os.stat_result) -> int:
    return max(stat.st_mtime_ns, stat.st_ctime_ns)
