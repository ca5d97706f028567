"""A running program without a window, whose end can be waited for."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from kitdesk.services.container import Services
from kitdesk.session.runtime.main_thread import MainThreadDispatcher
from kitdesk.session.runtime.runner import Runner
from kitdesk.session.session import Session
from kitdesk.session.state.workspace import Workspace


class Desk:
    """A session whose end can be waited for."""

    def __init__(self, session: Session, runner: Runner, qtbot: QtBot) -> None:
        self.session, self._runner, self._qtbot = session, runner, qtbot

    @property
    def workspace(self) -> Workspace:
        return self.session.workspace

    def until(self, condition: Callable[[], object]) -> None:
        """Wait until something holds and nothing is under way any more."""
        self._qtbot.waitUntil(lambda: bool(condition()) and self._runner.idle, timeout=20_000)

    def until_shown(self, condition: Callable[[], object]) -> None:
        """Wait until something holds, whatever else is under way."""
        self._qtbot.waitUntil(lambda: bool(condition()), timeout=20_000)

    def opens(self, folder: Path) -> None:
        self.session.project.open(folder)
        self.until(lambda: self.workspace.state.folder and not self.workspace.state.folder.counting)

    def packs(self, tag: str) -> None:
        self.session.versions.pack((tag,))
        self.until(lambda: any(tag in row.tags for row in self.workspace.state.versions))


@pytest.fixture
def context(qtbot: QtBot, services: Services) -> Iterator[Desk]:
    bugs: list[BaseException] = []
    bridge = MainThreadDispatcher()
    runner = Runner(bridge.post, bugs.append)
    session = Session(lambda: services, runner, bridge)
    yield Desk(session, runner, qtbot)
    session.close()
    bridge.close()
    assert bugs == [], "".join(map("".join, map(traceback.format_exception, bugs)))
