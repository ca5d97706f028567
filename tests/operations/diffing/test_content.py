"""Contents of files that lie in compressed layers or only in a registry: bounds, costs, ends."""

from __future__ import annotations

import json
import os
import struct
from pathlib import Path
from typing import Any

import pytest

from kitdesk.compare.content.result import Content, TensorsDiff
from kitdesk.compare.content.source import BudgetSpent, Unreadable
from kitdesk.errors import Unreachable
from kitdesk.modelkit.oci.manifest import Descriptor
from kitdesk.modelkit.primitives.reference import parse
from kitdesk.operations.compare_contents import ComparedContents, compare_contents
from kitdesk.operations.diffing import range_reads, unpacked_member
from kitdesk.operations.diffing.content import ContentOptions, comparer_of
from kitdesk.operations.diffing.folder_files import open_folder
from kitdesk.operations.diffing.range_reads import RangeBytes, RemoteAllowance, RemoteMember
from kitdesk.operations.diffing.sides import open_side
from kitdesk.operations.inputs.addresses import Side, parse_side
from kitdesk.operations.inputs.remotes import open_remote
from kitdesk.operations.pack import pack
from kitdesk.operations.push_pull import push
from kitdesk.progress import Cancelled, Progress
from kitdesk.services.container import Services
from kitdesk.services.layers.tar_sink import Compression
from tests.conftest import library_at
from tests.fakes.faulty import Fault, FaultyRegistry

KITFILE = "package:\n  name: far\nmodel:\n  path: model.safetensors\ndatasets:\n  - path: data\n"
ELEMENTS = 1_500_000
"""Of float32 in each of two tensors: 12 MB, more than is fetched whole."""


def weights(shift: float, extra: bool) -> bytes:
    names = ["a", "b", *(["c"] if extra else [])]
    head = {
        name: {"dtype": "F32", "shape": [ELEMENTS], "data_offsets": [n * ELEMENTS * 4,
               (n + 1) * ELEMENTS * 4]}
        for n, name in enumerate(names)
    }  # fmt: skip
    text = json.dumps(head).encode()
    body = b"".join(struct.pack("<f", shift if name == "b" else 1.0) * ELEMENTS for name in names)
    return struct.pack("<Q", len(text)) + text + body


def project(folder: Path, number: int) -> Path:
    (folder / "data").mkdir(parents=True, exist_ok=True)
    (folder / "Kitfile").write_text(KITFILE)
    (folder / "model.safetensors").write_bytes(weights(float(number), extra=number == 2))
    (folder / "data" / "filler.bin").write_bytes(os.urandom(300_000))
    (folder / "data" / "same-size.json").write_text(json.dumps({"accuracy": number}))
    (folder / "data" / "rows.csv").write_text("id,x\n1,1\n" + "2,2\n" * (number - 1))
    return folder


def pushed(
    tmp_path: Path, services: Services, host: str, compression: Compression = "none"
) -> tuple[Side, Side]:
    """Two versions that only the registry has, as sides."""
    where = f"{host}/contents/{tmp_path.name.replace('_', '-').lower()}"
    remote = open_remote(parse(where))
    for number in (1, 2):
        folder = project(tmp_path / "far", number)
        packed = pack(folder, parse(f"far:v{number}"), services, compression=compression)
        push(packed.digest, packed.reference.name, f"v{number}", remote, services)
    remote.close()
    return parse_side(f"remote://{where}:v1"), parse_side(f"remote://{where}:v2")


def codes(content: Content) -> set[str]:
    return {limit.code for limit in content.limits}


@pytest.mark.registry
def test_headers_of_a_large_remote_file_cost_little(
    tmp_path: Path, services: Services, registry: str
) -> None:
    sides = pushed(tmp_path, services, registry)
    found = compare_contents(*sides, library_at(tmp_path / "other", "store"))
    model = found.contents["model.safetensors"]
    (tensors,) = (part for part in model.parts if isinstance(part, TensorsDiff))
    assert (tensors.left, tensors.right, tensors.added) == (2, 3, 1)
    assert codes(model) == {"remote"}
    assert not model.equal
    assert found.comparison.bytes < 2 << 20
    assert found.comparison.requests <= 40


