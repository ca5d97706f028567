"""Looking into a remote version without fetching it: Range where it helps, honesty where not."""

from __future__ import annotations

import io
import os
import tarfile
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kitdesk.compare.values import Verdict
from kitdesk.errors import NotFound, UnsafeArchive
from kitdesk.modelkit.primitives.reference import parse
from kitdesk.operations.compare import compare
from kitdesk.operations.contents.remote import open_version
from kitdesk.operations.contents.remote_layers import RangeReadUnavailable
from kitdesk.operations.inputs.addresses import parse_side
from kitdesk.operations.inputs.remotes import open_remote
from kitdesk.operations.pack import pack
from kitdesk.operations.push_pull import push
from kitdesk.services.container import Services
from kitdesk.services.remotes import tar_chain, tar_probes
from kitdesk.services.remotes.tar_listing import list_files
from tests.conftest import library_at
from tests.fakes.faulty import Fault, FaultyRegistry

KITFILE = "model:\n  path: weights.bin\ncode:\n  - path: src\n"


def archive(files: dict[str, int]) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as tar:
        for name, size in files.items():
            info = tarfile.TarInfo(name)
            info.size = size
            tar.addfile(info, io.BytesIO(b"x" * size))
    return out.getvalue()


@given(
    files=st.dictionaries(
        st.text("abcdeü", min_size=1, max_size=120),
        st.one_of(st.integers(0, 2000), st.integers(100_000, 300_000)),
        max_size=12,
    )
)
def test_the_walk_finds_what_is_there(files: dict[str, int]) -> None:
    data = archive(files)
    fetched = 0

    def read_range(start: int, end: int) -> bytes:
        nonlocal fetched
        fetched += end - start
        return data[start:end]

    found = list_files(read_range, len(data))
    assert found.whole
    assert {one.path: one.size for one in found.files} == files
    for one in found.files:
        assert data[one.offset : one.offset + one.size] == b"x" * one.size
    assert fetched <= len(data) * 2 + 4096


def test_large_files_cost_one_request_each() -> None:
    data = archive({f"f{number}": 1 << 20 for number in range(10)})
    asked: list[int] = []

    def read_range(start: int, end: int) -> bytes:
        asked.append(end - start)
        return data[start:end]

    list_files(read_range, len(data))
    assert len(asked) <= 12
    assert sum(asked) < 64 << 10


def test_many_small_files_are_taken_by_windows() -> None:
    data = archive({f"f{number}": 100 for number in range(2000)})
    asked: list[int] = []

    def read_range(start: int, end: int) -> bytes:
        asked.append(end - start)
        return data[start:end]

    assert len(list_files(read_range, len(data)).files) == 2000
    assert len(asked) < 20


def test_the_budget_ends_a_listing_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tar_chain, "MAX_REQUESTS", 3)
    data = archive({f"f{number}": 1 << 20 for number in range(10)})
    found = list_files(lambda start, end: data[start:end], len(data))
    assert not found.whole
    assert 0 < len(found.files) < 10


def test_hostile_names_are_refused() -> None:
    data = archive({"../../etc/passwd": 5})
    with pytest.raises(UnsafeArchive):
        list_files(lambda start, end: data[start:end], len(data))


def versions(folder: Path, services: Services, host: str) -> str:
    """Two versions in a registry: a large model that stays, a middling code layer that changes."""
    where = f"{host}/peek/{folder.name.replace('_', '-').lower()}"
    remote = open_remote(parse(where))
    (folder / "src").mkdir(parents=True)
    (folder / "Kitfile").write_text(KITFILE)
    (folder / "weights.bin").write_bytes(os.urandom(4 << 20))
    (folder / "src" / "data.bin").write_bytes(os.urandom(200_000))
    (folder / "src" / "same-size.txt").write_text("one")
    for tag, text in (("v1", "print(1)"), ("v2", "print(22)")):
        (folder / "src" / "a.py").write_text(text)
        (folder / "src" / "same-size.txt").write_text("one" if tag == "v1" else "two")
        packed = pack(folder, parse(f"peek:{tag}"), services)
        push(packed.digest, packed.reference.name, tag, remote, services)
    remote.close()
    return where


@pytest.mark.registry
def test_two_remote_versions_are_compared_without_fetching_them(
    tmp_path: Path, services: Services, registry: str
) -> None:
    where = versions(tmp_path / "p1", services, registry)
    other = library_at(tmp_path / "other", "store")
    sides = parse_side(f"remote://{where}:v1"), parse_side(f"remote://{where}:v2")
    found = compare(*sides, other)
    assert found.verdict is Verdict.DIFFERENT
    assert [(one.path, one.kind.value) for one in found.files] == [("src/a.py", "changed")]
    assert set(found.unverified) == {"src/data.bin", "src/same-size.txt"}
    assert found.requests <= 12
    assert found.bytes < 50_000
    exact = compare(*sides, other, exact=True)
    assert {one.path for one in exact.files} == {"src/a.py", "src/same-size.txt"}
    assert exact.unverified == ()
    assert other.store.versions() == ()


@pytest.mark.registry
def test_a_registry_without_range_is_asked_for_the_layer(
    tmp_path: Path, services: Services, registry: str
) -> None:
    faulty = FaultyRegistry(registry)
    try:
        where = versions(tmp_path / "p2", services, faulty.host)
        faulty.faults = [Fault("GET", "/blobs/", no_range=True, times=99)]
        other = library_at(tmp_path / "other", "store")
        sides = parse_side(f"remote://{where}:v1"), parse_side(f"remote://{where}:v2")
        found = compare(*sides, other)
        assert {one.path for one in found.files} == {"src/a.py", "src/same-size.txt"}
        assert found.unverified == ()
    finally:
        faulty.close()


