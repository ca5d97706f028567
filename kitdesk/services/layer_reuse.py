"""Unchanged members of a layer come from the blob that was packed last time, in long runs."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from kitdesk.modelkit import tar
from kitdesk.services.blob_writer import HashBehind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kitdesk.modelkit.layers import Member
    from kitdesk.services.blobs import BlobStore
    from kitdesk.services.layer_cache import OldMember, Remembered

WORTH = 1 << 18
"""Runs shorter than this are read from the files: a layer that changed much gains nothing."""


class Run(NamedTuple):
    """Members that follow each other in both blobs."""

    start: int
    end: int
    starts: tuple[int, ...]
    """Where each of them begins in the old blob."""


class OldBlob:
    """The blob of last time, and what is known to be unchanged in it."""

    def __init__(
        self, handle: int, digest: str, size: int, known: dict[str, OldMember], *, whole: bool
    ) -> None:
        self.handle = handle
        self._digest = digest
        self._known = known
        self._follower: HashBehind | None = None
        if not whole:  # nobody vouches for the old bytes: they are hashed while they are copied
            self._follower = HashBehind(os.dup(handle), own=True)
            self._follower.reached(size)
        self._actual = digest
        self._barren = 0

    def run(self, members: Sequence[Member], facts: Sequence[str], at: int) -> Run | None:
        """The longest run that begins at member ``at``; None when it is not worth it."""
        if at < self._barren:
            return None
        starts: list[int] = []
        end = index = at
        for index in range(at, len(members)):
            member = members[index]
            old = self._known.get(member.path)
            if old is None or old.facts != facts[index] or (starts and old.start != end):
                break
            starts.append(old.start)
            length = tar.header_size(member.path, member.size) + member.size
            end = old.start + length + -member.size % tar.BLOCK
        if not starts or end - starts[0] < WORTH:
            self._barren = index  # what begins later in this run is shorter still
            return None
        return Run(starts[0], end, tuple(starts))

    def close(self) -> bool:
        """Let go of the old blob; False if it is not what its name says."""
        if self._follower is not None:
            self._actual = f"sha256:{self._follower.finish().hexdigest()}"
            self._follower = None
        os.close(self.handle)
        return self._actual == self._digest


def open_old(blobs: BlobStore, last: Remembered, known: dict[str, OldMember]) -> OldBlob | None:
    """The old blob if it is there, with its size, and something of it is known."""
    if not known or blobs.size(last.digest) != last.size:
        return None
    try:
        handle = os.open(blobs.path(last.digest), os.O_RDONLY | getattr(os, "O_BINARY", 0))
    except OSError:
        return None
    whole = blobs.is_known_whole(last.digest, last.size)
    return OldBlob(handle, last.digest, last.size, known, whole=whole)
