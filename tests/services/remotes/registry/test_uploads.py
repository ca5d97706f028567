"""Uploads as each registry wants them; going on after a cut; what a host taught is remembered."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from kitdesk.errors import KitDeskError
from kitdesk.modelkit.oci.manifest import Descriptor
from kitdesk.modelkit.primitives import digest as digests
from kitdesk.modelkit.primitives.reference import parse
from kitdesk.operations.inputs.remotes import open_remote, options_of
from kitdesk.operations.pack import PackResult, pack
from kitdesk.operations.push_pull import TransferResult, pull, push
from kitdesk.progress import Cancelled, Progress
from kitdesk.services.accounts.credentials import Credential
from kitdesk.services.container import Services
from kitdesk.services.remotes.registry import client, upload_policy
from kitdesk.services.remotes.registry.cache import RegistryCache, UploadSession
from tests.conftest import library_at
from tests.fakes.faulty import Fault, FaultyRegistry
from tests.fakes.hostile import Answer, Asked, HostileServer

pytestmark = pytest.mark.registry
PIECES = 4
MIB = 1 << 20


@pytest.fixture(autouse=True)
def _small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "BACKOFF_S", 0.001)
    monkeypatch.setattr(upload_policy, "MONOLITHIC_BYTES", 64 << 10)
    monkeypatch.setattr(upload_policy, "CHUNK_BYTES", MIB)
    monkeypatch.setattr(upload_policy, "MIN_CHUNK_BYTES", 64 << 10)


@pytest.fixture
def packed(tmp_path: Path, services: Services) -> PackResult:
    folder = tmp_path / "large"
    folder.mkdir()
    (folder / "Kitfile").write_text("model:\n  path: m.bin\n")
    (folder / "m.bin").write_bytes(os.urandom(PIECES * MIB - 5000))
    return pack(folder, parse("large:v1"), services)


Push = Callable[..., TransferResult]


@pytest.fixture
def sent(packed: PackResult, services: Services, faulty: FaultyRegistry, tmp_path: Path) -> Push:
    """Pushes as a new command would."""
    name = tmp_path.name.replace("_", "-").lower()

    def run(report: Callable[[Progress], None] = lambda _p: None, repo: str = "") -> TransferResult:
        where = parse(f"{faulty.host}/uploads/{name}{repo}")
        remote = open_remote(where, options_of(services))
        try:
            return push(packed.digest, packed.reference.name, "v1", remote, services, report)
        finally:
            remote.close()

    return run


def states(done: TransferResult) -> dict[str, str]:
    """Of the layer and the config."""
    return dict(zip(("layer", "config"), (blob.state for blob in done.blobs), strict=True))


def methods(faulty: FaultyRegistry, method: str) -> int:
    return sum(line.startswith(f"{method} ") and "/uploads/" in line for line in faulty.seen)


def test_an_upload_in_pieces(sent: Push, faulty: FaultyRegistry, packed: PackResult) -> None:
    assert states(sent()) == {"layer": "sent", "config": "sent"}
    assert methods(faulty, "PATCH") == PIECES
    assert faulty.body_bytes < packed.layers[0].size + 5000


def stop_after(bytes_: int) -> Callable[[Progress], None]:
    def stop(progress: Progress) -> None:
        if progress.done > bytes_:
            raise Cancelled

    return stop


def stopped_after_two_pieces(sent: Push) -> None:
    keep = RegistryCache.keep_upload

    def then_stop(self: RegistryCache, blob: str, upload: UploadSession | None) -> None:
        keep(self, blob, upload)
        if upload is not None and upload.offset == 2 * MIB:
            raise Cancelled

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(RegistryCache, "keep_upload", then_stop)
        with pytest.raises(Cancelled):
            sent()


def test_a_stopped_upload_goes_on_where_the_registry_is(
    sent: Push, faulty: FaultyRegistry, services: Services
) -> None:
    """Stopped between two pieces: the registry keeps what it has."""
    stopped_after_two_pieces(sent)
    before = faulty.body_bytes
    told: list[Progress] = []
    done = sent(told.append)
    assert states(done)["layer"] == "resumed"
    assert done.blobs[0].skipped == 2 * MIB
    assert faulty.body_bytes - before < (PIECES - 2) * MIB + 5000
    assert told[-1].skipped >= 2 * MIB, "what was there already is shown as skipped"
    assert done.bytes < (PIECES - 2) * MIB + 5000
    assert pulled_whole(sent, faulty, services)


def pulled_whole(sent: Push, faulty: FaultyRegistry, services: Services) -> bool:
    """What the registry holds is whole: every digest is checked at a pull."""
    again = sent()
    address = again.reference.rpartition(":")[0]
    other = library_at(services.paths.store.parent / "other", "store")
    remote = open_remote(parse(address))
    try:
        return pull("v1", "localhost/x", remote, other).digest == again.digest
    finally:
        remote.close()


def test_an_upload_that_the_registry_forgot_begins_anew(
    sent: Push, faulty: FaultyRegistry, services: Services
) -> None:
    """Stopped inside a piece: docker-registry 2.8 drops the session."""
    with pytest.raises(Cancelled):
        sent(stop_after(2 * MIB + MIB // 2))
    assert states(sent())["layer"] in {"sent", "resumed"}
    assert pulled_whole(sent, faulty, services)


def test_a_cut_inside_a_piece_is_survived(
    sent: Push, faulty: FaultyRegistry, services: Services
) -> None:
    faulty.faults = [Fault("PATCH", "/uploads/", cut_request=MIB // 2, larger=0)]
    faulty.faults += [Fault("PATCH", "/uploads/", status=503, headers={"Retry-After": "0"})]
    assert states(sent())["layer"] == "sent"
    assert [fault.times for fault in faulty.faults] == [0, 0]
    assert pulled_whole(sent, faulty, services)


def test_a_lost_session_begins_anew(sent: Push, faulty: FaultyRegistry, services: Services) -> None:
    faulty.faults = [
        Fault("PATCH", "/uploads/", status=404, after=2),
        Fault("GET", "/uploads/", status=404),
    ]
    assert states(sent())["layer"] == "sent"
    assert methods(faulty, "PATCH") == 2 + 1 + PIECES
    assert pulled_whole(sent, faulty, services)


@pytest.mark.parametrize("status", [404, 405, 416, 501])
def test_a_host_that_takes_one_put_only_is_remembered(
    status: int, sent: Push, faulty: FaultyRegistry
) -> None:
    faulty.faults = [Fault("PATCH", "/uploads/", status=status, times=99)]
    assert states(sent())["layer"] == "sent"
    assert methods(faulty, "PATCH") == 1
    sent(repo="again")
    assert methods(faulty, "PATCH") == 1, "it is not tried a second time"


def test_too_large_bodies_become_smaller_and_are_remembered(
    sent: Push, faulty: FaultyRegistry, services: Services
) -> None:
    limit = 100 << 10
    faulty.faults = [
        Fault(method, "/uploads/", status=413, larger=limit, times=99)
        for method in ("PATCH", "PUT")
    ]
    assert states(sent())["layer"] == "sent"
    refused = 198 - sum(fault.times for fault in faulty.faults)
    assert refused == 2, "1 MiB, 256 KiB, then it fits"
    sent(repo="again")
    assert 198 - sum(fault.times for fault in faulty.faults) == 2
    assert pulled_whole(sent, faulty, services)


def test_a_host_that_takes_nothing_is_told(sent: Push, faulty: FaultyRegistry) -> None:
    faulty.faults = [
        Fault(method, "/uploads/", status=413, larger=0, times=99) for method in ("PATCH", "PUT")
    ]
    with pytest.raises(KitDeskError) as error:
        sent()
    assert "413" in error.value.detail


def test_pieces_are_as_large_as_the_registry_asks(sent: Push, faulty: FaultyRegistry) -> None:
    faulty.faults = [
        Fault("POST", "/uploads/", add={"OCI-Chunk-Min-Length": str(2 * MIB)}, times=9)
    ]
    sent()
    assert methods(faulty, "PATCH") == PIECES // 2


def test_a_token_that_dies_in_the_middle_costs_one_piece(
    sent: Push, faulty: FaultyRegistry, services: Services
) -> None:
    """A 401 to a piece is answered with the same piece, not with a new upload."""
    realm = f'Bearer realm="http://{faulty.host}/token",scope="a:b:pull"'
    faulty.faults = [
        Fault("PATCH", "/uploads/", status=401, headers={"WWW-Authenticate": realm}, after=1),
        Fault("GET", "/token", status=200, body=b'{"token": "t"}'),
    ]
    assert states(sent())["layer"] == "sent"
    assert methods(faulty, "PATCH") == PIECES + 1
    assert methods(faulty, "POST") == 2
    assert pulled_whole(sent, faulty, services)


def test_bytes_for_another_host_go_without_our_password(
    sent: Push, faulty: FaultyRegistry, registry: str, packed: PackResult, services: Services
) -> None:
    other = FaultyRegistry(registry)
    try:
        elsewhere = Fault(
            "POST", "/uploads/", reply=lambda u: u.replace(faulty.host, other.host), times=9
        )
        challenge = {"WWW-Authenticate": 'Basic realm="x"'}
        faulty.faults = [Fault("HEAD", "/", status=401, headers=challenge), elsewhere]
        services.credentials._session[faulty.host] = Credential("ann", "secret")
        sent()
        assert any(one.startswith("Basic ") for one in faulty.authorizations)
        assert other.seen
        assert set(other.authorizations) == {""}
        assert all("_state=" in query for query in other.queries), "the query is kept whole"
    finally:
        other.close()


def test_a_blob_in_another_repository_of_the_host_is_mounted(
    sent: Push, faulty: FaultyRegistry, packed: PackResult, services: Services
) -> None:
    sent(repo="first")
    before = faulty.body_bytes
    done = sent(repo="second")
    assert states(done) == {"layer": "mounted", "config": "mounted"}
    assert faulty.body_bytes - before < 2000
    assert done.bytes < 2000
    assert pulled_whole(sent, faulty, services)


@pytest.mark.parametrize("status", [401, 403, 404, 405])
def test_a_refused_mount_is_sent(status: int, sent: Push, faulty: FaultyRegistry) -> None:
    sent(repo="first")
    faulty.faults = [
        Fault("POST", "mount=", status=status, times=99, headers={"WWW-Authenticate": "Basic x"})
    ]
    assert states(sent(repo="second")) == {"layer": "sent", "config": "sent"}


def test_a_mount_that_opens_an_upload_saves_a_request(
    sent: Push, faulty: FaultyRegistry, registry: str, packed: PackResult, services: Services
) -> None:
    """202 to a mount (the other repository has lost the blob) is the beginning of the upload."""
    services.tag_history.record(f"{faulty.host}/uploads/gone", {"v1": packed.digest})
    assert states(sent()) == {"layer": "sent", "config": "sent"}
    assert methods(faulty, "POST") == 2


def test_a_registry_whose_digest_differs_is_asked_again_in_one_piece(
    sent: Push, faulty: FaultyRegistry
) -> None:
    body = b'{"errors":[{"code":"DIGEST_INVALID"}]}'
    faulty.faults = [Fault("PUT", "/uploads/", status=400, larger=-1, times=99, body=body)]
    with pytest.raises(KitDeskError, match="received other bytes than the digest promises, twice"):
        sent()
    assert methods(faulty, "PATCH") <= PIECES


@pytest.mark.parametrize("fault", ["416", "503"])
def test_a_second_look_changes_nothing_of_what_was_resumed(
    fault: str, sent: Push, faulty: FaultyRegistry
) -> None:
    """What an earlier run has sent is no less there for a registry that is asked once more."""
    stopped_after_two_pieces(sent)
    faulty.faults = [Fault("PATCH", "/uploads/", status=int(fault))]
    told: list[Progress] = []
    done = sent(told.append)
    assert faulty.faults[0].times == 0, "the fault has happened"
    assert (states(done)["layer"], done.blobs[0].skipped) == ("resumed", 2 * MIB)
    assert done.bytes < (PIECES - 2) * MIB + 5000
    assert {one.skipped // MIB for one in told if one.done > 2 * MIB + 5000} == {2}


def test_what_is_lost_at_a_second_look_was_sent(sent: Push, faulty: FaultyRegistry) -> None:
    stopped_after_two_pieces(sent)
    faulty.faults = [
        Fault("PATCH", "/uploads/", status=404),
        Fault("GET", "/uploads/", status=404, after=1),
    ]
    done = sent()
    assert [fault.times for fault in faulty.faults] == [0, 0]
    assert (states(done)["layer"], done.blobs[0].skipped) == ("sent", 0)


def test_a_piece_of_which_the_registry_took_a_part(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """202 with a shorter Range: the rest goes with the next piece, no byte twice or never."""
    blob = os.urandom(3 * MIB)
    stored = bytearray()

    def answer(asked: Asked) -> Answer:
        place = {"Location": "/v2/demo/blobs/uploads/1"}
        if asked.method == "PATCH":
            assert asked.headers["content-range"].partition("-")[0] == str(len(stored))
            stored.extend(asked.body[: MIB // 2])
            return Answer(202, {**place, "Range": f"0-{len(stored) - 1}"})
        if asked.method == "PUT":
            whole = digests.of_bytes(bytes(stored)) in asked.path
            return Answer(201 if whole else 400)
        return Answer(202, place)

    source = tmp_path / "layer"
    source.write_bytes(blob)
    with HostileServer(answer) as server:
        remote = open_remote(parse(f"{server.host}/demo"))
        layer = Descriptor("application/octet-stream", digests.of_bytes(blob), len(blob))
        assert remote.upload(layer, source, lambda _p: None) == 0
        remote.close()
    assert bytes(stored) == blob
