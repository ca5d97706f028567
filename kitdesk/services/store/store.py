"""Kit's local store, shared with the ``kit`` command line (FORMAT.md, 6)."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from kitdesk.errors import BadReference, KitDeskError, NotFound, StoreDamaged
from kitdesk.modelkit.oci import manifest as manifests
from kitdesk.modelkit.oci.manifest import ManifestKind
from kitdesk.services.disk.files import locked, os_errors_as, write_atomically
from kitdesk.services.store import index
from kitdesk.services.store.blob_store import BlobStore
from kitdesk.services.store.index import IndexEntry
from kitdesk.services.store.records import Removed, StoredVersion, time_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from kitdesk.modelkit.kitfile.model import Kitfile
    from kitdesk.modelkit.oci.manifest import Manifest
    from kitdesk.modelkit.primitives.reference import Reference


class Store:
    """The store below ``root`` (``$KITOPS_HOME``). Safe for several processes at once."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.storage = root / "storage"
        self.blobs = BlobStore(
            self.storage, root / "kitdesk" / "ingest", root / "kitdesk" / "whole"
        )
        self._lock = root / "kitdesk" / "store.lock"
        self._index = self.storage / "index.json"

    def _file(self, repository: str, kind: str) -> Path:
        return self.storage / f"{index.encode_name(repository)}-{kind}.json"

    def repositories(self) -> tuple[str, ...]:
        """Names that have at least one version."""
        names = []
        try:
            entries = [entry.name for entry in os.scandir(self.storage)]
        except FileNotFoundError:
            return ()
        for entry in entries:
            match = index.INDEX_NAME.match(entry)
            name = index.decode_name(match.group(1)) if match else None
            if name:
                names.append(name)
        return tuple(sorted(names))

    def versions(
        self, repository: str | None = None, damage: list[str] | None = None
    ) -> tuple[StoredVersion, ...]:
        """Every readable version (of one repository); what is damaged goes into ``damage``."""
        names = self.repositories() if repository is None else (repository,)
        return tuple(version for name in names for version in self._versions(name, damage))

    def _versions(self, name: str, damage: list[str] | None) -> Iterator[StoredVersion]:
        noted = [] if damage is None else damage
        try:
            records = index.read_index(self._file(name, "index"))
        except StoreDamaged as error:
            noted.append(str(error))
            return
        try:
            tags = self.tags(name)
        except StoreDamaged as error:  # the versions are still there, only their names are not
            noted.append(str(error))
            tags = {}
        for record in sorted(set(records), key=lambda one: one.digest):
            try:
                data = self.manifest_bytes(record.digest)
                kind = manifests.kind_of(data)
                if kind is ManifestKind.FOREIGN:
                    continue
                size = 0 if kind is ManifestKind.KIT_INDEX else manifests.decode(data).total_size
                stat = self.blobs.path(record.digest).stat()
            except (KitDeskError, FileNotFoundError) as error:
                noted.append(f"{name}@{record.digest}: {error}")
                continue
            yield StoredVersion(
                name,
                record.digest,
                tuple(sorted(tag for tag, at in tags.items() if at.digest == record.digest)),
                size,
                time_of(stat.st_mtime),
                kind,
            )

    def tags(self, repository: str) -> dict[str, IndexEntry]:
        """Tag -> manifest of a repository; raises StoreDamaged on cut JSON."""
        return index.read_tags(self._file(repository, "tags"))

    def find_tag(self, repository: str, tag: str) -> str | None:
        """Digest of a tag, None when there is no such tag."""
        record = self.tags(repository).get(tag)
        return record.digest if record else None

    def find(self, reference: Reference) -> str | None:
        """Digest a reference points at, None when it is not in the store.

        Raises BadReference for several tags: they name no version.
        """
        if reference.extra_tags:
            raise BadReference(
                f"{reference.display} names several tags.", "Name one tag, or a digest."
            )
        if reference.digest:
            records = index.read_index(self._file(reference.name, "index"))
            known = any(record.digest == reference.digest for record in records)
            return reference.digest if known else None
        return self.find_tag(reference.name, reference.tag or "latest")

    def resolve(self, reference: Reference) -> str:
        """Digest a reference points at; raises NotFound naming what there is instead."""
        digest = self.find(reference)
        if digest is None:
            known = sorted(self.tags(reference.name))
            near = f"There is: {', '.join(known[:8])}." if known else "kitdesk versions lists all."
            raise NotFound(
                f"{reference.display} is not on this machine.",
                f"{near} kitdesk pull fetches it from its registry.",
            )
        return digest

    def manifest_bytes(self, digest: str) -> bytes:
        """The exact bytes of a manifest, checked."""
        return self.blobs.read(digest)

    def manifest(self, digest: str) -> Manifest:
        """A manifest, read."""
        return manifests.decode(self.manifest_bytes(digest))

    def kitfile(self, digest: str) -> Kitfile:
        """The Kitfile of a version, from its config or what a ModelPack has instead."""
        manifest = self.manifest(digest)
        from kitdesk.modelkit.oci import modelpack

        return modelpack.kitfile_of(manifest, self.config_bytes(manifest))

    def config_bytes(self, manifest: Manifest) -> bytes:
        """The config blob, checked; it may stand in the manifest itself."""
        if manifest.config.data is not None:
            return manifest.config.data
        return self.blobs.read(manifest.config.digest)

    def has(self, digest: str, *, whole: bool = False) -> bool:
        """True if manifest, config and every layer are there with the right size.

        ``whole``: and are what their names say; what nobody has hashed yet is hashed.
        """
        try:
            manifest = self.manifest(digest)
        except KitDeskError:
            return False
        blobs = self.blobs
        return all(
            one.data is not None
            or (blobs.is_whole if whole else blobs.has_size)(one.digest, one.size)
            for one in (manifest.config, *manifest.layers)
        )

    def add(
        self,
        repository: str,
        digest: str,
        size: int,
        tags: Iterable[str] = (),
        *,
        complete: bool = False,
    ) -> None:
        """Make a manifest visible under its repository and tags.

        Looks under the lock whether it is still there, with ``complete`` each of its blobs, and
        whole; raises StoreDamaged when another process has removed one meanwhile.
        """
        record = IndexEntry(digest, size)
        with os_errors_as("writing into the store"), locked(self._lock):
            if not (
                self.has(digest, whole=True) if complete else self.blobs.has_size(digest, size)
            ):
                raise StoreDamaged(
                    "A layer was removed from the store while it was needed.", "Try again."
                )
            layout = self.storage / "oci-layout"
            if not layout.exists():
                write_atomically(layout, b'{"imageLayoutVersion":"1.0.0"}')
            known = self._known()
            if all(one.digest != digest for one in known):
                index.write_global(self._index, (*known, record))
            path = self._file(repository, "index")
            listed = index.read_index(path)
            if all(one.digest != digest for one in listed):
                index.write_index(path, (*listed, record))
            wanted = dict.fromkeys(tags, record)
            if wanted:
                path = self._file(repository, "tags")
                index.write_tags(path, {**index.read_tags(path), **wanted})

    def _known(self) -> tuple[IndexEntry, ...]:
        """The global index; a damaged one is set aside and made again from the repositories'."""
        try:
            return index.read_index(self._index)
        except StoreDamaged:
            found = tuple(
                record
                for name in self.repositories()
                for record in index.read_index(self._file(name, "index"))
            )
            aside = self.root / "kitdesk" / f"damaged-index-{os.urandom(4).hex()}.json"
            write_atomically(aside, self._index.read_bytes())
            return tuple({record.digest: record for record in found}.values())

    def remove(self, reference: Reference, *, whole: bool = False) -> Removed:
        """Take a tag away, or with a digest, the last tag or ``whole`` the version with it.

        Blobs go only when no manifest known to any index names their digest, under whatever
        media type (kit counts by type and digest and so destroys shared ones).
        """
        with os_errors_as("writing into the store"), locked(self._lock):
            digest = self.resolve(reference)
            tags = self.tags(reference.name)
            here = [tag for tag, record in tags.items() if record.digest == digest]
            tag = "" if reference.digest else reference.tag or "latest"
            if tag and len(here) > 1 and not whole:
                del tags[tag]
                index.write_tags(self._file(reference.name, "tags"), tags)
                return Removed((tag,), digest, 0)
            listed = index.read_index(self._file(reference.name, "index"))
            doomed = self._unreferenced(digest, reference.name)
            for one in here:
                del tags[one]
            index.write_tags(self._file(reference.name, "tags"), tags)
            index.write_index(
                self._file(reference.name, "index"),
                tuple(one for one in listed if one.digest != digest),
            )
            if doomed is not None:
                known = self._known()
                index.write_global(self._index, tuple(one for one in known if one.digest != digest))
            return Removed(tuple(here), digest, sum(self.blobs.remove(one) for one in doomed or ()))

    def _unreferenced(self, digest: str, repository: str) -> set[str] | None:
        """Blobs that only this version needs; None while another repository lists it.

        Where another manifest cannot be read nobody knows what it needs: then only this
        manifest itself goes. Raises StoreDamaged before anything is written.
        """
        others = {
            record.digest
            for name in self.repositories()
            if name != repository
            for record in index.read_index(self._file(name, "index"))
        }
        if digest in others:
            return None
        kept: set[str] = set()
        for record in self._records():
            if record.digest == digest:
                continue
            needs = self.required_digests(record.digest)
            if needs == {record.digest}:
                return {digest}
            kept |= needs
        return self.required_digests(digest) - kept

    def reclaimable_bytes(self, digest: str) -> int:
        """Bytes that deleting a version would give back."""
        others = [record.digest for record in self._records() if record.digest != digest]
        kept: set[str] = set().union(*map(self.required_digests, others))
        return sum(self.blobs.size(name) or 0 for name in self.required_digests(digest) - kept)

    def _records(self) -> set[IndexEntry]:
        files = [self._file(name, "index") for name in self.repositories()]
        return set(self._known()).union(*map(index.read_index, files))

    def required_digests(self, digest: str) -> set[str]:
        """Digests a version needs, its own manifest among them; an index needs its members too."""
        try:
            data = self.manifest_bytes(digest)
        except KitDeskError:
            return {digest}
        if manifests.is_index(data):
            members = manifests.members(data)
            return {digest}.union(*(self.required_digests(one) for one in members if one != digest))
        try:
            manifest = manifests.decode(data)
        except KitDeskError:
            return {digest}
        return {digest, manifest.config.digest, *(layer.digest for layer in manifest.layers)}
