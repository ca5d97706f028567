"""A folder as a remote: two writers lose nothing, with locks and without, a torn copy is seen."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from kitdesk.errors import Conflict, Unreachable, WrongDigest
from kitdesk.modelkit.primitives.reference import parse
from kitdesk.operations.inputs.addresses import FolderAddress
from kitdesk.operations.inputs.remotes import open_remote
from kitdesk.operations.pack import pack
from kitdesk.operations.push_pull import pull, push
from kitdesk.services.container import Services
from kitdesk.services.disk import shared_lock as lock_module
from kitdesk.services.disk.shared_lock import shared_lock
from kitdesk.services.remotes.folder import FolderRemote
from tests.conftest import library_at

ROOT = Path(__file__).parents[3]
TAGS = 12
WRITER = """
import sys
from pathlib import Path
from kitdesk.services.disk import shared_lock
from kitdesk.services.remotes.folder import FolderRemote
folder, name, locks = sys.argv[1:]
if locks == "no":
    import errno
    def refuse(*_, **__):
        raise OSError(errno.ENOLCK, "no locks here")
    shared_lock.lock = refuse
remote = FolderRemote(Path(folder))
for number in range(12):
    tag = f"{name}{number}"
    remote.put_manifest(f'{{"n": "{tag}"}}'.encode(), "application/json", tag)
"""


@pytest.mark.parametrize("locks", ["yes", "no"])
def test_two_writers_lose_no_tag(locks: str, tmp_path: Path) -> None:
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", WRITER, str(tmp_path / "share"), name, locks], cwd=ROOT
        )
        for name in ("a", "b", "c")
    ]
    assert [one.wait(60) for one in writers] == [0, 0, 0]
    wanted = {f"{name}{number}" for name in "abc" for number in range(TAGS)}
    assert set(FolderRemote(tmp_path / "share").tags()) == wanted
    json.loads((tmp_path / "share/index.json").read_bytes())
    assert not list((tmp_path / "share/.kitdesk").glob("*.held"))


def no_locks(_handle: int, *, wait: bool) -> None:
    raise OSError(errno.EOPNOTSUPP, f"no locks here, {wait}")


def test_a_lock_that_a_dead_writer_left_is_broken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lock_module, "lock", no_locks)
    held = tmp_path / "lock.held"
    held.write_bytes(b"dead")
    os.utime(held, (1, 1))
    with shared_lock(tmp_path / "lock"):
        assert held.read_bytes() != b"dead"
    assert not held.exists()


def test_a_living_writer_is_waited_for_and_then_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lock_module, "lock", no_locks)
    monkeypatch.setattr(lock_module, "LOCK_TIMEOUT_S", 0.1)
    with shared_lock(tmp_path / "lock"):
        with pytest.raises(Conflict, match="Somebody else"):
            shared_lock(tmp_path / "lock").__enter__()
        assert (tmp_path / "lock.held").exists()
    monkeypatch.setattr(lock_module, "LOCK_TIMEOUT_S", 30.0)
    order: list[str] = []

    def second() -> None:
        with shared_lock(tmp_path / "lock"):
            order.append("second")

    with shared_lock(tmp_path / "lock"):
        thread = threading.Thread(target=second)
        thread.start()
        order.append("first")
    thread.join(20)
    assert order == ["first", "second"]


def test_a_layer_altered_on_the_stick_is_not_taken(
    tmp_path: Path, services: Services, project: Path
) -> None:
    packed = pack(project, parse("demo:v1"), services)
    address = FolderAddress(tmp_path / "stick", "v1")
    push(packed.digest, packed.reference.name, "v1", open_remote(address), services)
    blob = tmp_path / "stick/blobs/sha256" / packed.layers[0].digest.partition(":")[2]
    blob.write_bytes(b"X" + blob.read_bytes()[1:])
    other = library_at(tmp_path / "other", "store")
    with pytest.raises(WrongDigest, match="altered"):
        pull("v1", "localhost/demo", open_remote(address), other)
    assert other.store.versions() == ()


def test_a_stick_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(Unreachable, match="is not there"):
        FolderRemote(tmp_path / "stick" / "kits").tags()
    assert FolderRemote(tmp_path / "new").tags() == (), "nobody has pushed there yet"
