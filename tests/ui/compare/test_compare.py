"""The Compare view: from the verdict down to the line."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QFontMetrics
from PySide6.QtWidgets import QLabel

from kitdesk.changes import Topic
from kitdesk.compare.content.result import Content, Fact, Limit
from kitdesk.compare.values import Sentence
from kitdesk.session.state.project import ErrorInfo
from kitdesk.ui.compare.content.diff_panes import aligned, one_column, starts_of
from kitdesk.ui.compare.sentences import as_html
from kitdesk.ui.theme import theme
from tests.fakes import boards
from tests.fakes.samples import COMPARISON, FACTS, PACKAGING, TEXT, V1
from tests.ui.conftest import Opens
from tests.ui.robot import Robot


def test_verdict_counts_and_sizes(opens: Opens) -> None:
    robot = opens(boards.home())
    for text in ("3 changed", "1 added", "1 removed", "1 the same"):
        robot.sees(text)
    robot.sees("5.55 MB → 6.90 MB (+1.35 MB)")
    robot.sees("4 changes")


def test_a_file_that_is_clicked_is_asked_for(opens: Opens) -> None:
    robot = opens(boards.home())
    assert "comparison.choose_file" not in robot.session.names()
    robot.clicks_row(robot.window.compare.table, 1)
    assert robot.asked("comparison.choose_file") == ("datasets/movies.csv",)


def test_equal_files_are_one_line_until_shown(opens: Opens) -> None:
    robot = opens(boards.home())
    table = robot.window.compare.table
    robot.sees("1 file has the same bytes in both")
    assert table.rows.rowCount() == 5
    robot.clicks("Show")
    assert table.rows.rowCount() == 6
    robot.clicks("Hide")
    assert table.rows.rowCount() == 5


def test_columns_give_way_in_a_small_window(opens: Opens) -> None:
    robot = opens(boards.home(), (1100, 700))
    compare = robot.window.compare
    assert compare.table.isColumnHidden(4)
    folded = "Dataset movies was added, from datasets/movies.csv."
    robot.sees_not(folded)
    robot.clicks("Show the changes of the Kitfile")
    robot.sees(folded)
    wide = opens(boards.home())
    assert not wide.window.compare.table.isColumnHidden(4)
    assert wide.window.compare.sentences.opened


def test_the_head_of_the_hash_of_the_folder_is_short(opens: Opens) -> None:
    folder = replace(COMPARISON, right=replace(COMPARISON.right, name="this folder"))
    table = opens(boards.home(comparison=folder)).window.compare.table
    heads = [table.rows.headerData(column, Qt.Orientation.Horizontal) for column in range(6)]
    assert heads[3:] == ["this folder", "hash v1.0.0", "hash folder"]
    room = table.columnWidth(5) - 12 - 8
    assert QFontMetrics(theme.font("small")).horizontalAdvance("hash folder") <= room


def test_one_changed_file_takes_one_row(opens: Opens) -> None:
    one = replace(COMPARISON, files=COMPARISON.files[:1])
    table = opens(boards.home(comparison=one, file=one.files[0].path)).window.compare.table
    assert table.height() < 2 * theme.SIZE["row"]
    assert table.viewport().height() >= theme.SIZE["row"]


def test_rows_of_both_sides_are_aligned() -> None:
    left, right = aligned(TEXT)
    assert len(left) == len(right)
    gap = next(at for at, row in enumerate(left) if row.kind == "gap")
    assert right[gap].text.startswith("MOVIES")
    changed = next(row for row in right if "TruncatedSVD" in row.text)
    assert changed.kind == "added"
    assert changed.text[slice(*changed.spans[0])] == "decomposition"


def test_one_column_keeps_every_line_once() -> None:
    rows, starts = one_column(TEXT)
    assert sum(row.kind == "added" for row in rows) == TEXT.added
    assert sum(row.kind == "removed" for row in rows) == TEXT.removed
    assert len(starts) == len(starts_of(TEXT.rows))
    assert rows[starts[0]].kind == "removed"
    assert rows[starts[0]].other == 6


def test_f7_steps_through_the_changes(opens: Opens) -> None:
    robot = opens(boards.home())
    total = len(starts_of(TEXT.rows))
    robot.shortcut("F7")
    robot.sees(f"Change 1 of {total}")
    robot.shortcut("Shift+F7")
    robot.sees(f"Change {total} of {total}")
    robot.clicks("Next change (F7)")
    robot.sees(f"Change 1 of {total}")


def test_both_panes_scroll_together(opens: Opens) -> None:
    panes = opens(boards.home(), (1100, 700)).window.compare.content.panes
    panes.right.verticalScrollBar().setValue(7)
    assert panes.left.verticalScrollBar().value() == 7
    panes.left.verticalScrollBar().setValue(2)
    assert panes.right.verticalScrollBar().value() == 2


def test_the_layout_can_be_chosen(opens: Opens) -> None:
    robot = opens(boards.home())
    panes = robot.window.compare.content.panes
    assert panes.left.isVisible()
    robot.clicks("One column")
    assert not panes.left.isVisible()
    assert "from sklearn.metrics.pairwise" in panes.right.toPlainText()
    robot.clicks("Side by side")
    assert panes.left.isVisible()


def test_facts_and_unknown_content_have_a_page(opens: Opens) -> None:
    robot = opens(boards.home(file="saved_model/user_similarity_model.pkl", content=FACTS))
    robot.sees("Read to the end without running it: 3 imports")
    robot.sees("DataFrame → sklearn.decomposition.TruncatedSVD")
    limit = Limit("size", "The file is too large to be shown.")
    size = Fact("size", "Size", 3_000_000_000, 4_000_000_000, "M")
    opaque = Content("binary", (None, None), "size", equal=False, facts=(size,), limits=(limit,))
    robot.workspace.apply(Topic.COMPARISON, content=opaque)
    robot.sees("The file is too large to be shown.")
    robot.workspace.apply(
        Topic.COMPARISON,
        content=None,
        content_error=ErrorInfo("The blob is damaged.", "Pull it again."),
    )
    robot.sees("Pull it again.")


def test_equal_sides_say_so(opens: Opens) -> None:
    robot = opens(boards.home(comparison=PACKAGING, file="", content=None))
    robot.sees("Only packaging differs; every file has the same bytes.")
    robot.sees("The two were packed by different versions of kit.")
    robot.sees("Every file has the same bytes in both")
    assert not robot.window.compare.table.isVisible()
    robot.clicks("Show")
    assert robot.window.compare.table.isVisible()


def test_unverified_remote_files_are_counted(opens: Opens) -> None:
    workspace = boards.home(comparison=replace(COMPARISON, unverified=("a.bin", "b.bin")))
    opens(workspace).sees("2 remote files of equal size")


def test_a_sentence_is_never_markup(opens: Opens) -> None:
    sentence = Sentence("A", (("Dataset ", False), ("<img src=x>", True), (" was added.", False)))
    assert "<img" not in as_html(sentence)
    robot = opens(boards.home(comparison=replace(COMPARISON, sentences=(sentence,))))
    shown = [w for w in robot.window.compare.sentences.findChildren(QLabel) if "img" in w.text()]
    assert shown[0].accessibleName() == "added: Dataset <img src=x> was added."


def test_a_refused_comparison_can_be_tried_again(opens: Opens) -> None:
    robot = opens(boards.offline())
    robot.clicks("Try again")
    assert "refresh" in robot.session.names()


def menu_of(robot: Robot, path: str) -> dict[str, QAction]:
    menu = robot.window.compare.file_menu(path)
    return {action.text(): action for action in menu.actions() if action.text()}


def test_a_file_is_restored_from_either_version(opens: Opens) -> None:
    robot = opens(boards.home())
    menu = menu_of(robot, "movie_recommender.py")
    assert list(menu) == [
        "Restore as in v1.0.0", "Restore as in v2.0.0", "Copy path", "Copy hash",
    ]  # fmt: skip
    menu["Restore as in v1.0.0"].trigger()
    assert robot.asked("folder.restore") == (V1, "movie_recommender.py", False)


def test_only_a_version_that_has_the_file_offers_it(opens: Opens) -> None:
    robot = opens(boards.home())
    assert "Restore as in v1.0.0" not in menu_of(robot, "datasets/movies.csv")
    gone = boards.home(folder=boards.folder(interrupted="A roll back to v1.0.0 was cut off."))
    robot.turns_to(gone)
    assert not [text for text in menu_of(robot, "movie_recommender.py") if "Restore" in text]


def test_remote_files_that_cannot_be_told_apart_are_fetched_on_request(opens: Opens) -> None:
    unsure = replace(COMPARISON, unverified=("a.bin", "b.bin"))
    robot = opens(boards.home(comparison=unsure))
    robot.sees("2 remote files of equal size cannot be told apart without fetching them.")
    robot.clicks("Fetch them and compare")
    assert robot.asked("comparison.compare_exactly") == ()
    robot.workspace.apply(Topic.COMPARISON, comparison=COMPARISON)
    robot.sees_not("Fetch them and compare")
