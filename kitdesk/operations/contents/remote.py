"""Look into a version that only a remote has: its files, and one of them, without a pull.

Uncompressed layers are read by Range, within a budget (TRANSPORT.md, 3.4); what is small is fetched
whole. A part of a blob has no digest, so what is read so is shown, never written anywhere.
"""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from kitdesk.errors import NotFound
from kitdesk.modelkit.oci import manifest as manifests
from kitdesk.modelkit.oci import modelpack
from kitdesk.modelkit.oci.manifest import pair_layers
from kitdesk.modelkit.primitives import digest as digests
from kitdesk.operations.contents import placement
from kitdesk.operations.contents.remote_layers import (
    RangeReadUnavailable,
    is_listed,
    part_of,
    range_listing,
)
from kitdesk.operations.messages import size_words
from kitdesk.progress import Report, silent
from kitdesk.services.disk.files import os_errors_as
from kitdesk.services.layers.reader import LayerCatalog
from kitdesk.services.layers.table import LayerFile, LayerFileTable
from kitdesk.services.store.blob_store import BlobStore

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from kitdesk.compare.values import FileFacts
    from kitdesk.modelkit.kitfile.model import Entry, Kitfile
    from kitdesk.modelkit.oci.manifest import Descriptor, Manifest
    from kitdesk.operations.contents.placement import VersionFile
    from kitdesk.services.container import Services
    from kitdesk.services.remotes.protocol import RemoteRepository

WHOLE_FILE_BYTES = 64 << 10
"""Layers up to this many bytes are fetched whole: that costs no more than looking at headers."""
FILE_LIMIT = 4 << 20
"""Bytes of one file that are read from a remote for somebody who only looks."""


@dataclass(frozen=True, slots=True)
class LayerListing:
    """Files of a layer; ``whole`` False: the budget ended before the archive did."""

    files: LayerFileTable
    whole: bool = True


def list_layer_files(
    layer: Descriptor,
    remote: RemoteRepository,
    services: Services,
    report: Report = silent,
    *,
    most: int | None = None,
) -> LayerListing:
    """Files of a layer, from the store, a cache, or the remote.

    ``most``: do not look into a larger layer. Raises CannotPeek, UnsafeArchive, BadModelKit.
    """
    if services.store.blobs.size(layer.digest) is not None or layer.data is not None:
        return LayerListing(services.layers.list_names(layer, report))
    known = services.layers.cached(layer)
    if known is not None:
        return LayerListing(known)
    if layer.size <= WHOLE_FILE_BYTES:
        return LayerListing(fetch_layer_list(layer, remote, services, report))
    if most is not None and layer.size > most and not is_listed(layer, services):
        raise RangeReadUnavailable("Its files were not asked for yet.")
    found = range_listing(layer, remote, services, report)
    files = LayerFileTable(
        LayerFile(one.path, one.mode, one.size, "file", one.offset, "") for one in found.files
    )
    return LayerListing(files, found.whole)


def unreadable_reason(layer: Descriptor) -> str:
    """Why the headers of a layer cannot be read by Range; "" = they can."""
    if manifests.is_raw(layer.media_type):
        return "This layer is one file without a list."
    how = manifests.compression_of(layer.media_type)
    if how == "none":
        return ""
    return f"This layer is compressed ({how}): its files are seen after a pull."


def fetch_layer_list(
    layer: Descriptor, remote: RemoteRepository, services: Services, report: Report = silent
) -> LayerFileTable:
    """Fetch a layer, list and hash its files (cached for good), and let its bytes go again."""
    known = services.layers.cached(layer)
    if known is not None:
        return known
    with temporary_layer(layer, remote, services, report) as layers:
        return layers.list_files(layer, report)


@contextlib.contextmanager
def temporary_layer(
    layer: Descriptor, remote: RemoteRepository, services: Services, report: Report
) -> Iterator[LayerCatalog]:
    """A layer on this machine for a moment, outside of the store: a pull that runs beside must
    not find a blob there that is taken away again.
    """
    aside = services.store.blobs.temp_dir
    with os_errors_as("writing beside the store"):
        aside.mkdir(mode=0o700, parents=True, exist_ok=True)
        scratch = Path(tempfile.mkdtemp(prefix="borrowed-", dir=aside))
    try:
        blobs = BlobStore(scratch, scratch)
        part = scratch / "part"
        remote.download(layer, part, report)
        blobs.commit_file(part, layer.digest)
        yield LayerCatalog(blobs, services.paths.cache)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


