"""Pack and push in one pass: the registry gets what pack and push would give; the store nothing."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from kitdesk.cli.main import main
from kitdesk.errors import FileChanged, KitDeskError, Unreachable
from kitdesk.modelkit.primitives.reference import Reference, parse
from kitdesk.operations.inputs.remotes import open_remote, options_of
from kitdesk.operations.pack import pack
from kitdesk.operations.pack_and_push import PackAndPushResult, pack_and_push
from kitdesk.operations.push_pull import pull
from kitdesk.progress import Progress
from kitdesk.services.container import Services
from kitdesk.services.layers import pack_cache
from kitdesk.services.remotes.registry import client, streamed_upload
from tests.conftest import library_at
from tests.fakes.faulty import Fault, FaultyRegistry

pytestmark = pytest.mark.registry
SIZE = 3_000_000
Go = Callable[..., PackAndPushResult]


@pytest.fixture(autouse=True)
def _small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "BACKOFF_S", 0.001)
    monkeypatch.setattr(streamed_upload, "CHUNK_BYTES", 1 << 20)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "project"
    (path / "src").mkdir(parents=True)
    (path / "Kitfile").write_text(
        "# mine\nmanifestVersion: 1.0.0\npackage:\n  name: p\nmodel:\n  path: m.bin\n"
        "code:\n- path: src\n"
    )
    (path / "m.bin").write_bytes(os.urandom(SIZE))
    (path / "src" / "a.py").write_text("print(1)\n")
    return path


@pytest.fixture
def where(faulty: FaultyRegistry, tmp_path: Path) -> Reference:
    return parse(f"{faulty.host}/once/{tmp_path.name.replace('_', '-').lower()}:v1,latest")


@pytest.fixture
def go(folder: Path, where: Reference, services: Services) -> Go:
    def run(**options: object) -> PackAndPushResult:
        remote = open_remote(where, options_of(services))
        try:
            return pack_and_push(folder, where, remote, services, **options)  # type: ignore[arg-type]
        finally:
            remote.close()

    return run


def pulled(where: Reference, tmp_path: Path, tag: str = "v1") -> str:
    """Digest of what is there, every blob checked on its way."""
    remote = open_remote(where)
    try:
        return pull(tag, "localhost/x", remote, library_at(tmp_path / "reader", "store")).digest
    finally:
        remote.close()


def blobs(services: Services) -> list[str]:
    return [digest for digest, _ in services.store.blobs.all()]


def test_the_version_is_the_one_that_pack_makes(
    go: Go, folder: Path, where: Reference, services: Services, tmp_path: Path
) -> None:
    told: list[Progress] = []
    done = go(report=told.append)
    assert done.streamed
    assert services.store.versions() == ()
    assert blobs(services) == [], "no tar is kept"
    assert not list(services.store.blobs.temp_dir.glob("*"))
    packed = pack(folder, parse("x:v1"), library_at(tmp_path / "packer", "store"))
    assert done.sent.digest == packed.digest
    assert pulled(where, tmp_path) == pulled(where, tmp_path, "latest") == packed.digest
    assert [one.state for one in done.sent.blobs] == ["sent", "sent", "sent"]
    assert told[-1].total == sum(layer.size for layer in packed.layers)
    assert services.journal.kitfile(done.sent.digest) == (folder / "Kitfile").read_bytes()


def test_what_is_known_is_not_read_again(
    go: Go,
    folder: Path,
    where: Reference,
    faulty: FaultyRegistry,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(pack_cache, "RACY_NS", 0)  # else files this young are read again
    go()
    (folder / "src" / "a.py").write_text("print(2)\n")
    before = faulty.body_bytes
    done = go(replace_tag=True)
    assert done.streamed
    assert [one.state for one in done.sent.blobs] == ["existed", "sent", "sent"]
    assert faulty.body_bytes - before < 10_000
    assert pulled(where, tmp_path) == done.sent.digest


def test_a_layer_of_the_store_is_sent_from_there(
    go: Go, folder: Path, where: Reference, services: Services, tmp_path: Path
) -> None:
    pack(folder, parse("x:v1"), services)
    done = go()
    assert done.streamed
    assert pulled(where, tmp_path) == done.sent.digest


def test_a_tag_that_is_taken_is_judged_before_anything_is_sent(
    go: Go, folder: Path, services: Services, faulty: FaultyRegistry
) -> None:
    go()
    same = go()
    assert (same.streamed, same.sent.existed) == (False, True)
    (folder / "m.bin").write_bytes(os.urandom(SIZE))
    before = faulty.body_bytes
    with pytest.raises(KitDeskError, match="already there with other contents"):
        go()
    assert faulty.body_bytes == before


def test_a_registry_that_wants_one_put_gets_it(
    go: Go, where: Reference, services: Services, faulty: FaultyRegistry, tmp_path: Path
) -> None:
    faulty.faults = [Fault("PATCH", "/uploads/", status=416, times=99)]
    done = go()
    assert not done.streamed
    assert len(services.store.versions()) == 1, "as after pack"
    assert pulled(where, tmp_path) == done.sent.digest
    assert sum(line.startswith("PATCH") for line in faulty.seen) == 1


def test_compression_goes_the_long_way(go: Go, where: Reference, tmp_path: Path) -> None:
    done = go(compression="gzip")
    assert not done.streamed
    assert pulled(where, tmp_path) == done.sent.digest


@pytest.mark.parametrize(
    "faults",
    [
        [Fault("PATCH", "/uploads/", status=503, times=2)],
        [Fault("PATCH", "/uploads/", status=429, headers={"Retry-After": "0"}, after=1)],
        [Fault("PATCH", "/uploads/", status=413, larger=300_000, times=99)],
        [Fault("POST", "/uploads/", status=502, times=2)],
        [Fault("PUT", "/manifests/", status=503, times=3)],
    ],
    ids=["busy", "later", "too-large", "begin", "manifest"],
)
def test_faults_are_survived(
    faults: list[Fault], go: Go, where: Reference, faulty: FaultyRegistry, tmp_path: Path
) -> None:
    faulty.faults = faults
    done = go()
    assert done.streamed
    assert pulled(where, tmp_path) == done.sent.digest


@pytest.mark.parametrize(
    "fault",
    [
        Fault("PATCH", "/uploads/", cut_request=1000, times=99),
        Fault("PUT", "/uploads/", status=400, times=99),
        Fault("PUT", "/manifests/", status=400, times=99),
    ],
    ids=["cut", "blob", "manifest"],
)
def test_what_cannot_be_leaves_no_version(
    fault: Fault, go: Go, where: Reference, faulty: FaultyRegistry, services: Services
) -> None:
    faulty.faults = [fault]
    with pytest.raises(KitDeskError) as error:
        go()
    assert error.value.title
    if fault.cut_request >= 0:
        assert isinstance(error.value, Unreachable)
    faulty.faults = []
    remote = open_remote(where)
    assert remote.resolve("v1") is None
    remote.close()
    assert blobs(services) == []


def test_a_file_that_changes_is_never_half_sent(
    go: Go, folder: Path, where: Reference, faulty: FaultyRegistry
) -> None:
    def touch(progress: Progress) -> None:
        if progress.done > 1_000_000:
            (folder / "m.bin").write_bytes(b"shorter")

    with pytest.raises(FileChanged):
        go(report=touch)
    remote = open_remote(where)
    assert remote.resolve("v1") is None
    remote.close()
    assert any(line.startswith("DELETE") for line in faulty.seen), "the upload is given up there"


def test_the_command(
    folder: Path, where: Reference, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    words = ["pack", str(folder), "-t", f"{where.name}:v1", "--push", "--json"]
    assert main(words) == 0
    data = json.loads(capsys.readouterr().out)
    assert data["digest"] == pulled(where, tmp_path)
    assert {blob["state"] for blob in data["blobs"]} == {"sent"}
    assert main(["pack", str(folder), "--push"]) == 1
    assert "Name it with -t" in capsys.readouterr().err
