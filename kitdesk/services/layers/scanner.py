"""What is in a layer, read without trust: kinds, names, sizes (FORMAT.md, 7; hostile archives)."""

from __future__ import annotations

import contextlib
import gzip
import hashlib
import io
import zlib
from typing import IO, TYPE_CHECKING, BinaryIO, Literal, cast

from kitdesk.errors import BadModelKit, UnsafeArchive
from kitdesk.modelkit.oci.manifest import (
    FILE_METADATA_ANNOTATION,
    FILEPATH_ANNOTATION,
    Descriptor,
    compression_of,
)
from kitdesk.modelkit.primitives.json_text import BadJson, loads_object, whole_number
from kitdesk.modelkit.tar import reader as tar_reader
from kitdesk.modelkit.tar import writer as tar_writer
from kitdesk.modelkit.tar.reader import TarEntry
from kitdesk.modelkit.tar.zstd_frames import is_whole
from kitdesk.progress import Progress, Report
from kitdesk.services.disk.files import BLOCK
from kitdesk.services.layers.table import LayerFile

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_MEMBERS = 5_000_000
"""Members of one layer; more is taken for an attack."""
MAX_RATIO = 1100
"""Unpacked over packed size of gzip; DEFLATE cannot honestly exceed 1,032."""
MAX_RATIO_ZSTD = 40_000
"""The same of zstd, which packs runs far tighter."""
AHEAD = 1 << 18
"""Bytes of a layer that are read at once."""
MIN_BOUND = 1 << 20
"""A layer packed to less than this is judged as if it were as large."""


def members(
    plain: BinaryIO, layer: Descriptor, report: Report, *, hashed: bool
) -> Iterator[LayerFile]:
    """Yield all members of a plain tar.

    Raises UnsafeArchive for members that no layer may hold, BadModelKit for a torn tar.
    """
    seen: set[str] = set()
    for number, (entry, content) in enumerate(tar_reader.read(plain, AHEAD)):
        if number >= MAX_MEMBERS:
            raise UnsafeArchive("A layer of this version holds too many files.")
        name = check_member(entry)
        if name in seen and entry.kind == "file":
            raise UnsafeArchive(f"A layer of this version holds {name} twice.")
        seen.add(name)
        digest = ""
        if hashed and entry.kind == "file":
            state, done = hashlib.sha256(), 0
            while block := content.read(BLOCK):
                state.update(block)
                done += len(block)
                report(Progress("Reading", entry.offset + done, layer.size))
            digest = state.hexdigest()
        kind: Literal["file", "dir"] = "dir" if entry.kind == "dir" else "file"
        yield LayerFile(name, entry.mode, entry.size, kind, entry.offset, digest)


def raw_member(plain: BinaryIO, layer: Descriptor, report: Report) -> LayerFile:
    """The one file of a raw layer; "" as its path where the layer does not name it."""
    path = layer.annotations.get(FILEPATH_ANNOTATION, "")
    state, size = hashlib.sha256(), 0
    while block := plain.read(BLOCK):
        state.update(block)
        size += len(block)
        report(Progress("Reading", size, layer.size))
    return LayerFile(
        tar_writer.safe_path(path) if path else "",
        _raw_mode(layer),
        size,
        "file",
        0,
        state.hexdigest(),
    )


def _raw_mode(layer: Descriptor) -> int:
    with contextlib.suppress(BadJson):
        mode = loads_object(layer.annotations.get(FILE_METADATA_ANNOTATION, "{}")).get("mode")
        return whole_number(mode) & 0o777 or 0o644
    return 0o644


@contextlib.contextmanager
def plain_stream(blob: BinaryIO, layer: Descriptor) -> Iterator[BinaryIO]:
    """The bytes of a layer without their compression; it may not grow without end."""
    compression = compression_of(layer.media_type)
    if compression == "none":
        yield blob
        return
    try:
        if compression == "gzip":
            with gzip.GzipFile(fileobj=blob) as plain:
                yield _bounded(cast("IO[bytes]", plain), layer, MAX_RATIO)
            return
        import zstandard

        if not is_whole(blob):
            raise _torn(EOFError("a frame is cut"))
        reader = zstandard.ZstdDecompressor().stream_reader(blob, read_across_frames=True)
        try:
            with reader as plain:
                yield _bounded(cast("IO[bytes]", plain), layer, MAX_RATIO_ZSTD)
        except zstandard.ZstdError as error:
            raise _torn(error) from error
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise _torn(error) from error
    except OSError as error:
        if error.errno is None:
            raise _torn(error) from error
        raise


def _torn(error: Exception) -> BadModelKit:
    return BadModelKit(
        "A compressed layer of this version is damaged.",
        "Pull or pack the version again; kitdesk verify tells what else is damaged.",
        str(error),
    )


def _bounded(stream: IO[bytes], layer: Descriptor, ratio: int) -> BinaryIO:
    limit = max(layer.size, MIN_BOUND) * ratio
    return io.BufferedReader(cast("io.RawIOBase", Bounded(stream, limit)), BLOCK)


class Bounded(io.RawIOBase):
    """A decompressed stream that refuses to grow without end."""

    def __init__(self, stream: IO[bytes], limit: int) -> None:
        super().__init__()
        self._stream = stream
        self._left = limit

    def readable(self) -> bool:
        """Always."""
        return True

    def readinto(self, buffer: object) -> int:
        """Like the stream's own; raises UnsafeArchive past the limit."""
        view = memoryview(cast("bytearray", buffer))
        data = self._stream.read(len(view))
        view[: len(data)] = data
        self._left -= len(data)
        if self._left < 0:
            raise UnsafeArchive("A layer of this version unpacks to an absurd size.")
        return len(data)


def check_member(entry: TarEntry) -> str:
    """Clean path of a member that may be written; raises UnsafeArchive for any other."""
    if entry.kind not in {"file", "dir"}:
        what = {"link": "a hard link", "symlink": "a link"}.get(entry.kind, "a device or pipe")
        raise UnsafeArchive(
            f"A layer of this version holds {what} ({entry.path}).",
            "Nothing was written. kit refuses such a version too.",
        )
    return tar_writer.safe_path(entry.path)
