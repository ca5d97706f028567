"""Several blobs at once: one that fails stops the others."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from kitdesk.errors import NotFound
from kitdesk.modelkit.oci.manifest import Descriptor
from kitdesk.modelkit.primitives import digest as digests
from kitdesk.operations.push_pull import BlobResult, _ProgressSum, _run_parallel
from kitdesk.progress import Cancelled, silent
from kitdesk.services.remotes.folder import FolderRemote

TIMES = 3000
"""Blocks of a sibling that nobody stops."""


class Interrupted(FolderRemote):
    """Knows whether it was cut."""

    cut = False

    def interrupt(self) -> None:
        self.cut = True


def test_a_failure_stops_its_siblings_at_once(tmp_path: Path) -> None:
    bad, good = (Descriptor("x", digests.of_bytes(name), 10) for name in (b"bad", b"good"))
    remote, tally = Interrupted(tmp_path), _ProgressSum("Pulling", 20, silent)
    under_way, never = threading.Event(), threading.Event()
    ended: list[object] = []

    def one(blob: Descriptor) -> BlobResult:
        if blob is bad:
            under_way.wait(10)
            raise NotFound("It is gone.")
        for number in range(TIMES):
            under_way.set()
            never.wait(0.001)
            try:
                tally.set(blob.digest, number, 0)
            except Cancelled:
                ended.append(number)
                raise
        return BlobResult(blob.digest, blob.size, "fetched", 0)

    with pytest.raises(NotFound, match="It is gone"):
        _run_parallel((bad, good), tally, remote, one)
    assert ended, "its next block was its last one"
    assert remote.cut, "one that waits for the registry waits no longer"
