"""Guards of what a version means, one short test each: each fails when its guard is taken out."""

from __future__ import annotations

from pathlib import Path

import pytest

from kitdesk.compare.files import compare_trees
from kitdesk.compare.values import FileFacts, Verdict
from kitdesk.modelkit.primitives.reference import parse
from kitdesk.operations.compare import compare
from kitdesk.operations.folder_status import folder_status
from kitdesk.operations.inputs.addresses import parse_side
from kitdesk.operations.inputs.remotes import open_remote
from kitdesk.operations.pack import pack
from kitdesk.operations.push_pull import push
from kitdesk.services.container import Services
from tests.conftest import library_at
from tests.operations.hand_made import CODE, plain_tar, stored

KITFILE = "manifestVersion: 1.0.0\nmodel:\n  path: weights.bin\ncode:\n  - path: src\n"


def fill(folder: Path, line: str) -> Path:
    (folder / "src").mkdir(parents=True, exist_ok=True)
    (folder / "Kitfile").write_text(KITFILE)
    (folder / "weights.bin").write_bytes(b"w" * 50_000)
    (folder / "src/train.py").write_text(line)
    return folder


def test_a_version_with_the_same_config_and_other_layers_is_not_reused(
    tmp_path: Path, services: Services
) -> None:
    folder = fill(tmp_path / "demo", "first")
    elsewhere = library_at(tmp_path / "elsewhere")
    once = pack(folder, parse("demo:v1"), elsewhere)
    config = elsewhere.store.config_bytes(elsewhere.store.manifest(once.digest))
    other = plain_tar([{"name": "src/other.py", "type": "file", "text": "not this folder"}])
    stranger = stored(services, "demo", [(CODE, other, {})], config)
    packed = pack(folder, parse("demo:v2"), services)
    assert not packed.reused
    assert packed.digest != stranger
    assert pack(folder, parse("demo:v3"), services).reused


def test_a_tag_that_pack_moved_itself_does_not_count_as_moved(
    tmp_path: Path, services: Services
) -> None:
    first = pack(fill(tmp_path / "demo", "first"), parse("demo:v1"), services).digest
    second = pack(fill(tmp_path / "demo", "second"), parse("demo:v1"), services).digest
    assert first != second
    seen = services.tag_history.read("local:localhost/demo")["v1"]
    assert (seen.digest, seen.before, seen.moved) == (second, "", "")


def test_a_mode_that_the_umask_took_is_no_change_of_the_folder(
    tmp_path: Path, services: Services
) -> None:
    folder = fill(tmp_path / "demo", "first")
    (folder / "src/train.py").chmod(0o666)
    pack(folder, parse("demo:v1"), services)
    (folder / "src/train.py").chmod(0o644)  # as an unpack under the umask 022 leaves it
    assert folder_status(folder, services).changes == ()
    (folder / "src/train.py").chmod(0o744)
    assert [one.path for one in folder_status(folder, services).changes] == ["src/train.py"]


def test_a_removal_frees_what_no_other_version_needs_and_says_so(
    tmp_path: Path, services: Services
) -> None:
    first = pack(fill(tmp_path / "demo", "first"), parse("demo:v1"), services).digest
    pack(fill(tmp_path / "demo", "second"), parse("demo:v2"), services)
    expected = services.store.reclaimable_bytes(first)
    assert 0 < expected < 50_000, "the model is shared"
    before = dict(services.store.blobs.all())
    removed = services.store.remove(parse("demo:v1"))
    after = dict(services.store.blobs.all())
    assert removed.freed == expected == sum(before.values()) - sum(after.values())


def test_changed_files_come_with_the_weightiest_first_then_by_path() -> None:
    def facts(size: int, letter: str, mode: int = 0o644) -> FileFacts:
        return FileFacts(size, letter * 64, mode)

    left = {"a": facts(1, "a"), "b": facts(9, "b"), "d": facts(5, "d"), "m": facts(900, "e")}
    right = {"a": facts(2, "c"), "c": facts(9, "f"), "d": facts(3, "0")}
    right |= {"m": facts(900, "e", 0o755)}
    changes = compare_trees(left, right).changes
    assert [one.path for one in changes] == ["b", "c", "d", "a", "m"]


@pytest.mark.registry
def test_files_that_nobody_looked_into_are_not_called_packaging(
    tmp_path: Path, services: Services, registry: str
) -> None:
    where = f"{registry}/guards/{tmp_path.name.replace('_', '-').lower()}"
    folder = fill(tmp_path / "demo", "")
    with_remote = open_remote(parse(where))
    for tag, filling in (("v1", b"x"), ("v2", b"y")):
        (folder / "src/data.bin").write_bytes(filling * 200_000)
        digest = pack(folder, parse(f"demo:{tag}"), services).digest
        push(digest, "localhost/demo", tag, with_remote, services)
    with_remote.close()
    sides = parse_side(f"remote://{where}:v1"), parse_side(f"remote://{where}:v2")
    found = compare(*sides, library_at(tmp_path / "somebody"))
    assert (found.files, found.unverified) == ((), ("src/data.bin", "src/train.py"))
    assert found.verdict is Verdict.DIFFERENT
    assert "every file has the same bytes" not in found.headline
