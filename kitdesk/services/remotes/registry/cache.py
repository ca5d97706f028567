"""What is worth remembering of registries.

Manifests and configs for ever, tag lists with their age, uploads that were cut, and how a host
wants its uploads.

One sqlite file in the cache folder, for its owner only (an upload's address may be signed). Losing
it costs time and nothing else, so no failure of it reaches anybody.
"""

from __future__ import annotations

import contextlib
import json
import sqlite3
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kitdesk.modelkit.primitives import digest as digests
from kitdesk.modelkit.primitives.json_text import BadJson, loads_object
from kitdesk.services.disk import sqlite_cache

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

MAX_BYTES = 64 << 20
"""Bytes of manifests and configs that are kept; the oldest go first."""
UPLOAD_LIFE = 6 * 24 * 3600
"""Seconds after which an upload is not looked for any more: Distribution purges after a week."""
RULE_LIFE = 30 * 24 * 3600
"""Seconds after which a host is asked anew how it wants its uploads."""
MANY = 500
"""Values in one SQL statement."""

_TABLES = """
CREATE TABLE IF NOT EXISTS records (digest TEXT PRIMARY KEY, time REAL, data BLOB);
CREATE TABLE IF NOT EXISTS peeks (layer TEXT, part TEXT, time REAL, data BLOB,
  PRIMARY KEY (layer, part));
CREATE TABLE IF NOT EXISTS tags (address TEXT PRIMARY KEY, time REAL, tags TEXT);
CREATE TABLE IF NOT EXISTS uploads (blob TEXT PRIMARY KEY, time REAL, location TEXT, offset INT);
CREATE TABLE IF NOT EXISTS rules (host TEXT PRIMARY KEY, time REAL, piece INT);
"""
_TOO_MANY = """
DELETE FROM records WHERE digest IN (SELECT digest FROM (SELECT digest,
sum(length(data)) OVER (ORDER BY time DESC, digest) AS upto FROM records) WHERE upto > ?)
"""
_PEEKS = "SELECT total(length(data)) FROM peeks"
_TOO_MANY_PEEKS = """
DELETE FROM peeks WHERE rowid IN (SELECT rowid FROM (SELECT rowid,
sum(length(data)) OVER (ORDER BY time DESC, rowid) AS upto FROM peeks) WHERE upto > ?)
"""
_SIZE = "SELECT total(length(data)) FROM records"


@dataclass(frozen=True, slots=True)
class KnownTags:
    """A repository's tags as they were once."""

    tags: dict[str, str]
    """Tag -> digest; "" where only the name is known."""
    time: float
    """When they were read, seconds since 1970."""


@dataclass(frozen=True, slots=True)
class UploadSession:
    """An upload that can go on."""

    location: str
    offset: int
    """Bytes that were accepted when this was written."""


class RegistryCache:
    """Opened for each question; safe for several threads and processes."""

    def __init__(self, cache: Path) -> None:
        self._path = cache / "registries.sqlite"

    def _ask(self, *statements: tuple[str, Sequence[object]]) -> list[Any]:
        """Run statements in one transaction; the rows of the last one, [] after any failure."""
        connection = sqlite_cache.connect(self._path, _TABLES)
        try:
            rows: list[Any] = []
            for text, values in statements:
                rows = connection.execute(text, values).fetchall()
            connection.commit()
        except sqlite3.Error:
            return []
        finally:
            connection.close()
        return rows

    # manifests and configs ---------------------------------------------------------------------

    def records(self, wanted: Iterable[str]) -> dict[str, bytes]:
        """Those of the wanted digests that are known; their bytes are checked."""
        names = list(dict.fromkeys(wanted))
        found: dict[str, bytes] = {}
        for at in range(0, len(names), MANY):
            part = names[at : at + MANY]
            marks = ",".join("?" * len(part))
            text = f"SELECT digest, data FROM records WHERE digest IN ({marks})"
            found.update(self._ask((text, part)))
        return {name: data for name, data in found.items() if digests.of_bytes(data) == name}

    def keep_records(self, records: Mapping[str, bytes]) -> None:
        """Keep small blobs for ever, or until there are too many."""
        now = time.time()
        keep = "INSERT OR REPLACE INTO records VALUES (?, ?, ?)"
        rows = [(keep, (name, now, data)) for name, data in records.items()]
        if rows:
            [(size,)] = self._ask(*rows, (_SIZE, ())) or [(0,)]
            if size > MAX_BYTES:
                self._ask((_TOO_MANY, (MAX_BYTES,)))

    # what was seen inside layers --------------------------------------------------------------

    def get_range(self, layer: str, part: str) -> bytes | None:
        """A listing (part "") or a part of a layer by its digest, None when it was not seen."""
        text = "SELECT data FROM peeks WHERE layer = ? AND part = ?"
        for (data,) in self._ask((text, (layer, part))):
            return bytes(data)
        return None

    def put_range(self, layer: str, part: str, data: bytes) -> None:
        """Keep it; the oldest go where there are too many."""
        row = (layer, part, time.time(), data)
        keep = ("INSERT OR REPLACE INTO peeks VALUES (?, ?, ?, ?)", row)
        [(size,)] = self._ask(keep, (_PEEKS, ())) or [(0,)]
        if size > MAX_BYTES:
            self._ask((_TOO_MANY_PEEKS, (MAX_BYTES // 2,)))

    # tag lists ---------------------------------------------------------------------------------

    def tags(self, address: str) -> KnownTags | None:
        """The tags of a repository as they were last read."""
        for text, when in self._ask(("SELECT tags, time FROM tags WHERE address = ?", (address,))):
            with contextlib.suppress(BadJson):
                tags = loads_object(text)
                if all(isinstance(digest, str) for digest in tags.values()):
                    return KnownTags(tags, when)
        return None

    def keep_tags(self, address: str, tags: Mapping[str, str]) -> None:
        """Keep a list as read now."""
        row = (address, time.time(), json.dumps(dict(tags)))
        self._ask(("INSERT OR REPLACE INTO tags VALUES (?, ?, ?)", row))

    # uploads -----------------------------------------------------------------------------------

    def take_upload(self, blob: str) -> UploadSession | None:
        """An upload of ``url@digest`` that can go on; it is nobody else's afterwards."""
        text = "DELETE FROM uploads WHERE blob = ? RETURNING location, offset, time"
        for location, offset, when in self._ask((text, (blob,))):
            if time.time() - when < UPLOAD_LIFE:
                return UploadSession(location, offset)
        return None

    def keep_upload(self, blob: str, upload: UploadSession | None) -> None:
        """Remember how far an upload is; None: it has ended."""
        now = time.time()
        clear = ("DELETE FROM uploads WHERE blob = ? OR time < ?", (blob, now - UPLOAD_LIFE))
        if upload is None:
            self._ask(clear)
            return
        row = (blob, now, upload.location, upload.offset)
        self._ask(clear, ("INSERT INTO uploads VALUES (?, ?, ?, ?)", row))

    # rules -------------------------------------------------------------------------------------

    def chunk(self, host: str) -> int | None:
        """Bytes of a piece that a host was found to take; 0: one PUT only; None: not known."""
        text = "SELECT piece FROM rules WHERE host = ? AND time > ?"
        for (chunk,) in self._ask((text, (host, time.time() - RULE_LIFE))):
            return int(chunk)
        return None

    def set_chunk_size(self, host: str, chunk: int) -> None:
        """Remember it."""
        self._ask(("INSERT OR REPLACE INTO rules VALUES (?, ?, ?)", (host, time.time(), chunk)))
