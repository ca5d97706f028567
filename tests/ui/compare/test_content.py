"""What differs inside a file, as a reader of the window sees it and walks through it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QFileDialog, QWidget

from kitdesk.changes import Topic
from kitdesk.compare.content.parts import ImportsDiff
from kitdesk.compare.content.picture import Picture
from kitdesk.compare.content.result import Content, Limit, TableDiff
from kitdesk.ui.compare.content.image import ImageBody
from kitdesk.ui.compare.content.notebook import NotebookBody
from kitdesk.ui.compare.content.object import ObjectBody
from kitdesk.ui.compare.content.pane import ContentPane
from kitdesk.ui.compare.content.pixels import image_of, mask_of
from kitdesk.ui.compare.content.sentences import part_of
from kitdesk.ui.compare.content.stage import DIFFERENCE, SWIPE
from kitdesk.ui.compare.content.table import TableBody
from kitdesk.ui.compare.content.table_tools import AS_SETS
from kitdesk.ui.compare.content.tensors import TensorsBody
from kitdesk.ui.compare.content.tree_body import TreeBody
from kitdesk.ui.window.placement import Placement
from tests.compare.content.golden import HOSTILE, PAIRS, ROOT
from tests.fakes import boards, contents, drawn, samples
from tests.ui.conftest import Opens
from tests.ui.robot import Robot
from tests.ui.test_access import nameless
from tests.ui.test_models import watched

QUICK = ("pickle-system", "notebook-html", "zip-names", "text-regex", "safetensors-names")
"""Hostile files that are read at once."""


def pane(robot: Robot) -> ContentPane:
    return robot.window.compare.content


def table(robot: Robot) -> TableBody:
    body = pane(robot).body
    assert isinstance(body, TableBody)
    return body


def place(robot: Robot) -> str:
    return pane(robot).head.words


def shows(robot: Robot, content: Content, path: str = "a.csv") -> None:
    robot.turns_to(contents.shown(content, path))


# every kind --------------------------------------------------------------------------------


NAMES = [
    *(case.relative_to(ROOT).as_posix() for case in PAIRS),
    *(f"hostile/{one.name}" for one in HOSTILE if one.name in QUICK),
]


@pytest.mark.parametrize("kind", sorted({name.partition("/")[0] for name in NAMES}))
def test_every_golden_pair_has_a_body_in_each_of_its_views(opens: Opens, kind: str) -> None:
    """Through every view by the words of the head, F7 all the way round, every row in words."""
    robot = opens(boards.home())
    for name in (one for one in NAMES if one.startswith(f"{kind}/")):
        content = contents.golden(name)
        pictures = contents.pictures(name) if name.startswith("image/") else (None, None)
        robot.turns_to(contents.shown(content, contents.path_of(name), pictures=pictures))
        head = pane(robot).head
        for part in [part.text() for part in head.views.parts]:
            if head.views.isVisible():
                robot.clicks(part)
            body = pane(robot).body
            assert body is not None, name
            assert nameless(pane(robot)) == [], name
            pane(robot).grab()
            count = body.place[1]
            for _ in range(min(count, 40)):
                robot.shortcut("F7")
                at = body.place[0]
                assert 1 <= at <= count, f"{name}, {part}"


@pytest.mark.parametrize("name", ["csv/basic", "joblib/pipeline", "safetensors/fine-tuned"])
def test_the_models_in_the_window_keep_the_contract(opens: Opens, name: str) -> None:
    robot = opens(contents.board(name))
    body = pane(robot).body
    model = (
        body.view.rows if isinstance(body, TableBody) else
        body.grid.rows if isinstance(body, TreeBody | TensorsBody) else None
    )  # fmt: skip
    assert model is not None
    tester = watched(model)
    robot.shortcut("F7")
    shows(robot, contents.golden("csv/tab"))
    robot.turns_to(contents.board(name))
    tester.deleteLater()


def test_equal_content_says_so_and_has_nothing_to_walk(opens: Opens) -> None:
    robot = opens(contents.board("json/layout"))
    robot.sees("Same content, written differently.")
    robot.sees("Nothing in it differs")
    assert not pane(robot).head._down.isVisible()


def test_a_table_of_one_column_is_walked_too(opens: Opens) -> None:
    robot = opens(contents.board("jsonl/chat"))
    body = table(robot)
    assert not body.view.isVisible()
    assert pane(robot).focus_target() is body.fixed
    robot.shortcut("F7")
    assert place(robot).startswith("Change 2 of ")


def test_a_text_stands_under_the_values_of_its_front_matter(opens: Opens) -> None:
    robot = opens(contents.board("card/front-matter"))
    panes = pane(robot).panes
    assert "license: apache-2.0" in panes.right.toPlainText()
    assert pane(robot).body.front.grid.rows.roots[0].name == "license"  # type: ignore[union-attr]
    robot.clicks("One column")
    assert not panes.left.isVisible()


def test_bytes_are_shown_around_the_first_difference(opens: Opens) -> None:
    robot = opens(contents.board("binary/unknown"))
    robot.sees("Bytes differ from 768 on.")
    robot.sees("00000300  00 01 02 03 04 05 06 07")


def test_a_database_shows_the_rows_of_the_table_that_is_picked(opens: Opens) -> None:
    robot = opens(contents.board("database/rows"))
    robot.clicks("Rows")
    body = table(robot)
    assert [one.name for one in body.view.rows.columns] == ["age", "name"]
    assert body.fixed.rows.index(0, 0).data() == "3"
    robot.chooses("logs", "Table")
    robot.sees("1 row differs")
    robot.sees("They are counted, not listed.")


# tables ------------------------------------------------------------------------------------


def test_chips_and_heads_filter_the_rows(opens: Opens) -> None:
    robot = opens(contents.board("csv/basic"))
    body = table(robot)
    robot.sees("3 rows added, 2 removed, 5 changed (by id).")
    robot.sees("193 rows are the same")
    assert body.view.rows.rowCount() == 10
    robot.clicks("Show the 3 added")
    assert [body.view.rows.sample(row).sign for row in range(body.view.rows.rowCount())] == [
        "A"
    ] * 3
    robot.clicks("Show the 3 added")
    head = body.view.heads
    x = head.sectionViewportPosition(0) + 20
    QTest.mouseClick(head.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(x, 30))
    robot.sees("Only the 5 rows where income changed")
    assert body.view.rows.rowCount() == 5
    robot.clicks("Show all")
    assert body.view.rows.rowCount() == 10


def test_columns_that_differ_come_first_after_the_key(opens: Opens) -> None:
    body = table(opens(contents.board("csv/basic")))
    assert [one.name for one in body.fixed.rows.columns] == ["id"]
    assert [one.name for one in body.view.rows.columns][:2] == ["income", "plan"]
    head = body.view.rows.headerData(
        0, Qt.Orientation.Horizontal, Qt.ItemDataRole.AccessibleTextRole
    )
    assert head == "income, number, 5 changed, mean 52,294 → 52,298"


def test_a_table_is_walked_by_keyboard(opens: Opens) -> None:
    robot = opens(contents.board("csv/basic"))
    body = table(robot)
    assert place(robot) == "Change 1 of 10"
    robot.shortcut("F7")
    assert place(robot) == "Change 2 of 10"
    robot.shortcut("Shift+F7")
    robot.shortcut("Shift+F7")
    assert place(robot) == "Change 10 of 10"
    body.view.setFocus()
    robot.presses("Home", body.view)
    robot.presses("Return", body.view)
    assert body.view.heads.only == "income"
    robot.presses("Down", body.view)
    assert place(robot) == "Change 2 of 5"
    assert body.fixed.currentIndex().row() == body.view.currentIndex().row() == 1
    robot.presses("Space", body.view)
    assert body.view.rows.rowCount() == 10


def test_another_key_is_asked_of_the_session(opens: Opens) -> None:
    robot = opens(contents.board("csv/basic"))
    robot.chooses("plan", "Rows are matched by")
    assert robot.asked("comparison.set_key") == (("plan",),)
    robot.chooses(AS_SETS, "Rows are matched by")
    assert robot.asked("comparison.set_key") == ((),)
    robot.session.asked.clear()
    robot.chooses("id", "Rows are matched by")
    assert "comparison.set_key" not in robot.session.names(), "it is the key already"


def test_the_first_thousand_of_many_rows_are_said_to_be_the_first(opens: Opens) -> None:
    content = contents.golden("csv/basic")
    found = part_of(content, TableDiff)
    assert found is not None
    rows = replace(found.rows, added=5_000)
    shown = replace(content, parts=(replace(found, rows=rows),))
    opens(contents.shown(shown, "a.csv")).sees("the first 10 of 5,007 rows that differ are listed")


def test_letter_and_key_stay_while_the_columns_scroll(opens: Opens) -> None:
    robot = opens(contents.board("csv/basic"), (960, 600))
    body = table(robot)
    for at in range(body.view.rows.columnCount()):
        body.view.setColumnWidth(at, 400)
    robot.qtbot.waitUntil(lambda: body.view.horizontalScrollBar().maximum() > 300)
    before = body.fixed.geometry()
    body.view.horizontalScrollBar().setValue(300)
    assert body.view.horizontalScrollBar().value() == 300
    assert body.fixed.geometry() == before
    body.view.verticalScrollBar().setValue(40)
    assert body.fixed.verticalScrollBar().value() == body.view.verticalScrollBar().value()


# tensors, objects --------------------------------------------------------------------------


def test_tensors_are_opened_filtered_and_walked(opens: Opens) -> None:
    robot = opens(drawn.tensors())
    body = pane(robot).body
    assert isinstance(body, TensorsBody)
    robot.sees("65 of 107 tensors changed, 2 renamed, 1 added.")
    robot.sees("38 tensors have the same bytes")
    assert place(robot) == "Change 1 of 66"
    names_shown = [node.name for node in body.grid.rows.roots]
    assert "pre_classifier" not in names_shown, "only what changed"
    robot.clicks("Only changed")
    assert [node.name for node in body.grid.rows.roots][-1] == "pre_classifier"
    robot.types("v_lin", "Filter tensors")
    robot.sees("8 of 68 tensors that differ")
    assert all("v_lin" in one.name for one in body.grid.rows.changes())


def test_return_opens_a_prefix_and_shows_the_rest(opens: Opens) -> None:
    robot = opens(drawn.tensors())
    body = pane(robot).body
    assert isinstance(body, TensorsBody)
    layer = next(one for one in body.grid.rows.roots if one.name == "transformer.layer.4")
    index = body.grid.rows.index_of(layer)
    assert not body.grid.isExpanded(index)
    body.grid.setFocus()
    body.grid.setCurrentIndex(index)
    robot.presses("Return", body.grid)
    assert body.grid.isExpanded(index)
    body.grid.setCurrentIndex(body.grid.rows.index_of(layer.children[-1]))
    robot.presses("Space", body.grid)
    assert len(layer.children) == 16
    assert body.grid.rows.node(body.grid.currentIndex()) is layer.children[3]


def test_f7_opens_what_is_folded(opens: Opens) -> None:
    robot = opens(drawn.tensors())
    body = pane(robot).body
    assert isinstance(body, TensorsBody)
    for _ in range(30):
        robot.shortcut("F7")
    assert place(robot) == "Change 31 of 66"
    node = body.grid.rows.node(body.grid.currentIndex())
    assert node is not None
    assert node.parent is not None
    assert body.grid.isExpanded(body.grid.rows.index_of(node.parent))


def test_a_click_on_a_head_folds_it(opens: Opens) -> None:
    robot = opens(drawn.tensors())
    body = pane(robot).body
    assert isinstance(body, TensorsBody)
    index = body.grid.rows.index(0, 0)
    assert body.grid.isExpanded(index)
    robot.clicks_row(body.grid, 0)
    assert not body.grid.isExpanded(index)


def test_the_shield_stands_only_where_all_was_understood(opens: Opens) -> None:
    content = contents.golden("joblib/pipeline")
    robot = opens(contents.shown(content, "model.joblib"))
    body = pane(robot).body
    assert isinstance(body, ObjectBody)
    assert body.last._icon._name == "shield-check"
    robot.sees("Read to the end without running it: 8 imports, none of them can run")
    partly = replace(content, limits=(Limit("opcodes", "It has too many steps."),))
    shows(robot, partly, "model.joblib")
    assert body.last._icon._name == "alert-triangle"
    robot.sees("not to the end")
    robot.sees("Partly read.")
    robot.sees_not("none of them can run")


def test_a_dangerous_import_is_said_in_four_places(opens: Opens) -> None:
    robot = opens(drawn.dangerous())
    robot.sees("saved_model/pipeline.joblib asks to run a command when it is opened.")
    robot.sees("This file asks to run a command.")
    robot.sees("posix.system, in v2.0.0: opening it runs what it says.")
    robot.sees("1 of 9 imports is dangerous")
    rows = robot.window.compare.table.rows
    assert str(rows.index(0, 1).data()).startswith("asks for posix.system")
    body = pane(robot).body
    assert isinstance(body, ObjectBody)
    first = body.grid.rows.roots[0]
    assert (first.name, first.sign, first.children[0].name) == ("Imports", "!", "system")
    assert body.last._icon._name == "alert-triangle"
    robot.clicks("Show the place")
    assert body.grid.rows.node(body.grid.currentIndex()) is first
    robot.clicks("Show saved_model/pipeline.joblib")
    assert robot.asked("comparison.choose_file") == ("saved_model/pipeline.joblib",)


def test_a_harmless_file_frightens_nobody(opens: Opens) -> None:
    robot = opens(contents.board("joblib/pipeline"))
    assert not pane(robot).danger.isVisible()
    robot.sees_not("when it is opened")
    content = contents.golden("joblib/pipeline")
    part = part_of(content, ImportsDiff)
    assert part is not None
    assert not part.dangerous


# notebooks ---------------------------------------------------------------------------------


def test_cells_stand_in_pairs_with_their_outputs_folded(opens: Opens) -> None:
    robot = opens(contents.board("notebook/cells"))
    body = pane(robot).body
    assert isinstance(body, NotebookBody)
    for text in ("2 equal cells", "not in v1.0.0", "Cell 4", "Cell 5", "+1 −1 lines"):
        robot.sees(text)
    assert robot.words().count("SVD(20)") == 1, "in the source"
    robot.clicks("Show the outputs of cell 5")
    assert robot.words().count("SVD(20)") == 2
    robot.clicks("Hide the outputs of cell 5")
    assert robot.words().count("SVD(20)") == 1
    robot.shortcut("F7")
    assert place(robot) == "Change 1 of 2"


def test_cells_stand_in_one_column_where_room_is_short(opens: Opens) -> None:
    robot = opens(contents.board("notebook/cells"))
    body = pane(robot).body
    assert isinstance(body, NotebookBody)
    wide = body._starts[0].height()
    pane(robot).setMaximumWidth(700)
    robot.qtbot.waitUntil(lambda: body._stacked)
    robot.qtbot.waitUntil(lambda: body._starts[0].height() > wide)


# images ------------------------------------------------------------------------------------


def stage_keys(robot: Robot, *keys: str) -> None:
    body = pane(robot).body
    assert isinstance(body, ImageBody)
    body.stage.setFocus()
    for key in keys:
        robot.presses(key, body.stage)


def test_keys_turn_the_views_of_a_picture(opens: Opens) -> None:
    robot = opens(drawn.image())
    body = pane(robot).body
    assert isinstance(body, ImageBody)
    robot.sees("239 of 230,400, in one box of 92 × 18")
    stage_keys(robot, "2")
    assert body.stage.mode == SWIPE
    stage_keys(robot, "Right")
    assert body.stage.swipe == pytest.approx(0.51)
    stage_keys(robot, "Shift+Left")
    assert body.stage.swipe == pytest.approx(0.41)
    stage_keys(robot, "4")
    assert body.stage.mode == DIFFERENCE
    assert pane(robot).head.views.on == 3
    robot.clicks("Blink")
    assert body.stage._clock.isActive()
    stage_keys(robot, "1")
    assert not body.stage._clock.isActive()


def test_zoom_is_shared_and_the_box_is_found(opens: Opens) -> None:
    robot = opens(drawn.image())
    body = pane(robot).body
    assert isinstance(body, ImageBody)
    robot.clicks("2:1")
    assert body.stage.scale == 2.0
    widths = {
        body.stage._place(room, side).width() for side, room in enumerate(body.stage._rooms())
    }
    assert widths == {1280.0}
    robot.clicks("Go to the box")
    assert body.stage.scale == 4.0
    robot.clicks("Fit")
    assert body.stage.scale <= 1.0


def test_the_mask_holds_exactly_the_pixels_that_differ(opens: Opens) -> None:
    opens(boards.home())
    old = bytearray(bytes((10, 20, 30, 255)) * 6)
    old[0:4], old[8:12] = bytes((255,)) * 4, bytes((0, 0, 0, 255))
    new = bytearray(old)
    new[0:4] = bytes((255, 255, 255, 0))  # nothing to be seen of it over white
    new[4:8] = bytes((10, 20, 31, 255))
    new[8:12] = bytes((0, 0, 0, 0))  # nothing over black
    left, right = (image_of(Picture(3, 2, bytes(one), 3, 2)) for one in (old, new))
    mask = mask_of(left, right)
    lit = [(x, y) for y in range(2) for x in range(3) if mask.pixelColor(x, y).alpha()]
    assert lit == [(0, 0), (1, 0), (2, 0)]


def test_pixels_of_a_wrong_number_are_no_picture(opens: Opens) -> None:
    opens(boards.home())
    assert image_of(Picture(1000, 1000, b"\0" * 12, 1000, 1000)) == QImage()


def test_without_pixels_a_picture_has_its_facts(opens: Opens) -> None:
    robot = opens(contents.shown(contents.golden("image/png"), "docs/a.png"))
    assert isinstance(pane(robot).body, TreeBody)
    assert pane(robot).body.grid.rows.roots  # type: ignore[union-attr]
    robot.sees("1.6 % of the pixels differ.")


# limits and copies -------------------------------------------------------------------------


def test_values_that_lie_in_a_registry_are_fetched_on_request(opens: Opens) -> None:
    robot = opens(drawn.remote_tensors())
    robot.sees("Partly read.")
    robot.sees("The values lie in a registry and were not fetched.")
    robot.clicks("Compare the values, fetches 96.0 MB")
    assert robot.asked("comparison.compare_values") == ()


def test_a_compressed_remote_layer_is_pulled(opens: Opens) -> None:
    limit = Limit("compressed", "the layer is compressed: it can be read after a pull")
    content = replace(drawn.encoder(), limits=(limit,))
    robot = opens(contents.shown(content, "m.safetensors", before=samples.V2, after=samples.RC))
    robot.clicks("Pull")
    assert robot.asked("transfers.pull") == (samples.RC,)


def test_a_limit_on_this_machine_offers_nothing(opens: Opens) -> None:
    robot = opens(drawn.partly_read())
    robot.sees("A quote is never closed from line 1,843 on: 1.2 kB are no rows.")
    assert not [text for text in robot.buttons() if text.startswith("Compare the values")]


def test_more_than_two_limits_are_counted(opens: Opens) -> None:
    limits = tuple(Limit("time", f"Reason {at}.") for at in range(4))
    content = replace(contents.golden("csv/basic"), limits=limits)
    robot = opens(contents.shown(content, "a.csv"))
    robot.sees("Reason 1. And 2 more limits.")
    robot.sees_not("Reason 2")
    assert "Reason 3" in pane(robot).limits.toolTip()


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Copy as text", "text"),
        ("Copy as Markdown", "markdown"),
        ("Copy changed rows as CSV", "csv"),
    ],
)
def test_what_differs_is_copied_by_the_session(opens: Opens, text: str, kind: str) -> None:
    robot = opens(contents.board("csv/basic"))
    menu = pane(robot).head.copy_menu()
    next(action for action in menu.actions() if action.text() == text).trigger()
    asked = robot.asked("comparison.export")
    assert asked[:2] == (kind, None)
    asked[2]("copied text")  # type: ignore[operator]
    assert QGuiApplication.clipboard().text() == "copied text"
    menu.deleteLater()


def test_the_whole_comparison_is_saved_as_a_page(opens: Opens, tmp_path: Path) -> None:
    robot = opens(contents.board("csv/basic"))
    robot.window.placement = Placement(tmp_path)
    (tmp_path / "reports").mkdir()
    robot.window.placement.note_folder("report", str(tmp_path / "reports"))
    menu = pane(robot).head.copy_menu()
    next(a for a in menu.actions() if a.text().startswith("Save a report")).trigger()
    dialog = pane(robot).findChild(QFileDialog)
    assert dialog is not None
    assert Path(dialog.directory().path()) == tmp_path / "reports", "where it ended last"
    dialog.fileSelected.emit("/somewhere/report.html")
    assert Placement(tmp_path).folder("report") == "/somewhere", "also after a restart"
    assert Placement(tmp_path).folder("open") != "/somewhere", "each kind for itself"
    assert robot.asked("comparison.export")[:2] == ("html", Path("/somewhere/report.html"))
    dialog.close()
    menu.deleteLater()


def test_f6_comes_to_the_rows_of_every_kind(opens: Opens) -> None:
    robot = opens(contents.board("csv/basic"))
    robot.window.compare.table.setFocus()
    robot.shortcut("F6")
    focus: QWidget | None = robot.window.focusWidget()
    assert focus is table(robot).view


def test_a_view_is_kept_while_the_content_of_its_file_grows(opens: Opens) -> None:
    robot = opens(contents.board("csv/basic"))
    robot.clicks("Columns")
    grown = replace(contents.golden("csv/basic"), summary="more is known")
    robot.workspace.apply(Topic.COMPARISON, content=grown)
    assert pane(robot).head.views.on == 1
    robot.turns_to(contents.board("csv/tab"))
    assert pane(robot).head.views.on == 0


def test_no_combo_of_a_table_holds_markup(opens: Opens) -> None:
    content = contents.golden("csv/basic")
    found = part_of(content, TableDiff)
    assert found is not None
    evil = replace(found.columns[0], name="<img src=x>\x1b")
    shown = replace(content, parts=(replace(found, columns=(evil, *found.columns[1:])),))
    robot = opens(contents.shown(shown, "a.csv"))
    combos = robot.window.compare.findChildren(QComboBox)
    texts = [combo.itemText(at) for combo in combos for at in range(combo.count())]
    assert "<img src=x>\\x1b" in texts
