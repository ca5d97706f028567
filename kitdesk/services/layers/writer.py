"""One layer as a blob: every file is read once, hashed once, written once (FORMAT.md, 4)."""

from __future__ import annotations

import os
import time
from array import array
from typing import TYPE_CHECKING, NamedTuple

from kitdesk.errors import FileChanged, KitDeskError
from kitdesk.modelkit.oci.manifest import Descriptor, layer_annotations
from kitdesk.modelkit.tar import writer as tar_writer
from kitdesk.modelkit.tar.header import BLOCK
from kitdesk.modelkit.tar.member import stat_key
from kitdesk.progress import Progress, Report
from kitdesk.services.disk.files import disk_error
from kitdesk.services.disk.settled import YOUNG_NS, Settling
from kitdesk.services.layers import pack_cache
from kitdesk.services.layers.pack_cache import CachedLayer
from kitdesk.services.layers.reuse import PreviousBlob, open_previous
from kitdesk.services.layers.tar_sink import Compression, TarSink

if TYPE_CHECKING:
    from pathlib import Path

    from kitdesk.modelkit.layers.plan import PlannedLayer
    from kitdesk.modelkit.tar.member import FileEntry
    from kitdesk.services.layers.pack_cache import PackCache
    from kitdesk.services.store.blob_store import BlobStore


FLAGS = (
    os.O_RDONLY
    | getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_BINARY", 0)
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_NONBLOCK", 0)  # a pipe put in the file's place is told by its facts
)
SMALL_FILE_BYTES = 1 << 18
"""Files up to this size are read whole; larger ones are copied by the kernel where it can."""
_PADDING = tuple(bytes(size) for size in range(BLOCK))
BACKGROUND_HASH_BYTES = 4 << 20
"""Layers from this size on are hashed by a second thread; below it the thread costs more."""


class WrittenLayer(NamedTuple):
    """A layer that is in the store."""

    planned: PlannedLayer
    descriptor: Descriptor
    diff_id: str
    """Digest of the plain tar."""
    cached: bool = False
    """Nothing was read: the layer is as it was when it was last packed."""


def write_layer(
    folder: Path,
    layer: PlannedLayer,
    blobs: BlobStore,
    compression: Compression,
    report: Report,
    cache: PackCache | None = None,
    size: int | None = None,
) -> WrittenLayer:
    """Write the layer's tar into the store, or find it there; ``size``: of the tar, if known.

    Raises FileChanged when a file is written meanwhile: there is never a torn layer.
    """
    if size is None:
        size = layer.size
    place = folder, layer.base, compression
    old: PreviousBlob | None = None
    if cache is not None:
        last = cache.last(*place)
        if last is not None:
            same = last.key and last.key == pack_cache.key_of(layer.members)
            if same and blobs.is_whole(last.digest, last.size):
                report(Progress(f"Packing {layer.base}", size, size, size))
                return _written(layer, compression, last, cached=True)
            if compression == "none":
                old = open_previous(blobs, last, cache.member_offsets(*place, layer.members))
    began = time.time_ns()
    done = _write(folder, layer, blobs, compression, report, old, size)
    if done is None:  # the old blob was damaged: only the files themselves can be trusted
        done = _write(folder, layer, blobs, compression, report, None, size)
        assert done is not None
    made, starts, settled = done
    if cache is not None:
        if compression != "none":
            starts = array("q", [-1]) * len(starts)  # a compressed blob cannot be copied from
        if not settled:  # then only what has not been written for long is sure to be as it was read
            began -= YOUNG_NS
        cache.keep(*place, made, layer.members, starts, began)
    return _written(layer, compression, made)


