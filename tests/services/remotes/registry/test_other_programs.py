"""What KitDesk pushes, others read, and the other way round: oras, skopeo, Distribution v3.

Each runs where it is installed; docker-registry 2.8 is what the other tests use.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kitdesk.modelkit.primitives.reference import parse
from kitdesk.operations.doctor import doctor
from kitdesk.operations.inputs.addresses import FolderAddress
from kitdesk.operations.inputs.remotes import RemoteOptions, open_remote, options_of
from kitdesk.operations.local_versions import verify
from kitdesk.operations.pack import PackResult, pack
from kitdesk.operations.pack_and_push import pack_and_push
from kitdesk.operations.push_pull import pull, push
from kitdesk.progress import Cancelled, Progress
from kitdesk.services.container import Services
from kitdesk.services.remotes.registry import upload_policy
from tests.conftest import library_at
from tests.fakes.registries import running

ROOT = Path(__file__).parents[4]
pytestmark = pytest.mark.registry
MIB = 1 << 20


def here(program: str) -> str:
    """Skip where a program is not installed."""
    found = shutil.which(program)
    if found is None:
        pytest.skip(f"{program} is not installed")
    return found


@pytest.fixture(scope="module")
def newer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Distribution v3, whose program is called ``registry``."""
    program = here("registry")
    with running(tmp_path_factory.mktemp("v3"), program=program) as host:
        yield host


@pytest.fixture
def packed(project: Path, services: Services) -> PackResult:
    return pack(project, parse("demo:v1"), services)


def sent(packed: PackResult, where: str, services: Services) -> None:
    remote = open_remote(parse(where))
    push(packed.digest, packed.reference.name, "v1", remote, services)
    remote.close()


def called(*words: str, cwd: Path | None = None) -> str:
    done = subprocess.run(words, capture_output=True, text=True, check=False, cwd=cwd)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_skopeo_reads_what_kitdesk_pushes(
    packed: PackResult, registry: str, services: Services, tmp_path: Path
) -> None:
    skopeo, where = here("skopeo"), f"{registry}/others/skopeo"
    sent(packed, where, services)
    raw = called(skopeo, "inspect", "--raw", "--tls-verify=false", f"docker://{where}:v1")
    assert raw.encode() == services.store.manifest_bytes(packed.digest)
    copy = [skopeo, "--insecure-policy", "copy", "--src-tls-verify=false"]
    called(*copy, f"docker://{where}:v1", f"oci:{tmp_path}/copy:v1")
    remote = open_remote(FolderAddress(tmp_path / "copy", "v1"))
    other = library_at(tmp_path / "other", "store")
    assert pull("v1", "localhost/demo", remote, other).digest == packed.digest
    assert verify(packed.digest, other).ok, "what skopeo wrote is read as a folder remote"


def test_skopeo_reads_a_folder_remote_and_kitdesk_what_it_pushes(
    packed: PackResult, registry: str, services: Services, tmp_path: Path
) -> None:
    skopeo, where = here("skopeo"), f"{registry}/others/from-skopeo"
    stick = open_remote(FolderAddress(tmp_path / "stick", "v1"))
    push(packed.digest, packed.reference.name, "v1", stick, services)
    copy = [skopeo, "--insecure-policy", "copy", "--dest-tls-verify=false"]
    called(*copy, f"oci:{tmp_path}/stick:v1", f"docker://{where}:v1")
    remote = open_remote(parse(where))
    other = library_at(tmp_path / "other", "store")
    assert pull("v1", "localhost/demo", remote, other).digest == packed.digest
    remote.close()


def test_oras_reads_what_kitdesk_pushes(
    packed: PackResult, registry: str, services: Services, tmp_path: Path
) -> None:
    oras, where = here("oras"), f"{registry}/others/oras"
    sent(packed, where, services)
    raw = called(oras, "manifest", "fetch", "--plain-http", f"{where}:v1")
    assert raw.encode() == services.store.manifest_bytes(packed.digest)
    called(oras, "copy", "--from-plain-http", "--to-oci-layout", f"{where}:v1", f"{tmp_path}/l:v1")
    remote = open_remote(FolderAddress(tmp_path / "l", "v1"))
    other = library_at(tmp_path / "other", "store")
    assert pull("v1", "localhost/demo", remote, other).digest == packed.digest


