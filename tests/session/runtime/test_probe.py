"""A place that does not answer holds up nothing; a root that becomes another one is noticed."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from kitdesk.services.container import Services
from kitdesk.session.loaders.folder import read_recent
from kitdesk.session.runtime.probe import NOT_THERE, FolderProbe, Identity, identity
from tests.session.conftest import Desk


@pytest.fixture
def mount() -> Iterator[threading.Event]:
    """A network drive that answers once this is set."""
    event = threading.Event()
    yield event
    event.set()


def probe_of(dead: Path, mount: threading.Event) -> FolderProbe:
    def look(path: Path) -> Identity:
        if path == dead:
            mount.wait()
        return identity(path)

    return FolderProbe(look)


def test_a_place_that_never_answers_is_left_out(tmp_path: Path, mount: threading.Event) -> None:
    dead, gone = tmp_path / "dead", tmp_path / "gone"
    probe = probe_of(dead, mount)
    threads = threading.active_count()
    for _ in range(5):
        found = probe.look([dead, tmp_path, gone], limit=0.05)
        assert found[gone] == NOT_THERE
        assert found[tmp_path] == identity(tmp_path)
        assert dead not in found
    assert threading.active_count() <= threads + 1, "one thread waits for it, not one a look"


def test_the_start_page_lists_the_others(
    services: Services, tmp_path: Path, mount: threading.Event
) -> None:
    dead, good, gone = tmp_path / "dead", tmp_path / "good", tmp_path / "gone"
    good.mkdir()
    for path in (dead, good, gone):
        services.settings.remember(path, opened="2026-11-26T08:00:00+00:00", state="no changes")
    assert {one.state for one in read_recent(services, None)} == {"no changes"}
    found = probe_of(dead, mount).look([dead, good, gone], limit=0.05)
    words = {one.name: (one.state, one.missing) for one in read_recent(services, found)}
    assert words == {
        "dead": ("does not answer", False),
        "good": ("no changes", False),
        "gone": ("folder not found", True),
    }


def test_a_project_that_does_not_answer_says_so_and_others_open(
    context: Desk, project: Path, tmp_path: Path, mount: threading.Event
) -> None:
    dead = tmp_path / "dead"
    context.session.__dict__["probe"] = probe_of(dead, mount)
    context.session.project.open(dead)
    context.until(lambda: context.workspace.state.folder and context.workspace.state.folder.problem)
    folder = context.workspace.state.folder
    assert folder is not None
    assert folder.problem is not None
    assert "does not answer" in folder.problem.title
    context.opens(project)
    context.until(lambda: context.workspace.state.kitfile.text)


def test_a_folder_made_anew_is_watched_again(context: Desk, project: Path) -> None:
    state = context.workspace
    context.opens(project)
    context.until(lambda: state.state.folder and state.state.folder.watching)
    twin = project.with_name("twin")
    shutil.copytree(project, twin)
    shutil.rmtree(project)
    context.session.root_watch.look()
    context.until(lambda: state.state.folder and state.state.folder.problem)
    assert state.state.folder is not None
    assert not state.state.folder.watching, "the foot says that it is not"
    twin.rename(project)
    context.session.root_watch.look()
    context.until(lambda: state.state.folder and state.state.folder.watching)
    (project / "Kitfile").write_text("manifestVersion: 1.0.0\n# anew\n")
    context.until(lambda: "# anew" in state.state.kitfile.text)
