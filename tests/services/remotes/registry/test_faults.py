"""Cut lines, busy servers, liars: survived inside one command, or told; never half a version."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from kitdesk.errors import KitDeskError, Unreachable, WrongDigest
from kitdesk.modelkit.primitives.reference import parse
from kitdesk.operations.inputs.remotes import open_remote
from kitdesk.operations.local_versions import verify
from kitdesk.operations.pack import PackResult, pack
from kitdesk.operations.push_pull import pull, push
from kitdesk.progress import Cancelled, Progress
from kitdesk.services.container import Services
from kitdesk.services.disk.files import lock
from kitdesk.services.remotes.protocol import RemoteRepository
from kitdesk.services.remotes.registry import client, upload_policy
from tests.conftest import library_at
from tests.fakes.faulty import Fault, FaultyRegistry

pytestmark = [pytest.mark.registry, pytest.mark.usefixtures("no_waiting")]
SIZE = 3 << 20
ROOT = Path(__file__).parents[4]


@pytest.fixture
def packed(tmp_path: Path, services: Services) -> PackResult:
    folder = tmp_path / "large"
    folder.mkdir()
    (folder / "Kitfile").write_text("model:\n  path: m.bin\n")
    (folder / "m.bin").write_bytes(os.urandom(SIZE))
    return pack(folder, parse("large:v1"), services)


@pytest.fixture
def again(faulty: FaultyRegistry, tmp_path: Path) -> Iterator[Callable[[], RemoteRepository]]:
    """Opens the remote anew, as every command does."""
    opened: list[RemoteRepository] = []
    name = tmp_path.name.replace("_", "-").lower()

    def open_it() -> RemoteRepository:
        opened.append(open_remote(parse(f"{faulty.host}/faults/{name}")))
        return opened[-1]

    yield open_it
    for one in opened:
        one.close()


@pytest.fixture
def remote(again: Callable[[], RemoteRepository]) -> RemoteRepository:
    return again()


def pushed(packed: PackResult, remote: RemoteRepository, services: Services) -> None:
    push(packed.digest, packed.reference.name, "v1", remote, services)
    found = remote.resolve("v1")
    assert found is not None
    assert found.digest == packed.digest


def pulled(packed: PackResult, remote: RemoteRepository, folder: Path) -> list[str]:
    other = library_at(folder / "other", "store")
    done = pull("v1", "localhost/large", remote, other)
    assert verify(packed.digest, other).ok
    return [blob.state for blob in done.blobs]


BUSY = [
    Fault("HEAD", "/manifests/", status=503, times=3),
    Fault("POST", "/uploads/", status=429, headers={"Retry-After": "0"}),
    Fault("POST", "/uploads/", status=502, times=2),
    Fault("HEAD", "/blobs/", status=503, times=3),
    Fault("PUT", "/manifests/", status=503, times=3),
    Fault("PUT", "/uploads/", cut_request=SIZE // 2),
    Fault("PUT", "/uploads/", cut_request=0, times=2),
    Fault("PUT", "/uploads/", status=503),
]


@pytest.mark.parametrize("fault", BUSY, ids=lambda f: f"{f.method}{f.part}{f.status or 'cut'}")
def test_a_push_survives(
    fault: Fault,
    packed: PackResult,
    remote: RemoteRepository,
    services: Services,
    faulty: FaultyRegistry,
) -> None:
    faulty.faults = [Fault(**vars(fault))]
    pushed(packed, remote, services)
    assert faulty.faults[0].times == 0, "the fault was met"


def test_a_push_in_pieces_survives_a_cut_in_the_middle(
    packed: PackResult,
    remote: RemoteRepository,
    services: Services,
    faulty: FaultyRegistry,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(upload_policy, "MONOLITHIC_BYTES", 1 << 20)
    monkeypatch.setattr(upload_policy, "CHUNK_BYTES", 1 << 20)
    faulty.faults = [Fault("PATCH", "/uploads/", cut_request=1000)]
    pushed(packed, remote, services)
    assert faulty.faults[0].times == 0


def test_a_registry_that_takes_one_put_only_gets_it(
    packed: PackResult,
    remote: RemoteRepository,
    services: Services,
    faulty: FaultyRegistry,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(upload_policy, "MONOLITHIC_BYTES", 1 << 20)
    monkeypatch.setattr(upload_policy, "CHUNK_BYTES", 1 << 20)
    faulty.faults = [Fault("PATCH", "/uploads/", status=416, times=99)]
    pushed(packed, remote, services)
    assert sum(line.startswith("PATCH") for line in faulty.seen) == 1


GETS = [
    Fault("GET", "/blobs/", status=503, times=3),
    Fault("GET", "/blobs/", status=429, headers={"Retry-After": "0"}),
    Fault("GET", "/manifests/", status=503, times=3),
    Fault("GET", "/blobs/", cut_answer=100_000, times=3),
    Fault("GET", "/blobs/", cut_answer=0, times=2),
]


@pytest.mark.parametrize("fault", GETS, ids=lambda f: f"{f.method}{f.part}{f.status or 'cut'}")
def test_a_pull_survives(
    fault: Fault,
    packed: PackResult,
    remote: RemoteRepository,
    services: Services,
    faulty: FaultyRegistry,
    tmp_path: Path,
) -> None:
    pushed(packed, remote, services)
    faulty.faults = [Fault(**vars(fault))]
    pulled(packed, remote, tmp_path)
    assert faulty.faults[0].times == 0


def test_a_cut_pull_goes_on_where_it_stopped(
    packed: PackResult, again: Callable[[], RemoteRepository], services: Services, tmp_path: Path
) -> None:
    remote = again()
    pushed(packed, remote, services)
    other = library_at(tmp_path / "other", "store")
    seen = 0

    def stop(progress: Progress) -> None:
        nonlocal seen
        seen = max(seen, progress.done)
        if progress.done > SIZE // 2:
            raise Cancelled

    with pytest.raises(Cancelled):
        pull("v1", "localhost/large", remote, other, stop)
    assert other.store.versions() == (), "nothing is visible before everything is there"
    remote = again()
    done = pull("v1", "localhost/large", remote, other)
    assert "resumed" in [blob.state for blob in done.blobs]
    assert remote.traffic.bytes < SIZE, "what had arrived was not fetched again"
    assert verify(packed.digest, other).ok


def test_a_server_without_range_begins_again_and_the_bytes_are_right(
    packed: PackResult,
    remote: RemoteRepository,
    services: Services,
    faulty: FaultyRegistry,
    tmp_path: Path,
) -> None:
    pushed(packed, remote, services)
    blob = packed.layers[0].digest
    faulty.faults = [
        Fault("GET", blob, cut_answer=SIZE // 2),
        Fault("GET", blob, no_range=True),
    ]
    pulled(packed, remote, tmp_path)


def test_wrong_bytes_are_fetched_once_more_and_then_refused(
    packed: PackResult,
    remote: RemoteRepository,
    services: Services,
    faulty: FaultyRegistry,
    tmp_path: Path,
) -> None:
    pushed(packed, remote, services)
    blob = packed.layers[0].digest
    faulty.faults = [Fault("GET", blob, spoil=lambda data: b"X" + data[1:])]
    pulled(packed, remote, tmp_path / "once")
    faulty.faults = [Fault("GET", blob, spoil=lambda data: b"X" + data[1:], times=9)]
    other = library_at(tmp_path / "twice", "store")
    with pytest.raises(WrongDigest, match="other bytes than the digest promises"):
        pull("v1", "localhost/large", remote, other)
    assert other.store.versions() == ()
    assert other.store.blobs.size(blob) is None


def test_another_manifest_than_promised_is_refused(
    packed: PackResult,
    remote: RemoteRepository,
    services: Services,
    faulty: FaultyRegistry,
    tmp_path: Path,
) -> None:
    pushed(packed, remote, services)
    faulty.faults = [Fault("GET", "/manifests/", spoil=lambda data: data + b" ", times=9)]
    with pytest.raises(WrongDigest):
        pulled(packed, remote, tmp_path)


@pytest.mark.parametrize(
    "fault",
    [
        Fault("PUT", "/manifests/", status=500, times=99),
        Fault("PUT", "/uploads/", status=400, times=99),
        Fault("POST", "/uploads/", status=403, times=99),
        Fault("PUT", "/uploads/", cut_request=10, times=99),
    ],
    ids=["manifest", "blob", "forbidden", "cut"],
)
def test_a_push_that_cannot_succeed_leaves_no_version(
    fault: Fault,
    packed: PackResult,
    again: Callable[[], RemoteRepository],
    services: Services,
    faulty: FaultyRegistry,
) -> None:
    faulty.faults = [fault]
    with pytest.raises(KitDeskError) as error:
        pushed(packed, again(), services)
    assert error.value.title
    faulty.faults = []
    assert again().resolve("v1") is None


def test_a_silent_server_is_given_up(
    packed: PackResult, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    import socket

    monkeypatch.setenv("KITDESK_TIMEOUT", "0.1")
    with socket.create_server(("127.0.0.1", 0)) as silent:
        remote = open_remote(parse(f"127.0.0.1:{silent.getsockname()[1]}/x"))
        with pytest.raises(Unreachable, match="did not answer"):
            pushed(packed, remote, services)
        remote.close()


def test_who_asks_for_an_hour_is_not_waited_for(
    packed: PackResult, remote: RemoteRepository, services: Services, faulty: FaultyRegistry
) -> None:
    faulty.faults = [Fault("HEAD", "/", status=429, headers={"Retry-After": "3600"}, times=9)]
    with pytest.raises(Unreachable, match="too busy") as error:
        pushed(packed, remote, services)
    assert "in 60 minutes" in error.value.hint
    assert len(faulty.seen) == 1


@pytest.mark.parametrize("place", ["http://[", "ftp://x/y", "/loop"])
def test_a_redirect_to_nowhere_is_told(
    place: str,
    packed: PackResult,
    remote: RemoteRepository,
    services: Services,
    faulty: FaultyRegistry,
) -> None:
    faulty.faults = [Fault("HEAD", "/", status=307, headers={"Location": place}, times=99)]
    with pytest.raises(KitDeskError) as error:
        pushed(packed, remote, services)
    assert error.value.title


def test_a_host_that_never_answered_is_given_up_soon() -> None:
    remote = open_remote(parse("127.0.0.1:1/x"))
    with pytest.raises(Unreachable):
        remote.tags()
    assert remote.traffic.requests == client.FIRST_MAX_TRIES
    remote.close()


def test_an_answer_without_end_is_cut(
    remote: RemoteRepository, faulty: FaultyRegistry, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "kitdesk.services.remotes.registry.transport.read_small.__defaults__", (1000,)
    )
    faulty.faults = [Fault("GET", "/manifests/", status=200, body=b"x" * 5000, times=9)]
    with pytest.raises(KitDeskError, match="absurdly much"):
        remote.fetch_manifest("v1")


PULL = """
import sys
from kitdesk.cli.main import main
sys.exit(main(["pull", sys.argv[1], "--json"]))
"""


def test_two_programs_may_pull_the_same(
    packed: PackResult, registry: str, services: Services, tmp_path: Path
) -> None:
    where = f"{registry}/faults/together:v1"
    remote = open_remote(parse(where))
    push(packed.digest, packed.reference.name, "v1", remote, services)
    remote.close()
    env = {**os.environ, "KITOPS_HOME": str(tmp_path / "shared")}
    both = [
        subprocess.Popen(
            [sys.executable, "-c", PULL, where], env=env, cwd=ROOT, stdout=subprocess.DEVNULL
        )
        for _ in range(3)
    ]
    assert [one.wait(60) for one in both] == [0, 0, 0]
    shared = library_at(tmp_path, "shared")
    assert verify(packed.digest, shared).ok
    assert not list(shared.store.blobs.temp_dir.glob("*.part"))


def test_a_part_that_another_program_is_filling_is_left_alone(
    packed: PackResult, remote: RemoteRepository, services: Services, tmp_path: Path
) -> None:
    pushed(packed, remote, services)
    other = library_at(tmp_path / "other", "store")
    aside = other.store.blobs.temp_dir
    aside.mkdir(parents=True)
    name = packed.layers[0].digest.partition(":")[2]
    (aside / f"{name}.part").write_bytes(b"half of it")
    with (aside / f"{name}.part.lock").open("ab") as held:
        lock(held.fileno(), wait=True)
        pull("v1", "localhost/large", remote, other)
    assert verify(packed.digest, other).ok
    assert (aside / f"{name}.part").read_bytes() == b"half of it"
