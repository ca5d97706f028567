"""The window as a person meets it: the card, the versions, the bars."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, QRect, Qt, QUrl
from PySide6.QtGui import QDropEvent, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMainWindow, QMenu, QWidget
from pytestqt.qtbot import QtBot

from kitdesk.changes import Topic
from kitdesk.session.state.project import FOLDER, ErrorInfo, JobState, RemoteState, View
from kitdesk.ui.actions.table import ACTIONS
from kitdesk.ui.window.drops import local_path
from kitdesk.ui.window.placement import Placement, inside
from kitdesk.ui.window.splitters import save_place
from tests.fakes import about, boards, lists, pages
from tests.fakes.samples import COMPARISON, RC, V1, V2, V11, V12, VERSIONS
from tests.ui.conftest import Opens


def test_ten_seconds(opens: Opens) -> None:
    robot = opens(boards.home())
    robot.sees("v2.0.0 + 3 changes")
    robot.sees("v2.0.0 has a new model, one more dataset and changed code.")
    robot.sees("notebooks/svd_check.ipynb")
    assert robot.button("Roll back…").isEnabled()
    robot.clicks("See the 3 changes")
    assert robot.asked("comparison.compare") == (V2, FOLDER)


def test_one_filled_button_and_it_is_the_next_step(opens: Opens) -> None:
    robot = opens(boards.home())
    tools = robot.window.tool_bar.tools

    def filled() -> list[str]:
        return [name for name, tool in tools.items() if tool.kind == "primary"]

    assert filled() == ["pack"]
    robot.workspace.apply(Topic.FOLDER, folder=boards.folder(changes=()))
    assert filled() == ["push"]
    everywhere = tuple(replace(v, local=True, remote=True) for v in VERSIONS)
    robot.workspace.apply(Topic.LOCAL, versions=everywhere)
    assert filled() == []
    assert "every version is in the registry" in tools["push"].toolTip()


def test_a_wrong_kitfile_unfills_pack(opens: Opens) -> None:
    robot = opens(boards.editing())
    assert robot.window.tool_bar.tools["pack"].kind == "flat"
    robot.sees("3 problems")


def test_a_click_compares_with_the_version_before(opens: Opens) -> None:
    robot = opens(boards.home())
    robot.clicks_row(robot.window.side.tree, 2)
    assert robot.asked("comparison.compare_with_previous") == (V12,)


def test_ctrl_click_takes_a_second_version_the_older_one_before(opens: Opens) -> None:
    robot = opens(boards.home())
    robot.clicks_row(robot.window.side.tree, 3, ctrl=True)
    assert robot.asked("comparison.compare") == (V11, V2)
    robot.workspace.apply(Topic.SELECTION, after=V11)
    robot.clicks_row(robot.window.side.tree, 0, ctrl=True)
    assert robot.asked("comparison.compare") == (V11, RC)


def test_the_keys_walk_and_choose_in_the_versions(opens: Opens) -> None:
    robot = opens(boards.home())
    tree = robot.window.side.tree
    tree.setFocus()
    robot.presses("Down", tree)
    assert robot.asked("comparison.compare_with_previous") == (V12,)
    robot.session.asked.clear()
    robot.presses("Ctrl+Down", tree)
    assert robot.session.names() == [], "Ctrl+Down only moves"
    robot.presses("Space", tree)
    assert robot.asked("comparison.compare") == (V11, V2)
    robot.presses("Return", tree)
    assert robot.asked("comparison.compare")[1] == FOLDER


def test_the_filter_narrows_the_versions(opens: Opens) -> None:
    robot = opens(boards.home())
    robot.types("v1.0", "Filter versions")
    assert robot.window.side.tree.count == 2
    robot.types("zebra", "Filter versions")
    robot.sees("No version has “zebra” in its tags or digest.")
    robot.presses("Escape", robot.field("Filter versions"))
    assert robot.window.side.tree.count == len(VERSIONS)


def test_a_version_menu_names_the_version(opens: Opens) -> None:
    robot = opens(boards.home())
    tree = robot.window.side.tree
    tree.setCurrentIndex(tree.model().index(5, 0))
    menu = robot.window.commands.version_menu("v1.0.0", robot.window)
    texts = [action.text().partition("\t")[0] for action in menu.actions()]
    assert "Roll back to v1.0.0…" in texts
    assert "Delete from this machine…" in texts
    assert "Push v1.0.0…" in texts
    assert not [text for text in texts if text.startswith("Pull")], "v1.0.0 is here already"
    menu.actions()[texts.index("Copy digest")].trigger()
    robot.sees("Copied the digest")
    menu.close()


def test_the_pickers_choose_any_two_sides(opens: Opens) -> None:
    robot = opens(boards.home())
    robot.chooses("this folder", "After version")
    assert robot.asked("comparison.compare") == (V1, FOLDER)
    robot.chooses("v1.1.0", "Before version")
    assert robot.asked("comparison.compare") == (V11, FOLDER)
    robot.shortcut("Ctrl+Shift+X")
    assert "comparison.swap_sides" in robot.session.names()


def test_a_fresh_folder_is_offered_a_kitfile(opens: Opens) -> None:
    robot = opens(boards.fresh())
    robot.sees("no version yet")
    robot.sees("No versions yet. Pack this folder to make the first one.")
    robot.clicks("Make a Kitfile")
    assert "versions.make_kitfile" in robot.session.names()
    assert not robot.button("Pack…").isEnabled()
    assert "no Kitfile" in robot.button("Pack…").toolTip()


def test_an_interrupted_roll_back_asks_for_its_end(opens: Opens) -> None:
    robot = opens(boards.home(folder=boards.folder(interrupted="A roll back was cut off.")))
    robot.clicks("Finish")
    assert robot.asked("folder.resolve_interrupted") == ("finish",)
    robot.clicks("Undo")
    assert robot.asked("folder.resolve_interrupted") == ("undo",)
    assert not robot.button("Pack…").isEnabled()


def test_a_vanished_folder_says_so(opens: Opens) -> None:
    gone = ErrorInfo("The folder is gone.", "Mount the disk, then look again.", code="folder-gone")
    robot = opens(boards.home(folder=boards.folder(problem=gone), comparison=None))
    robot.sees("Folder not found")
    robot.clicks("Look again")
    assert "refresh" in robot.session.names()


def test_offline_names_the_age_and_what_still_works(opens: Opens) -> None:
    robot = opens(boards.offline())
    robot.sees("Registry not reached")
    robot.sees("Remote versions are as of 3 h ago.")
    robot.sees("v1.1.0 is only in the registry")
    robot.sees("work with the 5 versions on this machine")
    robot.workspace.apply(Topic.REMOTE, remote=lists.REMOTE)
    robot.sees_not("Registry not reached")


def test_without_a_remote_one_can_be_chosen(opens: Opens) -> None:
    robot = opens(boards.home(remote=RemoteState()))
    robot.sees("No remote yet.")
    robot.shortcut("Ctrl+Shift+P")
    robot.types("registry.acme.dev/ml/movies", "Address of the remote")
    robot.clicks("Use this remote")
    assert robot.asked("tree.set_remote") == ("registry.acme.dev/ml/movies",)


def test_the_result_bar_undoes(opens: Opens) -> None:
    robot = opens(boards.rolled_back())
    robot.sees("This folder is exactly v1.0.0 again.")
    robot.clicks("Undo")
    assert "folder.undo" in robot.session.names()
    robot.clicks("Close this message")
    robot.sees_not("This folder is exactly v1.0.0 again.")


def test_the_error_card_has_the_cure(opens: Opens) -> None:
    robot = opens(boards.home(error=pages.REFUSED, jobs=(pages.FAILED,)))
    robot.sees("registry.acme.dev refused the password")
    robot.sees("401 UNAUTHORIZED")
    robot.window.error_card.again.click()
    assert robot.asked("jobs.retry") == (5,)
    robot.sees_not("401 UNAUTHORIZED")


def test_the_strip_shows_progress_and_cancels(opens: Opens) -> None:
    robot = opens(boards.home())
    robot.sees("4.10 of 6.90 MB · 640 kB/s · 4 s left")
    robot.clicks("Cancel")
    assert robot.asked("jobs.cancel") == (7,)


def test_the_panel_lists_every_job(opens: Opens) -> None:
    robot = opens(boards.home(jobs=(pages.PUSHING, pages.WAITING, pages.FAILED, pages.PACKED)))
    robot.shortcut("Ctrl+Shift+A")
    robot.sees("waits for the push")
    robot.clicks("Try again: Pull v1.1.0 stopped")
    assert robot.asked("jobs.retry") == (5,)
    robot.clicks("Log: Packed v2.0.0")
    robot.sees("wrote 5 layers")
    robot.clicks("Clear finished")
    assert "jobs.clear_finished" in robot.session.names()
    robot.presses("Escape", robot.window.panel)
    assert not robot.window.panel.isVisible()


def test_a_job_that_moves_keeps_its_row(opens: Opens) -> None:
    robot = opens(boards.home())
    robot.shortcut("Ctrl+Shift+A")
    before = robot.button("Cancel: Pushing v2.0.0")
    robot.workspace.apply(Topic.JOBS, jobs=(replace(pages.PUSHING, done=6_000_000), pages.PACKED))
    assert robot.button("Cancel: Pushing v2.0.0") is before
    robot.sees("6.00 of 6.90 MB")


@pytest.mark.parametrize("name", ["", "Kitfile"])
def test_a_folder_can_be_dropped_anywhere(opens: Opens, tmp_path: Path, name: str) -> None:
    robot = opens(boards.start())
    (tmp_path / "Kitfile").write_text("manifestVersion: 1.0.0\n")
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(tmp_path / name))])
    event = QDropEvent(
        QPointF(5, 5),
        Qt.DropAction.CopyAction,
        data,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    robot.window.dropEvent(event)
    assert robot.asked("project.open") == (tmp_path, False)


def test_f6_goes_round_the_panes(opens: Opens) -> None:
    robot = opens(boards.home())
    robot.window.side.tree.setFocus()
    seen = []
    for _ in range(6):
        robot.shortcut("F6")
        seen.append(robot.window.focusWidget())
    compare = robot.window.compare
    assert seen[:3] == [compare.verdict.title, compare.table, compare.content.panes.right]
    assert seen[-1] is robot.window.side.tree
    robot.shortcut("Shift+F6")
    assert robot.window.focusWidget() is robot.window.tool_bar.project


def test_shortcuts_are_unique_and_reasons_are_sentences(opens: Opens) -> None:
    keys = [key for action in ACTIONS for key in action.keys]
    assert len(keys) == len(set(keys))
    assert len({action.id for action in ACTIONS}) == len(ACTIONS)
    robot = opens(boards.start())
    for name, command in robot.window.commands.by_id.items():
        if not command.isEnabled():
            assert command.toolTip().endswith("."), f"{name} does not say why it is off"


def test_the_menu_holds_every_action_but_the_keys_of_panes(opens: Opens) -> None:
    robot = opens(boards.home())
    menu = robot.window.commands.window_menu(robot.window)
    parts = [menu, *menu.findChildren(QMenu)]
    shown = {a.objectName() for part in parts for a in part.actions() if a.menu() is None}
    assert shown - {""} == {action.id for action in ACTIONS if action.menu}
    menu.deleteLater()


def test_the_scheme_changes_while_it_runs(opens: Opens) -> None:
    robot = opens(boards.home())
    light = robot.window.grab().toImage().pixelColor(5, 80).lightness()
    robot.session.set_scheme("dark")
    dark = robot.window.grab().toImage().pixelColor(5, 80).lightness()
    robot.session.set_scheme("light")
    assert light > 200
    assert dark < 60


def test_views_are_changed_by_keys(opens: Opens) -> None:
    robot = opens(boards.home(about=about.ABOUT, about_side=RC))
    robot.shortcut("Ctrl+3")
    assert robot.asked("show") == (View.KITFILE,)
    robot.shortcut("Ctrl+2")
    assert robot.asked("about.show") == (RC,)
    robot.shortcut("Ctrl+Shift+M")
    robot.sees("3 repositories, 7 versions")
    robot.presses("Escape", robot.window)
    assert robot.workspace.state.view is View.COMPARE
    assert robot.workspace.state.comparison is COMPARISON


def test_tooltips_name_the_version_an_action_would_take(opens: Opens) -> None:
    robot = opens(boards.home())
    assert robot.button("Pull").toolTip() == "Pull v2.1.0-rc.1 (Ctrl+Shift+L)"
    robot.window.side.tree.setCurrentIndex(robot.window.side.tree.model().index(5, 0))
    assert robot.button("Roll back…").toolTip() == "Roll back to v1.0.0 (Ctrl+R)"


def test_in_about_a_menu_is_about_its_row(opens: Opens) -> None:
    robot = opens(boards.about())
    tree = robot.window.side.tree
    assert robot.window.chosen() == RC
    tree.setFocus()
    tree._quiet = True
    tree.setCurrentIndex(tree.model().index(5, 0))
    assert robot.window.chosen() == V1


def test_the_dots_of_a_row_open_its_menu(opens: Opens) -> None:
    robot = opens(boards.home())
    tree = robot.window.side.tree
    tree.menu_wanted.disconnect()
    rect = tree.visualRect(tree.model().index(2, 0))
    place = QPoint(rect.right() - 24, rect.top() + 33)
    with robot.qtbot.waitSignal(tree.menu_wanted) as got:
        QTest.mouseClick(tree.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert got.args is not None
    assert got.args[0] == V12
    assert "comparison.compare_with_previous" not in robot.session.names()


def test_a_version_that_is_only_remote_claims_nothing_about_changes(opens: Opens) -> None:
    far = boards.home(folder=boards.folder(at=VERSIONS[0], changes=()))
    robot = opens(far)
    robot.sees("v2.1.0-rc.1 is not on this machine: pull it to see what changed since.")
    robot.clicks("Pull v2.1.0-rc.1")
    assert robot.asked("transfers.pull") == (VERSIONS[0].digest,)


def test_a_folder_whose_name_is_not_utf8_is_shown(opens: Opens) -> None:
    odd = replace(boards.folder(), path=Path("/projects/caf\udce9\n"), name="caf\udce9\n")
    robot = opens(boards.home(folder=odd))
    assert robot.window.windowTitle().startswith("caf")
    robot.window.open_sheet("pack")
    robot.sees("Pack this folder")


def test_a_dropped_path_keeps_its_bytes() -> None:
    url = QUrl.fromEncoded(b"file:///projects/caf%E9%0A")
    assert local_path(url) == Path("/projects/caf\udce9\n")


# place ----------------------------------------------------------------------------------------


def test_the_window_comes_back_where_it_was(opens: Opens, tmp_path: Path, qtbot: QtBot) -> None:
    app = QGuiApplication.instance()
    assert isinstance(app, QGuiApplication)
    robot = opens(boards.home())
    robot.window.placement = Placement(tmp_path)
    robot.window.setGeometry(30, 40, 1000, 640)
    save_place(robot.window)
    other = QMainWindow()
    other.setMinimumSize(960, 600)
    qtbot.addWidget(other)
    again = Placement(tmp_path)
    assert not again.restore(other, app.screens())
    room = app.primaryScreen().availableGeometry()
    assert other.geometry() == inside(QRect(30, 40, 1000, 640), room)
    assert sum(again.splitters["side"]) > 0
    assert not Placement(tmp_path).restore(other, []), "on a screen that is there, or nowhere"


def test_a_place_of_another_screen_is_brought_in() -> None:
    room = QRect(0, 0, 1920, 1080)
    assert room.contains(inside(QRect(5000, -300, 1200, 700), room))
    assert inside(QRect(0, 0, 9000, 9000), room) == room


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize("text", ["", "[]", "{", '{"screens": 5}', '{"screens": {"x": []}}', "\0"])
def test_a_place_that_cannot_be_read_is_not_missed(tmp_path: Path, text: str) -> None:
    (tmp_path / "window.json").write_text(text)
    placement = Placement(tmp_path)
    app = QGuiApplication.instance()
    assert isinstance(app, QGuiApplication)
    assert not placement.restore(QMainWindow(), app.screens())
    assert placement.folder("open")


def test_a_job_that_ends_in_the_background_is_in_the_title(opens: Opens) -> None:
    robot = opens(boards.home())
    other = QWidget()
    robot.qtbot.addWidget(other)
    other.show()
    other.activateWindow()
    robot.qtbot.waitUntil(other.isActiveWindow)
    jobs = robot.workspace.state.jobs
    ended = replace(jobs[0], state=JobState.DONE, title="Pushed v2.0.0")
    robot.workspace.apply(Topic.JOBS, jobs=(ended, *jobs[1:]))
    assert robot.window.windowTitle() == "\u2713 Pushed v2.0.0 - movie-recommend - KitDesk"
    robot.window.activateWindow()
    robot.qtbot.waitUntil(lambda: robot.window.windowTitle() == "movie-recommend - KitDesk")


def test_no_keys_that_type_a_letter_elsewhere() -> None:
    for action in ACTIONS:
        for keys in action.keys:
            assert not ("Ctrl+Alt+" in keys and len(keys.rpartition("+")[2]) == 1), action.id


@pytest.mark.qt_log_ignore("This plugin does not support")
def test_a_second_start_keeps_a_maximised_window_maximised(opens: Opens) -> None:
    robot = opens(boards.home())
    robot.window.showMaximized()
    robot.window.come_to_front()
    assert robot.window.isMaximized()
    robot.window.showMinimized()
    robot.window.come_to_front()
    assert not robot.window.isMinimized()
