"""What git's own files say of a working copy, beside git itself."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from kitdesk.services.disk.git import GitState, git_state
from tests.conftest import need


def git(folder: Path, *words: str) -> str:
    who = ["-c", "user.name=t", "-c", "user.email=t@example.org"]
    done = subprocess.run(
        ["git", *who, *words], cwd=folder, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    need("git", "git")
    folder = tmp_path / "copy"
    folder.mkdir()
    git(folder, "init", "-q", "-b", "feature/svd")
    return folder


def test_branch_and_commit_as_git_says(copy: Path) -> None:
    assert git_state(copy) == GitState("feature/svd", "")
    git(copy, "commit", "-q", "--allow-empty", "-m", "one")
    head = git(copy, "rev-parse", "HEAD")
    inside = copy / "deep" / "er"
    inside.mkdir(parents=True)
    assert git_state(inside) == GitState("feature/svd", head)
    git(copy, "pack-refs", "--all")
    assert git_state(copy) == GitState("feature/svd", head), "packed refs"
    git(copy, "checkout", "-q", "--detach")
    assert git_state(copy) == GitState("", head)


def test_a_worktree_has_its_own_branch(copy: Path, tmp_path: Path) -> None:
    git(copy, "commit", "-q", "--allow-empty", "-m", "one")
    other = tmp_path / "other"
    git(copy, "worktree", "add", "-q", "-b", "side", str(other))
    git(other, "commit", "-q", "--allow-empty", "-m", "two")
    assert git_state(other) == GitState("side", git(other, "rev-parse", "HEAD"))


def test_no_git_and_broken_git_say_nothing(tmp_path: Path) -> None:
    assert git_state(tmp_path) == GitState()
    (tmp_path / ".git").write_bytes(b"gitdir: \xff\n")
    assert git_state(tmp_path) == GitState()