@pytest.mark.registry
def test_values_of_a_remote_file_are_fetched_on_request(
    tmp_path: Path, services: Services, registry: str
) -> None:
    sides = pushed(tmp_path, services, registry)
    other = library_at(tmp_path / "other", "store")
    found = compare_contents(*sides, other, options=ContentOptions(values=True))
    model = found.contents["model.safetensors"]
    (tensors,) = (part for part in model.parts if isinstance(part, TensorsDiff))
    assert model.complete
    assert [(one.name, one.sign) for one in tensors.changes] == [("b", "M"), ("c", "A")]
    assert tensors.changes[0].delta is not None
    assert tensors.changes[0].delta.mean_abs == 1.0
    assert other.store.versions() == ()


@pytest.mark.registry
def test_small_files_of_one_size_are_held_together(
    tmp_path: Path, services: Services, registry: str
) -> None:
    """Names and sizes agree: only the bytes can tell, and small ones are fetched."""
    sides = pushed(tmp_path, services, registry)
    found = compare_contents(*sides, library_at(tmp_path / "other", "store"))
    assert "data/same-size.json" in found.contents
    assert found.comparison.unverified == ()
    assert "accuracy 1 → 2, better" not in found.comparison.headline, "no file of measures"


@pytest.mark.registry
def test_a_registry_without_range(tmp_path: Path, services: Services, registry: str) -> None:
    faulty = FaultyRegistry(registry)
    try:
        sides = pushed(tmp_path, services, faulty.host)
        faulty.faults = [Fault("GET", "/blobs/", no_range=True, times=99)]
        found = compare_contents(*sides, library_at(tmp_path / "other", "store"))
        assert codes(found.contents["model.safetensors"]) == {"remote"}
        assert found.contents["data/rows.csv"].complete
    finally:
        faulty.close()


