"""Writes files of layers where nothing is yet, and takes them away again when that fails."""

from __future__ import annotations

import collections
import contextlib
import os
from typing import TYPE_CHECKING, NamedTuple, Self

from kitdesk.errors import BadModelKit
from kitdesk.services.disk.files import os_errors_as, read_at, set_mode, umask, write_all
from kitdesk.services.store.blob_writer import COPY_CHUNK_BYTES, COPY_UNSUPPORTED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from concurrent.futures import Future, ThreadPoolExecutor
    from pathlib import Path
    from types import TracebackType

    from kitdesk.services.layers.reader import LayerReader
    from kitdesk.services.layers.table import LayerFile

WRITERS = 2
"""Threads that create small files; most of the time is the kernel's."""
BATCH = 1 << 21
"""Bytes of small files that a thread takes at once."""
PER_FILE = 4096
"""Bytes that each of them counts for beside its own: making it costs as much as writing these."""
WAITING = 4
"""Batches that may be under way before the first is waited for."""
WINDOW = 1 << 18
"""Bytes read from a layer at once; files larger than this are copied one by one."""
FLAGS = (
    os.O_WRONLY
    | os.O_CREAT
    | os.O_EXCL
    | getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_BINARY", 0)
    | getattr(os, "O_CLOEXEC", 0)
)
HERE = os.open in os.supports_dir_fd


class NewFile(NamedTuple):
    """A file to be made: a member of a layer under the path it gets (a tuple: there are many)."""

    path: str
    mode: int
    """Permission bits before the umask."""
    member: LayerFile


class FileExtractor:
    """Everything made is remembered until the end; leaving with an error removes it."""

    def __init__(self, root: Path) -> None:
        self._root = os.fspath(root)
        self._files: list[str] = []
        self._folders: list[str] = []
        self._modes: list[tuple[str, int]] = []
        self._stop = False
        self._kernel_copies = hasattr(os, "copy_file_range")

    def __enter__(self) -> Self:
        return self

    def _path(self, path: str) -> str:
        return os.path.join(self._root, path)

    def folder(self, path: str, mode: int) -> None:
        """Make a folder whose parent is there; one that is there already keeps its mode."""
        full = self._path(path)
        try:
            os.mkdir(full, mode | 0o700)
        except FileExistsError:
            return
        self._folders.append(full)
        if mode | 0o700 != mode:
            self._modes.append((full, mode))

    def bytes(self, path: str, data: bytes, mode: int) -> None:
        """Make a file of given bytes."""
        handle = os.open(self._path(path), FLAGS, mode)
        self._files.append(self._path(path))
        try:
            write_all(handle, data)
        finally:
            os.close(handle)

    def layer(
        self, files: Iterable[NewFile], reader: LayerReader, tell: Callable[[int], None]
    ) -> None:
        """Make files of one layer, which come in the order of its bytes.

        ``tell(bytes)`` hears of progress and may raise Cancelled.
        """
        source = reader.handle
        if source is None:
            for one in files:
                self._streamed(one, reader, tell)
            return
        pool: ThreadPoolExecutor | None = None
        jobs: collections.deque[Future[int]] = collections.deque()
        alone: list[NewFile] | None = None
        try:
            for batch in _batches(files):
                if batch[0].member.size > WINDOW:
                    self._large(batch[0], source, tell)
                elif pool is None and alone is None:
                    alone = batch  # threads only for more than one
                else:
                    if pool is None:
                        from concurrent.futures import ThreadPoolExecutor

                        pool = ThreadPoolExecutor(WRITERS, "unpack")
                    if alone is not None:
                        jobs.append(pool.submit(self._batch, alone, source))
                        alone = None
                    jobs.append(pool.submit(self._batch, batch, source))
                    if len(jobs) > WAITING:
                        tell(jobs.popleft().result())
            if alone is not None:
                tell(self._batch(alone, source))
            while jobs:
                tell(jobs.popleft().result())
        except BaseException:
            self._stop = True
            for job in jobs:
                job.cancel()
            raise
        finally:
            if pool is not None:
                pool.shutdown()

    def _batch(self, batch: Sequence[NewFile], source: int) -> int:
        """Small files, read in windows; one folder is open at a time."""
        done, start, window = 0, 0, memoryview(b"")
        folder, at = None, -1
        try:
            for one in batch:
                if self._stop:
                    break
                parent, _, name = one.path.rpartition("/")
                if HERE and parent != folder:
                    if at >= 0:
                        os.close(at)
                        at = -1
                    at = os.open(self._path(parent), os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
                    folder = parent
                first, size = one.member.offset, one.member.size
                if size and not start <= first <= first + size <= start + len(window):
                    start, window = first, memoryview(read_at(source, WINDOW, first))
                    if len(window) < size:
                        raise _short()
                handle = (
                    os.open(name, FLAGS, one.mode, dir_fd=at)
                    if HERE
                    else os.open(self._path(one.path), FLAGS, one.mode)
                )
                self._files.append(one.path)
                try:
                    piece = window[first - start : first - start + size]
                    if size and (wrote := os.write(handle, piece)) != size:
                        write_all(handle, piece[wrote:])
                finally:
                    os.close(handle)
                done += size
        finally:
            if at >= 0:
                os.close(at)
        return done

    def _large(self, one: NewFile, source: int, tell: Callable[[int], None]) -> None:
        handle = os.open(self._path(one.path), FLAGS, one.mode)
        self._files.append(one.path)
        offset, left = one.member.offset, one.member.size
        try:
            while left:
                moved = self._copy(source, handle, min(COPY_CHUNK_BYTES, left), offset)
                if not moved:
                    raise _short()
                offset += moved
                left -= moved
                tell(moved)
        finally:
            os.close(handle)

    def _copy(self, source: int, target: int, size: int, offset: int) -> int:
        if self._kernel_copies:
            try:
                moved = os.copy_file_range(source, target, size, offset)
            except OSError as error:
                if error.errno not in COPY_UNSUPPORTED:
                    raise
                self._kernel_copies = False
            else:
                if moved:
                    return moved
        data = read_at(source, min(size, WINDOW), offset)
        write_all(target, data)
        return len(data)

    def _streamed(self, one: NewFile, reader: LayerReader, tell: Callable[[int], None]) -> None:
        handle = os.open(self._path(one.path), FLAGS, one.mode)
        self._files.append(one.path)
        left = one.member.size
        try:
            content = reader.at(one.member)
            while left:
                data = content.read(min(left, 1 << 20))
                if not data:
                    raise _short()
                write_all(handle, data)
                left -= len(data)
                tell(len(data))
        finally:
            os.close(handle)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is not None:
            self._take_back()
            return
        with os_errors_as("writing into the folder"):
            mask = umask()
            for path, mode in reversed(self._modes):  # a read-only folder is filled first
                set_mode(path, mode & ~mask)

    def _take_back(self) -> None:
        for path in self._files:
            with contextlib.suppress(OSError):
                os.unlink(self._path(path))
        for path in reversed(self._folders):
            with contextlib.suppress(OSError):
                os.rmdir(path)


def _batches(files: Iterable[NewFile]) -> Iterator[list[NewFile]]:
    """Small files by the handful, large ones alone."""
    batch: list[NewFile] = []
    size = 0
    for one in files:
        if one.member.size > WINDOW:
            yield [one]
            continue
        batch.append(one)
        size += one.member.size + PER_FILE
        if size >= BATCH:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _short() -> BadModelKit:
    return BadModelKit(
        "A layer of this version is shorter than it says.",
        "Nothing was written. Pull or pack the version again.",
    )
