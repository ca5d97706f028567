"""What goes wrong while packing and unpacking: said plainly, and nothing is left half done."""

from __future__ import annotations

import errno
import os
import time
from pathlib import Path
from typing import Any

import pytest

from kitdesk.errors import DiskFailure, DiskFull, FileChanged, FolderGone, WrongDigest
from kitdesk.modelkit.primitives.reference import parse
from kitdesk.modelkit.tar import writer as tar_writer
from kitdesk.operations.pack import PackResult, pack
from kitdesk.operations.rollback import plan_rollback, rollback
from kitdesk.operations.unpack import unpack
from kitdesk.progress import Cancelled, Progress
from kitdesk.services.container import Services
from kitdesk.services.layers import writer
from tests.snapshots import snapshot

BIG = 9 << 20
"""Large enough for the thread that hashes behind, and for the kernel's copy."""


def old(path: Path) -> None:
    """Old enough for the stat cache."""
    then = time.time_ns() - 60_000_000_000
    os.utime(path, ns=(then, then))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    root = tmp_path / "p"
    (root / "a/deep").mkdir(parents=True)
    (root / "a/big.bin").write_bytes(os.urandom(BIG))
    for number in range(300):
        (root / f"a/deep/{number:03}.txt").write_text(f"{number}" * 40)
    (root / "Kitfile").write_text("manifestVersion: 1.0.0\ncode:\n- path: a\n")
    return root


def blobs(services: Services) -> set[str]:
    return {digest for digest, _ in services.store.blobs.all()}


def leftovers(services: Services) -> list[Path]:
    aside = services.store.blobs.temp_dir
    return list(aside.iterdir()) if aside.exists() else []


