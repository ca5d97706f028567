"""Hashing behind the writing: SHA-256 of a stream on a thread of its own."""

from __future__ import annotations

import errno
import hashlib
import os
import threading

HASH_CHUNK_BYTES = 1 << 18
"""Bytes that are hashed at a time behind the writer."""


class BackgroundHasher:
    """SHA-256 of a file that is being written, by a thread that stays behind the writer."""

    def __init__(self, handle: int, *, own: bool = False) -> None:
        self._handle = handle
        self._own = own
        self._hash = hashlib.sha256()
        self._written = 0
        self._told = 0
        self._ended = False
        self._given_up = False
        self._problem: OSError | None = None
        self._news = threading.Condition()
        self._thread = threading.Thread(target=self._run, name="hash", daemon=True)
        self._thread.start()

    def advance(self, size: int) -> None:
        """Say how long the file is now."""
        self._written = size
        if (
            size - self._told >= HASH_CHUNK_BYTES
        ):  # waking the thread for less costs more than it gives
            with self._news:
                self._told = size
                self._news.notify()

    def finish(self) -> hashlib._Hash:
        """Wait for the end; raises OSError when the file could not be read back."""
        self._end()
        if self._problem is not None:
            raise self._problem
        return self._hash

    def stop(self) -> None:
        """Give up."""
        self._given_up = True
        self._end()

    def _end(self) -> None:
        with self._news:
            self._told = self._written
            self._ended = True
            self._news.notify()
        self._thread.join()
        if self._own:
            os.close(self._handle)
            self._own = False

    def _run(self) -> None:
        buffer = memoryview(bytearray(HASH_CHUNK_BYTES))
        done = 0
        try:
            while True:
                with self._news:
                    while not self._ended and self._told - done < HASH_CHUNK_BYTES:
                        self._news.wait()
                    ready, ended = self._told, self._ended
                while done < ready and not self._given_up:
                    got = os.preadv(self._handle, [buffer[: ready - done]], done)
                    if not got:
                        self._problem = OSError(errno.EIO, "the file ended early")
                        return
                    self._hash.update(buffer[:got])
                    done += got
                if ended:
                    return
        except OSError as error:
            self._problem = error
