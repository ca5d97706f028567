"""List the files of a remote uncompressed layer by its headers, without fetching the layer.

The walk is a chain, one round trip a large member; where members are small a growing window takes
many of them at once (transport.md 3.4). Names are as hostile as those of any layer.
"""

from __future__ import annotations

import io
import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

from kitdesk.errors import BadModelKit
from kitdesk.modelkit import tar
from kitdesk.progress import Progress, Report, silent
from kitdesk.services.layer_scan import checked

WINDOW, LARGEST = 1 << 10, 2 << 20
"""First and largest number of bytes of one request."""
NEAR = 4
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


@dataclass(frozen=True, slots=True)
class Listing:
    """Files of a layer; ``whole`` is False when the budget ended before the archive did."""

    files: tuple[RemoteFile, ...]
    whole: bool


class RangeStream(io.RawIOBase):
    """A remote blob as a stream that is read forwards and skips without fetching."""

    def __init__(self, read_range: ReadRange, size: int) -> None:
        super().__init__()
        self._read_range, self._size = read_range, size
        self._at = self._start = 0
        self._buffer = b""
        self._window = WINDOW
        self.requests = self.fetched = 0

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
        if self._buffer and 0 <= self._at - end_before <= NEAR * self._window:
            self._window = min(LARGEST, self._window * 4)
        elif self._buffer:
            self._window = max(WINDOW, self._window // 4)
        end = min(self._size, self._at + self._window)
        if end <= self._at:
            self._start, self._buffer = self._at, b""
            return
        if self.requests >= MAX_REQUESTS or self.fetched + end - self._at > MAX_BYTES:
            raise OverBudget
        data = self._read_range(self._at, end)
        if len(data) != end - self._at:
            raise BadModelKit("The registry sent another range than was asked for.")
        self.requests += 1
        self.fetched += len(data)
        self._start, self._buffer = self._at, data


def list_files(read_range: ReadRange, size: int, report: Report = silent) -> Listing:
    """Walk the headers of a plain tar of ``size`` bytes.

    Raises UnsafeArchive for members that no layer may hold, BadModelKit for what is no tar.
    """
    stream = RangeStream(read_range, size)
    files: list[RemoteFile] = []
    try:
        for entry, _ in tar.read(cast("tar.SupportsRead", stream)):
            name = checked(entry)
            report(Progress("Looking into the registry", entry.offset, size))
            if entry.kind == "file":
                files.append(RemoteFile(name, entry.mode, entry.size, entry.offset))
    except OverBudget:
        return Listing(tuple(files), whole=False)
    return Listing(tuple(files), whole=True)