@pytest.mark.registry
def test_a_compressed_remote_layer_is_not_fetched_for_a_large_file(
    tmp_path: Path, services: Services, registry: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kitdesk.operations.diffing.side_files.FILE_LIMIT", 10_000)
    sides = pushed(tmp_path, services, registry, "gzip")
    other = library_at(tmp_path / "other", "store")
    found = compare_contents(*sides, other)
    assert codes(found.contents["model.safetensors"]) == {"remote"}
    lifted = compare_contents(*sides, other, options=ContentOptions(values=True))
    assert lifted.contents["model.safetensors"].complete
    assert not list((tmp_path / "other").rglob("borrowed-*")), "a temporary layer stayed"


def local(tmp_path: Path, services: Services, compression: Compression) -> ComparedContents:
    for number in (1, 2):
        pack(project(tmp_path / "p", number), parse(f"p:v{number}"), services,
             compression=compression)  # fmt: skip
    return compare_contents(parse_side("local://p:v1"), parse_side("local://p:v2"), services)


def test_a_large_member_of_a_compressed_layer_leaves_nothing_behind(
    tmp_path: Path, services: Services
) -> None:
    found = local(tmp_path, services, "gzip")
    model = found.contents["model.safetensors"]
    assert model.complete
    assert model.summary == local(tmp_path, services, "none").contents["model.safetensors"].summary
    assert list((services.paths.cache / "unpacked").iterdir()) == []


def test_a_member_that_is_too_large_to_unpack_is_told(
    tmp_path: Path, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unpacked_member, "MAX_BYTES", 1 << 20)
    found = local(tmp_path, services, "gzip")
    assert codes(found.contents["model.safetensors"]) == {"compressed"}
    assert found.contents["data/rows.csv"].complete


def test_a_cancel_ends_the_comparison_and_its_child(tmp_path: Path, services: Services) -> None:
    left, right = (project(tmp_path / name, n) for n, name in ((1, "l"), (2, "r")))
    told: list[str] = []

    def report(progress: Progress) -> None:
        told.append(progress.step)
        if progress.step.startswith("Comparing model"):
            raise Cancelled

    with pytest.raises(Cancelled):
        compare_contents(parse_side(str(left)), parse_side(str(right)), services, report)


class _Remote:
    """Counts what it is asked for."""

    address = "host/repository"

    def __init__(self, data: bytes) -> None:
        from kitdesk.services.remotes.protocol import TransferStats

        self.traffic = TransferStats()
        self._data = data

    def fetch_range(self, _layer: Descriptor, start: int, end: int) -> bytes:
        self.traffic.requests += 1
        self.traffic.bytes += end - start
        return self._data[start:end]


def ranged(size: int, services: Services, allowance: RemoteAllowance) -> tuple[RangeBytes, _Remote]:
    data = os.urandom(1024) * (size // 1024 + 1)
    remote = _Remote(data)
    layer = Descriptor("application/vnd.kitops.modelkit.model.v1.tar",
                       "sha256:" + os.urandom(32).hex(), len(data))  # fmt: skip

    def whole() -> Any:
        raise AssertionError("Range is there")

    where = RemoteMember(layer, 0, size)
    return RangeBytes(where, remote, services, allowance, lambda: None, whole), remote  # type: ignore[arg-type]


def test_a_small_remote_file_is_one_request(services: Services) -> None:
    file, remote = ranged(4 << 20, services, RemoteAllowance())
    for offset in range(0, 4 << 20, 64 << 10):
        file.read(offset, 100)
    assert remote.traffic.requests == 1
    again, _ = ranged(100, services, RemoteAllowance())
    assert again.read(0, 100) == again.read(0, 100)


@pytest.mark.parametrize(("step", "length"), [(1 << 20, 10), (1 << 20, 200_000)])
def test_a_large_remote_file_has_a_budget(services: Services, step: int, length: int) -> None:
    file, remote = ranged(40 << 20, services, RemoteAllowance())

    def read_all() -> None:
        for number in range(30):
            file.read(number * step, length)

    with pytest.raises(BudgetSpent) as told:
        read_all()
    assert told.value.code == "remote"
    assert remote.traffic.requests <= range_reads.FILE_REQUESTS
    assert remote.traffic.bytes <= range_reads.FILE_BYTES
    lifted, remote = ranged(40 << 20, services, RemoteAllowance(lifted=True))
    lifted.read(0, 40 << 20)
    assert remote.traffic.requests == 5


def test_all_files_share_a_budget(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(range_reads, "COMPARISON_REQUESTS", 3)
    allowance = RemoteAllowance()
    files = [ranged(1000, services, allowance)[0] for _ in range(4)]
    for file in files[:3]:
        file.read(0, 1000)
        file.read(0, 1000)
    with pytest.raises(BudgetSpent):
        files[3].read(0, 1000)


def test_what_is_known_costs_nothing(services: Services) -> None:
    allowance = RemoteAllowance()
    first, remote = ranged(1000, services, allowance)
    first.read(0, 1000)
    again = RangeBytes(first._member, remote, services, allowance, lambda: None, lambda: first)  # type: ignore[arg-type]
    assert again.read(0, 1000) == first.read(0, 1000)
    assert remote.traffic.requests == 1
    assert allowance._left.requests == range_reads.COMPARISON_REQUESTS - 1


def test_beside_is_only_what_belongs_to_the_version(tmp_path: Path, services: Services) -> None:
    folder = project(tmp_path / "p", 1)
    (folder / "data" / "ignored.bin").write_bytes(b"no")
    (folder / ".kitignore").write_text("data/ignored.bin\n")
    (tmp_path / "outside.bin").write_bytes(b"secret")
    (folder / "data" / "link.bin").symlink_to(tmp_path / "outside.bin")
    with open_folder(folder, services) as files:
        file = files.open("data/rows.csv")
        assert file is not None
        assert file.beside("filler.bin") is not None
        for name in ("ignored.bin", "link.bin", "../../outside.bin", "/etc/passwd", "none.bin"):
            assert file.beside(name) is None, name
        assert files.open("data/link.bin") is None
    packed = pack(folder, parse("p:v1"), services)
    side = parse_side(f"local://{packed.reference.name.removeprefix('localhost/')}:v1")
    with (
        open_side(side, services) as one,
        comparer_of(one, one, services, ContentOptions()) as comparer,
    ):
        assert comparer.left is not None
        stored = comparer.left.open("data/rows.csv")
        assert stored is not None
        assert stored.beside("filler.bin") is not None
        for name in ("ignored.bin", "../../outside.bin", "/etc/passwd"):
            assert stored.beside(name) is None, name


def test_a_file_that_vanished_meanwhile_is_told(tmp_path: Path, services: Services) -> None:
    folder = project(tmp_path / "p", 1)
    with (
        open_side(parse_side(str(folder)), services) as side,
        comparer_of(side, side, services, ContentOptions()) as comparer,
    ):
        (folder / "data" / "rows.csv").unlink()
        found = comparer.compare_or_explain("data/rows.csv", "data/rows.csv")
    assert codes(found) == {"missing"}


def test_errors_of_a_registry_pass(services: Services) -> None:
    file, remote = ranged(1000, services, RemoteAllowance())

    def unreachable(*_: object) -> bytes:
        raise Unreachable("The registry cannot be reached.")

    remote.fetch_range = unreachable  # type: ignore[method-assign,assignment]
    with pytest.raises(Unreachable):
        file.read(0, 1)
    with pytest.raises(Unreadable):
        file.read(0, 2000)
