"""Unchanged members of a layer come from the blob that was packed last time, in long runs."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from kitdesk.modelkit.tar import writer as tar_writer
from kitdesk.services.store.hashing import BackgroundHasher

if TYPE_CHECKING:
    from array import array
    from collections.abc import Sequence

    from kitdesk.modelkit.tar.member import FileEntry
    from kitdesk.services.layers.pack_cache import CachedLayer
    from kitdesk.services.store.blob_store import BlobStore

WORTH = 1 << 18
"""Runs shorter than this are read from the files: a layer that changed much gains nothing."""


class Run(NamedTuple):
    """Members that follow each other in both blobs."""

    start: int
    end: int
    """Bytes of the old blob."""
    members: int


class PreviousBlob:
    """The blob of last time, and what is known to be unchanged in it."""

    def __init__(
        self, handle: int, digest: str, size: int, starts: array[int], *, whole: bool
    ) -> None:
        self.handle = handle
        self._digest = digest
        self._starts = starts
        self._follower: BackgroundHasher | None = None
        if not whole:  # nobody vouches for the old bytes: they are hashed while they are copied
            self._follower = BackgroundHasher(os.dup(handle), own=True)
            self._follower.advance(size)
        self._actual = digest
        self._barren = 0

    def run(self, members: Sequence[FileEntry], at: int) -> Run | None:
        """The longest run that begins at member ``at``; None when it is not worth it."""
        starts = self._starts
        if at < self._barren or starts[at] < 0:
            return None
        end, index = starts[at], at
        while index < len(starts) and starts[index] == end:
            end += tar_writer.member_size(members[index].path, members[index].size)
            index += 1
        if end - starts[at] < WORTH:
            self._barren = index  # what begins later in this run is shorter still
            return None
        return Run(starts[at], end, index - at)

    def close(self) -> bool:
        """Let go of the old blob; False if it is not what its name says."""
        if self._follower is not None:
            self._actual = f"sha256:{self._follower.finish().hexdigest()}"
            self._follower = None
        os.close(self.handle)
        return self._actual == self._digest


def open_previous(blobs: BlobStore, last: CachedLayer, starts: array[int]) -> PreviousBlob | None:
    """The old blob if it is there, with its size, and something of it is known.

    ``starts``: where each member of the layer is in it, -1 for those that are not.
    """
    if max(starts, default=-1) < 0 or blobs.size(last.digest) != last.size:
        return None
    try:
        handle = os.open(blobs.path(last.digest), os.O_RDONLY | getattr(os, "O_BINARY", 0))
    except OSError:
        return None
    whole = blobs.is_verified(last.digest, last.size)
    return PreviousBlob(handle, last.digest, last.size, starts, whole=whole)
