"""``.gitignore`` as git itself reads it."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from kitdesk.modelkit.layers.git_ignore import GitIgnore, translate
from tests.conftest import need

FILES = (
    "a.log",
    "keep.log",
    "x/a.log",
    "x/keep.log",
    "build/x",
    "x/build/y",
    "build.py",
    "only",
    "x/only",
    "data/raw/1.csv",
    "data/2.csv",
    "x/data/3.csv",
    "sp ace.txt",
    "#hash",
    "!bang",
    "w1.pt",
    "w9.pt",
    "sub/local",
    "sub/deep/local",
    "local",
    "sub/t.tmp",
    "t.tmp",
    "star/one/two/z",
    "q.c",
    "q.h",
)
ROOT = (
    "*.log\n!keep.log\nbuild/\n/only\ndata/raw\nsp ace.txt   \n\\#hash\n\\!bang\nw[0-5].pt\n# c\n\n"
)
ROOT += "star/**/z\n*.[ch]\r\n"
SUB = "local\n/t.tmp\n"


def test_it_agrees_with_git(tmp_path: Path) -> None:
    need("git", "git")
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    for path in FILES:
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).touch()
    (tmp_path / ".gitignore").write_text(ROOT)
    (tmp_path / "sub" / ".gitignore").write_text(SUB)
    asked = "\0".join(FILES).encode()
    done = subprocess.run(
        ["git", "-C", str(tmp_path), "check-ignore", "-z", "--no-index", "--stdin"],
        input=asked,
        capture_output=True,
        check=False,
    )
    by_git = set(done.stdout.decode().split("\0")) - {""}
    rules = GitIgnore()
    rules.add("", ROOT.encode())
    rules.add("sub", SUB.encode())
    assert {path for path in FILES if rules.ignores(path, is_dir=False)} == by_git
    assert len(by_git) > 10


def test_folders_and_lines_that_cannot_be_read() -> None:
    rules = GitIgnore()
    rules.add("", b"weights/\n[broken\nlogs\n")
    assert rules.ignores("weights", is_dir=True)
    assert not rules.ignores("weights", is_dir=False)
    assert rules.ignores("x/logs", is_dir=True)
    assert not rules.ignores("src", is_dir=True)


@pytest.mark.parametrize("line", ["", "#", "   ", "/", "!", "!/"])
def test_lines_that_say_nothing(line: str) -> None:
    assert translate(line, "") == ""
