"""The robot, and the rule that nothing of a window remains."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtGui import QGuiApplication

from kitdesk.session.runtime.gui_gc import GuiThreadGc
from tests.ui.robot import Robot

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from kitdesk.session.state.workspace import Workspace

Opens = Callable[..., Robot]
HARMLESS = "This plugin does not support propagateSizeHints"
"""The offscreen platform says it of every window and means nothing by it."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Ignore the one harmless message in this folder's tests."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.qt_log_ignore(HARMLESS))


@pytest.fixture
def opens(qtbot: QtBot) -> Iterator[Opens]:
    """Open the window on a workspace."""
    robots: list[Robot] = []
    collector = GuiThreadGc()  # as in the program: no other thread may destroy a widget

    def make(workspace: Workspace, size: tuple[int, int] = (1440, 900)) -> Robot:
        robot = Robot(qtbot, workspace, size)
        robots.append(robot)
        return robot

    yield make
    for robot in robots:
        robot.window.leave_at_once()
    # A QMimeData that Python made and the clipboard holds crashes when it is deleted after Python;
    # the program itself leaves by os._exit.
    QGuiApplication.clipboard().clear()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    collector.close()