def _write(
    folder: Path,
    layer: PlannedLayer,
    blobs: BlobStore,
    compression: Compression,
    report: Report,
    old: PreviousBlob | None,
    size: int,
) -> tuple[CachedLayer, array[int], bool] | None:
    """Write the blob; None when the old blob was damaged. Returns also where each member starts,
    and whether the times of every file move with its next change.
    """
    with blobs.writer(behind=compression == "none" and size >= BACKGROUND_HASH_BYTES) as out:
        sink = TarSink(out, compression)
        whole = True
        try:
            pen = _TarBuilder(folder, layer, sink, size, report)
            starts = pen.write(old)
        finally:
            if old is not None:
                whole = old.close()
        if not whole:
            return None
        sink.write(tar_writer.END)
        diff_id = sink.close()
        made = CachedLayer(out.commit(), out.size, diff_id, "")
        return made, starts, pen.settling.all_settled


def _written(
    layer: PlannedLayer, compression: Compression, made: CachedLayer, *, cached: bool = False
) -> WrittenLayer:
    notes = layer_annotations(layer.entry.kind, layer.base)
    descriptor = Descriptor(layer.media_type(compression), made.digest, made.size, notes)
    return WrittenLayer(layer, descriptor, made.diff_id, cached)


class _TarBuilder:
    """Writes the members of one layer, one after the other."""

    def __init__(
        self, folder: Path, layer: PlannedLayer, sink: TarSink, total: int, report: Report
    ) -> None:
        self._prefix = os.fspath(folder) + "/"
        self._layer = layer
        self._sink = sink
        self._total = total
        self._report = report
        self._told = 0
        self.settling = Settling()

    def write(self, old: PreviousBlob | None) -> array[int]:
        """Write all members; returns where each one starts in the plain tar."""
        starts = array("q")
        members = self._layer.members
        at = 0
        while at < len(members):
            run = old.run(members, at) if old is not None else None
            if run is not None and old is not None:
                base, size = self._sink.position, run.end - run.start
                self._sink.copy(old.handle, size, run.start, self._tell)
                for member in members[at : at + run.members]:
                    starts.append(base)
                    base += tar_writer.member_size(member.path, member.size)
                at += run.members
                continue
            starts.append(self._sink.position)
            self._member(members[at])
            at += 1
        return starts

    def _member(self, member: FileEntry) -> None:
        path, mode, size, is_dir, planned = member
        header = tar_writer.header(path, mode, size, is_dir)
        if is_dir:
            self._sink.write(header)
            return
        try:
            handle = os.open(self._prefix + path, FLAGS)
            try:
                # What the plan saw is the state before the reading.
                if size > SMALL_FILE_BYTES:
                    same = self._large(handle, header, size, planned)
                else:
                    self.settling.settle(handle, os.fstat(handle))
                    data = os.read(handle, size + 1)
                    same = len(data) == size and stat_key(os.fstat(handle)) == planned
                    rest = -size % BLOCK
                    self._sink.write_all(
                        (header, data, _PADDING[rest]), len(header) + len(data) + rest
                    )
            finally:
                os.close(handle)
        except OSError as error:
            raise disk_error(error, f"reading {path}") from error
        if not same:
            raise _changed(path)
        if self._sink.position - self._told >= SMALL_FILE_BYTES:
            self._tell()

    def _large(self, handle: int, header: bytes, size: int, planned: bytes) -> bool:
        stat, _sure = self.settling.settle(handle, os.fstat(handle))
        if stat_key(stat) != planned:
            return False  # not worth reading
        self._sink.write(header)
        done = self._sink.copy(handle, size, 0, self._tell)
        self._sink.write(_PADDING[-size % BLOCK])
        return done == size and stat_key(os.fstat(handle)) == planned

    def _tell(self) -> None:
        done = self._sink.position
        if done - self._told >= SMALL_FILE_BYTES:
            self._told = done
            self._report(Progress(f"Packing {self._layer.base}", done, self._total))


def _changed(path: str) -> KitDeskError:
    return FileChanged(
        f"{path} changed while it was being packed.",
        "Wait until whatever writes it has finished, then pack again. No version was made.",
    )
