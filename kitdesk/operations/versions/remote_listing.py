"""Versions of a remote repository: rows as they arrive, what is known by digest asked but once.

Manifests and configs never change under their digest and are kept for ever
(:mod:`kitdesk.services.remotes.registry.cache`); the tag list is kept with its age, so that the
tree can be shown with no network. The first time a tag costs two GETs, later one HEAD.
"""

from __future__ import annotations

import contextlib
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from threading import Lock
from typing import TYPE_CHECKING

from kitdesk.errors import BadModelKit, KitDeskError, NotFound, WrongDigest
from kitdesk.modelkit.oci import manifest as manifests
from kitdesk.modelkit.oci.manifest import ManifestKind
from kitdesk.operations.versions.listing import TagPlaces, Version, VersionListing, in_order
from kitdesk.progress import Progress, Report, silent

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from kitdesk.modelkit.oci.manifest import Manifest
    from kitdesk.services.container import Services
    from kitdesk.services.history.tag_history import SeenTag
    from kitdesk.services.remotes.protocol import RemoteRepository

LOOKUPS = 6
"""Requests under way at once."""


@dataclass(frozen=True, slots=True)
class TagList:
    """The names of a repository's tags, before anything else is known of them."""

    address: str
    tags: tuple[str, ...]
    asked: datetime
    stale: bool = False


def _nobody(_row: Version) -> None:
    """Nobody waits for single rows."""


def list_tags(remote: RemoteRepository, services: Services) -> TagList:
    """Ask for the names: one request (a page more each thousand). Raises Unreachable, Refused."""
    names = remote.tags()
    known = services.registry_cache.tags(remote.address)
    old = known.tags if known else {}
    services.registry_cache.keep_tags(remote.address, {name: old.get(name, "") for name in names})
    return TagList(remote.address, names, datetime.now(UTC))


def remote_versions(
    remote: RemoteRepository,
    services: Services,
    report: Report = silent,
    row: Callable[[Version], None] = _nobody,
) -> VersionListing:
    """Versions of a remote repository that are ModelKits. Raises Unreachable, Refused.

    ``row`` is told every version as soon as it is known, and again when one more tag turns out to
    point at it; on the calling thread.
    """
    listed = list_tags(remote, services)
    return replace(version_details(remote, services, listed.tags, report, row), asked=listed.asked)


def version_details(
    remote: RemoteRepository,
    services: Services,
    tags: Iterable[str],
    report: Report = silent,
    row: Callable[[Version], None] = _nobody,
) -> VersionListing:
    """The versions behind some tags only (what is visible), at most six requests at once."""
    names = tuple(tags)
    look = _TagResolver(remote, services, names)
    versions: dict[str, Version] = {}
    try:
        with ThreadPoolExecutor(LOOKUPS, "lookup") as pool:
            jobs = [pool.submit(look.tag, name) for name in names]
            try:
                for number, job in enumerate(as_completed(jobs), 1):
                    found = job.result()
                    report(Progress("Reading versions", number, len(names)))
                    if found is not None:
                        versions[found.digest] = _joined(versions.get(found.digest), found)
                        row(versions[found.digest])
            except BaseException:
                for job in jobs:
                    job.cancel()
                raise
    finally:
        look.keep()
    seen = {place.name: one.digest for one in versions.values() for place in one.tags}
    moves = services.tag_history.record(remote.address, seen)
    rows = [_with_moves(version, moves) for version in versions.values()]
    return VersionListing(remote.address, in_order(rows), tuple(look.damage))


def cached_versions(address: str, services: Services) -> VersionListing | None:
    """The versions as they were when the remote was last asked; nothing is asked now.

    None if it never was. Marked ``stale``, with ``asked`` telling how old they are.
    """
    known = services.registry_cache.tags(address)
    if known is None:
        return None
    records = _RecordCache(services, known.tags.values())
    versions: dict[str, Version] = {}
    for name, digest in known.tags.items():
        data = records.get(digest) if digest else None
        manifest = _decoded(data) if data is not None else None
        if manifest is not None:
            found = _row(address, name, digest, manifest, records.get(manifest.config.digest))
            versions[digest] = _joined(versions.get(digest), found)
    moves = services.tag_history.read(address)
    rows = [_with_moves(version, moves) for version in versions.values()]
    asked = datetime.fromtimestamp(known.time, UTC)
    return VersionListing(address, in_order(rows), stale=True, asked=asked)


