"""The program as a process: signals, two starts, no display, a draft after a kill."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

Starts = Callable[..., "subprocess.Popen[bytes]"]
TYPES = """
import sys
from pathlib import Path
from kitdesk import app
from PySide6.QtCore import QTimer

class Typist(app.Program):
    def begin(self):
        super().begin()
        self.timer = QTimer()
        self.timer.timeout.connect(self.look)
        self.timer.start(20)

    def look(self):
        kitfile = self.build_content().workspace.state.kitfile
        if kitfile.text and not kitfile.dirty:
            self.build_content().kitfile.edit(kitfile.text + "# typed\\n")
            self.timer.stop()
            Path(sys.argv[2]).write_text("typed")

app.Program = Typist
sys.exit(app.main([sys.argv[1]]))
"""


@pytest.fixture
def home() -> Iterator[Path]:
    """Short: the path of a socket is limited."""
    with tempfile.TemporaryDirectory(prefix="kd-") as folder:
        yield Path(folder)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "p"
    folder.mkdir()
    (folder / "Kitfile").write_text("manifestVersion: 1.0.0\n")
    return folder


@pytest.fixture
def starts(home: Path) -> Iterator[Starts]:
    made: list[subprocess.Popen[bytes]] = []

    def start(*words: object, code: str = "", **env: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-c", code] if code else [sys.executable, "-m", "kitdesk"]
        given = {
            **os.environ, "KITDESK_HOME": str(home), "KITOPS_HOME": str(home),
            "QT_QPA_PLATFORM": "offscreen", **env,
        }  # fmt: skip
        process = subprocess.Popen(
            [*command, *map(str, words)], env=given, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        made.append(process)
        return process

    yield start
    for process in made:
        process.kill()
        process.communicate()


def until(condition: Callable[[], object], process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + 30
    while not condition():
        assert process.poll() is None, process.communicate()[1].decode()
        assert time.monotonic() < end
        moment(process)


def moment(process: subprocess.Popen[bytes]) -> None:
    """Leave the machine to the process."""
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(0.02)


def drafts(home: Path) -> list[str]:
    found = (home / "data" / "drafts").glob("*.json")
    return [json.loads(path.read_bytes())["text"] for path in found]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_a_signal_takes_the_way_of_the_closing_window(
    starts: Starts, home: Path, folder: Path, tmp_path: Path, number: signal.Signals
) -> None:
    process = starts(folder, tmp_path / "typed", code=TYPES)
    until((tmp_path / "typed").exists, process)
    process.send_signal(number)
    assert process.wait(10) == 0
    assert drafts(home) == ["manifestVersion: 1.0.0\n# typed\n"]
    assert not list((home / "cache" / "run").glob("*.sock"))
    assert (home / "config" / "window.json").exists()


def test_a_kill_loses_nothing_that_was_typed(
    starts: Starts, home: Path, folder: Path, tmp_path: Path
) -> None:
    process = starts(folder, tmp_path / "typed", code=TYPES)
    until(lambda: drafts(home), process)
    process.kill()
    process.wait()
    assert drafts(home) == ["manifestVersion: 1.0.0\n# typed\n"]


def test_two_starts_at_once_give_one_window(starts: Starts, home: Path, folder: Path) -> None:
    processes = [starts(folder) for _ in range(3)]
    end = time.monotonic() + 30
    while sum(one.poll() is None for one in processes) > 1:
        assert time.monotonic() < end, [one.poll() for one in processes]
        moment(next(one for one in processes if one.poll() is None))
    (left,) = [one for one in processes if one.poll() is None]
    until(lambda: list((home / "cache" / "run").glob("*.sock")), left)
    left.terminate()
    assert left.wait(10) == 0
    assert [one.returncode for one in processes] == [0, 0, 0]


@pytest.mark.parametrize(
    "env", [{"QT_QPA_PLATFORM": "nonsense"}, {"QT_QPA_PLATFORM": "xcb", "DISPLAY": ":77"}]
)
def test_a_display_that_cannot_be_used_is_words(
    starts: Starts, folder: Path, env: dict[str, str]
) -> None:
    process = starts(folder, **env)
    _, said = process.communicate(timeout=30)
    assert process.returncode == 1
    assert b"The window cannot be opened" in said
    assert env["QT_QPA_PLATFORM"].encode() in said
