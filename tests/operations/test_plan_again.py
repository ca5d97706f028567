"""What was shown is what is done; “exactly” is said after looking; a folder is itself."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from kitdesk.__main__ import main
from kitdesk.errors import Interrupted, NothingToUndo
from kitdesk.modelkit.primitives.reference import parse
from kitdesk.operations import rollback as rollbacks
from kitdesk.operations import undo as undos
from kitdesk.operations.pack import pack
from kitdesk.progress import Progress
from kitdesk.services.container import Services
from kitdesk.services.disk.folder_identity import FolderIdentity, FolderKey, identity_of
from tests.operations.folder_changes.test_interrupted import killed
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


@pytest.mark.parametrize("deed", ["edit", "create", "remove", "mode", "other rollback"])
def test_a_folder_that_is_not_as_shown_is_shown_again(
    deed: str, folder: Path, services: Services, first: str
) -> None:
    shown = rollbacks.plan_rollback(folder, first, "demo:v1", services)
    match deed:
        case "edit":
            (folder / "a.py").write_text("edited while the preview was open")
        case "create":
            (folder / "b.py").write_text("new")
        case "remove":
            (folder / "other.txt").unlink()
        case "mode":
            (folder / "data/x.csv").write_text(THEN["data/x.csv"])
            (folder / "data/x.csv").chmod(0o600)
        case _:
            rollbacks.rollback_now(folder, first, "demo:v1", services)
    before = snapshot(folder)
    with pytest.raises(rollbacks.PlanChanged) as caught:
        rollbacks.rollback(shown, services)
    assert caught.value.code == "plan-changed"
    assert snapshot(folder) == before, "nothing was changed"
    done = rollbacks.rollback(caught.value.plan, services)
    assert done.exact
    assert {name: (folder / name).read_text() for name in THEN} == THEN


def test_with_yes_the_plan_is_made_under_the_lock(
    folder: Path, services: Services, first: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["rollback", "demo:v1", str(folder), "--yes", "--json"]) == 0
    data = json.loads(capsys.readouterr().out)
    assert data["target"] == first
    assert data["replace"] == ["a.py", "data/x.csv"]
    assert data["set_aside"] == ["new/n.txt", "other.txt"]
    assert data["safe_copy"] == services.journal.entries(folder)[0].undo


def test_exactly_is_said_only_of_what_is(
    folder: Path, services: Services, first: str, capsys: pytest.CaptureFixture[str]
) -> None:
    def report(progress: Progress) -> None:
        if progress.step == "Swapping files" and progress.done == progress.total:
            (folder / "late.txt").write_text("written at the very end")

    done = rollbacks.rollback_now(folder, first, "demo:v1", services, report)
    assert not done.exact
    assert done.left == ("late.txt",)
    assert main(["rollback", "demo:v1", str(folder), "--yes"]) == 0
    assert "exactly" in capsys.readouterr().out


# the folder is itself ------------------------------------------------------------------------


def test_a_project_is_the_same_by_every_path(
    folder: Path, services: Services, first: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = tmp_path / "link"
    link.symlink_to(folder)
    monkeypatch.chdir(folder / "data")
    assert main(["rollback", "demo:v1", "..", "--yes", "--quiet"]) == 0
    monkeypatch.chdir(tmp_path)
    for path in (folder, link, folder / "data/..", Path("demo"), Path("link/data/..")):
        assert [one.verb for one in services.journal.entries(path)] == ["rollback", "pack"]
        assert services.journal.version_of(path) == first
        transaction = services.safe_copies.latest_undoable(path)
        assert transaction is not None
        assert transaction.project == folder
    undos.undo(link, services)
    assert {name: (folder / name).read_text() for name in NOW} == NOW


def test_a_moved_project_keeps_history_and_way_back(
    folder: Path, services: Services, first: str, tmp_path: Path
) -> None:
    rollbacks.rollback_now(folder, first, "demo:v1", services)
    moved = tmp_path / "elsewhere" / "renamed"
    moved.parent.mkdir()
    folder.rename(moved)
    assert services.journal.version_of(moved) == first
    undos.undo(moved, services)
    assert {name: (moved / name).read_text() for name in NOW} == NOW
    assert not folder.exists()


def test_an_interruption_follows_the_folder_and_its_lock(
    folder: Path, services: Services, first: str, tmp_path: Path
) -> None:
    link = tmp_path / "link"
    link.symlink_to(folder)
    assert killed(link, first, "rollback", 3)
    for path in (folder, link, folder / "data/.."):
        with pytest.raises(Interrupted):
            rollbacks.rollback_now(path, first, "demo:v1", services)
    moved = folder.rename(tmp_path / "moved")
    with services.safe_copies.only_writer(moved / "data/.."):
        assert services.safe_copies.interrupted(moved) is None, "somebody is at work on it"
    undos.resolve_interrupted(moved, "undo", services)
    assert {name: (moved / name).read_text() for name in NOW} == NOW


def test_another_folder_at_the_old_path_is_another_folder(
    folder: Path, services: Services, first: str, tmp_path: Path
) -> None:
    rollbacks.rollback_now(folder, first, "demo:v1", services)
    folder.rename(tmp_path / "old")
    lay_out(folder, {"a.py": "somebody else's"})
    assert services.journal.entries(folder) == ()
    with pytest.raises(NothingToUndo):
        undos.undo(folder, services)
    shutil.rmtree(folder)
    shutil.rmtree(tmp_path / "old")


def test_a_new_folder_with_the_inode_of_a_deleted_one_is_another_folder(tmp_path: Path) -> None:
    one, other = FolderIdentity(1, 7, 1000), FolderIdentity(1, 7, 2000)
    key = FolderKey("/p", "/p", one)
    assert key.is_named_by("/p", one)
    assert key.is_named_by("/moved", one)
    assert key.is_named_by("/moved", one._replace(device=2)), "a disk that was mounted anew"
    assert not key.is_named_by("/deleted", other)
    assert key.is_named_by("/p", other), "restored from a copy"
    assert key.is_named_by("/p", FolderIdentity()), "a record of old"
    assert not key.is_named_by("/q", FolderIdentity())
    unborn = key._replace(identity=one._replace(born_ns=0))
    assert unborn.is_named_by("/moved", one)
    assert not unborn.is_named_by("/moved", one._replace(device=2))
    assert identity_of(tmp_path).inode == tmp_path.stat().st_ino


def test_how_a_folder_is_shared_stays_as_it_is(
    folder: Path, services: Services, first: str
) -> None:
    rollbacks.rollback_now(folder, first, "demo:v1", services)
    (folder / "data").chmod(0o2755)
    (folder / "gone/z.txt").unlink()
    (folder / "gone").rmdir()
    folder.chmod(0o2755)
    plan = rollbacks.plan_rollback(folder, first, "demo:v1", services)
    assert not [step for step in plan.folder_plan.steps if step.path == "data"]
    assert rollbacks.rollback(plan, services).exact
    assert (folder / "data").stat().st_mode & 0o7777 == 0o2755
    assert (folder / "gone").stat().st_mode & 0o7777 == 0o2755, "as mkdir makes it there"


def test_journals_of_old_go_by_the_path(folder: Path, services: Services, first: str) -> None:
    path = services.paths.data / "journal.jsonl"
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    for line in lines:
        for name in ("device", "inode", "born"):
            line.pop(name)
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    assert services.journal.version_of(folder) == first
    assert [one.verb for one in services.journal.entries(folder)] == ["pack"]


# what is not ours to change --------------------------------------------------------------------

COLLEAGUE, US, GROUP = 4001, 4002, 4003
AS_US = """
import os, sys
from pathlib import Path
from kitdesk.__main__ import main
from tests.operations.test_plan_again import GROUP, NOW, US, THEN, lay_out

