"""The files inside the store's layers: listed with hashes (cached for ever), read, copied out."""

from __future__ import annotations

import contextlib
import gzip
import hashlib
import json
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, BinaryIO, Literal, cast

from kitdesk.errors import BadModelKit, UnsafeArchive
from kitdesk.modelkit import digest as digests
from kitdesk.modelkit import tar
from kitdesk.modelkit.manifest import Descriptor, compression_of
from kitdesk.progress import Progress, Report, silent
from kitdesk.services.files import BLOCK, explained, write_atomically

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from kitdesk.services.blobs import BlobStore

FORMAT = 1
"""Of the cached lists; another number is read anew."""
MAX_MEMBERS = 5_000_000
"""Members of one layer; more is taken for an attack."""
MAX_RATIO = 1100
"""Unpacked over packed size; DEFLATE cannot honestly exceed 1,032."""


@dataclass(frozen=True, slots=True)
class LayerFile:
    """One member of a layer; hostile names and kinds have been refused already."""

    path: str
    mode: int
    size: int
    kind: Literal["file", "dir"]
    offset: int
    """Of the content in the plain tar."""
    sha256: str
    """Hex digest of the content; "" for a folder."""


class LayerFiles:
    """Lists and reads layers of a blob store."""

    def __init__(self, blobs: BlobStore, cache: Path) -> None:
        self._blobs = blobs
        self._cache = cache / "layers"

    def _cached(self, layer: Descriptor) -> Path:
        return self._cache / f"{digests.hex_of(layer.digest)}.json"

    def known(self, layer: Descriptor) -> tuple[LayerFile, ...] | None:
        """The list if the layer was ever read here, else None."""
        with contextlib.suppress(OSError, ValueError, TypeError, KeyError):
            raw = json.loads(self._cached(layer).read_bytes())
            if raw["format"] == FORMAT:
                return tuple(LayerFile(*row) for row in raw["files"])
        return None

    def list(self, layer: Descriptor, report: Report = silent) -> tuple[LayerFile, ...]:
        """All members, hashed. Reads the layer once in its life.

        Raises UnsafeArchive for members that no layer may hold, BadModelKit for a torn tar.
        """
        known = self.known(layer)
        if known is not None:
            return known
        path = self._cached(layer)
        files = tuple(self._scan(layer, report))
        rows = [[f.path, f.mode, f.size, f.kind, f.offset, f.sha256] for f in files]
        with contextlib.suppress(OSError):  # a cache that cannot be written only costs time
            write_atomically(path, json.dumps({"format": FORMAT, "files": rows}).encode())
        return files

    def _scan(self, layer: Descriptor, report: Report) -> Iterator[LayerFile]:
        seen: set[str] = set()
        with self._stream(layer) as plain:
            for number, (entry, content) in enumerate(tar.read(plain)):
                if number >= MAX_MEMBERS:
                    raise UnsafeArchive("A layer of this version holds too many files.")
                name = checked(entry)
                if name in seen and entry.kind == "file":
                    raise UnsafeArchive(f"A layer of this version holds {name} twice.")
                seen.add(name)
                state = hashlib.sha256()
                done = 0
                if entry.kind == "file":
                    while block := content.read(BLOCK):
                        state.update(block)
                        done += len(block)
                        report(Progress("Reading", entry.offset + done, layer.size))
                    if done != entry.size:
                        raise BadModelKit(f"The layer ends inside {name}.", "Pull it again.")
                yield LayerFile(
                    name,
                    entry.mode,
                    entry.size,
                    "dir" if entry.kind == "dir" else "file",
                    entry.offset,
                    state.hexdigest() if entry.kind == "file" else "",
                )

    @contextlib.contextmanager
    def _stream(self, layer: Descriptor) -> Iterator[BinaryIO]:
        """The plain tar of a layer, whatever its compression."""
        compression = compression_of(layer.media_type)
        with explained("reading the store"), self._blobs.open(layer.digest) as blob:
            if compression == "none":
                yield blob
                return
            limit = max(layer.size, 1 << 20) * MAX_RATIO
            if compression == "gzip":
                with gzip.GzipFile(fileobj=blob) as plain:
                    yield cast("BinaryIO", Bounded(cast("IO[bytes]", plain), limit))
                return
            import zstandard

            reader = zstandard.ZstdDecompressor().stream_reader(blob)
            with reader as plain:
                yield cast("BinaryIO", Bounded(cast("IO[bytes]", plain), limit))

    def read(self, layer: Descriptor, file: LayerFile, limit: int) -> bytes:
        """Content of one member, at most ``limit`` bytes of it."""
        with self.content(layer, file) as source:
            return source.read(min(limit, file.size))

    @contextlib.contextmanager
    def content(self, layer: Descriptor, file: LayerFile) -> Iterator[BinaryIO]:
        """The content of one member; reading past its end gives the next header: mind the size."""
        with self._stream(layer) as plain:
            if compression_of(layer.media_type) == "none":
                plain.seek(file.offset)
            else:
                skip = file.offset
                while skip:
                    got = len(plain.read(min(skip, BLOCK)))
                    if not got:
                        raise BadModelKit("The layer is shorter than its list of files.")
                    skip -= got
            yield plain


class Bounded:
    """A decompressed stream that refuses to grow without end."""

    def __init__(self, stream: IO[bytes], limit: int) -> None:
        self._stream = stream
        self._left = limit

    def read(self, size: int = -1) -> bytes:
        """Like the stream's own; raises UnsafeArchive past the limit."""
        data = self._stream.read(BLOCK if size < 0 else size)
        self._left -= len(data)
        if self._left < 0:
            raise UnsafeArchive("A layer of this version unpacks to an absurd size.")
        return data


def checked(entry: tar.TarEntry) -> str:
    """Clean path of a member that may be written; raises UnsafeArchive for any other."""
    if entry.kind not in {"file", "dir"}:
        what = {"link": "a hard link", "symlink": "a link"}.get(entry.kind, "a device or pipe")
        raise UnsafeArchive(
            f"A layer of this version holds {what} ({entry.path}).",
            "Nothing was written. kit refuses such a version too.",
        )
    return tar.safe_path(entry.path)
