"""One layer as a blob: every file is read once, hashed once, written once (format, section 4)."""

from __future__ import annotations

import hashlib
import os
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol

from kitdesk.errors import FileChanged, KitDeskError
from kitdesk.modelkit import tar
from kitdesk.modelkit.manifest import FILEPATH_ANNOTATION, Descriptor
from kitdesk.progress import Progress, Report
from kitdesk.services.files import BLOCK, explained
from kitdesk.services.hash_cache import stamp

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from kitdesk.modelkit.layers import Member, PlannedLayer
    from kitdesk.services.blobs import BlobStore, BlobWriter

Compression = Literal["none", "gzip", "gzip-fastest", "zstd"]
GZIP_HEADER = bytes([0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 0xFF])
"""As Go writes it: no name, no time, unknown system (format, 4.1)."""


@dataclass(frozen=True, slots=True)
class WrittenLayer:
    """A layer that is in the store."""

    planned: PlannedLayer
    descriptor: Descriptor
    diff_id: str
    """Digest of the plain tar."""


class Packer(Protocol):
    """Compresses a stream piece by piece."""

    def compress(self, data: bytes, /) -> bytes:
        """Take some, give some."""
        ...

    def flush(self) -> bytes:
        """Give the rest."""
        ...


def write_layer(
    folder: Path, layer: PlannedLayer, blobs: BlobStore, compression: Compression, report: Report
) -> WrittenLayer:
    """Write the layer's tar into the store.

    Raises FileChanged when a file is written meanwhile: there is never a torn layer.
    """
    total = layer.size
    done = 0
    with blobs.writer() as out:
        sink = _Sink(out, compression)
        for member in layer.members:
            sink.write(tar.header(member.path, member.mode, member.size, member.is_dir))
            if member.is_dir:
                continue
            for block in _content(folder / member.path, member):
                sink.write(block)
                done += len(block)
                report(Progress(f"Packing {layer.base}", done, total))
            sink.write(tar.padding(member.size))
        sink.write(tar.END)
        diff_id = sink.close()
        digest = out.commit()
        size = out.size
    media_type = layer.media_type(compression)
    annotations = {FILEPATH_ANNOTATION: layer.base}
    return WrittenLayer(layer, Descriptor(media_type, digest, size, annotations), diff_id)


def _content(path: Path, member: Member) -> Iterator[bytes]:
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
    with explained(f"reading {member.path}"):
        with os.fdopen(os.open(path, flags), "rb", buffering=0) as source:
            before = os.fstat(source.fileno())
            planned = member.stat
            if before.st_size != member.size or (planned and stamp(planned) != stamp(before)):
                raise _changed(member.path)
            left = member.size
            while left:
                block = source.read(min(BLOCK, left))
                if not block:
                    raise _changed(member.path)
                left -= len(block)
                yield block
            if source.read(1) or stamp(os.fstat(source.fileno())) != stamp(before):
                raise _changed(member.path)


def _changed(path: str) -> KitDeskError:
    return FileChanged(
        f"{path} changed while it was being packed.",
        "Wait until whatever writes it has finished, then pack again. No version was made.",
    )


class _Sink:
    """Hashes the plain tar on its way into the (perhaps compressed) blob."""

    def __init__(self, out: BlobWriter, compression: Compression) -> None:
        self._out = out
        self._plain = hashlib.sha256() if compression != "none" else None
        self._packer = _packer(compression)
        self._gzip = compression.startswith("gzip")
        self._crc = self._size = 0
        if self._gzip:
            fastest = GZIP_HEADER[:8] + b"\x04" + GZIP_HEADER[9:]
            out.write(fastest if compression == "gzip-fastest" else GZIP_HEADER)

    def write(self, data: bytes) -> None:
        if self._packer is None or self._plain is None:
            self._out.write(data)
            return
        self._plain.update(data)
        if self._gzip:
            self._crc = zlib.crc32(data, self._crc)
            self._size += len(data)
        self._out.write(self._packer.compress(data))

    def close(self) -> str:
        """Finish the stream; returns the diffId."""
        if self._packer is None or self._plain is None:
            return self._out.digest
        self._out.write(self._packer.flush())
        if self._gzip:
            trailer = self._crc.to_bytes(4, "little") + (self._size % 2**32).to_bytes(4, "little")
            self._out.write(trailer)
        return f"sha256:{self._plain.hexdigest()}"


def _packer(compression: Compression) -> Packer | None:
    match compression:
        case "none":
            return None
        case "gzip":
            return zlib.compressobj(6, zlib.DEFLATED, -zlib.MAX_WBITS)
        case "gzip-fastest":
            return zlib.compressobj(1, zlib.DEFLATED, -zlib.MAX_WBITS)
        case "zstd":
            import zstandard

            return zstandard.ZstdCompressor(level=3).compressobj()
