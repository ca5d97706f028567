"""The bytes a reader sees, wherever they lie, and what it may spend on them."""

from __future__ import annotations

import contextlib
import io
import os
import threading
import time
from typing import TYPE_CHECKING, Literal, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path
    from typing import Self

    from _typeshed import WriteableBuffer

    from kitdesk.compare.content.result import LimitCode

Place = Literal["folder", "store", "remote"]
SECONDS_PER_FILE = 30.0
"""A file that takes longer is said to be partly compared."""
BLOCK_BYTES = 64 << 10
"""What a window fetches for a read here and there."""
MAX_AHEAD_BYTES = 4 << 20
"""What it fetches at most when it is read forwards."""
KEPT_BLOCKS = 8


class Unreadable(Exception):
    """A file that is not what it seems, or is built to hurt; ``code`` is that of the limit."""

    def __init__(self, text: str, code: LimitCode = "damaged") -> None:
        super().__init__(text)
        self.text = text
        self.code: LimitCode = code


class Mismatch(Unreadable):
    """Not of this type at all: the next reader is asked, and nothing is said about it."""


class Torn(Unreadable):
    """Fewer bytes came than the size promised: the file changed, or a read failed."""


class BudgetSpent(Unreadable):
    """No more time, or no more requests: what is known so far is all that can be said."""


class Bytes(Protocol):
    """A file of one side."""

    @property
    def size(self) -> int:
        """Bytes."""

    @property
    def place(self) -> Place:
        """Where it lies: what costs time differs."""

    def read(self, offset: int, length: int) -> bytes:
        """Exactly ``length`` bytes; raises BudgetSpent, Torn, Cancelled."""

    def beside(self, name: str) -> Bytes | None:
        """A file of the same version, by its path from this one's folder; never outside."""


def exactly(side: Bytes, offset: int, length: int) -> bytes:
    """Bytes that must be there; Unreadable when the file ends before."""
    if offset < 0 or length < 0 or offset + length > side.size:
        raise Unreadable("it announces more bytes than it has")
    return side.read(offset, length) if length else b""


