"""Where the plain tar of a layer goes: gathered, perhaps compressed, into a blob."""

from __future__ import annotations

import hashlib
import zlib
from typing import TYPE_CHECKING, Literal, Protocol

from kitdesk.services.disk.files import BLOCK, WRITE, os_errors_as, read_at
from kitdesk.services.store.blob_writer import COPY_CHUNK_BYTES

if TYPE_CHECKING:
    from collections.abc import Callable

    from kitdesk.services.store.blob_writer import BlobWriter

Compression = Literal["none", "gzip", "gzip-fastest", "zstd"]
GZIP_HEADER = bytes([0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 0xFF])
"""As Go writes it: no name, no time, unknown system (FORMAT.md, 4.1)."""


class Compressor(Protocol):
    """Compresses a stream piece by piece."""

    def compress(self, data: bytes, /) -> bytes:
        """Take some, give some."""
        ...

    def flush(self) -> bytes:
        """Give the rest."""
        ...


class TarSink:
    """Gathers small pieces into writes of 64 KiB; hashes the plain tar of a compressed layer."""

    def __init__(self, out: BlobWriter, compression: Compression) -> None:
        self._out = out
        self._plain = hashlib.sha256() if compression != "none" else None
        self._packer = _packer(compression)
        self._gzip = compression.startswith("gzip")
        self._crc = 0
        self._pieces: list[bytes] = []
        self._waiting = 0
        self.position = 0
        """Bytes of the plain tar so far."""
        if self._gzip:
            fastest = GZIP_HEADER[:8] + b"\x04" + GZIP_HEADER[9:]
            out.write(fastest if compression == "gzip-fastest" else GZIP_HEADER)

    def write(self, data: bytes) -> None:
        """Append to the plain tar."""
        self._pieces.append(data)
        self._waiting += len(data)
        self.position += len(data)
        if self._waiting >= WRITE:
            self._pass_on()

    def write_all(self, pieces: tuple[bytes, ...], size: int) -> None:
        """Append several pieces of ``size`` bytes in all at once: they are many and small."""
        if self._waiting + size > WRITE:
            self._pass_on()
        self._pieces += pieces
        self._waiting += size
        self.position += size

    def _pass_on(self) -> None:
        data = b"".join(self._pieces)
        self._pieces.clear()
        self._waiting = 0
        if self._packer is None or self._plain is None:
            self._out.write(data)
            return
        self._plain.update(data)
        if self._gzip:
            self._crc = zlib.crc32(data, self._crc)
        self._out.write(self._packer.compress(data))

    def copy(self, handle: int, size: int, offset: int, tell: Callable[[], None]) -> int:
        """Append a part of an open file; returns how many bytes there were."""
        done = 0
        self._pass_on()
        while done < size:
            if self._packer is None:
                moved = self._out.copy(handle, min(COPY_CHUNK_BYTES, size - done), offset + done)
                self.position += moved
            else:
                with os_errors_as("reading a file"):
                    data = read_at(handle, min(BLOCK, size - done), offset + done)
                self.write(data)
                moved = len(data)
            if not moved:
                break
            done += moved
            tell()
        return done

    def close(self) -> str:
        """Finish the stream; returns the diffId."""
        self._pass_on()
        if self._packer is None or self._plain is None:
            return self._out.digest
        self._out.write(self._packer.flush())
        if self._gzip:
            size = self.position % 2**32
            self._out.write(self._crc.to_bytes(4, "little") + size.to_bytes(4, "little"))
        return f"sha256:{self._plain.hexdigest()}"


def _packer(compression: Compression) -> Compressor | None:
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
