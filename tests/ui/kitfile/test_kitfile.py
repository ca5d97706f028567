"""The Kitfile view: typing, problems, fixes, what will be packed."""

from __future__ import annotations

from PySide6.QtTest import QTest

from kitdesk.changes import Topic
from kitdesk.modelkit.kitfile.diagnostics import Problem, Severity
from kitdesk.session.state.kitfile import Disk, KitfileState
from kitdesk.session.state.project import ErrorInfo, View
from kitdesk.ui.kitfile.editor import units
from tests.fakes import boards
from tests.fakes.pages import KITFILE, PREVIEW, PROBLEMS
from tests.ui.conftest import Opens


def test_what_is_typed_goes_to_the_session(opens: Opens) -> None:
    robot = opens(boards.editing())
    editor = robot.window.pages.kitfile.editor
    QTest.keyClicks(editor, "# hi")
    assert robot.asked("kitfile.edit") == ("# hi" + KITFILE,)
    robot.sees("not saved yet")
    robot.shortcut("Ctrl+S")
    assert "kitfile.save" in robot.session.names()


def test_the_session_s_text_is_shown_and_sends_nothing_back(opens: Opens) -> None:
    robot = opens(boards.editing())
    editor = robot.window.pages.kitfile.editor
    fixed = KITFILE.replace("licence", "license")
    robot.workspace.apply(Topic.KITFILE, kitfile=KitfileState(fixed, KITFILE))
    assert editor.text() == fixed
    assert "kitfile.edit" not in robot.session.names()
    robot.clicks("Undo")
    assert robot.asked("kitfile.edit") == (KITFILE,), "a fix is one step that Undo takes back"


def test_problems_have_places_and_fixes(opens: Opens) -> None:
    robot = opens(boards.editing())
    robot.sees("2 errors, 1 warning")
    robot.sees("25:11")
    robot.clicks("Change to license")
    assert robot.asked("kitfile.fix") == (PROBLEMS[0].fix,)
    robot.shortcut("Ctrl+.")
    assert robot.asked("kitfile.fix") == (PROBLEMS[0].fix,)


def test_f8_goes_from_problem_to_problem(opens: Opens) -> None:
    robot = opens(boards.editing())
    editor = robot.window.pages.kitfile.editor
    lines = []
    for _ in range(4):
        robot.shortcut("F8")
        lines.append(editor.textCursor().blockNumber() + 1)
    assert lines == [5, 13, 25, 5]
    robot.shortcut("Shift+F8")
    assert editor.textCursor().blockNumber() + 1 == 25


def test_waves_stand_under_the_right_characters(opens: Opens) -> None:
    text = "name: 😀 wrong\n"
    problem = Problem(1, 9, 1, 14, Severity.ERROR, "r", "wrong is wrong")
    robot = opens(boards.home(view=View.KITFILE, kitfile=KitfileState(text, text, (problem,))))
    wave = robot.window.pages.kitfile.editor.extraSelections()[0]
    assert wave.cursor.selectedText() == "wrong"
    assert units("😀a", 2) == 2


def test_the_preview_names_layers_and_what_is_left_out(opens: Opens) -> None:
    robot = opens(boards.editing())
    robot.sees("4 of 5 layers; packing waits for 2 errors.")
    robot.sees("dataset/movies.csv does not exist")
    robot.sees("In no layer")
    robot.sees("line 1")
    robot.workspace.apply(
        Topic.KITFILE, preview=None, preview_error=ErrorInfo("No model.", "Add one.")
    )
    robot.sees("No model.")
    robot.workspace.apply(Topic.KITFILE, preview=PREVIEW, preview_error=None)
    robot.sees("6.40 MB")


def test_the_preview_becomes_a_button_in_a_small_window(opens: Opens) -> None:
    robot = opens(boards.editing(), (1100, 700))
    preview = robot.window.pages.kitfile.preview
    assert not preview.isVisible()
    robot.clicks("What will be packed")
    assert preview.isVisible()


def test_a_file_that_changed_outside_can_be_read_again(opens: Opens) -> None:
    workspace = KitfileState("a: 1\n", "a: 2\n", disk=Disk.CHANGED)
    robot = opens(boards.home(view=View.KITFILE, kitfile=workspace))
    robot.sees("The Kitfile changed on disk while you were editing it.")
    robot.clicks("Take theirs")
    assert "kitfile_merge.take_theirs" in robot.session.names()


def test_a_folder_without_a_kitfile_offers_one(opens: Opens) -> None:
    robot = opens(boards.fresh(view=View.KITFILE))
    robot.sees("This folder has no Kitfile")
    robot.window.pages.kitfile.message.findChildren(type(robot.button("Make a Kitfile")))[0].click()
    assert "versions.make_kitfile" in robot.session.names()


def test_an_unreadable_kitfile_says_why(opens: Opens) -> None:
    workspace = KitfileState(error=ErrorInfo("The Kitfile is not UTF-8.", "Save it as UTF-8."))
    opens(boards.home(view=View.KITFILE, kitfile=workspace)).sees("Save it as UTF-8.")
