"""Files that only a remote has, read by Range inside an uncompressed layer, within a budget."""

from __future__ import annotations

import contextlib
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kitdesk.compare.content.source import BudgetSpent, Torn, Unreadable
from kitdesk.operations.contents.remote import FILE_LIMIT
from kitdesk.operations.contents.remote_layers import RangeReadUnavailable, part_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from kitdesk.compare.content.source import Bytes, Place
    from kitdesk.modelkit.oci.manifest import Descriptor
    from kitdesk.services.container import Services
    from kitdesk.services.remotes.protocol import RemoteRepository

FILE_REQUESTS, FILE_BYTES = 16, 1 << 20
"""What one file larger than FILE_LIMIT may cost: only a request to compare values lifts it."""
COMPARISON_REQUESTS, COMPARISON_BYTES = 256, 64 << 20
"""What all files of a comparison may cost together."""
HEAD_BYTES = 64 << 10
"""What is fetched for a read here and there: headers lie close together."""
PIECE_BYTES = 8 << 20
"""The most of one request, so that a cancel is seen in between."""
AFTER_A_PULL = "the rest is seen after a pull"


@dataclass(slots=True)
class _Left:
    requests: int
    bytes: int


class RemoteAllowance:
    """What a comparison may still ask of remotes: both sides share it, from two threads.

    ``lifted``: somebody wants the values, whatever they cost.
    """

    def __init__(self, *, lifted: bool = False) -> None:
        self.lifted = lifted
        self._left = _Left(COMPARISON_REQUESTS, COMPARISON_BYTES)
        self._lock = threading.Lock()

    def take(self, size: int) -> None:
        """Reserve a request of ``size`` bytes; raises BudgetSpent when there is too little left."""
        with self._lock:
            if self.lifted:
                return
            if self._left.requests < 1 or self._left.bytes < size:
                raise BudgetSpent(
                    f"enough was fetched for one comparison; {AFTER_A_PULL}", "remote"
                )
            self._left.requests -= 1
            self._left.bytes -= size

    def give_back(self, size: int) -> None:
        """It cost nothing after all: the bytes were known."""
        with self._lock:
            self._left.requests += 1
            self._left.bytes += size


@dataclass(frozen=True, slots=True)
class RemoteMember:
    """Where a file lies in a remote layer."""

    layer: Descriptor
    offset: int
    """Of the content in the plain tar, bytes."""
    size: int


class RangeBytes:
    """One file of a remote: whole in one request where it is small, else by its headers."""

    place: Place = "remote"

    def __init__(
        self,
        member: RemoteMember,
        remote: RemoteRepository,
        services: Services,
        allowance: RemoteAllowance,
        check: Callable[[], None],
        whole: Callable[[], Bytes],
    ) -> None:
        self.size = member.size
        self._whole = whole
        """Finds the file in the whole layer, for a registry without Range; raises Unreadable."""
        self._instead: Bytes | None = None
        self._member, self._remote, self._services = member, remote, services
        self._allowance, self._check = allowance, check
        self._left = _Left(FILE_REQUESTS, FILE_BYTES)
        self._blocks: list[tuple[int, bytes]] = []
        self._failure: Unreadable | None = None

    @property
    def is_small(self) -> bool:
        """Fetched whole, whatever of it is read."""
        return self.size <= FILE_LIMIT

    def fetch_ahead(self) -> None:
        """Fetch a small file, or the head of a large one, now: on a thread beside the other side.

        A file that cannot be read says so when it is read.
        """
        with contextlib.suppress(Unreadable):
            self.read(0, min(self.size, 1))

    def read(self, offset: int, length: int) -> bytes:
        """Exactly these bytes; raises BudgetSpent, Unreadable (no Range), Torn, Unreachable …"""
        if offset < 0 or length < 0 or offset + length > self.size:
            raise Torn("read past the end")
        if not length:
            return b""
        if self._failure is not None:
            raise self._failure
        if self._instead is not None:
            return self._instead.read(offset, length)
        for start, block in self._blocks:
            if start <= offset and offset + length <= start + len(block):
                return block[offset - start : offset - start + length]
        try:
            return self._fetch(offset, length)
        except RangeReadUnavailable:
            return self._read_whole(offset, length)
        except Unreadable as error:
            if self.is_small:  # the same request would be made for each of its readers
                self._failure = error
            raise

    def beside(self, _name: str) -> Bytes | None:
        """Unknown here: who opens versions knows their files."""
        return None

    def _read_whole(self, offset: int, length: int) -> bytes:
        try:
            self._instead = self._whole()
        except Unreadable as error:
            self._failure = error
            raise
        return self._instead.read(offset, length)

    def _fetch(self, offset: int, length: int) -> bytes:
        if self.is_small:
            data = self._request(0, self.size)
            self._blocks = [(0, data)]
            return data[offset : offset + length]
        if length > HEAD_BYTES:
            pieces = []
            for start in range(offset, offset + length, PIECE_BYTES):
                size = min(PIECE_BYTES, offset + length - start)
                self._take_of_file(size)
                pieces.append(self._request(start, size))
            return b"".join(pieces)
        start = min(offset, max(0, self.size - HEAD_BYTES))
        size = min(HEAD_BYTES, self.size - start)
        self._take_of_file(size)
        block = self._request(start, size)
        self._blocks = [*self._blocks[-FILE_REQUESTS:], (start, block)]
        return block[offset - start : offset - start + length]

    def _take_of_file(self, size: int) -> None:
        if self._allowance.lifted:
            return
        if self._left.requests < 1 or self._left.bytes < size:
            raise BudgetSpent(f"its headers alone were fetched; {AFTER_A_PULL}", "remote")
        self._left.requests -= 1
        self._left.bytes -= size

    def _request(self, start: int, size: int) -> bytes:
        self._check()
        self._allowance.take(size)
        before = self._remote.traffic.requests
        layer, at = self._member.layer, self._member.offset + start
        if size > FILE_LIMIT:  # weights: they would push everything else out of the cache
            data = self._remote.fetch_range(layer, at, at + size)
        else:
            data = part_of(layer, at, size, self._remote, self._services)
        if data is None or len(data) != size:
            raise Unreadable("the registry sent other bytes than were asked for", "remote")
        if self._remote.traffic.requests == before:
            self._allowance.give_back(size)
        return data