class FileBytes:
    """A file on the disk, or a stretch of one (a member of a plain tar in the store)."""

    def __init__(
        self, path: Path, start: int = 0, size: int | None = None, place: Place = "folder"
    ) -> None:
        self._path = path
        self._descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0))
        self._start = start
        self._others: list[FileBytes] = []
        self._lock = threading.Lock()
        self.size = os.fstat(self._descriptor).st_size - start if size is None else size
        self.place: Place = place

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Give the descriptors back, also those of files beside it."""
        for other in self._others:
            other.close()
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    def read(self, offset: int, length: int) -> bytes:
        """Exactly the bytes asked for; Torn when the file became shorter."""
        if offset < 0 or length < 0 or offset + length > self.size:
            raise Torn("read past the end")
        data = self._some(offset, length)
        if len(data) == length:
            return data
        pieces = [data]  # a read is cut at 2 GiB
        got = len(data)
        while got < length:
            data = self._some(offset + got, length - got)
            if not data:
                raise Torn("the file became shorter while it was read")
            pieces.append(data)
            got += len(data)
        return b"".join(pieces)

    def _some(self, offset: int, length: int) -> bytes:
        try:
            if hasattr(os, "pread"):
                return os.pread(self._descriptor, length, self._start + offset)
            with self._lock:  # Windows has one place in a file
                os.lseek(self._descriptor, self._start + offset, os.SEEK_SET)
                return os.read(self._descriptor, length)
        except OSError as error:
            raise Torn(f"the disk refused to read it ({error.strerror})") from error

    def beside(self, name: str) -> Bytes | None:
        """A regular file below the folder of this one."""
        root = self._path.parent.resolve()
        path = root / name
        try:
            if not path.resolve().is_relative_to(root) or not path.is_file():
                return None
            self._others.append(FileBytes(path, place=self.place))
            return self._others[-1]
        except (OSError, ValueError):
            return None


class MemoryBytes:
    """Bytes that are in memory: a small remote file, a member that was inflated."""

    def __init__(
        self,
        data: bytes | memoryview,
        place: Place = "folder",
        others: Mapping[str, bytes] | None = None,
    ) -> None:
        self._data = memoryview(data)
        self.size = len(data)
        self.place: Place = place
        self._others = others or {}

    def read(self, offset: int, length: int) -> bytes:
        """Exactly the bytes asked for."""
        if offset < 0 or length < 0 or offset + length > self.size:
            raise Torn("read past the end")
        return bytes(self._data[offset : offset + length])

    def beside(self, name: str) -> Bytes | None:
        """One of the others."""
        found = self._others.get(name)
        return None if found is None else MemoryBytes(found, self.place, self._others)


class Part:
    """A stretch of other bytes: a stored member of a zip, an array inside a file."""

    def __init__(self, whole: Bytes, start: int, size: int) -> None:
        if start < 0 or size < 0 or start + size > whole.size:
            raise Unreadable("it announces more bytes than it has")
        self._whole = whole
        self._start = start
        self.size = size
        self.place: Place = whole.place

    def read(self, offset: int, length: int) -> bytes:
        """Exactly the bytes asked for."""
        if offset < 0 or length < 0 or offset + length > self.size:
            raise Torn("read past the end")
        return self._whole.read(self._start + offset, length)

    def beside(self, name: str) -> Bytes | None:
        """What lies beside the whole."""
        return self._whole.beside(name)


class Window(io.RawIOBase):
    """A seekable file over a side, for zipfile and other readers of files."""

    def __init__(self, side: Bytes) -> None:
        self._side = side
        self._at = 0
        self._blocks: dict[int, bytes] = {}
        self._expected = -1
        self._ahead = BLOCK_BYTES

    def readable(self) -> bool:
        """It is."""
        return True

    def seekable(self) -> bool:
        """It is."""
        return True

    def tell(self) -> int:
        """Where the next read begins."""
        return self._at

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Like that of a file; Unreadable before the beginning."""
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self._side.size}[whence]
        if base + offset < 0:
            raise Unreadable("it points before its own beginning")
        self._at = base + offset
        return self._at

    def readinto(self, buffer: WriteableBuffer) -> int:
        """Fill what there is; 0 at the end."""
        view = memoryview(buffer).cast("B")
        length = max(0, min(len(view), self._side.size - self._at))
        data = self._stretch(self._at, length)
        view[: len(data)] = data
        self._at += len(data)
        return len(data)

    def _stretch(self, offset: int, length: int) -> bytes:
        if length == 0:
            return b""
        for start, block in reversed(self._blocks.items()):
            if start <= offset < start + len(block):
                return block[offset - start : offset - start + length]
        forwards = offset == self._expected
        self._ahead = min(self._ahead * 2, MAX_AHEAD_BYTES) if forwards else BLOCK_BYTES
        size = min(max(length, self._ahead), self._side.size - offset)
        block = self._side.read(offset, size)
        self._expected = offset + size
        while len(self._blocks) >= KEPT_BLOCKS or (
            self._blocks and size + sum(map(len, self._blocks.values())) > 2 * MAX_AHEAD_BYTES
        ):
            del self._blocks[next(iter(self._blocks))]
        if size <= MAX_AHEAD_BYTES:
            self._blocks[offset] = block
        return block[:length]


class Budget:
    """The cancel point and the clock of one file's comparison.

    ``cancelled`` is called often and raises Cancelled when nobody wants the answer any more.
    ``values`` lifts the limits of remote sides: weights are fetched to be compared.
    """

    def __init__(
        self,
        cancelled: Callable[[], None] | None = None,
        seconds: float = SECONDS_PER_FILE,
        *,
        values: bool = False,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._cancelled = cancelled
        self._clock = clock
        self._end = clock() + seconds
        self.values = values
        self.resources = contextlib.ExitStack()
        """Temporary files of this comparison; they go with it."""

    def check(self) -> None:
        """Raise Cancelled, or BudgetSpent when the time is over."""
        if self._cancelled is not None:
            self._cancelled()
        if self._clock() > self._end:
            raise BudgetSpent("it took too long", "time")

    @property
    def left(self) -> float:
        """Seconds."""
        return max(0.0, self._end - self._clock())
