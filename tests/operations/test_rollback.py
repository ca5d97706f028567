"""Rollback: exact inside its scope, blind outside it, undoable, whatever the trees look like."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kitdesk.errors import Conflict, DiskFull, FileChanged, NotFound, NothingToUndo
from kitdesk.modelkit.primitives.reference import parse
from kitdesk.operations import rollback as rollbacks
from kitdesk.operations import undo as undos
from kitdesk.operations.pack import pack
from kitdesk.operations.unpack import unpack
from kitdesk.progress import Cancelled, Progress
from kitdesk.services.container import Services
from tests.conftest import library_at
from tests.snapshots import Snapshot, snapshot, times

KITFILE = "manifestVersion: 1.0.0\npackage:\n  name: demo\ncode:\n  - path: .\n"


def write(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "demo"
    write(place, {"Kitfile": KITFILE, "a.py": "one", "data/x.csv": "1,2", "data/y.csv": "3"})
    return place


def packed(folder: Path, services: Services, tag: str = "v1") -> str:
    return pack(folder, parse(f"demo:{tag}"), services).digest


def roll(folder: Path, digest: str, services: Services) -> rollbacks.RollbackResult:
    return rollbacks.rollback(rollbacks.plan_rollback(folder, digest, "v1", services), services)


def test_what_should_not_be_there_leaves_and_is_kept(folder: Path, services: Services) -> None:
    first = packed(folder, services)
    before = snapshot(folder)
    write(folder, {"new/deep/z.txt": "mine", "a.py": "two"})
    (folder / "data/x.csv").unlink()
    changed = snapshot(folder)
    plan = rollbacks.plan_rollback(folder, first, "v1", services)
    assert (plan.restore, plan.replace, plan.set_aside) == (
        ("data/x.csv",),
        ("a.py",),
        ("new/deep/z.txt",),
    )
    done = rollbacks.rollback(plan, services)
    assert snapshot(folder) == before, "folders that came with the new files went with them"
    transaction = services.safe_copies.latest_undoable(folder)
    assert transaction is not None
    assert transaction.record.id == done.safe_copy
    kept = sorted(path.read_text() for path in (transaction.folder / "before").iterdir())
    assert kept == ["mine", "two"]
    undos.undo(folder, services)
    assert snapshot(folder) == changed


def test_equal_files_keep_inode_and_time(folder: Path, services: Services) -> None:
    first = packed(folder, services)
    write(folder, {"a.py": "two"})
    before = times(folder)
    roll(folder, first, services)
    after = times(folder)
    assert after["data/x.csv"] == before["data/x.csv"]
    assert after["a.py"] != before["a.py"]


def test_ignored_and_version_control_are_never_touched(folder: Path, services: Services) -> None:
    write(folder, {".kitignore": "*.log\n.env\n", ".git/config": "git"})
    first = packed(folder, services)
    mine = {"run.log": "log", ".env": "secret", ".git/HEAD": "ref", ".venv/lib.py": "lib"}
    write(folder, mine)
    write(folder, {".git/config": "changed", ".kitignore": "*.log\n.env\n# mine\n", "b.py": "b"})
    roll(folder, first, services)
    for name, text in mine.items():
        assert (folder / name).read_text() == text
    assert (folder / ".git/config").read_text() == "changed"
    assert (folder / ".kitignore").read_text().endswith("# mine\n")
    assert not (folder / "b.py").exists()


def test_files_outside_every_layer_are_not_touched(tmp_path: Path, services: Services) -> None:
    folder = tmp_path / "demo"
    write(folder, {"Kitfile": KITFILE.replace(" .\n", " src\n"), "src/a.py": "1", "notes.txt": "x"})
    first = packed(folder, services)
    write(folder, {"src/a.py": "2", "notes.txt": "changed"})
    roll(folder, first, services)
    assert (folder / "src/a.py").read_text() == "1"
    assert (folder / "notes.txt").read_text() == "changed"


def test_modes_come_back_without_rewriting_the_file(folder: Path, services: Services) -> None:
    (folder / "a.py").chmod(0o755)
    first = packed(folder, services)
    (folder / "a.py").chmod(0o644)
    before = times(folder)
    plan = rollbacks.plan_rollback(folder, first, "v1", services)
    assert plan.replace == ("a.py",)
    rollbacks.rollback(plan, services)
    assert (folder / "a.py").stat().st_mode & 0o777 == 0o755
    assert times(folder) == before
    undos.undo(folder, services)
    assert (folder / "a.py").stat().st_mode & 0o777 == 0o644


def test_a_file_became_a_folder_and_back(folder: Path, services: Services) -> None:
    first = packed(folder, services)
    before = snapshot(folder)
    (folder / "a.py").unlink()
    write(folder, {"a.py/inner.py": "x"})
    shutil.rmtree(folder / "data")
    write(folder, {"data": "now a file"})
    changed = snapshot(folder)
    roll(folder, first, services)
    assert snapshot(folder) == before
    undos.undo(folder, services)
    assert snapshot(folder) == changed


def test_nothing_is_written_through_a_link(
    folder: Path, services: Services, tmp_path: Path
) -> None:
    first = packed(folder, services)
    before = snapshot(folder)
    outside = tmp_path / "outside"
    write(outside, {"x.csv": "precious", "y.csv": "precious"})
    shutil.rmtree(folder / "data")
    (folder / "data").symlink_to(outside)
    roll(folder, first, services)
    assert snapshot(folder) == before
    assert (outside / "x.csv").read_text() == "precious"
    undos.undo(folder, services)
    assert (folder / "data").readlink() == outside


def test_a_strangers_file_in_the_way_of_a_file_stops_it(tmp_path: Path, services: Services) -> None:
    folder = tmp_path / "demo"
    kitfile = KITFILE.replace(" .\n", " model\n")
    write(folder, {"Kitfile": kitfile, "model": "weights", ".kitignore": "model/own.txt\n"})
    first = packed(folder, services)
    (folder / "model").unlink()
    write(folder, {"model/own.txt": "ignored, so nobody's"})
    before = snapshot(folder)
    with pytest.raises(Conflict, match="in the way"):
        rollbacks.plan_rollback(folder, first, "v1", services)
    assert snapshot(folder) == before


def test_nothing_to_do_is_no_undo_step(folder: Path, services: Services) -> None:
    first = packed(folder, services)
    assert roll(folder, first, services).safe_copy == ""
    with pytest.raises(NothingToUndo):
        undos.undo(folder, services)


def test_a_change_after_the_preview_stops_it_and_nothing_is_changed(
    folder: Path, services: Services
) -> None:
    first = packed(folder, services)
    write(folder, {"a.py": "two", "data/x.csv": "changed too"})
    plan = rollbacks.plan_rollback(folder, first, "v1", services)
    write(folder, {"data/x.csv": "changed once more"})
    before = snapshot(folder)
    with pytest.raises(FileChanged, match="changed after the preview"):
        rollbacks.rollback(plan, services)
    assert snapshot(folder) == before
    with pytest.raises(NothingToUndo):
        undos.undo(folder, services)


def test_a_full_disk_is_told_before_anything_is_touched(
    folder: Path, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = packed(folder, services)
    write(folder, {"a.py": "two"})
    before = snapshot(folder)
    plan = rollbacks.plan_rollback(folder, first, "v1", services)
    usage = shutil.disk_usage(folder)._replace(free=10)
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: usage)
    with pytest.raises(DiskFull, match="are free"):
        rollbacks.rollback(plan, services)
    assert snapshot(folder) == before


def test_cancel_at_every_point_leaves_the_folder_as_it_was(
    folder: Path, services: Services
) -> None:
    first = packed(folder, services)
    write(folder, {"a.py": "two", "b.py": "new", "data/x.csv": "9"})
    before = snapshot(folder)
    points = 0
    for stop_at in range(1, 100):
        seen = 0

        def report(_progress: Progress, stop_at: int = stop_at) -> None:
            nonlocal seen
            seen += 1
            if seen == stop_at:
                raise Cancelled

        plan = rollbacks.plan_rollback(folder, first, "v1", services)
        try:
            rollbacks.rollback(plan, services, report)
        except Cancelled:
            points += 1
            assert snapshot(folder) == before
            assert services.safe_copies.latest_undoable(folder) is None
            continue
        break
    assert points > 5
    assert (folder / "a.py").read_text() == "one"


def test_restore_brings_one_file_back_and_leaves_the_rest(folder: Path, services: Services) -> None:
    first = packed(folder, services)
    write(folder, {"a.py": "two", "data/x.csv": "changed", "b.py": "new"})
    plan = rollbacks.plan_rollback(folder, first, "v1", services, only=("data",))
    rollbacks.rollback(plan, services, verb="restore")
    assert (folder / "data/x.csv").read_text() == "1,2"
    assert (folder / "a.py").read_text() == "two"
    assert (folder / "b.py").exists()
    with pytest.raises(NotFound, match="in no layer"):
        rollbacks.plan_rollback(folder, first, "v1", services, only=("nowhere",))


def test_edits_made_after_a_rollback_survive_its_undo(folder: Path, services: Services) -> None:
    first = packed(folder, services)
    write(folder, {"a.py": "two"})
    roll(folder, first, services)
    write(folder, {"a.py": "three"})
    undos.undo(folder, services)
    assert (folder / "a.py").read_text() == "two"
    undos.undo(folder, services)
    assert (folder / "a.py").read_text() == "three"


# any two trees -------------------------------------------------------------------------------

NAMES = st.sampled_from(["a", "b", "c.py", "d e", "ü", "data", "x.csv"])
PATHS = st.lists(NAMES, min_size=1, max_size=3).map("/".join)
FILES = st.dictionaries(PATHS, st.tuples(st.sampled_from("0123"), st.sampled_from([0o644, 0o755])))


def lay_out(folder: Path, files: dict[str, tuple[str, int]]) -> None:
    """Make the folder hold these files; of two that exclude each other the first one stays."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    (folder / "Kitfile").write_text(KITFILE)
    for name, (text, mode) in files.items():
        path = folder / name
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        except (FileExistsError, IsADirectoryError, NotADirectoryError):
            continue
        path.chmod(mode)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(then=FILES, now=FILES)
def test_any_tree_becomes_exactly_what_unpack_gives_and_comes_back(
    then: dict[str, tuple[str, int]],
    now: dict[str, tuple[str, int]],
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    place = tmp_path_factory.mktemp("any")
    services = library_at(place)
    folder = place / "demo"
    lay_out(folder, then)
    first = packed(folder, services)
    lay_out(folder, now)
    before: Snapshot = snapshot(folder)
    was = times(folder)
    roll(folder, first, services)
    unpack(first, "v1", place / "fresh", services)
    assert snapshot(folder) == snapshot(place / "fresh")
    if services.safe_copies.latest_undoable(folder) is not None:
        undos.undo(folder, services)
    assert snapshot(folder) == before
    assert times(folder) == was
    shutil.rmtree(place)
    assert not os.path.lexists(place)
