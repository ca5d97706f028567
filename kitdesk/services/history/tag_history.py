"""The digest every tag was last seen at, per place, so that a tag that moved is shown as moved."""

from __future__ import annotations

import contextlib
import json
from typing import TYPE_CHECKING, NamedTuple

from kitdesk.errors import DiskFailure
from kitdesk.modelkit.primitives.json_text import BadJson, loads_object
from kitdesk.services.config.records_kept import RecordWarnings
from kitdesk.services.disk.files import locked, write_atomically
from kitdesk.services.disk.regular_files import read_small
from kitdesk.services.history.journal import now

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path


class SeenTag(NamedTuple):
    """What is known of one tag."""

    digest: str
    before: str = ""
    """Digest it had before it moved; "" if it never did."""
    moved: str = ""
    """When the move was noticed, RFC 3339."""


def _is_row(row: object) -> bool:
    return (
        isinstance(row, list)
        and 1 <= len(row) <= len(SeenTag._fields)
        and all(isinstance(one, str) for one in row)
    )


class TagHistory:
    """One small JSON file; a place is a remote address or ``local``."""

    def __init__(self, data: Path, warnings: RecordWarnings | None = None) -> None:
        self._warnings = warnings or RecordWarnings()
        self._path = data / "tags.json"
        self._lock = data / "tags.lock"

    def read(self, place: str) -> dict[str, SeenTag]:
        """All remembered tags of a place."""
        return self.places().get(place, {})

    def places(self) -> dict[str, dict[str, SeenTag]]:
        """Everything that is remembered, by place."""
        return {
            place: {tag: SeenTag(*row) for tag, row in rows.items()}
            for place, rows in self._load().items()
        }

    def _load(self) -> dict[str, dict[str, list[str]]]:
        """What can be read of the file; a spoiled row is as if it had never been seen."""
        with contextlib.suppress(OSError, DiskFailure, BadJson):
            raw = loads_object(read_small(self._path))
            return {
                place: {tag: row for tag, row in rows.items() if _is_row(row)}
                for place, rows in raw.items()
                if isinstance(rows, dict)
            }
        return {}

    def _told(self) -> contextlib.AbstractContextManager[None]:
        return self._warnings.instead_of_failing("Where the tags point could not be remembered")

    def record(
        self, place: str, tags: Mapping[str, str], *, expected: bool = False
    ) -> dict[str, SeenTag]:
        """Remember tag -> digest as seen now; returns what is known afterwards.

        ``expected``: this program moved the tags itself on purpose, so they do not count as moved.
        """
        known = self.read(place)
        result = dict(known)
        for tag, digest in tags.items():
            old = known.get(tag)
            if old is None or expected:
                result[tag] = SeenTag(digest)
            elif old.digest != digest:
                result[tag] = SeenTag(digest, old.digest, now())
        if result != known:
            with self._told(), locked(self._lock):
                everything = self._load()
                everything[place] = {
                    tag: [seen.digest, seen.before, seen.moved] for tag, seen in result.items()
                }
                write_atomically(self._path, json.dumps(everything).encode(), 0o600)
        return result

    def forget(self, place: str, tags: Iterable[str]) -> None:
        """Tags that were deleted on purpose: the next ones of that name are new."""
        gone = set(tags)
        with self._told(), locked(self._lock):
            everything = self._load()
            rows = everything.get(place, {})
            if gone & rows.keys():
                everything[place] = {tag: row for tag, row in rows.items() if tag not in gone}
                write_atomically(self._path, json.dumps(everything).encode(), 0o600)