scratch, folder = Path(sys.argv[1]), sys.argv[2]

def all_verbs(home, folder):
    os.environ.update(KITDESK_HOME=f"{home}/kd", KITOPS_HOME=f"{home}/ko", HOME=str(home))
    for words in (["rollback", "demo:v1", folder, "--yes"], ["check", folder], ["undo", folder]):
        print("==", words[0], main(words), flush=True)

# As root first: afterwards the interpreter's own files need not be readable for us.
lay_out(scratch / "p", THEN)
os.environ.update(KITDESK_HOME=f"{scratch}/kd", KITOPS_HOME=f"{scratch}/ko")
main(["pack", str(scratch / "p"), "-t", "demo:v1"])
lay_out(scratch / "p", NOW)
all_verbs(scratch, str(scratch / "p"))
print("== ours", flush=True)
home = scratch / "ours"
for name in ("kd", "ko"):
    (scratch / name).rename(home / name)
for path in (home, *home.rglob("*")):
    os.chown(path, US, GROUP)
os.setgroups([GROUP])
os.setgid(GROUP)
os.setuid(US)
all_verbs(home, folder)
"""


@pytest.mark.skipif(os.name == "nt" or os.geteuid() != 0, reason="only root can be two people")
def test_in_a_colleagues_group_folder_nothing_that_is_theirs_stops_us(tmp_path: Path) -> None:
    for parent in (tmp_path, *tmp_path.parents):
        if parent.is_relative_to(tempfile.gettempdir()):
            parent.chmod(parent.stat().st_mode | 0o055)
    folder, scratch = tmp_path / "shared", tmp_path / "scratch"
    (scratch / "ours").mkdir(parents=True)
    lay_out(folder, NOW)
    for path in (folder, *folder.rglob("*")):
        os.chown(path, COLLEAGUE, GROUP)
        path.chmod(0o2775 if path.is_dir() else 0o664)
    (folder / "data").chmod(0o2770)
    before = snapshot(folder)
    words = [sys.executable, "-c", AS_US, str(scratch), str(folder)]
    root = Path(__file__).parents[2]
    done = subprocess.run(words, cwd=root, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    ours = done.stdout.partition("== ours")[2]
    assert [line for line in ours.splitlines() if line.startswith("==")] == [
        "== rollback 0",
        "== check 0",
        "== undo 0",
    ]
    assert "exactly" not in ours
    assert "only its owner can change it" in done.stderr
    assert "interrupted" not in done.stderr
    after = snapshot(folder)
    assert after == before, "and undo brought all of it back"
    assert (folder / "data").stat().st_mode & 0o7777 == 0o2770, "it is theirs"
