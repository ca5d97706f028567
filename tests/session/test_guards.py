"""Guards of the running program, one short test each: each fails when its guard is taken out."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from kitdesk.compare.values import Comparison
from kitdesk.errors import NotFound
from kitdesk.modelkit.kitfile.diagnostics import Edit, Fix
from kitdesk.operations.compare import compare
from kitdesk.operations.inputs.addresses import FolderAddress, FolderSide
from kitdesk.operations.inputs.remotes import open_remote
from kitdesk.progress import Report
from kitdesk.services.container import Services
from kitdesk.session.controllers import comparison as comparisons
from kitdesk.session.loaders import remote_versions
from kitdesk.session.loaders.remote_versions import RemoteListing
from kitdesk.session.runtime.folder_watcher import FolderWatcher
from kitdesk.session.runtime.main_thread import MainThreadDispatcher
from kitdesk.session.runtime.runner import JobQueue, Runner
from kitdesk.session.state.project import FOLDER, JobState
from tests.session.conftest import Desk
from tests.snapshots import snapshot

KITFILE = "manifestVersion: 1.0.0\npackage:\n  name: demo\ncode:\n  - path: src\n"


@pytest.fixture
def two(context: Desk, tmp_path: Path) -> tuple[Path, str, str]:
    """An open project with two versions: its folder, the newer digest, the older one."""
    folder = tmp_path / "demo"
    (folder / "src").mkdir(parents=True)
    (folder / "Kitfile").write_text(KITFILE)
    context.opens(folder)
    for tag in ("v1", "v2"):
        (folder / "src/a.py").write_text(tag)
        context.packs(tag)
    new, old = (row.digest for row in context.workspace.state.versions)
    return folder, new, old


def test_a_job_that_fails_because_it_was_cancelled_was_cancelled(
    context: Desk, qtbot: QtBot
) -> None:
    runner, told = context.session.runner, list[str]()
    begun, go_on = threading.Event(), threading.Event()

    def work(_report: Report) -> None:
        begun.set()
        go_on.wait()
        raise NotFound("The connection was cut.")

    job = runner.start(
        JobQueue.LOOKUP,
        work,
        lambda _result: told.append("done"),
        lambda _error: told.append("failed"),
        lambda: told.append("stopped"),
    )
    begun.wait()
    job.cancel()
    go_on.set()
    qtbot.waitUntil(lambda: bool(told))
    assert told == ["stopped"]


def test_the_edits_of_a_fix_are_applied_from_the_end(
    context: Desk, two: tuple[Path, str, str]
) -> None:
    context.session.kitfile.edit("ab cd ef")
    fix = Fix("Write it out", (Edit(0, 2, "first"), Edit(3, 5, ""), Edit(6, 8, "third")))
    context.session.kitfile.fix(fix)
    assert context.workspace.state.kitfile.text == "first  third"


def test_nothing_is_rolled_back_but_what_was_previewed(
    context: Desk, two: tuple[Path, str, str]
) -> None:
    folder, new, old = two
    (folder / "src/a.py").write_text("edited")
    before = snapshot(folder)
    state = context.workspace
    context.session.folder.preview_rollback(old)
    context.until(lambda: state.state.rollback)
    context.session.folder.rollback(new)
    context.until(lambda: state.state.error)
    assert state.state.error is not None
    assert state.state.error.title == "There is no preview of this roll back."
    assert "rollback" not in {job.verb for job in state.state.jobs}
    assert snapshot(folder) == before


def test_a_deletion_looks_again_before_it_deletes(
    context: Desk, two: tuple[Path, str, str], tmp_path: Path, services: Services
) -> None:
    _folder, new, _old = two
    address = f"oci:{tmp_path / 'remote'}"
    state = context.workspace
    context.session.tree.set_remote(address)
    context.until(lambda: state.state.remote.address == address)
    context.session.transfers.push(new, "v2", address)
    context.until(lambda: any(row.remote for row in state.state.versions))
    context.session.delete_remote.preview(new)
    context.until(lambda: state.state.removal)
    remote = open_remote(FolderAddress(tmp_path / "remote", ""))
    data, found = remote.fetch_manifest("v2")
    remote.put_manifest(data, found.media_type, "production")  # by somebody else, meanwhile
    context.session.delete_remote.delete(new)
    context.until(lambda: state.state.jobs[0].state in (JobState.FAILED, JobState.DONE))
    assert state.state.error is not None
    assert state.state.error.title == "v2 has one more tag now: production."
    assert set(remote.tags()) == {"v2", "production"}
    remote.close()


class Told:
    """Stands for the watchers: remembers whom they would tell."""

    callbacks: dict[str, Callable[[frozenset[str] | None], None]]

    def __init__(self) -> None:
        self.callbacks = {}

    def __call__(self, folder: Path, callback: Callable[[frozenset[str] | None], None]) -> Told:
        self.callbacks[folder.name] = callback
        return self

    def start(self) -> None:
        """As a watcher that has begun."""

    def stop(self) -> None:
        """As a watcher that is slow to end: it goes on telling."""


def test_events_of_the_folder_before_are_not_heard(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    watchers = Told()
    monkeypatch.setattr("kitdesk.services.disk.watcher.Watcher", watchers)
    bridge = MainThreadDispatcher()
    bugs: list[BaseException] = []
    runner = Runner(bridge.post, bugs.append)
    heard: list[frozenset[str] | None] = []
    watching: list[bool] = []
    watcher = FolderWatcher(bridge, runner, heard.append, lambda on, _why: watching.append(on))
    for name in ("before", "now"):
        watching.clear()
        watcher.start(tmp_path / name)
        qtbot.waitUntil(lambda: watching == [True])
    watchers.callbacks["before"](frozenset({"old.txt"}))
    watchers.callbacks["now"](frozenset({"new.txt"}))
    qtbot.waitUntil(lambda: frozenset({"new.txt"}) in heard)
    assert heard == [frozenset({"new.txt"})]
    watcher.close()
    runner.shutdown()
    bridge.close()
    assert bugs == []


def test_a_comparison_that_comes_late_does_not_replace_the_one_asked_after_it(
    context: Desk, two: tuple[Path, str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    _folder, new, old = two
    context.until(lambda: not context.workspace.state.comparing)
    begun, go_on = threading.Event(), threading.Event()

    def slow(left: Any, right: Any, services: Services, _report: Report, **_: Any) -> Comparison:
        found = compare(left, right, services)
        if isinstance(right, FolderSide):
            begun.set()
            go_on.wait()
        return found

    monkeypatch.setattr(comparisons, "compare", slow)
    context.session.comparison.start(old, FOLDER)
    begun.wait()
    context.session.comparison.start(old, new)
    state = context.workspace
    context.until_shown(lambda: state.state.comparison and state.state.comparison.right.digest)
    go_on.set()
    context.until(lambda: not state.state.comparing)
    assert state.state.comparison is not None
    assert state.state.comparison.right.digest == new


def test_a_changed_folder_is_compared_again(context: Desk, two: tuple[Path, str, str]) -> None:
    folder, new, _old = two
    state = context.workspace
    context.session.comparison.compare(new, FOLDER)
    context.until(lambda: state.state.comparison and not state.state.comparison.right.digest)
    (folder / "src/b.py").write_text("more")
    context.session.refresh()
    context.until(lambda: state.state.folder and state.state.folder.changes)
    assert state.state.comparison is not None
    assert [change.path for change in state.state.comparison.files] == ["src/b.py"]


def test_more_tags_are_not_asked_for_while_a_list_is_on_its_way(
    context: Desk, two: tuple[Path, str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    address, asked, go_on = "127.0.0.1:1/demo", list[tuple[str, ...]](), threading.Event()
    part = RemoteListing(address, ("v9", "v8"), frozenset({"v9"}))

    def read(*arguments: Any) -> RemoteListing:
        arguments[-1](part)
        go_on.wait()
        return RemoteListing(address, part.names, part.looked, whole=True)

    def read_more(wanted: tuple[str, ...], before: RemoteListing, *_: Any) -> RemoteListing:
        asked.append(wanted)
        return RemoteListing(address, before.names, frozenset(before.names), whole=True)

    monkeypatch.setattr(remote_versions, "read", read)
    monkeypatch.setattr(remote_versions, "read_more", read_more)
    state = context.workspace
    context.session.tree.set_remote(address)
    context.until_shown(lambda: state.state.remote.more == 1)
    context.session.tree.more()
    go_on.set()
    context.until(lambda: not state.state.remote.loading)
    assert asked == []
    context.session.tree.more()
    context.until(lambda: state.state.remote.more == 0)
    assert asked == [("v8",)]
