"""The files inside the store's layers: listed with hashes (cached for ever), read, copied out."""

from __future__ import annotations

import contextlib
import io
import os
from typing import TYPE_CHECKING, BinaryIO

from kitdesk.errors import BadModelKit, DiskFailure
from kitdesk.modelkit.oci.manifest import Descriptor, compression_of, is_raw
from kitdesk.modelkit.primitives import digest as digests
from kitdesk.progress import Report, silent
from kitdesk.services.disk.files import BLOCK, os_errors_as, write_atomically
from kitdesk.services.disk.regular_files import open_regular
from kitdesk.services.layers import scanner
from kitdesk.services.layers.table import LayerFile, LayerFileTable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from kitdesk.services.store.blob_store import BlobStore


class LayerCatalog:
    """Lists and reads layers of a blob store."""

    def __init__(self, blobs: BlobStore, cache: Path) -> None:
        self._blobs = blobs
        self._cache = cache / "layers"

    def _cached(self, layer: Descriptor) -> Path:
        return self._cache / f"{digests.hex_of(layer.digest)}.list"

    def cached(self, layer: Descriptor) -> LayerFileTable | None:
        """The list if the layer was ever read here, else None."""
        if is_raw(layer.media_type):
            return None
        with contextlib.suppress(OSError, DiskFailure, ValueError):
            with open_regular(self._cached(layer)) as source:
                return LayerFileTable.read(source)
        return None

    def list_files(self, layer: Descriptor, report: Report = silent) -> LayerFileTable:
        """All members, hashed. Reads a tar once in its life.

        Raises UnsafeArchive for members that no layer may hold, BadModelKit for a torn tar.
        """
        known = self.cached(layer)
        if known is not None:
            return known
        with self._stream(layer) as plain:
            if is_raw(layer.media_type):
                return LayerFileTable([scanner.raw_member(plain, layer, report)])
            files = LayerFileTable(scanner.members(plain, layer, report, hashed=True))
        with contextlib.suppress(OSError):  # a cache that cannot be written only costs time
            write_atomically(self._cached(layer), files.pieces(), 0o600, sync=False)
        return files

    def list_names(self, layer: Descriptor, report: Report = silent) -> LayerFileTable:
        """All members without reading their contents; hashes are there only where known."""
        if is_raw(layer.media_type):
            return self.list_files(layer, report)
        known = self.cached(layer)
        if known is not None:
            return known
        with self._stream(layer) as plain:
            return LayerFileTable(scanner.members(plain, layer, report, hashed=False))

    @contextlib.contextmanager
    def _stream(self, layer: Descriptor) -> Iterator[BinaryIO]:
        """The plain bytes of a layer, whatever its compression."""
        with os_errors_as("reading the store"), self.opened(layer) as blob:
            with scanner.plain_stream(blob, layer) as plain:
                yield plain

    def opened(self, layer: Descriptor) -> BinaryIO:
        """The blob as it is stored, or as the manifest itself holds it; raises NotFound."""
        if layer.data is not None and self._blobs.size(layer.digest) is None:
            return io.BytesIO(layer.data)
        return self._blobs.open(layer.digest)

    def plain_path(self, layer: Descriptor) -> Path | None:
        """The file that is the plain tar; None for a layer that is compressed or in a manifest."""
        if compression_of(layer.media_type) != "none":
            return None
        return self._blobs.path(layer.digest) if self._blobs.size(layer.digest) else None

    def read(self, layer: Descriptor, file: LayerFile, limit: int) -> bytes:
        """Content of one member, at most ``limit`` bytes of it."""
        with self.reader(layer) as reader:
            return reader.at(file).read(min(limit, file.size))

    @contextlib.contextmanager
    def reader(self, layer: Descriptor) -> Iterator[LayerReader]:
        """A layer opened once, to read several members in the order of their offsets."""
        with self._stream(layer) as plain:
            yield LayerReader(plain, seekable=compression_of(layer.media_type) == "none")


class LayerReader:
    """Goes forward through a plain tar."""

    def __init__(self, plain: BinaryIO, *, seekable: bool) -> None:
        self._plain = plain
        self._seekable = seekable
        self._at = 0

    def at(self, file: LayerFile) -> LayerReader:
        """Go to the content of a member; it must not lie behind in a compressed layer."""
        if self._seekable:
            self._plain.seek(file.offset)
            self._at = file.offset
            return self
        if file.offset < self._at:
            raise BadModelKit("The layer's files were asked for out of order.")
        while self._at < file.offset:
            if not self.read(min(file.offset - self._at, BLOCK)):
                raise BadModelKit("The layer is shorter than its list of files.")
        return self

    def read(self, size: int) -> bytes:
        """Up to ``size`` bytes; past the member comes the next header: mind the size."""
        data = self._plain.read(size)
        self._at += len(data)
        return data

    @property
    def handle(self) -> int | None:
        """The open file where the layer is stored plain, so that the kernel can copy from it."""
        if not self._seekable or isinstance(self._plain, io.BytesIO) or not hasattr(os, "pread"):
            return None
        return self._plain.fileno()
