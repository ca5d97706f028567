"""A version that is told as done is on the disk; a pull adds only what is whole."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from kitdesk.errors import DiskFull, StoreDamaged
from kitdesk.modelkit.primitives.reference import parse
from kitdesk.operations import rollback as rollbacks
from kitdesk.operations.inputs.addresses import FolderAddress
from kitdesk.operations.inputs.remotes import open_remote
from kitdesk.operations.local_versions import remove, tag, verify
from kitdesk.operations.pack import PackResult, pack
from kitdesk.operations.push_pull import pull, push
from kitdesk.services.container import Services
from kitdesk.services.history.transaction import FolderTransaction
from kitdesk.services.history.transaction_record import Phase
from kitdesk.services.store import index
from kitdesk.services.store.store import Store
from tests.conftest import library_at
from tests.fakes.power import Disk, recorded

BIG = 40 << 20
"""Large enough to be begun to be written back early, and to be hashed by a second thread."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    root = tmp_path / "p"
    (root / "a").mkdir(parents=True)
    (root / "a/big.bin").write_bytes(os.urandom(1 << 20) * (BIG >> 20))
    (root / "a/small.txt").write_text("small")
    (root / "Kitfile").write_text(
        "manifestVersion: 1.0.0\nmodel:\n  path: a/big.bin\ncode:\n- path: a/small.txt\n"
    )
    return root


@pytest.fixture
def there(tmp_path: Path, folder: Path) -> tuple[FolderAddress, PackResult]:
    """The version in a folder remote, pushed by somebody else."""
    other = library_at(tmp_path / "other")
    packed = pack(folder, parse("x:v1"), other)
    address = FolderAddress(tmp_path / "stick", "v1")
    push(packed.digest, packed.reference.name, "v1", open_remote(address), other)
    return address, packed


def seen_at_index(monkeypatch: pytest.MonkeyPatch, disk: Disk, store: Store) -> list[list[str]]:
    """For each write of an index: the blobs of its versions that a power cut would take."""
    found = []
    real = index.write_index

    def write(path: Path, records: tuple[index.IndexEntry, ...]) -> None:
        blobs = [name for record in records for name in store.required_digests(record.digest)]
        found.append([name for name in blobs if not disk.survives(store.blobs.path(name))])
        real(path, records)

    monkeypatch.setattr(index, "write_index", write)
    return found


@pytest.mark.parametrize("compression", ["none", "gzip-fastest"])
def test_layers_are_on_the_disk_before_the_index_names_them(
    folder: Path, services: Services, monkeypatch: pytest.MonkeyPatch, compression: Any
) -> None:
    with recorded() as disk:
        found = seen_at_index(monkeypatch, disk, services.store)
        pack(folder, parse("x:v1"), services, compression=compression)
    assert found == [[]]


def test_what_is_pulled_is_on_the_disk_before_the_index_names_it(
    there: tuple[FolderAddress, PackResult], services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    with recorded() as disk:
        found = seen_at_index(monkeypatch, disk, services.store)
        pull("v1", "localhost/x", open_remote(there[0]), services)
    assert found == [[]]


def test_a_rollback_is_on_the_disk_at_each_of_its_marks(
    folder: Path, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    packed = pack(folder, parse("x:v1"), services)
    (folder / "a/small.txt").write_text("changed")
    (folder / "a/big.bin").unlink()
    real, lost = FolderTransaction.save, list[tuple[Phase, str]]()

    def save(transaction: FolderTransaction, **changes: object) -> None:
        phase = Phase(str(changes.get("phase", transaction.record.phase)))
        for step in transaction.record.steps:
            staged = phase is Phase.SWAPPING and step.slot >= 0
            path = transaction.after(step.slot) if staged else folder / step.path
            if phase in (Phase.SWAPPING, Phase.DONE) and not disk.survives(path):
                lost.append((phase, step.path))
        real(transaction, **changes)
        if not disk.survives(transaction.folder / "swap.json"):
            lost.append((phase, "swap.json"))

    with recorded() as disk:
        monkeypatch.setattr(FolderTransaction, "save", save)
        rollbacks.rollback_now(folder, packed.digest, "x:v1", services)
    assert lost == []
    assert (folder / "a/big.bin").stat().st_size == BIG


# pull ----------------------------------------------------------------------------------------


def test_a_pull_mends_a_damaged_blob(
    there: tuple[FolderAddress, PackResult], services: Services
) -> None:
    address, packed = there
    pull("v1", "localhost/x", open_remote(address), services)
    for layer in packed.layers:
        path = services.store.blobs.path(layer.digest)
        data = bytearray(path.read_bytes())
        data[600] ^= 1
        path.write_bytes(data)
    assert not verify(packed.digest, services).ok
    done = pull("v1", "localhost/x", open_remote(address), services)
    assert verify(packed.digest, services).ok
    assert {blob.state for blob in done.blobs if blob.size > 1000} == {"fetched"}
    assert not done.existed


def test_a_pull_whose_layer_is_removed_meanwhile_fetches_it_again(
    there: tuple[FolderAddress, PackResult],
    services: Services,
    folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pack(folder, parse("y:mine"), services)
    (folder / "Kitfile").write_text("manifestVersion: 1.0.0\ncode:\n- path: a/small.txt\n")
    other = library_at(tmp_path)
    put, calls = services.store.blobs.put, list[str]()

    def put_and_lose(data: bytes, mode: int = 0o444) -> str:
        digest = put(data, mode)
        if not calls:
            calls.append(digest)
            remove(parse("y:mine"), other)
        return digest

    monkeypatch.setattr(services.store.blobs, "put", put_and_lose)
    done = pull("v1", "localhost/x", open_remote(there[0]), services)
    assert calls
    assert verify(done.digest, services).ok


def test_a_pull_that_can_never_be_whole_says_so_and_adds_nothing(
    there: tuple[FolderAddress, PackResult], services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    address, packed = there
    put = services.store.blobs.put

    def put_and_lose(data: bytes, mode: int = 0o444) -> str:
        services.store.blobs.remove(packed.layers[0].digest)
        return put(data, mode)

    monkeypatch.setattr(services.store.blobs, "put", put_and_lose)
    with pytest.raises(StoreDamaged, match="removed"):
        pull("v1", "localhost/x", open_remote(address), services)
    assert services.store.versions() == ()


def test_a_tag_is_never_given_to_what_was_removed_meanwhile(
    folder: Path, services: Services, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pack(folder, parse("x:v1"), services)
    read = services.store.manifest_bytes

    def and_remove(digest: str) -> bytes:
        data = read(digest)
        remove(parse("x:v1"), library_at(tmp_path))
        return data

    monkeypatch.setattr(services.store, "manifest_bytes", and_remove)
    with pytest.raises(StoreDamaged):
        tag(parse("x:v1"), parse("x:v2"), services)
    assert services.store.versions() == ()
    assert services.store.repositories() == ()


def test_room_is_asked_for_before_a_pull(
    there: tuple[FolderAddress, PackResult], services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = shutil.disk_usage("/")._replace(free=BIG)
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: usage)
    with pytest.raises(DiskFull, match="needed in the store"):
        pull("v1", "localhost/x", open_remote(there[0]), services)
    assert list(services.store.blobs.all()) == []
    assert list(services.store.blobs.temp_dir.iterdir()) == []
