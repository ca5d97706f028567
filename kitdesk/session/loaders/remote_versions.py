"""The remote's versions: the last list at once, then rows as they arrive, page by page."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from kitdesk.modelkit.primitives.semver import sort_key
from kitdesk.operations.inputs.remotes import parse_remote
from kitdesk.operations.versions.listing import TagPlaces, Version, in_order
from kitdesk.operations.versions.remote_listing import cached_versions, list_tags, version_details

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from pathlib import Path

    from kitdesk.operations.diffing.sides import RemoteFactory
    from kitdesk.progress import Report
    from kitdesk.services.container import Services
    from kitdesk.session.runtime.runner import Callback

PAGE = 100
"""Tags that are looked at before anybody scrolls to the others."""
BEAT = 0.12
"""Seconds between two parts of a list that is still being read ..."""
BEAT_PER_ROW = 0.000_25
"""... and for every row that is shown already: each part lays all of them out again."""


@dataclass(frozen=True, slots=True)
class RemoteListing:
    """What is known of the remote so far."""

    address: str
    names: tuple[str, ...] = ()
    """All tags, newest first."""
    looked: frozenset[str] = frozenset()
    """Tags whose version is known."""
    rows: tuple[Version, ...] = ()
    asked: datetime | None = None
    stale: bool = False
    """Nothing of this was asked now."""
    whole: bool = False
    """The work is done; else more rows are on their way."""

    @property
    def more(self) -> int:
        """Tags that are not looked at yet."""
        return len(self.names) - len(self.looked)


def read(
    folder: Path,
    before: RemoteListing,
    services: Services,
    opener: RemoteFactory,
    report: Report,
    tell: Callback,
) -> RemoteListing:
    """Ask the project's remote. ``before`` is what was shown until now: it is looked at again.

    Tells the list of the last time first when nothing is shown yet, then what is there so far.
    Worker thread; raises Unreachable, Refused, AuthRequired.
    """
    address = services.settings.project(folder).remote
    if not address:
        return RemoteListing("", whole=True)
    where = parse_remote(address)
    if before.address != address:
        before = RemoteListing(address)
    remote = opener(where)
    try:
        if not before.rows:
            old = cached_versions(remote.address, services)
            if old is not None and old.versions:
                names = tuple(_newest(tag.name for row in old.versions for tag in row.tags))
                before = RemoteListing(
                    address, names, frozenset(names), old.versions, old.asked, stale=True
                )
                tell(before)
        listed = list_tags(remote, services)
        names = tuple(_newest(listed.tags))
        wanted = _wanted(names, before)
        now = RemoteListing(address, names, wanted, asked=listed.asked)
        stream = _Stream(tell, now, before.rows)
        found = version_details(
            remote, services, [n for n in names if n in wanted], report, stream.row
        ).versions
        return replace(now, rows=found, whole=True)
    finally:
        remote.close()


def read_more(
    wanted: tuple[str, ...],
    before: RemoteListing,
    services: Services,
    opener: RemoteFactory,
    report: Report,
    tell: Callback,
) -> RemoteListing:
    """Look at some more of the tags."""
    remote = opener(parse_remote(before.address))
    try:
        now = replace(before, looked=before.looked | frozenset(wanted), whole=False)
        stream = _Stream(tell, now, before.rows)
        found = version_details(remote, services, wanted, report, stream.row).versions
        return replace(now, rows=joined(before.rows, found), whole=True)
    finally:
        remote.close()


def _newest(names: Iterable[str]) -> list[str]:
    return sorted(set(names), key=sort_key, reverse=True)


def _wanted(names: tuple[str, ...], before: RemoteListing) -> frozenset[str]:
    """The first page, and whatever was shown already and is still there."""
    shown = frozenset() if before.stale else before.looked
    return frozenset(names[:PAGE]) | (shown & frozenset(names))


def joined(old: Iterable[Version], new: Iterable[Version]) -> tuple[Version, ...]:
    """Two parts of one list: a digest with the tags of both; the new part's word counts."""
    fresh = {row.digest: row for row in new}
    taken = {tag.name for row in fresh.values() for tag in row.tags}
    rows: dict[str, Version] = {}
    for row in old:
        kept: list[TagPlaces] = [tag for tag in row.tags if tag.name not in taken]
        if kept:
            rows[row.digest] = replace(row, tags=tuple(kept))
    for digest, row in fresh.items():
        mine = rows.get(digest)
        rows[digest] = replace(row, tags=(*mine.tags, *row.tags)) if mine else row
    return in_order(rows.values())


class _Stream:
    """Tells the rows so far, not more often than they can be looked at."""

    def __init__(self, tell: Callback, now: RemoteListing, old: tuple[Version, ...]) -> None:
        self._tell, self._now, self._old = tell, now, old
        self._shown = {tag.name: row.digest for row in old for tag in row.tags}
        self._rows: dict[str, Version] = {}
        self._last = time.monotonic() if old else 0.0
        self._beat = BEAT + len(old) * BEAT_PER_ROW

    def row(self, version: Version) -> None:
        """What is shown already is no news."""
        if all(self._shown.get(tag.name) == version.digest for tag in version.tags):
            return
        self._rows[version.digest] = version
        if time.monotonic() - self._last >= self._beat:
            self._last = time.monotonic()
            rows = joined(self._old, tuple(self._rows.values()))
            self._tell(replace(self._now, rows=rows))
