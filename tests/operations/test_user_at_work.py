"""Somebody works in the folder while it is taken back, or after a kill: nothing of it is lost."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Literal

import pytest

from kitdesk.errors import FileChanged
from kitdesk.modelkit.primitives.reference import parse
from kitdesk.operations import rollback as rollbacks
from kitdesk.operations import undo as undos
from kitdesk.operations.pack import pack
from kitdesk.progress import Cancelled, Progress
from kitdesk.services.container import Services
from kitdesk.services.disk import renames
from kitdesk.services.history import live_folder
from tests.operations.folder_changes.test_interrupted import ROOT, RUN, killed
from tests.snapshots import snapshot

KITFILE = "manifestVersion: 1.0.0\npackage:\n  name: demo\ncode:\n  - path: .\n"
THEN = {"a.py": "one", "data/x.csv": "1,2", "data/y.csv": "3", "gone/z.txt": "z"}
NOW = {"a.py": "two", "data/x.csv": "changed", "new/n.txt": "new", "other.txt": "other"}
Way = Literal["finish", "undo"]


def lay_out(folder: Path, files: dict[str, str]) -> None:
    for name in [*THEN, *NOW]:
        (folder / name).unlink(missing_ok=True)
    for name, text in {"Kitfile": KITFILE, **files}.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "demo"


def at_work(folder: Path, mark: str) -> dict[str, str]:
    """Write every path anew as an editor does (aside, then renamed over); says what was written."""
    written = {}
    for name in sorted({*THEN, *NOW}):
        path, aside = folder / name, folder / name.replace("/", "-")
        if path.parent.is_dir():
            aside = path.with_name(f".{path.name}.swp")
            aside.write_text(f"{mark} {name}")
            os.replace(aside, path)
            written[name] = f"{mark} {name}"
    return written


def everywhere(services: Services, folder: Path) -> set[str]:
    """Every content in the folder and in the safe copies."""
    places = (folder, services.paths.data / "safe")
    return {path.read_text() for place in places for path in place.rglob("*") if path.is_file()}


@pytest.mark.parametrize("way", ["finish", "undo"])
@pytest.mark.parametrize("verb", ["rollback", "undo"])
def test_what_is_written_after_a_kill_survives_both_ways(
    verb: str, way: Way, folder: Path, services: Services
) -> None:
    lay_out(folder, THEN)
    first = pack(folder, parse("demo:v1"), services).digest
    deaths = 0
    for renames_done in range(40):
        lay_out(folder, NOW)
        if verb == "undo":
            rollbacks.rollback_now(folder, first, "demo:v1", services)
        if not killed(folder, first, verb, renames_done):
            break
        deaths += 1
        mine = at_work(folder, f"mine {renames_done}")
        done = undos.resolve_interrupted(folder, way, services)
        lost = set(mine.values()) - everywhere(services, folder)
        assert not lost, f"killed before rename {renames_done}, then {way}"
        aside = [name for name, text in mine.items() if not is_live(folder, name, text)]
        assert set(aside) <= set(done.kept), "what left the folder is named"
        assert services.safe_copies.interrupted(folder) is None
        goal = THEN if (verb == "rollback") == (way == "finish") else NOW
        for name in {*THEN, *NOW}:
            if not is_live(folder, name, mine.get(name, "")):  # theirs may stay where it is
                assert (folder / name).exists() == (name in goal), name
                assert name not in goal or is_live(folder, name, goal[name])
    assert deaths > 5


def is_live(folder: Path, name: str, text: str) -> bool:
    return (folder / name).is_file() and (folder / name).read_text() == text


def test_a_second_kill_while_turning_back_still_ends_at_a_whole_state(
    folder: Path, services: Services
) -> None:
    lay_out(folder, THEN)
    first = pack(folder, parse("demo:v1"), services).digest
    again = RUN.replace("undo.undo(folder, library)", "undo.settle(folder, verb, library)")
    for one in (2, 3, 5, 7):
        for two in (0, 1, 3):
            for way, goal in (("finish", THEN), ("undo", NOW)):
                lay_out(folder, NOW)
                assert killed(folder, first, "rollback", one)
                words = [sys.executable, "-c", again, str(folder), first, "undo", str(two)]
                subprocess.run(words, cwd=ROOT, check=False)
                if services.safe_copies.interrupted(folder) is None:
                    assert {n: (folder / n).read_text() for n in NOW} == NOW
                    break
                undos.resolve_interrupted(folder, way, services)  # type: ignore[arg-type]
                assert {n: (folder / n).read_text() for n in goal} == goal, (one, two, way)
                assert not [n for n in {*THEN, *NOW} - set(goal) if (folder / n).exists()]


@pytest.mark.parametrize("name", ["gone/z.txt", "data/y.csv", "a.py"])
def test_a_file_that_appears_or_changes_while_it_runs_stops_a_rollback(
    name: str, folder: Path, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    lay_out(folder, THEN)
    first = pack(folder, parse("demo:v1"), services).digest
    lay_out(folder, NOW)
    before = snapshot(folder)
    real = renames.rename_new

    def and_write(source: Path, target: Path) -> None:
        monkeypatch.setattr(renames, "rename_new", real)
        real(source, target)
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text("mine, just now")

    plan = rollbacks.plan_rollback(folder, first, "demo:v1", services)
    monkeypatch.setattr(renames, "rename_new", and_write)
    with pytest.raises(FileChanged, match=f"{name} (appeared|changed) after the preview"):
        rollbacks.rollback(plan, services)
    assert "mine, just now" in everywhere(services, folder)
    rest = snapshot(folder)
    rest.pop(name, None)
    before.pop(name, None)
    assert {n: one for n, one in rest.items() if one[0] == "file"} == {
        n: one for n, one in before.items() if one[0] == "file"
    }


def test_an_edit_of_what_was_just_brought_in_survives_a_cancel_and_is_named(
    folder: Path, services: Services
) -> None:
    lay_out(folder, THEN)
    first = pack(folder, parse("demo:v1"), services).digest
    lay_out(folder, NOW)

    def report(progress: Progress) -> None:
        if progress.step == "Swapping files" and (folder / "gone/z.txt").exists():
            (folder / "a.py").write_text("edited at once")
            raise Cancelled

    plan = rollbacks.plan_rollback(folder, first, "demo:v1", services)
    with pytest.raises(FileChanged, match="stopped") as caught:
        rollbacks.rollback(plan, services, report)
    assert "a.py was written meanwhile" in caught.value.hint
    assert "edited at once" in everywhere(services, folder)
    assert {name: (folder / name).read_text() for name in NOW} == NOW


@pytest.mark.parametrize("how", ["flag", "link", "look"])
def test_a_rename_replaces_nothing_whatever_the_disk_can(
    how: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if how != "flag":
        monkeypatch.setattr(renames, "_renameat2", lambda: None)
    if how == "look":

        def no_links(*_: object, **__: object) -> None:
            raise PermissionError(1, "Operation not permitted")

        monkeypatch.setattr(os, "link", no_links)
    (tmp_path / "one").write_text("one")
    (tmp_path / "two").write_text("two")
    (tmp_path / "dead").symlink_to(tmp_path / "nowhere")
    (tmp_path / "folder").mkdir()
    for source in ("one", "dead", "folder"):
        with pytest.raises(FileExistsError):
            renames.rename_new(tmp_path / source, tmp_path / "two")
        assert os.path.lexists(tmp_path / source)
        assert (tmp_path / "two").read_text() == "two"
        renames.rename_new(tmp_path / source, tmp_path / "new")
        renames.rename_new(tmp_path / "new", tmp_path / source)
    with pytest.raises(FileExistsError):
        renames.rename_new(tmp_path / "two", tmp_path / "dead")
    with pytest.raises(FileNotFoundError):
        renames.rename_new(tmp_path / "absent", tmp_path / "free")


def test_no_step_leads_through_a_link_that_took_a_folders_place(
    folder: Path, services: Services, tmp_path: Path
) -> None:
    lay_out(folder, THEN)
    first = pack(folder, parse("demo:v1"), services).digest
    lay_out(folder, NOW)
    assert killed(folder, first, "rollback", 2)
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "x.csv").write_text("precious")
    (folder / "data").rename(tmp_path / "moved-away")
    (folder / "data").symlink_to(outside)
    done = undos.resolve_interrupted(folder, "finish", services)
    assert (outside / "x.csv").read_text() == "precious"
    assert sorted(os.listdir(outside)) == ["x.csv"]
    assert {n: (folder / n).read_text() for n in THEN if n != "data/y.csv"} == {
        n: text for n, text in THEN.items() if n != "data/y.csv"
    }
    assert "data" in done.kept


def test_long_names_are_kept_too(tmp_path: Path) -> None:
    path = "/".join(["ü" * 60] * 5)
    (tmp_path / path).parent.mkdir(parents=True)
    (tmp_path / path).write_text("mine")
    live = live_folder.LiveFolder(tmp_path, tmp_path / "extra")
    live.move_stranger(path)
    (found,) = live_folder.kept_names(tmp_path / "extra")
    assert found
    assert path.endswith(found)
