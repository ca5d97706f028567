"""SHA-256 of project files, remembered by stat facts so that an unchanged file is not read again.

Entries only for files whose times are at least two seconds older than the reading and move with the
next store (:mod:`settled`), stat before and after reading, nothing trusted across a change of size,
mtime, ctime or inode.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import sqlite3
import time
from typing import TYPE_CHECKING

from kitdesk.errors import FileChanged
from kitdesk.modelkit.tar.member import signed64
from kitdesk.progress import Progress, Report, silent
from kitdesk.services.disk import sqlite_cache
from kitdesk.services.disk.files import BLOCK, os_errors_as
from kitdesk.services.disk.regular_files import open_regular
from kitdesk.services.disk.settled import Settling, newest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

RACY_NS = 2_000_000_000
"""A file younger than this when it was read may change again within the clock's grain."""
Stamp = tuple[int, int, int, int]
"""(size, mtime_ns, ctime_ns, inode)"""


def stamp(stat: os.stat_result) -> Stamp:
    """The facts that change when content may have, each in 64 bits (a time may lie after 2262)."""
    facts = stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns, stat.st_ino
    return tuple(signed64(number) for number in facts)  # type: ignore[return-value]


class HashCache:
    """One sqlite file beside KitDesk's other caches; losing it only costs time."""

    def __init__(self, cache: Path) -> None:
        self._path = cache / "hashes.sqlite"

    @contextlib.contextmanager
    def open(self) -> Iterator[OpenHashes]:
        """A connection for the calling thread."""
        connection = sqlite_cache.connect(self._path, _TABLE)
        try:
            yield OpenHashes(connection)
            with contextlib.suppress(sqlite3.Error):
                connection.commit()
        finally:
            connection.close()


_TABLE = (
    "CREATE TABLE IF NOT EXISTS hashes (path BLOB PRIMARY KEY, size INT, mtime INT, ctime INT,"
    " inode INT, sha256 TEXT) WITHOUT ROWID"
)


class OpenHashes:
    """The cache while it is open."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._settling = Settling()

    def sha256(self, path: Path, report: Report = silent) -> tuple[str, os.stat_result]:
        """Hex digest of a regular file and the stat it was true for.

        Raises FileChanged when the file changes while it is read, FolderGone when it is gone.
        """
        with os_errors_as(f"reading {path.name}"):
            before = path.lstat()
            known = self._known(path, stamp(before))
            if known:
                return known, before
            started = time.time_ns()
            digest, before, sure = hash_file(path, before, report, self._settling)
        if sure and started - newest(before, started) > RACY_NS:
            with contextlib.suppress(sqlite3.Error):
                self._connection.execute(
                    "INSERT OR REPLACE INTO hashes VALUES (?,?,?,?,?,?)",
                    (os.fsencode(path), *stamp(before), digest),
                )
        return digest, before

    def _known(self, path: Path, facts: Stamp) -> str:
        try:
            row = self._connection.execute(
                "SELECT sha256 FROM hashes WHERE path=? AND size=? AND mtime=? AND ctime=?"
                " AND inode=?",
                (os.fsencode(path), *facts),
            ).fetchone()
        except sqlite3.Error:
            return ""
        return str(row[0]) if row else ""


def hash_file(
    path: Path, seen: os.stat_result, report: Report, settling: Settling
) -> tuple[str, os.stat_result, bool]:
    """Read and hash a file that must not change meanwhile, nor since it was ``seen``.

    Returns (hex digest, stat that it is true for, does a later change move the times of that).
    """
    state, done = hashlib.sha256(), 0
    with open_regular(path, getattr(os, "O_NOFOLLOW", 0), buffering=0) as source:
        before, sure = settling.settle(source.fileno(), seen)
        while block := source.read(BLOCK):
            state.update(block)
            done += len(block)
            report(Progress("Reading", done, before.st_size))
        after = os.fstat(source.fileno())
    if stamp(after) != stamp(before) or done != before.st_size:
        raise FileChanged(
            f"{path.name} changed while it was being read.",
            "Wait until whatever writes it has finished, then try again.",
            str(path),
        )
    return state.hexdigest(), before, sure
