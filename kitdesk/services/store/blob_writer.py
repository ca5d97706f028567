"""One blob in the making: bytes go into a file aside, SHA-256 follows, a name comes last."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
from typing import TYPE_CHECKING, Self

from kitdesk.services.disk import write_back
from kitdesk.services.disk.files import hold, os_errors_as, read_at, write_all
from kitdesk.services.store.hashing import BackgroundHasher

if TYPE_CHECKING:
    from types import TracebackType

    from kitdesk.services.store.blob_store import BlobStore

COPY_CHUNK_BYTES = 8 << 20
"""Bytes that the kernel copies in one call."""
COPY_UNSUPPORTED = (
    errno.EXDEV,
    errno.EINVAL,
    errno.ENOSYS,
    errno.EOPNOTSUPP,
    errno.EBADF,
    errno.EPERM,
)
"""Answers that mean: this file system does not copy by itself."""


class BlobWriter:
    """Takes bytes, knows their digest, becomes a blob at :meth:`commit`; else leaves nothing.

    ``behind`` hashes in a second thread what has been written, read back from the page cache: what
    is hashed is what is stored, and copying need not pass through this process.
    """

    def __init__(self, blobs: BlobStore, mode: int, *, behind: bool = False) -> None:
        self._blobs = blobs
        self._mode = mode
        self._begun = 0
        self._behind = behind
        self._path = blobs.temp_dir / f"{os.getpid()}-{os.urandom(8).hex()}.tmp"
        self._hash = hashlib.sha256()
        self._follower: BackgroundHasher | None = None
        self._handle = -1
        self.size = 0

    def __enter__(self) -> Self:
        with os_errors_as("writing into the store"):
            self._blobs.temp_dir.mkdir(parents=True, exist_ok=True)
            flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
            self._handle = os.open(self._path, flags, 0o600)
            hold(self._handle)
        if self._behind and hasattr(os, "pread"):
            self._follower = BackgroundHasher(self._handle)
        return self

    def write(self, data: bytes | memoryview) -> None:
        """Append; raises DiskFull with the store unchanged when there is no room."""
        if self._follower is None:
            self._hash.update(data)
        with os_errors_as("writing into the store"):
            write_all(self._handle, data)
        self._grow(len(data))

    def copy(self, source: int, size: int, offset: int) -> int:
        """Append ``size`` bytes of an open file from ``offset`` on; returns how many there were."""
        done = 0
        while done < size:
            step = min(COPY_CHUNK_BYTES, size - done)
            moved = self._copy_some(source, step, offset + done)
            if not moved:
                break
            done += moved
        return done

    def _copy_some(self, source: int, size: int, offset: int) -> int:
        if self._follower is not None and self._blobs.kernel_copies:
            try:
                moved = os.copy_file_range(source, self._handle, size, offset)
            except OSError as error:
                if error.errno not in COPY_UNSUPPORTED:
                    with os_errors_as("writing into the store"):
                        raise
                self._blobs.kernel_copies = False
            else:
                if moved:  # some file systems copy nothing and say so only by this 0
                    self._grow(moved)
                    return moved
        with os_errors_as("reading a file"):
            data = read_at(source, min(size, 1 << 20), offset)
        self.write(data)
        return len(data)

    def _grow(self, size: int) -> None:
        self.size += size
        if self._follower is not None:
            self._follower.advance(self.size)
        if self.size - self._begun >= write_back.STEP:
            write_back.begin(self._handle, self._begun, self.size - self._begun)
            self._begun = self.size

    @property
    def digest(self) -> str:
        """Digest of what was written so far; ends the thread that hashes behind."""
        if self._follower is not None:
            with os_errors_as("reading the store"):
                self._hash = self._follower.finish()
            self._follower = None
        return f"sha256:{self._hash.hexdigest()}"

    def commit(self) -> str:
        """Give the bytes their name; a whole blob of that name is kept. Returns the digest.

        They are on the disk before they have the name: a version whose index survives a power cut
        has its layers.
        """
        digest = self.digest
        with os_errors_as("writing into the store"):
            if not self._blobs.is_verified(digest, self.size):
                write_back.sync_data(self._handle)
            self._blobs.commit_file(self._path, digest, self._mode, synced=True)
            os.close(self._handle)
            self._handle = -1
        return digest

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._follower is not None:
            self._follower.stop()
        if self._handle >= 0:
            with contextlib.suppress(OSError):
                os.close(self._handle)
        self._path.unlink(missing_ok=True)
