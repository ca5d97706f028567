"""Threads, lanes, one process a user, bugs: the machinery under the session."""

from __future__ import annotations

import gc
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from kitdesk.errors import KitDeskError, NotFound
from kitdesk.progress import Cancelled, Progress, Report
from kitdesk.services.config.instance_lock import InstanceLock
from kitdesk.session.runtime import crash, single_instance
from kitdesk.session.runtime.gui_gc import GuiThreadGc
from kitdesk.session.runtime.main_thread import MainThreadDispatcher
from kitdesk.session.runtime.runner import JobQueue, Runner


@pytest.fixture
def bridge(qtbot: QtBot) -> Iterator[MainThreadDispatcher]:
    found = MainThreadDispatcher()
    yield found
    found.close()


@pytest.fixture
def bugs() -> list[BaseException]:
    return []


@pytest.fixture
def runner(bridge: MainThreadDispatcher, bugs: list[BaseException]) -> Iterator[Runner]:
    found = Runner(bridge.post, bugs.append)
    yield found
    found.shutdown()


def test_what_threads_post_is_delivered_in_order_on_the_gui_thread(
    bridge: MainThreadDispatcher, qtbot: QtBot
) -> None:
    got: list[tuple[int, int]] = []
    here = threading.get_ident()

    def post(number: int) -> None:
        bridge.post(lambda: got.append((number, threading.get_ident())))

    def many() -> None:
        for number in range(500):
            post(number)

    threads = [threading.Thread(target=many) for _ in range(4)]
    for thread in threads:
        thread.start()
    qtbot.waitUntil(lambda: len(got) == 2000)
    for thread in threads:
        thread.join()
    assert {ident for _, ident in got} == {here}


def test_nothing_is_delivered_after_the_end(bridge: MainThreadDispatcher) -> None:
    bridge.post(lambda: pytest.fail("delivered"))
    bridge.close()
    bridge.deliver()


def test_results_errors_cancels_and_bugs_go_their_own_ways(
    runner: Runner, qtbot: QtBot, bugs: list[BaseException]
) -> None:
    told: list[object] = []

    def fails(_report: Report) -> None:
        raise NotFound("Nothing there.")

    def stops(_report: Report) -> None:
        raise Cancelled

    def breaks(_report: Report) -> None:
        raise ZeroDivisionError

    def start(work: Callable[[Report], object]) -> None:
        runner.start(
            JobQueue.LOOKUP, work, told.append, told.append, lambda: told.append("stopped")
        )

    start(lambda _report: 42)
    qtbot.waitUntil(lambda: told == [42])
    start(fails)
    qtbot.waitUntil(lambda: isinstance(told[-1], KitDeskError))
    start(stops)
    qtbot.waitUntil(lambda: told[-1] == "stopped")
    start(breaks)
    qtbot.waitUntil(lambda: len(bugs) == 1)
    assert isinstance(bugs[0], ZeroDivisionError)
    assert runner.idle


def test_a_cancel_reaches_the_work_at_its_next_report(runner: Runner, qtbot: QtBot) -> None:
    begun = threading.Event()
    ended: list[object] = []

    def work(report: Report) -> None:
        begun.set()
        while True:
            report(Progress("going on"))

    job = runner.start(
        JobQueue.TRANSFER, work, ended.append, ended.append, lambda: ended.append("x")
    )
    assert begun.wait(10)
    job.cancel()
    qtbot.waitUntil(lambda: ended == ["x"])


def test_the_latest_wish_wins_and_the_former_falls_silent(runner: Runner, qtbot: QtBot) -> None:
    gate = threading.Event()
    told: list[str] = []

    def slow(_report: Report) -> str:
        gate.wait(10)
        return "old"

    runner.run_latest("key", slow, told.append, lambda _error: None)
    runner.run_latest("key", lambda _report: "new", told.append, lambda _error: None)
    qtbot.waitUntil(lambda: told == ["new"])
    gate.set()
    qtbot.waitUntil(lambda: runner.idle)
    assert told == ["new"]


def test_project_verbs_run_one_after_the_other(runner: Runner, qtbot: QtBot) -> None:
    running, most = [0], [0]
    done: list[object] = []
    lock = threading.Lock()

    def work(_report: Report) -> None:
        with lock:
            running[0] += 1
            most[0] = max(most[0], running[0])
        threading.Event().wait(0.001)
        with lock:
            running[0] -= 1

    for _ in range(10):
        runner.start(JobQueue.PROJECT, work, done.append, done.append)
    qtbot.waitUntil(lambda: len(done) == 10)
    assert most == [1]


