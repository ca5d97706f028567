"""Typed text: its letters, its undo, the bars beside it, and the questions before one leaves."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from kitdesk.changes import Topic
from kitdesk.session.state.kitfile import Disk, KitfileState, Leaving
from kitdesk.session.state.project import View
from tests.fakes import boards, pages
from tests.fakes.pages import KITFILE
from tests.fakes.samples import NOW, V1
from tests.ui.conftest import Opens

ODD = "a:\u00a0b\u2028c\ufeff\t😀\nd: 1\n\n"


def test_every_letter_of_the_file_stays_in_the_editor(opens: Opens) -> None:
    robot = opens(boards.home(view=View.KITFILE, kitfile=KitfileState(ODD, ODD)))
    editor = robot.window.pages.kitfile.editor
    assert editor.text() == ODD
    QTest.keyClicks(editor, "x")
    assert robot.asked("kitfile.edit") == ("x" + ODD,)
    editor.selectAll()
    editor.cut()
    assert QApplication.clipboard().text() == "x" + ODD
    editor.paste()
    assert editor.text() == "x" + ODD


def test_undo_belongs_to_one_file(opens: Opens) -> None:
    robot = opens(boards.home(view=View.KITFILE, kitfile=KitfileState("a: 1\n", "a: 1\n")))
    editor = robot.window.pages.kitfile.editor
    QTest.keyClicks(editor, "x")
    other = KitfileState("b: 2\n", "b: 2\n", origin=1)
    robot.workspace.apply(Topic.KITFILE | Topic.FOLDER, kitfile=other)
    assert editor.text() == "b: 2\n"
    editor.undo()
    assert editor.text() == "b: 2\n", "Ctrl+Z in a second project must not bring back the first"


def test_tab_and_shift_tab_move_the_selected_lines(opens: Opens) -> None:
    text = "a:\nb:\n\nc:\n"
    robot = opens(boards.home(view=View.KITFILE, kitfile=KitfileState(text, text)))
    editor = robot.window.pages.kitfile.editor
    editor.setFocus()
    editor.selectAll()
    QTest.keyClick(editor, Qt.Key.Key_Tab)
    assert editor.text() == "  a:\n  b:\n\n  c:\n"
    QTest.keyClick(editor, Qt.Key.Key_Backtab, Qt.KeyboardModifier.ShiftModifier)
    assert editor.text() == text
    editor.undo()
    assert editor.text() == "  a:\n  b:\n\n  c:\n", "each is one step"


def test_a_folder_dropped_on_the_editor_is_for_the_window(opens: Opens, tmp_path: Path) -> None:
    robot = opens(boards.editing())
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(tmp_path))])
    event = QDragEnterEvent(
        QPoint(5, 5), Qt.DropAction.CopyAction, mime, Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )  # fmt: skip
    editor = robot.window.pages.kitfile.editor
    editor.dragEnterEvent(event)
    assert not event.isAccepted(), "not the editor's"
    QApplication.sendEvent(editor.viewport(), event)
    assert event.isAccepted(), "the window takes it"
    assert not editor.canInsertFromMimeData(mime)


@pytest.mark.parametrize(
    ("disk", "words"),
    [
        (Disk.CHANGED, "The Kitfile changed on disk while you were editing it."),
        (Disk.GONE, "The Kitfile is not on the disk any more."),
        (Disk.UNREADABLE, "not UTF-8"),
    ],
)
def test_a_mark_stands_beside_the_text(opens: Opens, disk: Disk, words: str) -> None:
    robot = opens(boards.marked(disk, disk_problem="It is not UTF-8 text."))
    robot.sees(words)
    robot.sees("not saved yet; a draft is kept")
    assert robot.window.pages.kitfile.editor.text() == boards.MINE


def test_a_draft_that_came_back_can_be_dropped(opens: Opens) -> None:
    robot = opens(boards.marked(Disk.SAME, draft_back=NOW, other_kept=True))
    robot.sees("is back.")
    robot.clicks("Drop it")
    assert "kitfile_merge.drop_draft" in robot.session.names()
    robot.clicks("Other text")
    assert "kitfile_merge.bring_back" in robot.session.names()


def test_both_texts_stand_side_by_side(opens: Opens) -> None:
    robot = opens(boards.draft())
    robot.sees("Your draft is back, and the Kitfile on the disk has changed meanwhile.")
    robot.sees("No line was changed by both: Merge takes your 2 and their 2.")
    both = robot.window.pages.kitfile.both
    assert both.right.text() == boards.MINE
    assert both.bar.merge.kind == "primary"
    assert both.left.isReadOnly()
    for button, wish in (
        ("Merge", "merge"), ("Keep mine", "keep_mine"), ("Take theirs", "take_theirs"),
    ):  # fmt: skip
        robot.clicks(button)
        assert f"kitfile_merge.{wish}" in robot.session.names()


def test_the_cursor_waits_in_the_line_that_both_changed(opens: Opens) -> None:
    robot = opens(boards.draft(clash=True))
    robot.sees("Both changed line 5: Merge takes the other 3 lines and leaves yours there.")
    both = robot.window.pages.kitfile.both
    assert both.bar.merge.kind == ""
    assert both.right.textCursor().block().text() == "  version: 2.0.1"
    both.right.setFocus()
    QTest.keyClicks(both.right, "9")
    (typed,) = robot.asked("kitfile.edit")
    assert typed == boards.MINE.replace("2.0.1", "2.9" + "0.1"), "without the gaps of the drawing"


# leaving --------------------------------------------------------------------------------------


def test_closing_with_unsaved_text_asks(opens: Opens) -> None:
    robot = opens(boards.home(kitfile=KitfileState("a", "b"), jobs=()))
    robot.window.close()
    assert robot.window.isVisible()
    robot.sees("Close KitDesk?")
    robot.clicks("Cancel")
    assert "leaving.stay" in robot.session.names()
    assert robot.window.sheet is None
    robot.window.close()
    robot.clicks("Save and close")
    assert "leaving.save_and_go" in robot.session.names()
    robot.workspace.apply(Topic.SELECTION, closing=True)
    robot.qtbot.waitUntil(lambda: not robot.window.isVisible())


def test_closing_while_a_job_runs_asks(opens: Opens) -> None:
    robot = opens(boards.home())
    robot.window.close()
    robot.sees("Pushing v2.0.0 is under way and would be stopped.")
    robot.clicks("Stop and close")
    assert "leaving.keep_and_go" in robot.session.names()


def test_opening_another_project_names_it(opens: Opens) -> None:
    robot = opens(boards.leaving(Leaving("open", Path("/projects/churn"))))
    robot.workspace.apply(Topic.SELECTION)
    robot.sees("The Kitfile is not saved")
    robot.clicks("Keep as a draft")
    assert "leaving.keep_and_go" in robot.session.names()


def test_pack_saves_what_is_typed_first(opens: Opens) -> None:
    robot = opens(boards.home(kitfile=KitfileState(boards.MINE, KITFILE), preview=pages.PREVIEW))
    robot.clicks("Pack…")
    robot.sees("The Kitfile has unsaved text. It is saved first, and then packed.")
    robot.clicks("Save and pack v2.0.1")
    then: Any = robot.asked("kitfile.save")[0]
    assert "versions.pack" not in robot.session.names()
    then()
    assert robot.asked("versions.pack")[0] == ("v2.0.1",)


def test_roll_back_says_that_text_is_unsaved(opens: Opens) -> None:
    robot = opens(boards.home(kitfile=KitfileState(boards.MINE, KITFILE), rollback=pages.ROLLBACK))
    robot.window.open_sheet("rollback", V1)
    robot.sees("The Kitfile has unsaved text.")
    robot.clicks("Save it first")
    assert "kitfile.save" in robot.session.names()


# a question ends with its object --------------------------------------------------------------


@pytest.mark.parametrize("name", ["pack", "rollback", "push", "tag", "unpack", "delete"])
def test_a_sheet_goes_when_another_project_is_opened(opens: Opens, name: str) -> None:
    robot = opens(boards.home(preview=pages.PREVIEW, rollback=pages.ROLLBACK, push=pages.PUSH))
    robot.window.open_sheet(name, V1)
    assert robot.scope() is not robot.window
    other = replace(boards.folder(), path=Path("/projects/churn"), name="churn")
    robot.workspace.apply(Topic.EVERYTHING, folder=other)
    assert robot.window.sheet is None
    robot.sees("Closed the question: another project is open now")


@pytest.mark.parametrize("name", ["rollback", "push", "tag", "delete"])
def test_a_sheet_goes_when_its_version_goes(opens: Opens, name: str) -> None:
    robot = opens(boards.home(rollback=pages.ROLLBACK, push=pages.PUSH))
    robot.window.open_sheet(name, V1)
    robot.workspace.apply(Topic.LOCAL)
    rest = tuple(row for row in robot.workspace.state.versions if row.digest != V1)
    robot.workspace.apply(Topic.LOCAL, versions=rest)
    assert robot.window.sheet is None


def test_settings_stay_open_whichever_project_is(opens: Opens) -> None:
    robot = opens(boards.home())
    robot.window.open_sheet("preferences")
    robot.workspace.apply(Topic.EVERYTHING, folder=None, view=View.START)
    assert robot.window.sheet is not None
