"""The story in the window, by clicks, with the real session, real files and a real registry."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from kitdesk.changes import Topic
from kitdesk.operations.demo import advance
from kitdesk.operations.inputs.remotes import open_remote, parse_remote
from kitdesk.services.container import Services
from kitdesk.session.runtime.main_thread import MainThreadDispatcher
from kitdesk.session.runtime.runner import Runner
from kitdesk.session.session import Session
from kitdesk.session.state.project import View
from kitdesk.ui.window.main_window import MainWindow
from tests.conftest import need
from tests.fakes.registries import PASSWORD, USER, with_password
from tests.snapshots import snapshot
from tests.ui.robot import Robot

PICTURES = os.environ.get("KITDESK_PICTURES", "")
"""Folder for a picture of every step; empty = none are taken."""


class Analyst(Robot):
    """A robot at the real program."""

    def __init__(self, qtbot: QtBot, session: Session, runner: Runner) -> None:
        self.qtbot, self.session, self.workspace = qtbot, session, session.workspace  # type: ignore[assignment]
        self._runner, self._number = runner, 0
        self.window = MainWindow(session)
        qtbot.addWidget(self.window)
        self.window.resize(1440, 900)
        self.window.show()
        self.window.activateWindow()
        qtbot.waitUntil(self.window.isActiveWindow)

    def waits(self, condition: Callable[[], object]) -> None:
        """Until something holds and nothing is under way."""
        self.qtbot.waitUntil(lambda: bool(condition()) and self._runner.idle, timeout=20_000)

    def waits_to_see(self, text: str) -> None:
        self.waits(lambda: text in self.words())

    def pictures(self, name: str) -> None:
        self._number += 1
        if PICTURES:
            self.window.grab().save(f"{PICTURES}/{self._number:02d}-{name}.png")


@pytest.fixture
def analyst(qtbot: QtBot, services: Services) -> Iterator[Analyst]:
    bugs: list[BaseException] = []
    bridge = MainThreadDispatcher()
    runner = Runner(bridge.post, bugs.append)
    session = Session(lambda: services, runner, bridge)
    if os.environ.get("KITDESK_PICTURES_SCHEME") == "dark":
        session.workspace.apply(Topic.SETTINGS, scheme="dark")
    robot = Analyst(qtbot, session, runner)
    session.begin()
    yield robot
    robot.window.close()
    session.close()
    bridge.close()
    assert bugs == []


@pytest.mark.registry
def test_an_analyst_versions_a_folder_and_goes_back(
    analyst: Analyst, project: Path, registry: str, services: Services
) -> None:
    see, workspace = analyst.waits_to_see, analyst.workspace
    analyst.pictures("start")
    analyst.session.project.open(project)
    see("No versions yet.")
    analyst.pictures("opened")

    analyst.clicks("Pack…")
    see("v1.0.0 is free here.")
    analyst.pictures("pack")
    analyst.clicks("Pack v1.0.0")
    analyst.waits(
        lambda: (
            workspace.state.folder
            and workspace.state.folder.at
            and workspace.state.folder.at.title == "v1.0.0"
        )
    )
    at_v1 = snapshot(project)

    analyst.clicks("Choose a remote…")
    address = f"{registry}/window/movie"
    analyst.types(address, "Address of the remote")
    analyst.pictures("remote")
    analyst.clicks("Use this remote")
    analyst.waits(lambda: workspace.state.remote.reachable)
    analyst.clicks("Push…")
    analyst.waits(lambda: workspace.state.push is not None)
    analyst.pictures("push")
    analyst.clicks("Push v1.0.0")
    analyst.waits(lambda: workspace.state.versions[0].remote)

    advance(project)
    see("v1.0.0 + 4 changes")
    see("See the 4 changes")
    analyst.clicks("See the 4 changes")
    see("rmse 0.82 → 0.99, worse; user_similarity_model: DataFrame → TruncatedSVD.")
    analyst.pictures("changes")
    analyst.clicks("Pack…")
    analyst.types("v2.0.0", "Tag")
    analyst.pictures("pack-again")
    see("v2.0.0 is free")
    analyst.clicks("Pack v2.0.0")
    analyst.waits(lambda: len(workspace.state.versions) == 2)
    at_v2 = snapshot(project)
    analyst.clicks("Push…")
    analyst.waits(lambda: workspace.state.push is not None)
    analyst.clicks("Push v2.0.0")
    analyst.waits(lambda: all(row.remote for row in workspace.state.versions))

    analyst.session.comparison.compare(
        workspace.state.versions[1].digest, workspace.state.versions[0].digest
    )
    see("rmse 0.82 → 0.99, worse; user_similarity_model: DataFrame → TruncatedSVD.")
    see(" went from 0.82 to 0.99.")
    analyst.pictures("compared")
    analyst.session.comparison.choose_file("saved_model/user_similarity_model.pkl")
    see("without running it")
    analyst.pictures("model")
    analyst.clicks("About")
    see("Version 2.0.0 factorises the ratings")
    analyst.pictures("about")
    analyst.clicks("Kitfile")
    see("What will be packed")
    analyst.pictures("kitfile")
    analyst.clicks("Compare")

    remote = open_remote(parse_remote(address))
    there = {tag: remote.resolve(tag) for tag in remote.tags()}
    analyst.clicks("Roll back…")
    analyst.waits(
        lambda: workspace.state.rollback is not None and workspace.state.rollback.title == "v1.0.0"
    )
    see("Nothing is lost.")
    analyst.pictures("rollback")
    assert snapshot(project) == at_v2, "the preview touches nothing"
    analyst.clicks("Roll back to v1.0.0")
    see("This folder is exactly v1.0.0 again.")
    analyst.waits(
        lambda: (
            workspace.state.folder
            and workspace.state.folder.at
            and workspace.state.folder.at.title == "v1.0.0"
        )
    )
    analyst.pictures("rolled-back")
    assert snapshot(project) == at_v1
    assert {tag: remote.resolve(tag) for tag in remote.tags()} == there
    remote.close()

    analyst.clicks("Undo")
    analyst.waits(
        lambda: (
            workspace.state.folder
            and workspace.state.folder.at
            and workspace.state.folder.at.title == "v2.0.0"
        )
    )
    assert snapshot(project) == at_v2
    analyst.pictures("undone")
    analyst.session.show(View.STORE)
    analyst.waits(lambda: len(workspace.state.store.versions) == 2)
    analyst.pictures("store")


def test_a_push_to_nowhere_shows_the_error_card(
    analyst: Analyst, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kitdesk.services.remotes.registry.client.BACKOFF_S", 0.001)
    analyst.session.project.open(project)
    analyst.waits_to_see("No versions yet.")
    analyst.session.versions.pack(("v1.0.0",))
    analyst.waits(lambda: analyst.workspace.state.versions)
    analyst.session.transfers.push(
        analyst.workspace.state.versions[0].digest, "v1.0.0", "127.0.0.1:1/demo"
    )
    analyst.waits_to_see("127.0.0.1:1 did not answer")
    analyst.pictures("error")
    analyst.clicks("Try again")
    analyst.waits(lambda: analyst.workspace.state.error)


@pytest.mark.registry
def test_a_closed_registry_asks_to_sign_in_and_the_push_goes_on(
    analyst: Analyst, project: Path, tmp_path: Path
) -> None:
    need("registry", "docker-registry")
    folder = tmp_path / "closed"
    folder.mkdir()
    workspace = analyst.workspace
    with with_password(folder) as host:
        analyst.session.project.open(project)
        analyst.waits_to_see("No versions yet.")
        analyst.session.versions.pack(("v1.0.0",))
        analyst.waits(lambda: workspace.state.versions)
        analyst.session.transfers.push(
            workspace.state.versions[0].digest, "v1.0.0", f"{host}/closed/demo"
        )
        analyst.waits_to_see(f"{host} asks you to sign in")
        analyst.pictures("asked")
        analyst.clicks("Sign in…")
        analyst.types(USER, "User")
        analyst.types("wrong", "Password or token")
        analyst.clicks("Sign in")
        analyst.waits_to_see(f"{host} refused the password of {USER}.")
        analyst.pictures("refused")
        analyst.types(PASSWORD, "Password or token")
        analyst.clicks("Sign in")
        analyst.waits(lambda: workspace.state.versions[0].remote)
        analyst.sees_not(PASSWORD)
        analyst.pictures("signed-in")
