"""SQLite files that hold nothing but caches: several threads and processes open them at once.

No write-ahead log: its index is mapped into memory, and whoever deletes or cuts the file beside it
ends every process that reads it with SIGBUS. A busy file is never deleted, only one that is no
database any more.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
from typing import TYPE_CHECKING

from kitdesk.services.disk.files import private_folder

if TYPE_CHECKING:
    from pathlib import Path

BUSY_TIMEOUT_S = 20.0
"""Seconds to wait for somebody else's transaction."""


def connect(path: Path, tables: str) -> sqlite3.Connection:
    """A connection for the calling thread; ``tables`` creates what is missing.

    A file that cannot be used (locked for too long, read-only, no room) is left alone, and a
    database in memory takes its place: then everything is merely unknown.
    """
    for last in (False, True):
        try:
            return _opened(path, tables)
        except sqlite3.OperationalError:
            break
        except sqlite3.DatabaseError:  # no database, or a torn one
            if last:
                break
            with contextlib.suppress(OSError):
                path.unlink(missing_ok=True)
        except OSError:
            break
    connection = sqlite3.connect(":memory:")
    connection.executescript(tables)
    return connection


def _opened(path: Path, tables: str) -> sqlite3.Connection:
    private_folder(path.parent)
    if path.exists() and not path.is_file():
        raise sqlite3.OperationalError("no file")  # opening a pipe would wait for ever
    os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600))
    connection = sqlite3.connect(path, timeout=BUSY_TIMEOUT_S)
    try:
        connection.execute("PRAGMA synchronous=OFF")
        count = "SELECT count(*) FROM sqlite_master WHERE type = 'table'"
        known = connection.execute(count).fetchone()[0]
        if known < tables.count("CREATE TABLE"):
            connection.executescript(tables)
    except sqlite3.Error:
        connection.close()
        raise
    return connection