def test_a_full_disk_leaves_the_store_as_it_was(
    folder: Path, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    write, left = os.write, [3]

    def full(handle: int, data: Any) -> int:
        left[0] -= 1
        if left[0] < 0:
            raise OSError(errno.ENOSPC, "No space left on device")
        return write(handle, data)

    monkeypatch.setattr(os, "write", full)
    with pytest.raises(DiskFull):
        pack(folder, parse("x:v1"), services)
    monkeypatch.undo()
    assert (blobs(services), leftovers(services)) == (set(), [])
    assert services.store.versions() == ()
    assert pack(folder, parse("x:v1"), services).layers


def test_a_disk_that_fills_while_unpacking_leaves_the_target_as_it_was(
    folder: Path, services: Services, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    packed = pack(folder, parse("x:v1"), services)
    target = tmp_path / "target"
    target.mkdir()
    (target / "mine").write_text("mine")
    before = snapshot(target)

    def full(*_: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "copy_file_range", full, raising=False)
    monkeypatch.setattr(os, "write", full)
    with pytest.raises(DiskFull):
        unpack(packed.digest, "v1", target, services)
    with pytest.raises(DiskFull):
        unpack(packed.digest, "v1", tmp_path / "new/one", services)
    monkeypatch.undo()
    assert snapshot(target) == before
    assert not (tmp_path / "new").exists()


def over(digest: str, folder: Path, services: Services, verb: str) -> None:
    if verb == "rollback":
        rollback(plan_rollback(folder, digest, "v1", services), services)
    else:
        unpack(digest, "v1", folder, services, overwrite=True)


@pytest.mark.parametrize("verb", ["unpack -o", "rollback"])
@pytest.mark.parametrize("after", [0, 1, 40])
def test_a_disk_that_fills_while_files_are_staged_leaves_the_folder_as_it_was(
    folder: Path, services: Services, monkeypatch: pytest.MonkeyPatch, verb: str, after: int
) -> None:
    packed = pack(folder, parse("x:v1"), services)
    for number in range(100):
        (folder / f"a/deep/{number:03}.txt").write_text("otherwise")
    before = snapshot(folder)
    sync, left = os.fsync, [after]

    def full(handle: int) -> None:
        left[0] -= 1
        if left[0] < 0:
            raise OSError(errno.ENOSPC, "No space left on device")
        sync(handle)

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(DiskFull) as caught:
        over(packed.digest, folder, services, verb)
    monkeypatch.undo()
    assert "Nothing that was there before has been changed." in caught.value.hint
    assert snapshot(folder) == before
    assert services.safe_copies.interrupted(folder) is None
    rollback(plan_rollback(folder, packed.digest, "v1", services), services)
    assert (folder / "a/deep/007.txt").read_text() == "7" * 40


def test_a_file_that_changes_while_it_is_packed_is_named(
    folder: Path, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    header = tar_writer.header

    def and_write(path: str, mode: int, size: int, is_dir: bool) -> bytes:
        if path == "a/deep/007.txt":
            (folder / path).write_text("somebody else")
        return header(path, mode, size, is_dir)

    monkeypatch.setattr(tar_writer, "header", and_write)
    with pytest.raises(FileChanged, match=r"007\.txt"):
        pack(folder, parse("x:v1"), services)
    assert (blobs(services), leftovers(services)) == (set(), [])


def test_a_file_that_grows_under_the_copy_is_named(folder: Path, services: Services) -> None:
    def report(progress: Progress) -> None:
        if progress.done:
            with (folder / "a/big.bin").open("ab") as out:
                out.write(b"more")

    with pytest.raises(FileChanged, match=r"big\.bin"):
        pack(folder, parse("x:v1"), services, report)
    assert services.store.versions() == ()


def test_a_file_that_vanishes_is_named(
    folder: Path, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    header = tar_writer.header

    def and_remove(path: str, mode: int, size: int, is_dir: bool) -> bytes:
        if path == "a/deep/100.txt":
            (folder / path).unlink()
        return header(path, mode, size, is_dir)

    monkeypatch.setattr(tar_writer, "header", and_remove)
    with pytest.raises(FolderGone, match=r"100\.txt"):
        pack(folder, parse("x:v1"), services)


def test_a_file_that_may_not_be_read_is_named(
    folder: Path, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = os.open

    def refuse(path: Any, *rest: Any, **more: Any) -> int:
        if os.fspath(path).endswith("050.txt"):
            raise PermissionError(errno.EACCES, "Permission denied", path)
        return opened(path, *rest, **more)

    monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(DiskFailure, match=r"No permission.*050\.txt"):
        pack(folder, parse("x:v1"), services)
    monkeypatch.undo()
    assert leftovers(services) == []


def test_a_cancel_leaves_nothing(folder: Path, services: Services, tmp_path: Path) -> None:
    def stop(progress: Progress) -> None:
        if progress.done:
            raise Cancelled

    with pytest.raises(Cancelled):
        pack(folder, parse("x:v1"), services, stop)
    assert (blobs(services), leftovers(services)) == (set(), [])
    packed = pack(folder, parse("x:v1"), services)
    with pytest.raises(Cancelled):
        unpack(packed.digest, "v1", tmp_path / "out", services, stop)
    assert not (tmp_path / "out").exists()


def settled(folder: Path, services: Services) -> PackResult:
    """Packed so that every file is remembered."""
    return pack(folder, parse("x:v1"), services)


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> None:
    """The clock of the packer runs ahead, so that files just written count as old."""
    real = time.time_ns
    monkeypatch.setattr(time, "time_ns", lambda: real() + 10_000_000_000)


@pytest.mark.usefixtures("later")
def test_an_unchanged_layer_is_not_read_again(
    folder: Path, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = settled(folder, services)

    def forbidden(*_: object) -> None:
        raise AssertionError("a file was read")

    monkeypatch.setattr(writer, "_write", forbidden)
    assert pack(folder, parse("x:v2"), services).digest == first.digest


@pytest.mark.usefixtures("later")
@pytest.mark.parametrize("name", ["a/deep/123.txt", "a/big.bin", "a/deep/000.txt"])
def test_one_changed_file_among_many_gives_the_bytes_of_a_full_pack(
    folder: Path, services: Services, name: str
) -> None:
    settled(folder, services)
    (folder / name).write_bytes(b"changed" * 700)
    quick = pack(folder, parse("x:v2"), services)
    slow = pack(folder, parse("x:v3"), services, use_cache=False)
    assert quick.layers == slow.layers
    assert quick.digest == slow.digest


@pytest.mark.usefixtures("later")
@pytest.mark.parametrize("deed", ["add", "remove", "mode", "rename", "same-size"])
def test_nothing_that_changes_a_layer_is_missed(
    folder: Path, services: Services, deed: str
) -> None:
    first = settled(folder, services)
    one = folder / "a/deep/200.txt"
    stat = one.stat()
    match deed:
        case "add":
            (folder / "a/deep/200a.txt").write_text("new")
        case "remove":
            one.unlink()
        case "mode":
            one.chmod(0o755)
        case "rename":
            one.rename(folder / "a/deep/zzz.txt")
        case "same-size":  # with its old time put back: ctime gives it away
            one.write_text("200" * 39 + "201")
            os.utime(one, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    quick = pack(folder, parse("x:v2"), services)
    slow = pack(folder, parse("x:v3"), services, use_cache=False)
    assert quick.digest == slow.digest != first.digest


def test_a_file_too_young_is_never_trusted(folder: Path, services: Services) -> None:
    settled(folder, services)
    cached = list((services.paths.cache / "packed").iterdir())
    assert len(cached) == 1
    assert b'"key": ""' in cached[0].read_bytes().splitlines()[0]


@pytest.mark.usefixtures("later")
def test_a_damaged_old_blob_gives_no_byte_to_a_new_version(
    folder: Path, services: Services
) -> None:
    first = settled(folder, services)
    path = services.store.blobs.path(first.layers[0].digest)
    data = bytearray(path.read_bytes())
    data[BIG // 2] ^= 1
    path.write_bytes(data)
    (folder / "a/deep/299.txt").write_text("changed")
    quick = pack(folder, parse("x:v2"), services)
    slow = pack(folder, parse("x:v3"), services, use_cache=False)
    assert quick.digest == slow.digest


def test_a_blob_altered_behind_our_back_is_refused_and_taken_away(
    folder: Path, services: Services, tmp_path: Path
) -> None:
    packed = settled(folder, services)
    path = services.store.blobs.path(packed.layers[0].digest)
    data = bytearray(path.read_bytes())
    data[4096] ^= 1
    path.write_bytes(data)
    with pytest.raises(WrongDigest):
        unpack(packed.digest, "v1", tmp_path / "out", services)
    assert not (tmp_path / "out").exists()