def test_distribution_v3_both_ways(
    packed: PackResult, newer: str, services: Services, tmp_path: Path
) -> None:
    where = f"{newer}/others/v3"
    sent(packed, where, services)
    other = library_at(tmp_path / "other", "store")
    remote = open_remote(parse(where))
    assert pull("v1", "localhost/demo", remote, other).digest == packed.digest
    assert remote.tags() == ("v1",)
    remote.close()
    found = doctor(newer, RemoteOptions())
    assert found.ok
    assert {one.name: one.state for one in found.findings if one.state == "failed"} == {}


def test_distribution_v3_in_one_pass(
    project: Path, newer: str, services: Services, tmp_path: Path
) -> None:
    where = parse(f"{newer}/others/once:v1")
    remote = open_remote(where, options_of(services))
    done = pack_and_push(project, where, remote, services)
    other = library_at(tmp_path / "other", "store")
    assert pull("v1", "localhost/demo", remote, other).digest == done.sent.digest
    remote.close()


def large(folder: Path, services: Services) -> PackResult:
    folder.mkdir()
    (folder / "Kitfile").write_text("model:\n  path: m.bin\n")
    (folder / "m.bin").write_bytes(os.urandom(6 * MIB))
    return pack(folder, parse("large:v1"), services)


def test_distribution_v3_goes_on_inside_a_piece(
    newer: str, services: Services, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Unlike 2.8 it keeps what came of a piece that was cut."""
    monkeypatch.setattr(upload_policy, "CHUNK_BYTES", 2 * MIB)
    monkeypatch.setattr(upload_policy, "MONOLITHIC_BYTES", MIB)
    packed = large(tmp_path / "large", services)
    where = parse(f"{newer}/others/resumed")

    def stop(progress: Progress) -> None:
        if progress.done > 3 * MIB:
            raise Cancelled

    remote = open_remote(where, options_of(services))
    with pytest.raises(Cancelled):
        push(packed.digest, packed.reference.name, "v1", remote, services, stop)
    remote.close()
    remote = open_remote(where, options_of(services))
    done = push(packed.digest, packed.reference.name, "v1", remote, services)
    remote.close()
    assert done.blobs[0].state == "resumed"
    assert done.blobs[0].skipped >= 2 * MIB
    assert done.bytes < 5 * MIB


KILLED = """
import os, signal, sys
from kitdesk.services.remotes.registry import upload_policy
upload_policy.CHUNK_BYTES, upload_policy.MONOLITHIC_BYTES = 1 << 20, 1 << 18
from kitdesk.services.remotes.registry.cache import RegistryCache
from kitdesk.cli.main import main
if sys.argv[1] == "push":
    keep = RegistryCache.keep_upload
    def then_die(self, blob, upload):
        keep(self, blob, upload)
        if upload is not None and upload.offset >= 3 << 20:
            os.kill(os.getpid(), signal.SIGKILL)
    RegistryCache.keep_upload = then_die
else:
    from kitdesk.services.remotes.registry.partial_file import PartialFile
    filled = PartialFile.advance
    def then_die(self, size):
        filled(self, size)
        if self.done >= 3 << 20:
            os.kill(os.getpid(), signal.SIGKILL)
    PartialFile.advance = then_die
main(sys.argv[1:])
"""


def test_a_killed_program_goes_on_where_it_was(
    registry: str, services: Services, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """SIGKILL at half of a push and of a pull; then the same command again."""
    large(tmp_path / "large", services)
    where = f"{registry}/others/killed:v1"
    assert killed("push", "large:v1", where) == -signal.SIGKILL
    blob = blobs("push", "large:v1", where)
    assert blob["state"] == "resumed"
    assert blob["skipped"] == 3 * MIB
    os.environ["KITOPS_HOME"] = str(tmp_path / "fresh")  # put back by the fixture of every test
    assert killed("pull", where) == -signal.SIGKILL
    blob = blobs("pull", where)
    assert blob["state"] == "resumed"
    assert blob["skipped"] >= MIB


def killed(*words: str) -> int:
    return subprocess.run(
        [sys.executable, "-c", KILLED, *words], cwd=ROOT, check=False, capture_output=True
    ).returncode


def blobs(*words: str) -> dict[str, Any]:
    """The layer of a finished transfer, small pieces as before."""
    code = KILLED.partition("from kitdesk.services.remotes.registry.cache")[0] + (
        "from kitdesk.cli.main import main\nsys.exit(main(sys.argv[1:]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *words, "--json"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    found: dict[str, Any] = json.loads(done.stdout)["blobs"][0]
    return found
