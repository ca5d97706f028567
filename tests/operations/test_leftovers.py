"""Killed jobs: a new folder is there whole or not at all, and what they leave is swept."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from kitdesk.__main__ import main
from kitdesk.errors import Conflict, NothingToUndo
from kitdesk.modelkit.primitives.reference import parse
from kitdesk.operations import rollback as rollbacks
from kitdesk.operations import undo as undos
from kitdesk.operations.demo import demo
from kitdesk.operations.leftovers import leftovers, sweep
from kitdesk.operations.pack import pack
from kitdesk.operations.unpack import unpack
from kitdesk.services.container import Services
from kitdesk.services.disk import renames
from kitdesk.services.disk.files import write_atomically
from tests.snapshots import Snapshot, snapshot

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="forks")
KITFILE = "manifestVersion: 1.0.0\ncode:\n- path: src\ndocs:\n- path: README.md\n"
KILLED = """
import os, signal, sys
from pathlib import Path
from kitdesk.operations.demo import demo
from kitdesk.operations.rollback import rollback_now
from kitdesk.operations.pack import pack
from kitdesk.operations.unpack import unpack
from kitdesk.modelkit.primitives.reference import parse
from kitdesk.services.disk import renames
from kitdesk.services.container import Services
from kitdesk.services.config.paths import from_environment

verb, digest, target, left = sys.argv[1], sys.argv[2], Path(sys.argv[3]), int(sys.argv[4])
WATCHED = {"os.rename", "os.remove", "os.mkdir", "os.chmod", "os.rmdir"}
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT
services = Services.at(from_environment())

def die():
    global left
    left -= 1
    if not left:
        os.kill(os.getpid(), signal.SIGKILL)

def hook(event, arguments):
    if event in WATCHED or (event == "open" and (arguments[2] or 0) & WRITING):
        die()

real = renames.rename_new
def rename_new(*paths):
    die()
    real(*paths)
    die()

sys.addaudithook(hook)
renames.rename_new = rename_new
import kitdesk.operations.folder_changes.new_tree
kitdesk.operations.folder_changes.new_tree.rename_new = rename_new
if verb == "demo":
    demo(target, services)
elif verb == "unpack":
    unpack(digest, "x:v1", target, services)
elif verb == "rollback":
    rollback_now(target, digest, "x:v1", services)
else:
    pack(target, parse("x:v2"), services)
