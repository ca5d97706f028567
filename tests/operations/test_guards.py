"""Guards of the user's data, one short test each: every one fails when its guard is taken out."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from kitdesk.errors import Conflict, FileChanged, UnsafeArchive, WrongDigest
from kitdesk.modelkit.primitives.reference import parse
from kitdesk.operations import rollback as rollbacks
from kitdesk.operations.contents.trees import version_contents
from kitdesk.operations.folder_changes.apply import turn_back
from kitdesk.operations.pack import pack
from kitdesk.operations.unpack import unpack
from kitdesk.progress import Cancelled, Progress
from kitdesk.services.config.paths import Paths
from kitdesk.services.container import Services
from kitdesk.services.disk import hash_cache
from kitdesk.services.history.transaction import FolderTransaction
from kitdesk.services.layers import scanner
from kitdesk.services.remotes.folder import FolderRemote
from tests.operations.folder_changes.test_interrupted import ROOT, killed
from tests.operations.hand_made import CODE, plain_tar, sha256, stored
from tests.operations.test_user_at_work import NOW, THEN, lay_out
from tests.snapshots import snapshot


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "demo"


@pytest.fixture
def first(folder: Path, services: Services) -> str:
    lay_out(folder, THEN)
    digest = pack(folder, parse("demo:v1"), services).digest
    lay_out(folder, NOW)
    return digest


def test_a_turned_back_swap_keeps_what_is_not_as_it_was_staged(
    folder: Path, services: Services, first: str
) -> None:
    assert killed(folder, first, "rollback", 4)
    transaction = services.safe_copies.unfinished(folder)
    assert transaction is not None
    (transaction.contents / "after" / "stranger").write_text("whose is it?")
    assert turn_back(transaction, services) == ("stranger",)
    assert (transaction.contents / "after" / "stranger").read_text() == "whose is it?"


def test_an_edit_that_hides_its_time_is_not_thrown_away(
    folder: Path, services: Services, first: str
) -> None:
    def report(progress: Progress) -> None:
        path = folder / "gone/z.txt"
        if progress.step == "Swapping files" and path.exists():
            stat = path.stat()
            path.write_text("Z")
            os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))
            raise Cancelled

    with pytest.raises(FileChanged) as caught:
        rollbacks.rollback_now(folder, first, "demo:v1", services, report)
    assert "gone/z.txt was written meanwhile" in caught.value.hint
    kept = (services.paths.data / "safe").rglob("*")
    assert "Z" in {path.read_text() for path in kept if path.is_file()}


def test_safe_copies_are_outside_the_project_even_where_the_data_folder_is_inside(
    folder: Path, tmp_path: Path
) -> None:
    folder.mkdir()
    home = folder / "kitdesk-home"
    services = Services.at(
        Paths(home / "config", home / "data", home / "cache", home / "log", tmp_path / "store")
    )
    assert not services.safe_copies.location_for(folder).is_relative_to(folder)


def test_no_interruption_is_told_while_another_process_is_at_work(
    folder: Path, services: Services, first: str
) -> None:
    assert killed(folder, first, "rollback", 4)
    assert services.safe_copies.interrupted(folder) is not None
    code = (
        "import sys\nfrom pathlib import Path\nfrom kitdesk.services.container import Services\n"
        "from kitdesk.services.config.paths import from_environment\n"
        "with Services.at(from_environment()).safe_copies.only_writer(Path(sys.argv[1])):\n"
        "    print('held', flush=True)\n    sys.stdin.read()\n"
    )
    words = [sys.executable, "-c", code, str(folder)]
    with subprocess.Popen(
        words, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None
        assert other.stdin is not None
        assert other.stdout.readline() == "held\n"
        assert services.safe_copies.interrupted(folder) is None
        with pytest.raises(Conflict, match="Another KitDesk"):
            rollbacks.rollback_now(folder, first, "demo:v1", services)
        other.stdin.close()
    assert services.safe_copies.interrupted(folder) is not None


def test_a_small_file_rewritten_at_the_same_size_while_it_is_packed_is_named(
    folder: Path, services: Services, first: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = os.read

    def and_write(handle: int, size: int) -> bytes:
        data = read(handle, size)
        if data == b"other":
            (folder / "other.txt").write_text("OTHER")
        return data

    monkeypatch.setattr(os, "read", and_write)
    with pytest.raises(FileChanged, match=r"other\.txt"):
        pack(folder, parse("demo:v2"), services)


def test_a_layer_may_not_unpack_to_an_absurd_size(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = plain_tar([{"name": "x/big", "type": "file", "text": "0" * (3 << 20)}])
    data = gzip.compress(plain)
    entry = {"path": "x", "digest": sha256(data), "diffId": sha256(plain)}
    config = {"manifestVersion": "1.0.0", "package": {}, "code": [entry]}
    layer = (f"{CODE}+gzip", data, dict[str, str]())
    digest = stored(services, "hand/bomb", [layer], json.dumps(config).encode())
    monkeypatch.setattr(scanner, "MIN_BOUND", 1)
    monkeypatch.setattr(scanner, "MAX_RATIO", 10)
    with pytest.raises(UnsafeArchive, match="absurd size"):
        version_contents(services, digest)


def test_a_file_just_written_is_not_remembered_by_its_hash(
    folder: Path, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It may be written again within the same tick of the clock: nothing would give that away."""
    folder.mkdir()
    (folder / "a").write_text("one")
    reads: list[Path] = []
    real = hash_cache.hash_file

    def counted(path: Path, *rest: Any) -> Any:
        reads.append(path)
        return real(path, *rest)

    monkeypatch.setattr(hash_cache, "hash_file", counted)

    def looks() -> int:
        reads.clear()
        for _time in range(2):
            with services.hashes.open() as cache:
                cache.sha256(folder / "a")
        return len(reads)

    assert looks() == 2
    now = time.time_ns
    monkeypatch.setattr(time, "time_ns", lambda: now() + 5_000_000_000)
    assert looks() == 1, "five seconds later it is"


