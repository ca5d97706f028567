"""The files of one side of a comparison as ``Bytes``: of a folder, the store or a remote."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from kitdesk.compare.content.source import Bytes, FileBytes, MemoryBytes, Unreadable
from kitdesk.errors import KitDeskError
from kitdesk.operations.contents.remote import FILE_LIMIT, temporary_layer, unreadable_reason
from kitdesk.operations.diffing.folder_files import open_folder
from kitdesk.operations.diffing.range_reads import (
    AFTER_A_PULL,
    RangeBytes,
    RemoteAllowance,
    RemoteMember,
)
from kitdesk.operations.diffing.side_file import SideFile, SideFiles
from kitdesk.operations.diffing.sides import ComparisonSide, list_layer
from kitdesk.operations.diffing.unpacked_member import ForwardLayer, UnpackedMember, as_unreadable
from kitdesk.progress import Report, silent
from kitdesk.services.disk.files import os_errors_as

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from kitdesk.compare.content.source import Place
    from kitdesk.modelkit.oci.manifest import Descriptor
    from kitdesk.services.container import Services
    from kitdesk.services.layers.reader import LayerCatalog
    from kitdesk.services.layers.table import LayerFile


RANGES_OF_SMALL_LAYER = 8
"""Files of a layer that is small itself; who wants more of them gets it whole, in one request."""


class VersionFiles:
    """Files of a version of the store, or of one that only a remote has."""

    def __init__(
        self,
        side: ComparisonSide,
        services: Services,
        allowance: RemoteAllowance,
        check: Callable[[], None],
        report: Report,
    ) -> None:
        self._side, self._services = side, services
        self._allowance, self._check, self._report = allowance, check, report
        self._tables: dict[int, dict[str, LayerFile]] = {}
        self._layers: dict[str, ForwardLayer] = {}
        self._catalogs: dict[str, LayerCatalog] = {}
        self._asked: dict[str, int] = {}
        """Files that were opened by Range, by the digest of their layer."""
        self._opened = contextlib.ExitStack()
        self._kept = contextlib.ExitStack()

    def close(self) -> None:
        """Delete temporary layers, close those of the store."""
        self.release()
        for layer in self._layers.values():
            layer.close()
        self._kept.close()

    def release(self) -> None:
        """Delete what was unpacked for the files that were opened."""
        self._opened.close()

    def open_beside(self, path: str) -> SideFile | None:
        """The same: whatever is found is of this version."""
        return self.open(path)

    def open(self, path: str) -> SideFile | None:
        """A file by its path; the last layer that holds it counts."""
        found = self._find(path)
        if found is None:
            return None
        layer, member, _ = found
        return SideFile(self._bytes(layer, member), path, self)

    def position(self, path: str) -> tuple[int, int]:
        """Number of the layer, and the offset in its tar."""
        found = self._find(path)
        return (0, 0) if found is None else (found[2], found[1].offset)

    def _find(self, path: str) -> tuple[Descriptor, LayerFile, int] | None:
        for number in reversed(range(len(self._side.parts))):
            part = self._side.parts[number]
            if part.descriptor is None:
                continue
            member = self._table(number).get(path)
            if member is not None:
                return part.descriptor, member, number
        return None

    def _table(self, number: int) -> dict[str, LayerFile]:
        found = self._tables.get(number)
        if found is None:
            part = self._side.parts[number]
            assert part.descriptor is not None
            listed = list_layer(self._side, part.descriptor, self._services, self._report)
            found = {one.path or part.path: one for one in listed if one.kind == "file"}
            self._tables[number] = found
        return found

    def _bytes(self, layer: Descriptor, member: LayerFile) -> Bytes:
        services = self._services
        if (
            self._side.remote is None
            or layer.data is not None
            or services.store.blobs.size(layer.digest) is not None
        ):
            return self._stored(layer, member, services.layers, "store")

        def whole() -> Bytes:
            return self._stored(layer, member, self._fetched(layer), "remote")

        count = self._asked[layer.digest] = self._asked.get(layer.digest, 0) + 1
        cheap = layer.size <= FILE_LIMIT and count > RANGES_OF_SMALL_LAYER
        if layer.digest in self._catalogs or cheap:
            return DeferredBytes(member.size, whole)
        if unreadable_reason(layer):
            return DeferredBytes(member.size, whole)
        where = RemoteMember(layer, member.offset, member.size)
        return RangeBytes(where, self._side.remote, services, self._allowance, self._check, whole)

    def _stored(
        self, layer: Descriptor, member: LayerFile, catalog: LayerCatalog, place: Place
    ) -> Bytes:
        """A file of a layer that is on this machine."""
        if not member.size:
            return MemoryBytes(b"", place)
        plain = catalog.plain_path(layer)
        if plain is not None:
            with os_errors_as("reading the store"):
                file = FileBytes(plain, member.offset, member.size, place)
            return self._opened.enter_context(file)
        forward = self._layers.get(layer.digest)
        if forward is None:
            folder = self._services.paths.cache / "unpacked"
            forward = self._layers[layer.digest] = ForwardLayer(catalog, layer, folder)
        found = UnpackedMember(forward, member, place, self._check)
        self._opened.callback(found.close)
        return found

    def _fetched(self, layer: Descriptor) -> LayerCatalog:
        """The layer whole, for as long as this comparison takes; Unreadable where it is large."""
        found = self._catalogs.get(layer.digest)
        if found is not None:
            return found
        if layer.size > FILE_LIMIT and not self._allowance.lifted:
            reason = unreadable_reason(layer)
            why = "its layer is compressed" if reason else "the registry sends whole layers only"
            raise Unreadable(f"{why}; {AFTER_A_PULL}", "remote")
        self._allowance.take(layer.size)
        assert self._side.remote is not None

        remote = self._side.remote
        try:
            found = self._kept.enter_context(
                temporary_layer(layer, remote, self._services, self._report)
            )
        except KitDeskError as error:
            raise as_unreadable(error) from error
        self._catalogs[layer.digest] = found
        return found


class DeferredBytes:
    """A file of a remote layer that comes whole or not at all, fetched at the first read."""

    place: Place = "remote"

    def __init__(self, size: int, fetch: Callable[[], Bytes]) -> None:
        self.size = size
        self._fetch = fetch
        self._found: Bytes | None = None
        self._failure: Unreadable | None = None

    def read(self, offset: int, length: int) -> bytes:
        """Exactly these bytes; Unreadable when the layer is too large to be fetched."""
        if self._failure is not None:
            raise self._failure
        if self._found is None:
            try:
                self._found = self._fetch()
            except Unreadable as error:
                self._failure = error
                raise
        return self._found.read(offset, length)

    def beside(self, _name: str) -> Bytes | None:
        """Unknown here: who opens versions knows their files."""
        return None


@contextlib.contextmanager
def open_files(
    side: ComparisonSide,
    services: Services,
    allowance: RemoteAllowance,
    check: Callable[[], None],
    report: Report = silent,
) -> Iterator[SideFiles]:
    """The files of a loaded side; everything opened is closed at the end.

    ``check`` is the cancel point and the clock of the file at hand, ``report`` that of what serves
    all files: lists of layers, layers that are fetched.
    """
    if side.folder is not None:
        tables = tuple(side.folder_files.values())

        def is_own(path: str) -> bool:
            return any(path in table for table in tables)

        with open_folder(side.folder, services, is_own) as folder:
            yield folder
        return
    files = VersionFiles(side, services, allowance, check, report)
    try:
        yield files
    finally:
        files.close()
