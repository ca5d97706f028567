"""Terminals and places as they are found: old encodings, closed streams, no folder, no name."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from kitdesk.services.config.display import NO_DISPLAY, display_problem
from tests.cli.conftest import Shell

ROOT = Path(__file__).parents[2]
ODD = "naïve – 火\u202e\x1b[31m.csv"


def run(*words: str, shell: str = '"$@"', **env: str) -> subprocess.CompletedProcess[bytes]:
    """The program as a process; ``shell`` says how it is started."""
    return subprocess.run(
        ["sh", "-c", shell, "sh", sys.executable, "-m", "kitdesk", *words],
        env={**os.environ, "PYTHONPATH": str(ROOT), **env},
        capture_output=True,
        check=False,
        timeout=50,
    )


@pytest.fixture
def folder(tmp_path: Path, kitdesk: Shell) -> Path:
    """A packed project of which every file is part."""
    found = tmp_path / "folder"
    found.mkdir()
    (found / "Kitfile").write_text("manifestVersion: 1.0.0\ncode:\n  - path: .\n")
    (found / "a.py").write_text("a = 1")
    kitdesk.json("pack", found, "-t", "demo:v1")
    return found


@pytest.fixture
def odd(folder: Path) -> Path:
    """A project whose files have names that few encodings hold."""
    (folder / ODD).write_text("x")
    return folder


@pytest.mark.parametrize("encoding", ["latin-1", "cp1252", "ascii", "utf-8"])
@pytest.mark.parametrize("as_json", [True, False])
def test_any_encoding_takes_the_answer(encoding: str, as_json: bool, odd: Path) -> None:
    words = ["compare", "demo:v1", str(odd), "--files", *(["--json"] if as_json else [])]
    done = run(*words, PYTHONIOENCODING=encoding)
    assert (done.returncode, b"Traceback" in done.stderr) == (0, False), done.stderr
    assert b"\x1b" not in done.stdout
    text = done.stdout.decode(encoding)
    assert ".csv" in text
    if as_json:
        assert any(one["path"] == ODD for one in json.loads(text)["files"])


def test_the_c_locale_takes_errors_and_help() -> None:
    env = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    for words in (["inspect", "nicht-da:v1"], ["--help"], ["pack", "/nirgends–wo"]):
        done = run(*words, **env)
        assert b"Traceback" not in done.stderr
        assert done.returncode in (0, 1)


@pytest.mark.parametrize(
    "shell",
    [
        '"$@" >&-',
        '"$@" 2>&-',
        '"$@" >&- 2>&- <&-',
        '"$@" </dev/null >/dev/full',
        '"$@" 2>/dev/full',
    ],
)
@pytest.mark.parametrize("words", [["versions"], ["inspect", "nothing:v1"], ["versions", "--json"]])
def test_streams_may_be_closed_or_full(shell: str, words: list[str]) -> None:
    done = run(*words, shell=shell)
    assert b"Traceback" not in done.stdout + done.stderr
    assert done.returncode in (0, 1)


def test_the_working_folder_may_be_gone(tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    shell = f'mkdir {gone} && cd {gone} && rmdir {gone} && "$@"'
    for words in (["check", "."], ["pack", ".", "-t", "a:b"], ["history", "."], ["x"]):
        done = run(*words, shell=shell)
        assert b"Traceback" not in done.stderr, done.stderr
        assert done.returncode in (1, 2)
    assert run("versions", shell=shell).returncode == 0, "a verb that needs no folder works"


def test_a_user_may_have_no_name() -> None:
    code = (
        "import os, pwd\n"
        "def nobody(*_): raise KeyError('uid not found')\n"
        "pwd.getpwuid = nobody\n"
        "for name in ('HOME', 'KITDESK_HOME', 'KITOPS_HOME', 'USER', 'LOGNAME'):\n"
        "    os.environ.pop(name, None)\n"
        "from kitdesk.__main__ import main\n"
        "raise SystemExit(main(['versions']))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "No home folder is known: versions are kept in" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_display_that_nobody_serves_is_told(tmp_path: Path) -> None:
    env = {"DISPLAY": ":4711", "WAYLAND_DISPLAY": "", "QT_QPA_PLATFORM": ""}
    done = run("--new-window", **env)
    assert done.returncode == 1
    assert b"The display :4711 does not answer" in done.stderr
    assert b"kitdesk tour" in done.stderr


@pytest.mark.parametrize(
    "display", ["", ":", "x", ":999999", "nowhere.invalid:0", "a\0b:1", ":\xb2"]
)
def test_displays_that_are_none(display: str) -> None:
    assert display_problem({"DISPLAY": display}, "linux")


def test_a_window_may_be_drawn_nowhere() -> None:
    assert display_problem({}, "linux") == NO_DISPLAY
    assert display_problem({"QT_QPA_PLATFORM": "offscreen"}, "linux") == ""
    assert display_problem({}, "darwin") == ""


def test_a_row_stays_a_row(kitdesk: Shell, folder: Path) -> None:
    """A name with a line break cannot look like a line of ours."""
    (folder / "a\nerror: all is lost\n.csv").write_text("x")
    assert kitdesk("compare", "demo:v1", folder, "--files") == 0
    assert "error: all is lost" in kitdesk.out
    assert not any(line.startswith("error:") for line in kitdesk.out.splitlines())