def records_here(
    services: Services, wanted: Iterable[str]
) -> Callable[[str], tuple[Manifest, bytes] | None]:
    """Look up (manifest, config) of ModelKits that are here or were seen in a registry.

    None for a version of which they are not known; nothing is asked.
    """
    records = _RecordCache(services, wanted)

    def look(digest: str) -> tuple[Manifest, bytes] | None:
        data = records.get(digest)
        manifest = _decoded(data) if data is not None else None
        raw = None
        if manifest is not None:
            raw = manifest.config.data or records.get(manifest.config.digest)
        return None if manifest is None or raw is None else (manifest, raw)

    return look


def _joined(old: Version | None, new: Version) -> Version:
    return replace(new, tags=(*old.tags, *new.tags)) if old else new


class _RecordCache:
    """Manifests and configs that are here: remembered, in the store, or learned just now."""

    def __init__(self, services: Services, digests: Iterable[str]) -> None:
        self._services = services
        self._lock = Lock()
        self._new: dict[str, bytes] = {}
        memory = services.registry_cache
        self._known = memory.records(filter(None, digests))
        named = (_decoded(data) for data in tuple(self._known.values()))
        self._known |= memory.records(one.config.digest for one in named if one)

    def get(self, digest: str) -> bytes | None:
        with self._lock:
            data = self._known.get(digest) or self._new.get(digest)
        blobs = self._services.store.blobs
        if data is None and blobs.size(digest) is not None:
            with contextlib.suppress(KitDeskError):  # damaged here: the remote's is as good
                data = blobs.read(digest)
        return data

    def learn(self, digest: str, data: bytes) -> None:
        with self._lock:
            self._new[digest] = data

    def keep(self) -> None:
        self._services.registry_cache.keep_records(self._new)


class _TagResolver:
    """Looks tags up, several threads at once; what is learned is kept at the end, in one go."""

    def __init__(
        self, remote: RemoteRepository, services: Services, names: tuple[str, ...]
    ) -> None:
        self._remote, self._memory = remote, services.registry_cache
        known = services.registry_cache.tags(remote.address)
        self._digests = {name: known.tags.get(name, "") for name in names} if known else {}
        self._records = _RecordCache(services, self._digests.values())
        self._found: dict[str, str] = {}
        self.damage: list[str] = []

    def tag(self, name: str) -> Version | None:
        """One tag: None when it is gone, no ModelKit, or damaged (then that is noted)."""
        try:
            return self._tag(name)
        except (BadModelKit, WrongDigest) as error:
            self.damage.append(f"{name}: {error.title}")
        except NotFound:
            pass  # it went meanwhile
        return None

    def _tag(self, name: str) -> Version | None:
        remote, records = self._remote, self._records
        digest = self._digests.get(name, "")
        data = records.get(digest) if digest else None
        if data is not None:
            found = remote.resolve(name)  # a HEAD: free where GETs are counted
            if found is None:
                return None
            if found.digest != digest:
                digest, data = found.digest, records.get(found.digest)
        if data is None:
            data, found = remote.fetch_manifest(name)
            digest = found.digest
            records.learn(digest, data)
        self._found[name] = digest
        manifest = _decoded(data)
        if manifest is None:
            return None
        raw = records.get(manifest.config.digest)
        if raw is None:
            raw = remote.fetch_blob(manifest.config)
            records.learn(manifest.config.digest, raw)
        return _row(remote.address, name, digest, manifest, raw)

    def keep(self) -> None:
        """Remember what was learned, also when the look-up was stopped."""
        self._records.keep()
        known = self._memory.tags(self._remote.address)
        if known is not None and self._found:
            tags = {name: self._found.get(name, digest) for name, digest in known.tags.items()}
            self._memory.keep_tags(self._remote.address, tags)


def _row(address: str, tag: str, digest: str, manifest: Manifest, raw: bytes | None) -> Version:
    from kitdesk.modelkit.oci import config

    package = config.decode(raw).package if raw is not None else None
    return Version(
        address,
        digest,
        (TagPlaces(tag, local=False, remote=True),),
        local=False,
        remote=True,
        size=manifest.total_size,
        name=package.name if package else "",
        version=package.version if package else "",
    )


def _decoded(data: bytes) -> Manifest | None:
    """A ModelKit's manifest; None for anything else."""
    try:
        if manifests.kind_of(data) is ManifestKind.MODELKIT:
            return manifests.decode(data)
    except KitDeskError:
        return None
    return None


def _with_moves(version: Version, moves: Mapping[str, SeenTag]) -> Version:
    def marked(place: TagPlaces) -> TagPlaces:
        seen = moves.get(place.name)
        if seen and seen.before and seen.digest == version.digest:
            return replace(place, moved_from=seen.before, moved_at=seen.moved)
        return place

    return replace(version, tags=tuple(map(marked, version.tags)))
