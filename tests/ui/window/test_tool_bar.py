"""The tools at the top: no text is cut by a count."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QFontMetrics

from kitdesk.changes import Topic
from tests.fakes import boards
from tests.ui.conftest import Opens


def test_a_count_takes_room_of_its_own(opens: Opens) -> None:
    robot = opens(boards.home(versions=()))
    push = robot.window.tool_bar.tools["push"]
    plain = push.width()
    robot.workspace.apply(Topic.LOCAL, versions=boards.home().state.versions)
    QCoreApplication.sendPostedEvents()
    assert push.count == "2"
    text = QFontMetrics(push.font()).horizontalAdvance(push.text())
    assert push.width() >= 10 + push.iconSize().width() + text + 26, "the pill takes 26 pixels"
    counted = push.width()
    push.setFocus()
    QCoreApplication.sendPostedEvents()
    assert push.width() == counted, "the focus takes no room"
    robot.workspace.apply(Topic.LOCAL, versions=())
    QCoreApplication.sendPostedEvents()
    assert push.width() == plain


def test_icons_of_menus_are_drawn_when_a_menu_opens(opens: Opens) -> None:
    robot = opens(boards.home())
    commands = robot.window.commands
    assert commands["store"].icon().isNull()
    menu = commands.window_menu(robot.window)
    assert not commands["store"].icon().isNull()
    menu.deleteLater()


def test_a_job_that_makes_progress_touches_no_action(opens: Opens) -> None:
    robot = opens(boards.home())
    touched: list[int] = []
    for command in robot.window.commands.by_id.values():
        command.changed.connect(lambda: touched.append(1))
    robot.workspace.apply(Topic.JOBS)
    assert touched == []
    robot.workspace.apply(Topic.FOLDER, folder=None, versions=())
    assert touched
    assert not robot.window.commands["pack"].isEnabled()
