"""Content-addressed blobs on disk: written aside, hashed on the way, named by digest at the end."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from kitdesk.errors import FolderGone, KitDeskError, NotFound, WrongDigest
from kitdesk.modelkit.primitives import digest as digests
from kitdesk.progress import Progress, Report, silent
from kitdesk.services.disk import write_back
from kitdesk.services.disk.files import (
    BLOCK,
    SETTLED_SECONDS,
    STALE_SECONDS,
    is_abandoned,
    os_errors_as,
    set_mode,
    sync_folder,
)
from kitdesk.services.disk.regular_files import open_regular
from kitdesk.services.store.blob_writer import BlobWriter

if TYPE_CHECKING:
    from collections.abc import Iterator

LAYER_MODE, RECORD_MODE = 0o600, 0o444
"""Modes kit gives to layers, and to configs and manifests (FORMAT.md, 6.2)."""
RECORD_LIMIT = 16 << 20
"""Bytes of a manifest or config."""


_HELD = re.compile(r"[0-9]+-[0-9a-f]{16}\.tmp\Z")
"""Of a writer that locks it."""
_OF_PROCESS = re.compile(r"[a-z]+-([0-9]{1,9})\.tmp\Z")
"""Of a process that does not."""


class BlobStore:
    """``blobs/sha256/<hex>`` under ``root``; unfinished ones lie in ``aside`` beside it."""

    def __init__(self, root: Path, aside: Path, stamps: Path | None = None) -> None:
        self.folder = root / "blobs" / "sha256"
        self.temp_dir = aside
        self.kernel_copies = hasattr(os, "copy_file_range")
        """False once the file system has refused to copy by itself."""
        self._stamps = stamps

    def path(self, digest: str) -> Path:
        """Where the blob is or would be."""
        return self.folder / digests.hex_of(digest)

    def size(self, digest: str) -> int | None:
        """Bytes on disk, None when it is not there."""
        try:
            return self.path(digest).stat().st_size
        except (FileNotFoundError, NotADirectoryError):
            return None

    def has_size(self, digest: str, size: int) -> bool:
        """True if the blob is there and as long as it should be."""
        return self.size(digest) == size

    def writer(self, mode: int = LAYER_MODE, *, behind: bool = False) -> BlobWriter:
        """A new blob in the making (use as a context manager)."""
        return BlobWriter(self, mode, behind=behind)

    def put(self, data: bytes, mode: int = RECORD_MODE) -> str:
        """Store small bytes; returns the digest. An altered blob of that name is mended."""
        digest = digests.of_bytes(data)
        with contextlib.suppress(OSError, KitDeskError):
            if self.size(digest) == len(data) and self.read(digest, len(data)) == data:
                return digest
        with self.writer(mode) as out:
            out.write(data)
            return out.commit()

    def commit_file(
        self, path: Path, digest: str, mode: int = LAYER_MODE, *, synced: bool = False
    ) -> None:
        """Move a finished file (same volume, right digest) into its place.

        A blob of that name stays only if it is known to be whole: a torn or altered one is mended.
        ``synced``: its bytes are on the disk already; they are before they have the name.
        """
        target = self.path(digest)
        with os_errors_as("writing into the store"):
            self.folder.mkdir(parents=True, exist_ok=True)
            if self.is_verified(digest, path.stat().st_size):
                path.unlink()
                return
            if not synced:
                with path.open("rb") as written:
                    write_back.sync_data(written.fileno())
            set_mode(path, mode)
            path.replace(target)
            sync_folder(self.folder)
            self.mark_verified(digest)

    # which blobs need not be hashed again ----------------------------------------------------

    def is_verified(self, digest: str, size: int | None = None) -> bool:
        """True if this very file was hashed before and has not been touched since.

        Judged by size, times and inode, as the stat cache does.
        """
        if self._stamps is None:
            return False
        try:
            stat = self.path(digest).stat()
            known = (self._stamps / digests.hex_of(digest)).read_bytes()
        except OSError:
            return False
        return known == _stamp(stat) and size in (None, stat.st_size)

    def is_whole(self, digest: str, size: int) -> bool:
        """True if the blob is there and its bytes are right; hashes it where nobody has yet."""
        return self.is_verified(digest, size) or not self.verify(digest, size)

    def mark_verified(self, digest: str, stat: os.stat_result | None = None) -> None:
        """Remember that the blob was hashed or written, and is what its name says.

        ``stat``: what it was before it was hashed.
        """
        if self._stamps is None:
            return
        with contextlib.suppress(OSError):  # without the note it is hashed again, nothing worse
            self._stamps.mkdir(mode=0o700, parents=True, exist_ok=True)
            note = _stamp(stat or self.path(digest).stat())
            (self._stamps / digests.hex_of(digest)).write_bytes(note)

    def open(self, digest: str) -> BinaryIO:
        """Open for reading; raises NotFound."""
        try:
            with os_errors_as("reading the store"):
                return open_regular(self.path(digest))
        except FolderGone:
            raise NotFound(
                f"The blob {digests.short(digest)} is missing in the store.",
                "Pull the version again, or pack it again.",
                digest,
            ) from None

    def read(self, digest: str, limit: int = RECORD_LIMIT) -> bytes:
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
            before = path.stat()
        except FileNotFoundError:
            return "is missing"
        actual = before.st_size
        if size is not None and actual != size:
            return f"has {actual:,} bytes instead of {size:,}"
        if size is None and actual > RECORD_LIMIT:
            return f"has {actual:,} bytes, which no manifest has"
        state, done = hashlib.sha256(), 0
        with os_errors_as("reading the store"), open_regular(path, buffering=0) as blob:
            while block := blob.read(BLOCK):
                state.update(block)
                done += len(block)
                report(Progress("Checking", done, actual))
            with contextlib.suppress(OSError):  # whoever wrote it may not have waited for the disk
                write_back.sync_data(blob.fileno())
        if f"sha256:{state.hexdigest()}" != digest:
            return "has other bytes than its digest says"
        self.mark_verified(digest, before)
        return ""

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
        if self._stamps is not None:
            (self._stamps / digests.hex_of(digest)).unlink(missing_ok=True)
        return size

    def abandoned(self) -> Iterator[Path]:
        """Files aside whose writers were killed.

        A download that was cut can be gone on with: it counts only when nobody has for a day.
        """
        with contextlib.suppress(OSError):
            for entry in os.scandir(self.temp_dir):
                path = Path(entry.path)
                held = _HELD.match(entry.name)
                gone = _OF_PROCESS.match(entry.name)
                settled = SETTLED_SECONDS if held or _is_gone(gone) else STALE_SECONDS
                if entry.is_file(follow_symlinks=False) and is_abandoned(path, settled=settled):
                    yield path

    def downloads(self) -> Iterator[Path]:
        """Downloads that were cut, and can be gone on with."""
        with contextlib.suppress(OSError):
            yield from (path for path in self.temp_dir.iterdir() if path.suffix == ".part")

    def tidy(self) -> None:
        """Throw away what killed writers have left."""
        for path in self.abandoned():
            with contextlib.suppress(OSError):
                path.unlink()


def _is_gone(found: re.Match[str] | None) -> bool:
    """True if the process of that number has ended."""
    if found is None or os.name != "posix":
        return False
    try:
        os.kill(int(found[1]), 0)
    except ProcessLookupError:
        return True
    except OSError:
        return False
    return False


def _stamp(stat: os.stat_result) -> bytes:
    return b"%d %d %d %d" % (stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns, stat.st_ino)
