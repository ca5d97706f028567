"""How the process of a command ends: interrupted, with nobody to read, with a full disk."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest


def ended(code: str, *words: str) -> subprocess.CompletedProcess[str]:
    """A process of its own in which ``code`` ran before the command."""
    start = f"import sys\n{code}\nfrom kitdesk.__main__ import main\nsys.exit(main())"
    return subprocess.run(
        [sys.executable, "-c", start, *words],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.mark.parametrize(
    "code",
    [
        # while a verb is under way
        (
            "from kitdesk.cli.commands import history\n"
            "def run(*_): exec('raise KeyboardInterrupt')\n"
            "history.run = run"
        ),
        # while modules are loaded
        (
            "class Finder:\n"
            "    def find_spec(self, name, *_):\n"
            "        if name == 'kitdesk.cli.parser': exec('raise KeyboardInterrupt')\n"
            "sys.meta_path.insert(0, Finder())"
        ),
    ],
)
def test_an_interrupt_at_any_moment_gives_130(code: str) -> None:
    done = ended(code, "history")
    assert (done.returncode, done.stdout) == (130, "")
    assert done.stderr.startswith("Cancelled. Nothing ")
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_an_answer_that_cannot_be_written_is_no_traceback(project: Path) -> None:
    words = [sys.executable, "-m", "kitdesk", "versions", "--json"]
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(words, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.startswith("error: The answer could not be written.")
    assert "Traceback" not in done.stderr


def test_a_reader_that_has_gone_is_no_traceback(project: Path) -> None:
    line = f"{sys.executable} -m kitdesk history --json | true"
    done = subprocess.run(["sh", "-c", line], capture_output=True, text=True, check=False)
    assert done.stderr == ""


@pytest.mark.skipif(not hasattr(signal, "pthread_kill"), reason="signals go to processes here")
def test_ctrl_c_is_seen_by_a_main_thread_that_waits() -> None:
    """The signal goes to another thread, as one does that comes just before the waiting begins."""
    code = (
        "import signal, threading\n"
        "from kitdesk.cli.commands import history\n"
        "def run(*_):\n"
        "    def press():\n"
        "        signal.pthread_kill(threading.get_ident(), signal.SIGINT)\n"
        "    threading.Timer(0.2, press).start()\n"
        "    threading.Event().wait()\n"
        "history.run = run"
    )
    done = ended(code, "history")
    assert (done.returncode, done.stdout) == (130, "")
    assert done.stderr == "Cancelled. Nothing is half done.\n"
