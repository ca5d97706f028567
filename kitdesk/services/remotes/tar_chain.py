"""Walk a remote tar from header to header, one round trip a large member."""

from __future__ import annotations

import io
import os
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock
from typing import Any, cast

from kitdesk.errors import BadModelKit
from kitdesk.modelkit.tar import reader as tar_reader
from kitdesk.modelkit.tar.header import BLOCK
from kitdesk.modelkit.tar.reader import SupportsRead
from kitdesk.services.layers.scanner import check_member

WINDOW, LARGEST = 1 << 10, 2 << 20
"""First and largest number of bytes of one request."""


GROW_WITHIN_WINDOWS = 4
"""A next header within so many windows means that members are small: the window grows."""


MAX_REQUESTS, MAX_BYTES = 1500, 32 << 20
"""The budget of one listing."""


ReadRange = Callable[[int, int], bytes]
"""Takes start and end (exclusive); gives exactly these bytes."""


class OverBudget(Exception):
    """The listing would cost too much; what was found so far stands."""


@dataclass(frozen=True, slots=True)
class RemoteFile:
    """One file by its header; only its bytes could tell its hash."""

    path: str
    mode: int
    size: int
    offset: int


class Budget:
    """What one listing may cost, whoever of its threads asks."""

    def __init__(self) -> None:
        self._lock = Lock()
        self.requests = self.fetched = 0

    def take(self, size: int) -> None:
        """One request of so many bytes; raises OverBudget instead."""
        with self._lock:
            if self.requests >= MAX_REQUESTS or self.fetched + size > MAX_BYTES:
                raise OverBudget
            self.requests += 1
            self.fetched += size


class RangeStream(io.RawIOBase):
    """A remote blob from ``base`` on as a stream: read forwards, skipped without fetching."""

    def __init__(self, read_range: ReadRange, size: int, budget: Budget, base: int = 0) -> None:
        super().__init__()
        self._read_range, self._size, self._base = read_range, size - base, base
        self._budget = budget
        self._at = self._start = 0
        self._buffer = b""
        self._window = WINDOW

    def readable(self) -> bool:
        """True."""
        return True

    def seekable(self) -> bool:
        """True: skipping costs nothing."""
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Move without fetching."""
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self._size}[whence]
        self._at = max(0, base + offset)
        return self._at

    def readinto(self, target: Any) -> int:
        """Fill from the buffer, fetching one window when it is used up."""
        view = memoryview(target).cast("B")
        inside = self._at - self._start
        if not 0 <= inside < len(self._buffer):
            self._fetch()
            inside = self._at - self._start
        part = self._buffer[inside : inside + len(view)]
        view[: len(part)] = part
        self._at += len(part)
        return len(part)

    def _fetch(self) -> None:
        end_before = self._start + len(self._buffer)
        if self._buffer and 0 <= self._at - end_before <= GROW_WITHIN_WINDOWS * self._window:
            self._window = min(LARGEST, self._window * 4)
        elif self._buffer:
            self._window = max(WINDOW, self._window // 4)
        end = min(self._size, self._at + self._window)
        if end <= self._at:
            self._start, self._buffer = self._at, b""
            return
        self._budget.take(end - self._at)
        data = self._read_range(self._base + self._at, self._base + end)
        if len(data) != end - self._at:
            raise BadModelKit("The registry sent another range than was asked for.")
        self._start, self._buffer = self._at, data


class HeaderWalker:
    """The members from ``base`` on, one after the other; each knows where the next one begins."""

    def __init__(self, read_range: ReadRange, size: int, base: int, budget: Budget) -> None:
        stream = RangeStream(read_range, size, budget, base)
        self._entries = tar_reader.read(cast("SupportsRead", stream))
        self._base = base
        self.next = base
        """Where the member begins that comes next."""
        self.known: dict[int, tuple[RemoteFile | None, int]] = {}
        """Where a member begins -> the file (None: a folder) and where it ends."""
        self.ended = self.over = False
        """The archive ended here; the budget did."""

    def step(self) -> bool:
        """One member more. Raises UnsafeArchive, BadModelKit."""
        try:
            entry, _ = next(self._entries)
        except StopIteration:
            self.ended = True
            return False
        except OverBudget:
            self.over = True
            return False
        name, offset = check_member(entry), self._base + entry.offset
        end = offset + entry.size + -entry.size % BLOCK
        is_file = entry.kind == "file"
        file = RemoteFile(name, entry.mode, entry.size, offset) if is_file else None
        self.known[self.next] = (file, end)
        self.next = end
        return True