def look(where: str, tag: str, path: str, services: Services, limit: int = 1 << 20) -> bytes:
    """One file of a remote version, as somebody reads it who has never pulled it."""
    remote = open_remote(parse(where))
    try:
        return open_version(tag, remote, services).source(path).read(limit)
    finally:
        remote.close()


@pytest.mark.registry
def test_one_file_is_opened_without_its_layer(
    tmp_path: Path, services: Services, registry: str
) -> None:
    where = versions(tmp_path / "p3", services, registry)
    other = library_at(tmp_path / "other", "store")
    remote = open_remote(parse(where))
    source = open_version("v2", remote, other).source("src/a.py")
    assert (source.read(100), source.facts.size) == (b"print(22)", 9)
    assert remote.traffic.bytes < 40_000
    first = remote.traffic.requests
    counted = open_remote(parse(where))
    assert open_version("v2", counted, other).source("src/a.py").read(100) == b"print(22)"
    assert counted.traffic.requests == 2 < first, "manifest and config only: the rest is known"
    assert len(look(where, "v2", "weights.bin", other, 1000)) == 1000
    with pytest.raises(NotFound):
        look(where, "v2", "src/none.py", other)
    assert other.store.versions() == ()
    assert not list(other.store.blobs.all()), "nothing stands in the shared store"
    assert look(where, "v2", "src/a.py", services) == b"print(22)", "what is here is read here"


@pytest.mark.registry
def test_what_cannot_be_peeked_into_says_so(
    tmp_path: Path, services: Services, registry: str
) -> None:
    faulty = FaultyRegistry(registry)
    try:
        where = versions(tmp_path / "p4", services, faulty.host)
        other = library_at(tmp_path / "other", "store")
        faulty.faults = [Fault("GET", "/blobs/", no_range=True, times=99)]
        with pytest.raises(RangeReadUnavailable, match="sends whole layers only") as error:
            look(where, "v1", "weights.bin", other)
        assert "Pull the version" in error.value.hint
        faulty.faults = []
        packed = pack(tmp_path / "p4", parse("peek:gz"), services, compression="gzip")
        remote = open_remote(parse(where))
        push(packed.digest, packed.reference.name, "gz", remote, services)
        remote.close()
        with pytest.raises(RangeReadUnavailable, match="compressed"):
            look(where, "gz", "src/none.py", other)
    finally:
        faulty.close()


def big_archive(names: list[str], size: int) -> bytes:
    """Members of one size, random inside, one of them an archive of forged names."""
    out = io.BytesIO()
    forged = archive({f"../forged{n}": 300_000 for n in range(4)})
    with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for number, name in enumerate(names):
            data = forged if number % 7 == 3 else os.urandom(size + number)
            info = tarfile.TarInfo(name)
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    return out.getvalue()


@pytest.mark.parametrize("long", [False, True])
def test_large_members_are_found_from_several_places(long: bool) -> None:
    names = [f"part-{n:03}" + ("-long" * 40 if long and n % 5 == 0 else "") for n in range(60)]
    data = big_archive(names, 300_000)
    now = most = 0
    asked: list[int] = []
    lock = threading.Lock()

    def read_range(start: int, end: int) -> bytes:
        nonlocal now, most
        with lock:
            now += 1
            most = max(most, now)
            asked.append(end - start)
        part = data[start:end]
        with lock:
            now -= 1
        return part

    found = list_files(read_range, len(data))
    assert found.whole
    assert [one.path for one in found.files] == names, "none is forged, none is missing"
    for one in found.files[::9]:
        with tarfile.open(fileobj=io.BytesIO(data)) as tar:
            member = tar.getmember(one.path)
            assert (member.offset_data, member.size) == (one.offset, one.size)
    assert most <= tar_probes.PLACES
    assert sum(asked) < len(data) // 3
    assert len(asked) < 60 * 2.5


@given(st.data())
def test_guesses_never_change_the_listing(data: st.DataObject) -> None:
    sizes = data.draw(st.lists(st.integers(0, 9000), min_size=9, max_size=40))
    nested = data.draw(st.sets(st.integers(0, 39), max_size=8))
    out = io.BytesIO()
    inner = archive({"x" * 120: 100, "y": 5000, "../z": 700})
    with tarfile.open(fileobj=out, mode="w", format=tarfile.GNU_FORMAT) as tar:
        for number, size in enumerate(sizes):
            content = inner if number in nested else os.urandom(size)
            info = tarfile.TarInfo(f"f{number}")
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
    raw = out.getvalue()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tar_probes, "FAR", 0)
        patch.setattr(tar_probes, "ENOUGH", 0)
        found = list_files(lambda start, end: raw[start:end], len(raw))
    with tarfile.open(fileobj=io.BytesIO(raw)) as tar:
        wanted = [(one.name, one.size, one.offset_data) for one in tar.getmembers()]
    assert [(one.path, one.size, one.offset) for one in found.files] == wanted
    assert found.whole


def test_the_budget_counts_all_places(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tar_chain, "MAX_REQUESTS", 30)
    data = big_archive([f"f{n}" for n in range(60)], 300_000)
    asked: list[int] = []

    def read_range(start: int, end: int) -> bytes:
        asked.append(start)
        return data[start:end]

    found = list_files(read_range, len(data))
    assert not found.whole
    assert len(asked) <= 30
    assert [one.path for one in found.files] == [f"f{n}" for n in range(len(found.files))]
