"""Look into a version that only a remote has: its files, and one of them, without a pull.

Uncompressed layers are read by Range, within a budget (transport.md 3.4); what is small is fetched
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
from kitdesk.operations.contents.remote_layers import CannotPeek, is_listed, listing, part_of
from kitdesk.operations.messages import size_words
from kitdesk.progress import Report, silent
from kitdesk.services.disk.files import explained
from kitdesk.services.layers.reader import LayerFile, LayerFiles
from kitdesk.services.layers.table import LayerList
from kitdesk.services.store.blob_store import BlobStore

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from kitdesk.compare.values import FileFacts
    from kitdesk.modelkit.kitfile.model import Entry, Kitfile
    from kitdesk.modelkit.oci.manifest import Descriptor, Manifest
    from kitdesk.operations.contents.placement import VersionFile
    from kitdesk.services.container import Library
    from kitdesk.services.remotes.protocol import Remote

SMALL = 64 << 10
"""Layers up to this many bytes are fetched whole: that costs no more than looking at headers."""
FILE_LIMIT = 4 << 20
"""Bytes of one file that are read from a remote for somebody who only looks."""


@dataclass(frozen=True, slots=True)
class Listed:
    """Files of a layer; ``whole`` False: the budget ended before the archive did."""

    files: LayerList
    whole: bool = True


def listed(
    layer: Descriptor,
    remote: Remote,
    library: Library,
    report: Report = silent,
    *,
    most: int | None = None,
) -> Listed:
    """Files of a layer, from the store, a cache, or the remote.

    ``most``: do not look into a larger layer. Raises CannotPeek, UnsafeArchive, BadModelKit.
    """
    if library.store.blobs.size(layer.digest) is not None or layer.data is not None:
        return Listed(library.layers.names(layer, report))
    known = library.layers.known(layer)
    if known is not None:
        return Listed(known)
    if layer.size <= SMALL:
        return Listed(fetched(layer, remote, library, report))
    if most is not None and layer.size > most and not is_listed(layer, library):
        raise CannotPeek("Its files were not asked for yet.")
    found = listing(layer, remote, library, report)
    files = LayerList(
        LayerFile(one.path, one.mode, one.size, "file", one.offset, "") for one in found.files
    )
    return Listed(files, found.whole)


def obstacle(layer: Descriptor) -> str:
    """Why the headers of a layer cannot be read by Range; "" = they can."""
    if manifests.is_raw(layer.media_type):
        return "This layer is one file without a list."
    how = manifests.compression_of(layer.media_type)
    if how == "none":
        return ""
    return f"This layer is compressed ({how}): its files are seen after a pull."


def fetched(
    layer: Descriptor, remote: Remote, library: Library, report: Report = silent
) -> LayerList:
    """Fetch a layer, list and hash its files (cached for good), and let its bytes go again."""
    known = library.layers.known(layer)
    if known is not None:
        return known
    with _borrowed(layer, remote, library, report) as layers:
        return layers.list(layer, report)


@contextlib.contextmanager
def _borrowed(
    layer: Descriptor, remote: Remote, library: Library, report: Report
) -> Iterator[LayerFiles]:
    """A layer on this machine for a moment, outside of the store: a pull that runs beside must
    not find a blob there that is taken away again.
    """
    aside = library.store.blobs.aside
    with explained("writing beside the store"):
        aside.mkdir(parents=True, exist_ok=True)
        scratch = Path(tempfile.mkdtemp(prefix="borrowed-", dir=aside))
    try:
        blobs = BlobStore(scratch, scratch)
        part = scratch / "part"
        remote.download(layer, part, report)
        blobs.adopt(part, layer.digest)
        yield LayerFiles(blobs, library.paths.cache)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


@dataclass(slots=True)
class RemoteVersion:
    """A version in a remote that is open; layers are looked into as they are asked for."""

    remote: Remote
    library: Library
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
        """(files of one layer by path, whether these are all). Raises as :func:`listed`."""
        known = self._placed.get(layer.digest)
        if known is not None:
            return known, True
        found = listed(layer, self.remote, self.library, report, most=most)
        files = placement.placed(self.manifest, layer, entry, found.files).files
        if found.whole:
            self._placed[layer.digest] = files
        return files, found.whole

    def find(self, path: str, report: Report = silent) -> VersionFile:
        """A file by its path; the last layer that holds it counts. Raises NotFound, CannotPeek."""
        closed: CannotPeek | None = None
        for layer, entry in reversed(self.pairs()):
            try:
                files, _ = self.files(layer, entry, report)
            except CannotPeek as error:
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
        library, remote = self.version.library, self.version.remote
        if library.store.blobs.size(layer.digest) is not None or layer.data is not None:
            return library.layers.read(layer, member, limit)
        size = min(limit, member.size)
        if size > FILE_LIMIT:
            raise CannotPeek(
                f"This file is only in the registry, and has {size_words(member.size)}.",
                "Pull the version to look inside.",
            )
        if not obstacle(layer):
            try:
                return part_of(layer, member.offset, size, remote, library)
            except CannotPeek:
                if layer.size > FILE_LIMIT:
                    raise
        elif layer.size > FILE_LIMIT:
            raise CannotPeek(obstacle(layer), "Pull the version to look inside.")
        with _borrowed(layer, remote, library, silent) as layers:
            return layers.read(layer, member, size)


def open_version(wanted: str, remote: Remote, library: Library) -> RemoteVersion:
    """Manifest and config of a remote version; from the store where they are here already."""
    store = library.store
    if digests.is_digest(wanted) and store.blobs.size(wanted) is not None:
        data = store.manifest_bytes(wanted)
    else:
        data, _ = remote.manifest(wanted)
    manifest = manifests.decode(data)
    if store.blobs.size(manifest.config.digest) is not None:
        config = store.blobs.read(manifest.config.digest)
    else:
        config = remote.read(manifest.config)
    kitfile = modelpack.kitfile_of(manifest, config)
    return RemoteVersion(remote, library, data, manifest, config, kitfile)