left = -1
"""


def killed(verb: str, digest: str, target: Path, step: int) -> bool:
    """Run a verb that is killed at its n-th step that touches a disk; False if it ended before."""
    words = [sys.executable, "-W", "ignore", "-c", KILLED, verb, digest, str(target), str(step)]
    done = subprocess.run(
        words, cwd=Path(__file__).parents[2], capture_output=True, text=True, check=False
    )
    assert done.returncode in (0, -9), done.stderr
    return done.returncode == -9


@pytest.fixture
def version(tmp_path: Path, services: Services) -> str:
    root = tmp_path / "p"
    (root / "src/deep").mkdir(parents=True)
    for number in range(4):
        (root / f"src/deep/{number}.py").write_text(f"{number}")
    (root / "README.md").write_text("read me")
    (root / "Kitfile").write_text(KITFILE)
    return pack(root, parse("x:v1"), services).digest


def aged(services: Services, *places: Path) -> None:
    """Everything was left a while ago."""
    then = time.time() - 3600
    for place in (services.paths.data.parent, services.store.root, *places):
        for path in place.rglob("*"):
            if not path.is_symlink():
                os.utime(path, (then, then))


CASES = [
    *(("unpack", place) for place in ("new", "new/with/parents", "empty", "mine")),
    *(("demo", place) for place in ("new/with/parents", "empty")),
]


@pytest.mark.parametrize(("verb", "place"), CASES)
def test_a_folder_is_there_whole_or_not_at_all(
    verb: str, place: str, version: str, services: Services, tmp_path: Path
) -> None:
    context = tmp_path / "desk"
    context.mkdir()
    whole: Snapshot = {}
    deaths = 0
    for step in range(1, 400, 5):
        target = context / f"{place}{step}"
        mine: Snapshot = {}
        if place in ("empty", "mine"):
            target.mkdir()
        if place == "mine":
            (target / "src").mkdir()
            (target / "src/own.txt").write_text("mine")
            mine = snapshot(target)
        died = killed(verb, version, target, step)
        if not died:
            whole = snapshot(target)
            break
        deaths += 1
        if target.exists() and services.safe_copies.interrupted(target) is not None:
            undos.resolve_interrupted(target, "undo", services)
        if target.exists() and snapshot(target) != mine:
            whole = whole or snapshot(target)
            assert snapshot(target) == whole, f"killed at step {step}"
    assert deaths > 3
    assert {"README.md", "Kitfile"} <= set(whole)
    aged(services, context)
    sweep(services)
    assert leftovers(services).items == 0
    assert [path for path in context.rglob(".*") if path.name != ".kitignore"] == []
    for folder in (services.paths.data / "scratch", services.store.blobs.temp_dir):
        assert not folder.exists() or list(folder.iterdir()) == []


def test_somebody_who_makes_the_same_folder_first_keeps_it(
    version: str, services: Services, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from kitdesk.operations.folder_changes import new_tree

    def late(source: Path, target: Path) -> None:
        (target / "theirs").mkdir(parents=True)
        renames.rename_new(source, target)

    monkeypatch.setattr(new_tree, "rename_new", late)
    with pytest.raises(Conflict, match="has appeared"):
        unpack(version, "x:v1", tmp_path / "out/deep", services)
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["theirs"]
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".out")]


def test_unpacking_into_an_empty_folder_is_no_step_to_undo(
    version: str, services: Services, tmp_path: Path
) -> None:
    target = tmp_path / "out"
    target.mkdir()
    inode = target.stat().st_ino
    unpack(version, "x:v1", target, services)
    assert (target / "src/deep/3.py").read_text() == "3"
    assert target.stat().st_ino == inode, "somebody may stand in it"
    assert list((services.paths.data / "safe").iterdir()) == []
    with pytest.raises(NothingToUndo):
        undos.undo(target, services)


@pytest.mark.parametrize("verb", ["pack", "rollback"])
def test_what_a_kill_leaves_is_shown_and_swept_at_the_next_start(
    verb: str, version: str, services: Services, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    project = tmp_path / "p"
    seen = 0
    for step in range(1, 200, 4):
        (project / "src/deep/1.py").write_text(f"changed {step}" * 1000)
        if not killed(verb, version, project, step):
            break
        if services.safe_copies.interrupted(project) is not None:
            undos.resolve_interrupted(project, "undo", services)
        aged(services)
        left = leftovers(services)
        seen += left.items
        main(["versions", "--quiet"])
        main(["versions"])
        told = "of jobs that were killed" in capsys.readouterr().err
        assert told == bool(left.items), f"killed at step {step}"
        sweep(services, project)
        assert leftovers(services).items == 0
        assert not [path for path in project.iterdir() if path.name.endswith(".tmp")]
    assert seen > 1
    assert [one.digest for one in services.store.versions() if "v1" in one.tags] == [version]
    rollbacks.rollback_now(project, version, "x:v1", services)
    assert (project / "src/deep/1.py").read_text() == "1"


def test_what_a_living_process_has_in_the_making_is_never_swept(
    version: str, services: Services, tmp_path: Path
) -> None:
    staged = services.safe_copies.stage(tmp_path / "p")
    with services.store.blobs.writer() as out, services.scratch.folder(tmp_path / "new") as tree:
        out.write(b"half a layer")
        (tree / "file").write_text("half a tree")
        aged(services, tmp_path)
        assert leftovers(services).items == 0
        sweep(services, tmp_path)
        assert (tree / "file").exists()
        assert out.commit()
    assert (staged.contents / "after").is_dir()
    services.safe_copies.drop(staged)


def test_only_what_is_ours_is_swept(services: Services, tmp_path: Path) -> None:
    project = tmp_path / "p"
    project.mkdir()
    others = [".notes.0123456789ab.tmp", "notes.tmp", ".Kitfile.0123456789ab.kitdesk.tmp.bak"]
    for name in others:
        (project / name).write_text("theirs")
    (project / ".Kitfile.0123456789ab.kitdesk.tmp").write_text("ours")
    precious = tmp_path / "precious"
    precious.mkdir()
    notes = services.paths.data / "scratch"
    write_atomically(notes / "0123456789abcdef", os.fsencode(precious))
    aged(services, tmp_path)
    sweep(services, project)
    assert sorted(path.name for path in project.iterdir()) == sorted(others)
    assert precious.is_dir()


def test_the_command_line_sweeps_before_it_packs(version: str, services: Services) -> None:
    blob = services.store.blobs.temp_dir / f"1-{'0' * 16}.tmp"
    blob.write_bytes(bytes(1000))
    aged(services)
    assert main(["pack", str(services.paths.data.parents[1] / "p"), "-t", "x:v3", "--quiet"]) == 0
    assert not blob.exists()


def test_the_sample_needs_an_empty_folder(tmp_path: Path, services: Services) -> None:
    (tmp_path / "mine").write_text("mine")
    with pytest.raises(Conflict, match="not empty"):
        demo(tmp_path, services)
