"""The digest every tag was last seen at, per place, so that a tag that moved is shown as moved."""

from __future__ import annotations

import contextlib
import json
from typing import TYPE_CHECKING, NamedTuple

from kitdesk.services.disk.files import locked, write_atomically
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


class TagHistory:
    """One small JSON file; a place is a remote address or ``local``."""

    def __init__(self, data: Path) -> None:
        self._path = data / "tags.json"
        self._lock = data / "tags.lock"

    def read(self, place: str) -> dict[str, SeenTag]:
        """All remembered tags of a place."""
        return {tag: SeenTag(*row) for tag, row in self._load().get(place, {}).items()}

    def places(self) -> dict[str, dict[str, SeenTag]]:
        """Everything that is remembered, by place."""
        return {
            place: {tag: SeenTag(*row) for tag, row in rows.items()}
            for place, rows in self._load().items()
        }

    def _load(self) -> dict[str, dict[str, list[str]]]:
        with contextlib.suppress(OSError, ValueError):
            raw = json.loads(self._path.read_bytes())
            if isinstance(raw, dict):
                return raw
        return {}

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
            with contextlib.suppress(OSError), locked(self._lock):  # it only remembers
                everything = self._load()
                everything[place] = {
                    tag: [seen.digest, seen.before, seen.moved] for tag, seen in result.items()
                }
                write_atomically(self._path, json.dumps(everything).encode())
        return result

    def forget(self, place: str, tags: Iterable[str]) -> None:
        """Tags that were deleted on purpose: the next ones of that name are new."""
        gone = set(tags)
        with contextlib.suppress(OSError), locked(self._lock):
            everything = self._load()
            rows = everything.get(place, {})
            if gone & rows.keys():
                everything[place] = {tag: row for tag, row in rows.items() if tag not in gone}
                write_atomically(self._path, json.dumps(everything).encode())
