"""Kits whose names mean something else here: one file twice, hooks of git."""

from __future__ import annotations

from pathlib import Path

import pytest

from kitdesk.errors import Conflict
from kitdesk.modelkit.primitives.disk_names import NameRule
from kitdesk.modelkit.primitives.reference import parse
from kitdesk.operations import rollback, unpack
from kitdesk.operations.folder_changes import planner as planner_module
from kitdesk.operations.pack import pack
from kitdesk.services.container import Services
from kitdesk.services.disk import name_rules


def packed(folder: Path, names: tuple[str, ...], tag: str, services: Services) -> str:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    (folder / "Kitfile").write_text("manifestVersion: 1.0.0\ncode:\n  - path: .\n")
    return pack(folder, parse(tag), services).digest


@pytest.fixture
def folding(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if the disk folded case (none that does can be mounted here)."""
    for module in (unpack, planner_module):
        monkeypatch.setattr(module, "rule_of", lambda _folder: NameRule(folds_case=True))


@pytest.mark.usefixtures("folding")
def test_two_files_that_are_one_here_are_refused(tmp_path: Path, services: Services) -> None:
    digest = packed(tmp_path / "src", ("Readme.txt", "README.txt"), "m:v1", services)
    with pytest.raises(Conflict, match="are one file on this disk"):
        unpack.unpack(digest, "m:v1", tmp_path / "out", services)
    assert not (tmp_path / "out").exists() or not list((tmp_path / "out").iterdir())


@pytest.mark.usefixtures("folding")
def test_a_file_of_another_spelling_is_not_replaced(
    tmp_path: Path, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    digest = packed(tmp_path / "src", ("readme.txt",), "m:v1", services)
    target = tmp_path / "out"
    target.mkdir()
    (target / "README.txt").write_text("mine")
    spelled = {"readme.txt": "README.txt"}
    for module in (unpack, planner_module):  # what a folding disk would answer
        monkeypatch.setattr(
            module, "spelled_on_disk", lambda path, _rule: spelled.get(path.name, path.name)
        )
    with pytest.raises(Conflict, match="which is there already"):
        unpack.unpack(digest, "m:v1", target, services, overwrite=True)
    assert [path.name for path in target.iterdir()] == ["README.txt"]
    planner = planner_module.FolderPlanner(target, services.hashes)
    assert planner._other_spelling("Kitfile") is False
    with pytest.raises(Conflict, match="are one file on this disk"):
        planner._look("readme.txt")
    planner.plan.set_aside.append("README.txt")
    assert planner._look("readme.txt") is None, "the other one leaves first: this one comes back"


def test_hooks_of_a_kit_are_not_written(tmp_path: Path, services: Services) -> None:
    hooks = (".git/hooks/post-checkout", ".GIT/hooks/pre-commit", "sub/.hg/hgrc", ".svn/entries")
    digest = packed(tmp_path / "src", ("a.py", ".gitignore", *hooks), "m:v1", services)
    target = tmp_path / "out"
    done = unpack.unpack(digest, "m:v1", target, services)
    there = {str(path.relative_to(target)) for path in target.rglob("*") if path.is_file()}
    assert there == {"Kitfile", "a.py", ".gitignore"}
    assert done.files == len(there)
    [told] = services.warnings.take()
    assert "4 files below .git, .hg or .svn" in told
    hook = target / ".git" / "hooks" / "post-checkout"
    hook.parent.mkdir(parents=True)
    hook.write_text("mine")
    (target / "a.py").write_text("edited")
    unpack.unpack(digest, "m:v1", target, services, overwrite=True)
    assert (hook.read_text(), (target / "a.py").read_text()) == ("mine", "a.py")


def test_a_hook_in_any_case_stays_at_a_rollback(tmp_path: Path, services: Services) -> None:
    folder = tmp_path / "src"
    digest = packed(folder, ("a.py", ".GIT/hooks/x"), "m:v1", services)
    (folder / ".GIT" / "hooks" / "x").write_text("mine")
    (folder / "a.py").write_text("edited")
    rollback.rollback(rollback.plan_rollback(folder, digest, "m:v1", services), services)
    assert (folder / ".GIT" / "hooks" / "x").read_text() == "mine"
    assert (folder / "a.py").read_text() == "a.py"


def test_the_rule_of_this_disk_is_found_by_looking(tmp_path: Path) -> None:
    assert name_rules.rule_of(tmp_path).exact, "Linux disks tell names apart"
    (tmp_path / "Name").write_text("")
    assert name_rules.rule_of(tmp_path).exact
    assert name_rules.spelled_on_disk(tmp_path / "Name", NameRule(folds_case=True)) == "Name"
    assert name_rules.spelled_on_disk(tmp_path / "name", NameRule(folds_case=True)) is None
    (tmp_path / "nAME").hardlink_to(tmp_path / "Name")
    assert name_rules.rule_of(tmp_path).exact, "two links to one file are two names"
