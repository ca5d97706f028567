"""A blob under way: written and hashed side by side, whatever its size and where it began."""

from __future__ import annotations

import errno
import hashlib
import os
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kitdesk.services.remotes.registry import partial_file as parts
from kitdesk.services.remotes.registry.partial_file import PartialFile


def filled(part: PartialFile, data: bytes, steps: list[int]) -> None:
    at = part.done
    for number in range(10**6):
        room = part.buffer()
        if not room:
            return
        size = min(len(room), steps[number % len(steps)], len(data) - at)
        room[:size] = data[at : at + size]
        part.advance(size)
        at += size


def received(part: PartialFile, data: bytes) -> str:
    filled(part, data, [1 << 18])
    return part.digest()


@settings(deadline=None)
@given(
    size=st.one_of(st.integers(0, 3000), st.integers(1 << 20, 3 << 20)),
    there=st.integers(0, 4 << 20),
    steps=st.lists(st.integers(1, 1 << 18), min_size=1, max_size=5).filter(lambda s: sum(s) > 5000),
    again=st.booleans(),
)
def test_whatever_comes_is_written_and_hashed(
    size: int, there: int, steps: list[int], again: bool
) -> None:
    data = os.urandom(size)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.part"
        path.write_bytes((data + b"more than it should be")[:there])
        with PartialFile(path, size) as part:
            assert part.done == min(there, size)
            if again:
                filled(part, b"x" * size, steps)
                part.reset()
                assert part.done == 0
            filled(part, data, steps)
            assert part.digest() == f"sha256:{hashlib.sha256(data).hexdigest()}"
        assert path.read_bytes() == data


def test_what_arrived_before_a_stop_is_there(tmp_path: Path) -> None:
    data = os.urandom(3 << 20)
    with PartialFile(tmp_path / "x", len(data)) as part:
        while part.done < 2 << 20:
            room = part.buffer()
            room[:] = data[part.done : part.done + len(room)]
            part.advance(len(room))
    assert (tmp_path / "x").read_bytes() == data[: 2 << 20]


def test_a_full_disk_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_handle: int, _data: memoryview) -> None:
        raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr(parts, "write_all", full)
    with PartialFile(tmp_path / "x", 4 << 20) as part, pytest.raises(OSError, match="full"):
        received(part, bytes(4 << 20))
