"""One tree of versions: local and remote merged by digest, newest first."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from kitdesk.errors import KitDeskError
from kitdesk.modelkit import manifest as manifests
from kitdesk.modelkit.manifest import ManifestKind
from kitdesk.modelkit.semver import sort_key
from kitdesk.progress import Progress, Report, silent

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from kitdesk.services.library import Library
    from kitdesk.services.remote import Remote
    from kitdesk.services.tags_seen import Seen

LOOKUPS = 6
"""Remote manifests asked for at once."""


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
class Tree:
    """The versions of a repository."""

    repository: str
    versions: tuple[Version, ...]
    damage: tuple[str, ...] = ()
    """What could not be read in the store."""


def local_versions(library: Library, repository: str | None = None) -> Tree:
    """Versions of the store, of one repository or of all."""
    damage: list[str] = []
    found = []
    for stored in library.store.versions(repository, damage):
        name, version = _named(library, stored.digest)
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
    return Tree(repository or "", in_order(found), tuple(damage))


def _named(library: Library, digest: str) -> tuple[str, str]:
    try:
        package = library.store.kitfile(digest).package
    except KitDeskError:
        return "", ""
    return package.name, package.version


def remote_versions(remote: Remote, library: Library, report: Report = silent) -> Tree:
    """Versions of a remote repository that are ModelKits. Raises Unreachable, Refused.

    One request for the tags and one a tag; manifests known to the store are not fetched again.
    """
    tags = remote.tags()
    versions: dict[str, Version] = {}

    def look(tag: str) -> tuple[str, str, int | None, str, str] | None:
        found = remote.find(tag)
        if found is None:
            return None
        size, name, version = _facts(remote, library, found.digest)
        return (tag, found.digest, size, name, version) if size is not None else None

    seen: dict[str, str] = {}
    with ThreadPoolExecutor(LOOKUPS, "lookup") as pool:
        for number, row in enumerate(pool.map(look, tags), 1):
            report(Progress("Reading versions", number, len(tags)))
            if row is None:
                continue
            tag, digest, size, name, version = row
            seen[tag] = digest
            old = versions.get(digest)
            places = (*(old.tags if old else ()), TagPlaces(tag, local=False, remote=True))
            versions[digest] = Version(
                remote.address,
                digest,
                places,
                local=False,
                remote=True,
                size=size,
                name=name,
                version=version,
            )
    moves = library.tags_seen.note(remote.address, seen)
    result = [_with_moves(version, moves) for version in versions.values()]
    return Tree(remote.address, in_order(result))


def _with_moves(version: Version, moves: Mapping[str, Seen]) -> Version:
    def marked(place: TagPlaces) -> TagPlaces:
        seen = moves.get(place.name)
        if seen and seen.before and seen.digest == version.digest:
            return replace(place, moved_from=seen.before, moved_at=seen.moved)
        return place

    return replace(version, tags=tuple(map(marked, version.tags)))


def _facts(remote: Remote, library: Library, digest: str) -> tuple[int | None, str, str]:
    """(size, name, version) of a remote version; size None for what is no ModelKit."""
    from kitdesk.modelkit import config

    store = library.store
    if store.blobs.size(digest) is not None:
        data = store.manifest_bytes(digest)
    else:
        data, _ = remote.manifest(digest)
    if manifests.kind_of(data) is not ManifestKind.MODELKIT:
        return None, "", ""
    manifest = manifests.decode(data)
    if store.blobs.size(manifest.config.digest) is not None:
        raw = store.blobs.read(manifest.config.digest)
    else:
        raw = remote.read(manifest.config)
    package = config.decode(raw).package
    return manifest.total_size, package.name, package.version


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
    tags = sorted(version.tags, key=lambda place: sort_key(place.name), reverse=True)
    return replace(version, tags=tuple(tags))
