"""A blob that is arriving: received and hashed by one thread, written by another one."""

from __future__ import annotations

import hashlib
import os
import threading
from queue import SimpleQueue
from typing import TYPE_CHECKING, Self

from kitdesk.services.disk.files import write_all

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType

IN_MEMORY_BYTES = 1 << 20
"""Blobs up to this size are written where they are received: a thread would cost more."""
BUFFER_BYTES = 256 << 10
"""Bytes received at a time: large enough that a pull spends its time in recv and SHA-256."""
BUFFERS = 6
"""Buffers on their way to the disk."""


class PartialFile:
    """The file of a blob under way; what an earlier try has left in it is hashed first.

    Ask for room, fill it, say how much: ``room`` is good until ``filled``. Raises OSError of the
    disk at one of the next calls.
    """

    def __init__(self, path: Path, size: int) -> None:
        self._path, self._size = path, size
        self._hash = hashlib.sha256()
        self._handle = -1
        self._writer: _Writer | None = None
        self._room = memoryview(b"")
        self.done = 0
        """Bytes that are there, or on their way to the disk."""

    def __enter__(self) -> Self:
        flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0)
        self._handle = os.open(self._path, flags, 0o600)
        buffer = memoryview(bytearray(min(BUFFER_BYTES, max(self._size, 1))))
        with os.fdopen(os.dup(self._handle), "rb", buffering=0) as there:
            while got := there.readinto(buffer[: self._size - self.done]):
                self._hash.update(buffer[:got])
                self.done += got
        os.ftruncate(self._handle, self.done)
        os.lseek(self._handle, self.done, os.SEEK_SET)
        self._room = buffer
        if self._size - self.done > IN_MEMORY_BYTES:
            self._writer = _Writer(self._handle)
        return self

    def buffer(self) -> memoryview:
        """A buffer for what comes next, no larger than what is missing."""
        missing = self._size - self.done
        if missing and self._writer is not None:
            self._room = self._writer.free()
        return self._room[:missing]

    def advance(self, size: int) -> None:
        """The first ``size`` bytes of the room have arrived; 0 gives it back."""
        data = self._room[:size]
        self._hash.update(data)
        if self._writer is not None:
            self._writer.take(self._room, size)
        else:
            write_all(self._handle, data)
        self.done += size

    def reset(self) -> None:
        """Throw away what is there."""
        if self._writer is not None:
            self._writer.finish()
            self._writer = _Writer(self._handle)
        os.ftruncate(self._handle, 0)
        os.lseek(self._handle, 0, os.SEEK_SET)
        self._hash, self.done = hashlib.sha256(), 0

    def digest(self) -> str:
        """Of everything; waits until it is written."""
        if self._writer is not None:
            writer, self._writer = self._writer, None
            writer.finish()
        return f"sha256:{self._hash.hexdigest()}"

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            if self._writer is not None:  # what arrived stays, so that the next try goes on
                self._writer.end()
        finally:
            os.close(self._handle)


class _Writer:
    """Writes buffers in the order they come, and gives them back."""

    def __init__(self, handle: int) -> None:
        self._handle = handle
        self._free: SimpleQueue[memoryview] = SimpleQueue()
        self._full: SimpleQueue[tuple[memoryview, int] | None] = SimpleQueue()
        for _ in range(BUFFERS):
            self._free.put(memoryview(bytearray(BUFFER_BYTES)))
        self._problem: OSError | None = None
        self._thread = threading.Thread(target=self._run, name="write", daemon=True)
        self._thread.start()

    def free(self) -> memoryview:
        """An empty buffer, once there is one; raises what the disk said."""
        found = self._free.get()
        if self._problem is not None:
            raise self._problem
        return found

    def take(self, buffer: memoryview, size: int) -> None:
        """Write the beginning of a buffer."""
        self._full.put((buffer, size))

    def end(self) -> None:
        """Wait until everything is written, or the disk refused."""
        self._full.put(None)
        self._thread.join()

    def finish(self) -> None:
        """The same; raises what the disk said."""
        self.end()
        if self._problem is not None:
            raise self._problem

    def _run(self) -> None:
        while (item := self._full.get()) is not None:
            buffer, size = item
            try:
                if self._problem is None:
                    write_all(self._handle, buffer[:size])
            except OSError as problem:
                self._problem = problem
            self._free.put(buffer)
