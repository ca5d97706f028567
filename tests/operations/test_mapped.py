"""Writes through a memory map, which move a file's time late or never: seen, or told as torn."""

from __future__ import annotations

import mmap
import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from kitdesk.errors import FileChanged
from kitdesk.modelkit.primitives.reference import parse
from kitdesk.operations import rollback as rollbacks
from kitdesk.operations.folder_status import folder_status
from kitdesk.operations.pack import pack
from kitdesk.operations.undo import undo
from kitdesk.progress import Progress
from kitdesk.services.container import Services
from kitdesk.services.disk import settled
from kitdesk.services.disk.file_system import kind_of
from kitdesk.services.store.records import time_of

SIZE = 1 << 20
KITFILE = "manifestVersion: 1.0.0\ndatasets:\n- name: d\n  path: data\n"
AGE = 5.0
"""Seconds that the file's own times lie back: old enough for the rule of two seconds."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    root = tmp_path / "p"
    (root / "data").mkdir(parents=True)
    (root / "data/array.npy").write_bytes(bytes(SIZE))
    (root / "data/small.npy").write_bytes(bytes(4096))
    (root / "Kitfile").write_text(KITFILE)
    if kind_of(root) in {"tmpfs", "ramfs"}:
        pytest.skip("a RAM disk never writes back: mapped writes leave no trace there")
    return root


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> None:
    """The clock runs ahead, so that files just written are some seconds old."""
    real = time.time_ns
    monkeypatch.setattr(time, "time_ns", lambda: real() + int(AGE * 1e9))


@pytest.fixture(params=["array.npy", "small.npy"])
def mapped(request: pytest.FixtureRequest, folder: Path) -> Iterator[mmap.mmap]:
    """A file that somebody has mapped and written into, as numpy.memmap does."""
    with (folder / "data" / request.param).open("r+b") as file:
        view = mmap.mmap(file.fileno(), 0)
    view[0:4] = b"then"
    yield view
    view.close()


@pytest.mark.usefixtures("later")
def test_a_mapped_write_after_a_pack_is_a_change(
    folder: Path, services: Services, mapped: mmap.mmap
) -> None:
    first = pack(folder, parse("x:v1"), services)
    assert pack(folder, parse("x:v1b"), services).layers == first.layers
    mapped[0:4] = b"next"
    second = pack(folder, parse("x:v2"), services)
    assert second.layers[0].digest != first.layers[0].digest
    slow = pack(folder, parse("x:v3"), services, use_cache=False)
    assert slow.digest == second.digest


@pytest.mark.usefixtures("later")
def test_a_rollback_sees_a_mapped_write(
    folder: Path, services: Services, mapped: mmap.mmap
) -> None:
    first = pack(folder, parse("x:v1"), services)
    assert rollbacks.rollback_now(folder, first.digest, "x:v1", services).plan.folder_plan.nothing
    mapped[0:4] = b"next"
    plan = rollbacks.plan_rollback(folder, first.digest, "x:v1", services)
    assert len(plan.replace) == 1


def test_a_pack_while_somebody_writes_through_a_map_is_told_as_torn(
    folder: Path, services: Services
) -> None:
    """Two counters at the ends of the file are raised together: a version is never in between."""
    with (folder / "data/array.npy").open("r+b") as file, mmap.mmap(file.fileno(), 0) as view:
        view[0] = view[SIZE - 1] = 1

        def report(progress: Progress) -> None:
            if progress.done > SIZE // 2:
                view[0] = view[SIZE - 1] = 2

        with pytest.raises(FileChanged, match=r"array\.npy changed"):
            pack(folder, parse("x:v1"), services, report)
        assert services.store.versions() == ()
        assert pack(folder, parse("x:whole"), services).digest


def test_only_so_many_young_files_are_synced_and_the_rest_is_not_remembered(
    folder: Path, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[int] = []
    monkeypatch.setattr(settled, "FEW", 10)
    monkeypatch.setattr(settled, "sync_data", calls.append)
    (folder / "data/array.npy").unlink()
    for number in range(30):
        (folder / f"data/{number}.bin").write_bytes(b"x" * number)
    ahead = time.time_ns
    monkeypatch.setattr(time, "time_ns", lambda: ahead() + int(AGE * 1e9))
    pack(folder, parse("x:v1"), services)
    assert len(calls) == 10
    cached = list((services.paths.cache / "packed").iterdir())
    assert b'"key": ""' in cached[0].read_bytes().splitlines()[0]
    monkeypatch.setattr(time, "time_ns", lambda: ahead() + 90 * 10**9)
    pack(folder, parse("x:v2"), services)
    assert len(calls) == 10, "what is a minute old is on the disk"
    assert b'"key": ""' not in cached[0].read_bytes().splitlines()[0]


@pytest.mark.parametrize("year", [1969, 2300, 9000])
def test_any_time_a_disk_can_hold_is_taken(year: int, folder: Path, services: Services) -> None:
    seconds = (year - 1970) * 31_556_952
    path = folder / "data/small.npy"
    os.utime(path, (seconds, seconds))
    first = pack(folder, parse("x:v1"), services)
    assert pack(folder, parse("x:v2"), services).digest == first.digest
    assert folder_status(folder, services).changes == ()
    before = path.stat().st_mtime_ns
    path.write_bytes(b"changed")
    os.utime(path, (seconds, seconds))
    assert pack(folder, parse("x:v3"), services).digest != first.digest
    rollbacks.rollback_now(folder, first.digest, "x:v1", services)
    undo(folder, services)
    assert path.read_bytes() == b"changed"
    assert path.stat().st_mtime_ns == before
    os.utime(services.store.blobs.path(first.digest), (seconds, seconds))
    assert {version.digest for version in services.store.versions()} >= {first.digest}


def test_a_time_that_no_calendar_has_is_the_nearest_one() -> None:
    assert time_of(1e12).year == 9999
    assert time_of(-1e12).year == 1970
    assert time_of(1.5e9).year == 2017
