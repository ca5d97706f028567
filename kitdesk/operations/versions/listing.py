"""One tree of versions: local and remote merged by digest, newest first."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from kitdesk.errors import KitDeskError
from kitdesk.modelkit.primitives.semver import sort_key

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from kitdesk.services.container import Services


@dataclass(frozen=True, slots=True)
class TagPlaces:
    """One tag of a version and where it has it."""

    name: str
    local: bool
    remote: bool
    moved_from: str | None = None
    """Digest the tag was seen at before it moved, by somebody else's hand."""
    moved_at: str = ""


@dataclass(frozen=True, slots=True)
class Version:
    """One digest with all its tags."""

    repository: str
    digest: str
    tags: tuple[TagPlaces, ...]
    local: bool
    remote: bool
    size: int | None = None
    created: datetime | None = None
    """When it came into the store; None for a version that is only remote."""
    name: str = ""
    version: str = ""


@dataclass(frozen=True, slots=True)
class VersionListing:
    """The versions of a repository."""

    repository: str
    versions: tuple[Version, ...]
    damage: tuple[str, ...] = ()
    """What could not be read in the store."""
    stale: bool = False
    """True for a remote's versions as they were once: it was not asked, or did not answer."""
    asked: datetime | None = None
    """When the remote was asked, UTC; None for the store."""


def local_versions(services: Services, repository: str | None = None) -> VersionListing:
    """Versions of the store, of one repository or of all."""
    damage: list[str] = []
    found = []
    for stored in services.store.versions(repository, damage):
        name, version = _named(services, stored.digest)
        places = tuple(TagPlaces(tag, local=True, remote=False) for tag in stored.tags)
        found.append(
            Version(
                stored.repository,
                stored.digest,
                places,
                local=True,
                remote=False,
                size=stored.size,
                created=stored.when,
                name=name,
                version=version,
            )
        )
    return VersionListing(repository or "", in_order(found), tuple(damage))


def _named(services: Services, digest: str) -> tuple[str, str]:
    try:
        package = services.store.kitfile(digest).package
    except KitDeskError:
        return "", ""
    return package.name, package.version


def merged(local: Iterable[Version], remote: Iterable[Version]) -> tuple[Version, ...]:
    """Both in one list: one row a digest, one mark a place for every tag."""
    rows: dict[str, Version] = {version.digest: version for version in local}
    for version in remote:
        mine = rows.get(version.digest)
        if mine is None:
            rows[version.digest] = version
            continue
        tags = {place.name: place for place in mine.tags}
        for place in version.tags:
            known = tags.get(place.name)
            tags[place.name] = replace(place, local=known is not None and known.local)
        rows[version.digest] = replace(
            mine, remote=True, tags=tuple(tags.values()), size=mine.size or version.size
        )
    return in_order(rows.values())


def in_order(versions: Iterable[Version]) -> tuple[Version, ...]:
    """Newest version first; branches and odd tags after; untagged last, newest first."""

    def key(version: Version) -> tuple[object, ...]:
        when = version.created.timestamp() if version.created else 0.0
        best = max((sort_key(place.name) for place in version.tags), default=None)
        return (best is not None, best, when) if best is not None else (False, (), when)

    tagged = [version for version in versions if version.tags]
    rest = [version for version in versions if not version.tags]
    tagged.sort(key=key, reverse=True)
    rest.sort(key=lambda one: one.created.timestamp() if one.created else 0.0, reverse=True)
    return tuple(_tags_in_order(version) for version in (*tagged, *rest))


def _tags_in_order(version: Version) -> Version:
    if len(version.tags) < 2:
        return version
    tags = sorted(version.tags, key=lambda place: sort_key(place.name), reverse=True)
    return replace(version, tags=tuple(tags))