def test_a_tag_that_is_taken_over_leaves_its_old_entry_in_no_folder_remote(tmp_path: Path) -> None:
    remote = FolderRemote(tmp_path / "share")
    kind = "application/vnd.oci.image.manifest.v1+json"
    for text in (b'{"n": 1}', b'{"n": 2}'):
        remote.put_manifest(text, kind, "v1")
    remote.put_manifest(b'{"n": 1}', kind, "v2")
    entries = json.loads((tmp_path / "share/index.json").read_bytes())["manifests"]
    assert len(entries) == 2
    assert remote.fetch_manifest("v1")[0] == b'{"n": 2}'
    assert remote.fetch_manifest("v2")[0] == b'{"n": 1}'


def test_bytes_are_staged_only_if_they_have_their_hash(
    folder: Path, services: Services, first: str
) -> None:
    version_contents(services, first)  # its list of files, with their hashes, is known from now on
    (layer,) = services.store.manifest(first).layers
    path = services.store.blobs.path(layer.digest)
    data = path.read_bytes()
    path.write_bytes(data.replace(b"one", b"0ne", 1))
    before = snapshot(folder)
    with pytest.raises(WrongDigest, match="altered"):
        rollbacks.rollback_now(folder, first, "demo:v1", services)
    assert snapshot(folder) == before
    assert services.safe_copies.latest_undoable(folder) is None
    assert list((services.paths.data / "safe").iterdir()) == []


@pytest.mark.parametrize("overwrite", [True, False])
def test_nothing_is_unpacked_through_a_link_in_the_way(
    folder: Path, services: Services, first: str, tmp_path: Path, *, overwrite: bool
) -> None:
    outside, target = tmp_path / "outside", tmp_path / "target"
    outside.mkdir()
    target.mkdir()
    (target / "data").symlink_to(outside)
    with pytest.raises(Conflict, match="is no folder"):
        unpack(first, "demo:v1", target, services, overwrite=overwrite)
    assert list(outside.iterdir()) == []
    assert list(target.iterdir()) == [target / "data"]


def test_the_journal_names_the_safe_copy_that_brings_back_what_was_replaced(
    folder: Path, services: Services, first: str
) -> None:
    done = rollbacks.rollback_now(folder, first, "demo:v1", services)
    assert services.journal.entries(folder)[0].undo == done.safe_copy
    transaction = FolderTransaction.load(services.paths.data / "safe" / done.safe_copy, folder)
    assert sorted(
        path.read_text() for path in (transaction.contents / "before").iterdir()
    ) == sorted(text for name, text in NOW.items())