@pytest.mark.skipif(not hasattr(socket, "AF_UNIX"), reason="no such sockets on this platform")
def test_a_second_start_hands_its_folder_over(tmp_path: Path) -> None:
    rung: list[str] = []
    heard = threading.Event()

    def ring(folder: str) -> None:
        rung.append(folder)
        heard.set()

    place = tmp_path / "run"
    assert not single_instance.forward_to_running(place, "/some/folder"), "nobody is there yet"
    doorbell = single_instance.SingleInstanceServer(place, ring)
    assert single_instance.forward_to_running(place, "/some/folder")
    assert heard.wait(10)
    assert rung == ["/some/folder"]
    heard.clear()
    assert single_instance.forward_to_running(place, "/caf\udce9\n")
    assert heard.wait(10)
    assert rung[1:] == ["/caf\udce9\n"], "paths are bytes"
    doorbell.close()
    assert not single_instance.forward_to_running(place, "/some/folder")


def test_a_socket_left_by_a_killed_process_is_no_obstacle(tmp_path: Path) -> None:
    place = tmp_path / "run"
    place.mkdir()
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(single_instance.address(place))
        dead.listen()
    assert Path(single_instance.address(place)).exists(), "the file stays, nobody listens"
    assert not single_instance.forward_to_running(place, "x")
    second = single_instance.SingleInstanceServer(place, lambda _folder: None)
    assert single_instance.forward_to_running(place, "x")
    second.close()


def test_one_of_many_starts_at_once_has_the_window(tmp_path: Path) -> None:
    locks = [InstanceLock(tmp_path / "run") for _ in range(8)]
    assert [lock.take(lambda: True) for lock in locks].count(True) == 1
    holder = next(lock for lock in locks if lock.take(lambda: True) or lock is locks[0])
    holder.release()
    assert InstanceLock(tmp_path / "run").take(lambda: False), "the lock went with its process"


def test_a_bug_is_shown_with_its_trace_and_without_secrets(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shown: list[tuple[str, str]] = []
    monkeypatch.setattr("sys.excepthook", None)
    broken = crash.install(lambda title, details: shown.append((title, details)))
    broken(ValueError("https://user:hunter2secret@host/ password=hunter2secret"))
    ((title, details),) = shown
    assert "ValueError" in title
    assert "KitDesk" in details
    assert "hunter2secret" not in details


def test_garbage_is_collected_on_the_gui_thread_only(qtbot: QtBot) -> None:
    collected: list[threading.Thread] = []

    def note(phase: str, _info: object) -> None:
        if phase == "start":
            collected.append(threading.current_thread())

    def litter() -> None:
        for _ in range(20_000):
            ring: list[object] = []
            ring.append(ring)

    collector = GuiThreadGc()
    gc.callbacks.append(note)
    try:
        worker = threading.Thread(target=litter)
        worker.start()
        worker.join()
        assert collected == []
        qtbot.waitUntil(lambda: bool(collected))
    finally:
        gc.callbacks.remove(note)
        collector.close()
    assert {thread.name for thread in collected} == {threading.main_thread().name}
    assert gc.isenabled()


CLOSE = """
import sys, threading
from PySide6.QtCore import QTimer
from kitdesk import app
from kitdesk.session.runtime.runner import JobQueue

begin = app.Program.begin

def stuck_begin(self):
    begin(self)
    runner = self.build_content().runner
    for job_queue in JobQueue:  # each has a job that looks at no flag, ever
        runner.start(job_queue, lambda _report: threading.Event().wait(), print, print)
    QTimer.singleShot(300, self.window.close)

app.Program.begin = stuck_begin
from kitdesk import __main__
sys.argv = ["kitdesk", "--new-window"]
__main__.main()
"""


def test_a_closed_window_ends_the_process_whatever_its_jobs_do(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", CLOSE],
        cwd=Path(__file__).parents[3],
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        check=False,
        timeout=50,
    )
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr


def test_a_keyring_that_hangs_holds_up_no_look_up(runner: Runner, qtbot: QtBot) -> None:
    """It has a lane of its own: many questions to it leave the others free."""
    free = threading.Event()
    done: list[object] = []
    for _ in range(6):
        runner.start(
            JobQueue.KEYRING, lambda _report: free.wait(30), lambda _none: None, done.append
        )
    for job_queue in (JobQueue.LOOKUP, JobQueue.PROJECT, JobQueue.TRANSFER, JobQueue.CONTENT):
        runner.start(job_queue, lambda _report: 1, done.append, done.append)
    qtbot.waitUntil(lambda: done == [1, 1, 1, 1])
    free.set()
