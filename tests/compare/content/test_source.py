"""Bytes, windows over them, and budgets."""

from __future__ import annotations

import io
import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kitdesk.compare.content import detect
from kitdesk.compare.content.differ import differ
from kitdesk.compare.content.source import (
    Budget,
    BudgetSpent,
    FileBytes,
    MemoryBytes,
    Part,
    Torn,
    Unreadable,
    Window,
)
from kitdesk.progress import Cancelled

READS = st.lists(st.tuples(st.sampled_from([0, 1, 2]), st.integers(-50, 400), st.integers(0, 300)))


@given(READS, st.integers(0, 300))
@settings(max_examples=200, deadline=None)
def test_a_window_reads_as_a_file_does(steps: list[tuple[int, int, int]], size: int) -> None:
    data = bytes(n % 251 for n in range(size))
    window, file = Window(MemoryBytes(data)), io.BytesIO(data)
    for whence, offset, length in steps:
        base = {0: 0, 1: file.tell(), 2: size}[whence]
        if base + offset < 0:
            with pytest.raises(Unreadable):
                window.seek(offset, whence)
            continue
        if whence == os.SEEK_CUR or whence == os.SEEK_END or offset >= 0:
            assert window.seek(offset, whence) == file.seek(base + offset)
        assert window.read(length) == file.read(length)


class Counted(MemoryBytes):
    reads = 0

    def read(self, offset: int, length: int) -> bytes:
        self.reads += 1
        return super().read(offset, length)


def test_a_window_that_is_read_forwards_reads_ahead() -> None:
    side = Counted(bytes(8 << 20))
    window = io.BufferedReader(Window(side), 4096)
    while window.read(4096):
        pass
    assert side.reads < 20


def test_a_file_that_became_shorter_is_torn(tmp_path: Path) -> None:
    path = tmp_path / "f"
    path.write_bytes(b"x" * 100)
    with FileBytes(path) as side:
        os.truncate(path, 10)
        with pytest.raises(Torn):
            side.read(0, 100)


def test_a_torn_file_is_told(tmp_path: Path) -> None:
    path = tmp_path / "f.csv"
    path.write_bytes(b"id,a\n" + b"1,2\n" * 100)
    with FileBytes(path) as side:
        os.truncate(path, 10)
        content = differ(side, "f.csv", MemoryBytes(b"id,a\n1,2\n"), "f.csv", Budget())
    assert not content.complete


def test_a_stretch_of_a_file(tmp_path: Path) -> None:
    path = tmp_path / "layer.tar"
    path.write_bytes(b"head" + b"content" + b"tail")
    with FileBytes(path, 4, 7, "store") as side:
        assert (side.size, side.place, side.read(0, 7)) == (7, "store", b"content")
        with pytest.raises(Torn):
            side.read(1, 7)


def test_nothing_lies_beside_but_what_is_below(tmp_path: Path) -> None:
    (tmp_path / "secret").write_bytes(b"s")
    (tmp_path / "p").mkdir()
    (tmp_path / "p" / "weights.bin").write_bytes(b"w")
    (tmp_path / "p" / "link").symlink_to(tmp_path / "secret")
    (tmp_path / "p" / "model").write_bytes(b"m")
    with FileBytes(tmp_path / "p" / "model") as side:
        beside = side.beside("weights.bin")
        assert beside is not None
        assert beside.read(0, 1) == b"w"
        for name in ("../secret", str(tmp_path / "secret"), "link", "none", "a\0b"):
            assert side.beside(name) is None


def test_a_part_outside_of_its_whole() -> None:
    for start, size in ((0, 5), (-1, 2), (3, 2), (2, -1), (1 << 63, 1)):
        with pytest.raises(Unreadable):
            Part(MemoryBytes(b"abcd"), start, size)


def test_a_budget_ends() -> None:
    now = 0.0
    budget = Budget(seconds=5, clock=lambda: now)
    budget.check()
    now = 6.0
    with pytest.raises(BudgetSpent) as caught:
        budget.check()
    assert caught.value.code == "time"
    assert budget.left == 0


def test_time_over_is_a_limit() -> None:
    ticks = iter(range(1000))
    budget = Budget(seconds=0.5, clock=lambda: next(ticks))
    side = MemoryBytes(b"id,a\n" + b"1,2\n" * 1000)
    content = differ(side, "t.csv", MemoryBytes(b"id,a\n3,4\n"), "t.csv", budget)
    assert "time" in [limit.code for limit in content.limits]


def test_a_cancel_passes() -> None:
    def cancelled() -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        differ(MemoryBytes(b"a"), "a.txt", MemoryBytes(b"b"), "a.txt", Budget(cancelled))


def test_two_types_tell_what_both_have() -> None:
    content = differ(
        MemoryBytes(b"\x93NUMPY junk\0"), "m.pkl", MemoryBytes(b"\x80\x04K\x01."), "m.pkl", Budget()
    )
    assert content.formats == ("binary", "pickle")
    assert content.kind == "object"
    assert not content.equal


def test_every_reader_stands_in_the_table_with_its_module() -> None:
    for reader in detect.READERS:
        assert callable(detect.module_of(reader).read)


def test_a_disk_that_refuses_is_told(tmp_path: Path) -> None:
    path = tmp_path / "f.csv"
    path.write_bytes(b"id,a\n1,2\n")
    side = FileBytes(path)
    side.close()  # from here on every read fails
    content = differ(side, "f.csv", MemoryBytes(b"id,a\n1,2\n"), "f.csv", Budget())
    assert not content.complete
    assert "disk refused" in content.limits[0].text


def test_a_disk_that_is_full_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("tempfile.TemporaryDirectory", full)
    data = b"SQLite format 3\0" + bytes(4096)
    content = differ(MemoryBytes(data), "a.db", MemoryBytes(data + b"x"), "a.db", Budget())
    assert "No space left" in content.limits[0].text
