"""Content-addressed blobs on disk: written aside, hashed on the way, named by digest at the end."""

from __future__ import annotations

import contextlib
import hashlib
import os
import secrets
import time
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Self

from kitdesk.errors import NotFound, WrongDigest
from kitdesk.modelkit import digest as digests
from kitdesk.progress import Progress, Report, silent
from kitdesk.services.files import BLOCK, WRITE, explained, sync_folder

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import TracebackType

LAYER_MODE, RECORD_MODE = 0o600, 0o444
"""Modes kit gives to layers, and to configs and manifests (modelkit-format.md 6.2)."""
STALE_SECONDS = 24 * 3600
"""Files aside that nobody touched for so long belong to nobody."""


class BlobWriter:
    """Takes bytes, knows their digest, becomes a blob at :meth:`commit`; else leaves nothing."""

    def __init__(self, blobs: BlobStore, mode: int) -> None:
        self._blobs = blobs
        self._mode = mode
        self._path = blobs.aside / f"{os.getpid()}-{secrets.token_hex(8)}.tmp"
        self._hash = hashlib.sha256()
        self.size = 0

    def __enter__(self) -> Self:
        with explained("writing into the store"):
            self._blobs.aside.mkdir(parents=True, exist_ok=True)
            self._out: BinaryIO = self._path.open("xb", buffering=WRITE)
        return self

    def write(self, data: bytes | memoryview) -> None:
        """Append; raises DiskFull with the store unchanged when there is no room."""
        self._hash.update(data)
        self.size += len(data)
        view = memoryview(data)
        with explained("writing into the store"):
            for at in range(0, len(view), WRITE):
                self._out.write(view[at : at + WRITE])

    @property
    def digest(self) -> str:
        """Digest of what was written so far."""
        return f"sha256:{self._hash.hexdigest()}"

    def commit(self) -> str:
        """Give the bytes their name; an existing blob of that name is kept. Returns the digest."""
        with explained("writing into the store"):
            self._out.flush()
            os.fsync(self._out.fileno())
            self._out.close()
            self._blobs.adopt(self._path, self.digest, self._mode)
        return self.digest

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with contextlib.suppress(OSError):
            self._out.close()  # closing flushes: on a full disk it fails like the write before it
        self._path.unlink(missing_ok=True)


class BlobStore:
    """``blobs/sha256/<hex>`` under ``root``; unfinished ones lie in ``aside`` beside it."""

    def __init__(self, root: Path, aside: Path) -> None:
        self.folder = root / "blobs" / "sha256"
        self.aside = aside

    def path(self, digest: str) -> Path:
        """Where the blob is or would be."""
        return self.folder / digests.hex_of(digest)

    def size(self, digest: str) -> int | None:
        """Bytes on disk, None when it is not there."""
        try:
            return self.path(digest).stat().st_size
        except FileNotFoundError:
            return None

    def writer(self, mode: int = LAYER_MODE) -> BlobWriter:
        """A new blob in the making (use as a context manager)."""
        return BlobWriter(self, mode)

    def put(self, data: bytes, mode: int = RECORD_MODE) -> str:
        """Store small bytes; returns the digest."""
        digest = digests.of_bytes(data)
        if self.size(digest) == len(data):
            return digest
        with self.writer(mode) as out:
            out.write(data)
            return out.commit()

    def adopt(self, path: Path, digest: str, mode: int = LAYER_MODE) -> None:
        """Move a finished file (same volume, right digest) into its place."""
        target = self.path(digest)
        with explained("writing into the store"):
            self.folder.mkdir(parents=True, exist_ok=True)
            size = path.stat().st_size
            if self.size(digest) == size:
                path.unlink()
                return
            path.chmod(mode)
            path.replace(target)  # a blob of another size under this name was torn
            sync_folder(self.folder)

    def open(self, digest: str) -> BinaryIO:
        """Open for reading; raises NotFound."""
        try:
            return self.path(digest).open("rb")
        except FileNotFoundError:
            raise NotFound(
                f"The blob {digests.short(digest)} is missing in the store.",
                "Pull the version again, or pack it again.",
                digest,
            ) from None

    def read(self, digest: str, limit: int = 16 << 20) -> bytes:
        """Read a small blob whole and check its digest."""
        with self.open(digest) as blob:
            data = blob.read(limit + 1)
        if len(data) > limit or digests.of_bytes(data) != digest:
            raise WrongDigest(
                f"The blob {digests.short(digest)} in the store has been altered.",
                "Pull the version again, or pack it again: a good copy takes its place.",
                digest,
            )
        return data

    def verify(self, digest: str, size: int | None, report: Report = silent) -> str:
        """Hash a blob again. Returns "" when it is whole, else one sentence what is wrong."""
        path = self.path(digest)
        try:
            actual = path.stat().st_size
        except FileNotFoundError:
            return "is missing"
        if size is not None and actual != size:
            return f"has {actual:,} bytes instead of {size:,}"
        state, done = hashlib.sha256(), 0
        with explained("reading the store"), path.open("rb", buffering=0) as blob:
            while block := blob.read(BLOCK):
                state.update(block)
                done += len(block)
                report(Progress("Checking", done, actual))
        return (
            ""
            if f"sha256:{state.hexdigest()}" == digest
            else "has other bytes than its digest says"
        )

    def all(self) -> Iterator[tuple[str, int]]:
        """(digest, size) of every blob that is there."""
        with contextlib.suppress(FileNotFoundError):
            for entry in os.scandir(self.folder):
                if len(entry.name) == 64 and entry.is_file():
                    yield f"sha256:{entry.name}", entry.stat().st_size

    def remove(self, digest: str) -> int:
        """Delete a blob; returns the bytes that came free."""
        size = self.size(digest) or 0
        self.path(digest).unlink(missing_ok=True)
        return size

    def tidy(self) -> None:
        """Throw away what unfinished writers left long ago."""
        with contextlib.suppress(FileNotFoundError):
            for entry in os.scandir(self.aside):
                if time.time() - entry.stat().st_mtime > STALE_SECONDS:
                    Path(entry.path).unlink(missing_ok=True)