@dataclass(slots=True)
class RemoteVersion:
    """A version in a remote that is open; layers are looked into as they are asked for."""

    remote: RemoteRepository
    services: Services
    data: bytes
    manifest: Manifest
    config: bytes
    kitfile: Kitfile
    _placed: dict[str, Mapping[str, VersionFile]] = field(default_factory=dict)

    def pairs(self) -> tuple[tuple[Descriptor, Entry | None], ...]:
        """Layers with the Kitfile's entries that they belong to."""
        return tuple(pair_layers(self.kitfile, self.manifest))

    def files(
        self,
        layer: Descriptor,
        entry: Entry | None,
        report: Report = silent,
        *,
        most: int | None = None,
    ) -> tuple[Mapping[str, VersionFile], bool]:
        """(files of one layer by path, whether these are all); as :func:`list_layer_files`."""
        known = self._placed.get(layer.digest)
        if known is not None:
            return known, True
        found = list_layer_files(layer, self.remote, self.services, report, most=most)
        files = placement.place_members(self.manifest, layer, entry, found.files).files
        if found.whole:
            self._placed[layer.digest] = files
        return files, found.whole

    def find(self, path: str, report: Report = silent) -> VersionFile:
        """A file by its path; the last layer that holds it counts. Raises NotFound, CannotPeek."""
        closed: RangeReadUnavailable | None = None
        for layer, entry in reversed(self.pairs()):
            try:
                files, _ = self.files(layer, entry, report)
            except RangeReadUnavailable as error:
                closed = error
                continue
            if path in files:
                return files[path]
        raise closed or NotFound(f"{path} is not in this version.")

    def source(self, path: str, report: Report = silent) -> RemoteSource:
        """Where the bytes of a file come from."""
        return RemoteSource(self.find(path, report), self)


@dataclass(frozen=True, slots=True)
class RemoteSource:
    """The bytes of one file, read when they are asked for."""

    file: VersionFile
    version: RemoteVersion

    @property
    def facts(self) -> FileFacts:
        """Size, mode, and a hash where one is known."""
        return self.file.facts

    def read(self, limit: int) -> bytes:
        """The first ``limit`` bytes; raises CannotPeek for what is too large to look at."""
        layer, member = self.file.layer, self.file.member
        services, remote = self.version.services, self.version.remote
        if services.store.blobs.size(layer.digest) is not None or layer.data is not None:
            return services.layers.read(layer, member, limit)
        size = min(limit, member.size)
        if size > FILE_LIMIT:
            raise RangeReadUnavailable(
                f"This file is only in the registry, and has {size_words(member.size)}.",
                "Pull the version to look inside.",
            )
        if not unreadable_reason(layer):
            try:
                return part_of(layer, member.offset, size, remote, services)
            except RangeReadUnavailable:
                if layer.size > FILE_LIMIT:
                    raise
        elif layer.size > FILE_LIMIT:
            raise RangeReadUnavailable(unreadable_reason(layer), "Pull the version to look inside.")
        with temporary_layer(layer, remote, services, silent) as layers:
            return layers.read(layer, member, size)


def open_version(wanted: str, remote: RemoteRepository, services: Services) -> RemoteVersion:
    """Manifest and config of a remote version; from the store where they are here already."""
    store = services.store
    if digests.is_digest(wanted) and store.blobs.size(wanted) is not None:
        data = store.manifest_bytes(wanted)
    else:
        data, _ = remote.fetch_manifest(wanted)
    manifest = manifests.decode(data)
    if store.blobs.size(manifest.config.digest) is not None:
        config = store.blobs.read(manifest.config.digest)
    else:
        config = remote.fetch_blob(manifest.config)
    kitfile = modelpack.kitfile_of(manifest, config)
    return RemoteVersion(remote, services, data, manifest, config, kitfile)
