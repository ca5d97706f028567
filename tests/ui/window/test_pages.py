"""The start page and the page On this machine."""

from __future__ import annotations

from pathlib import Path

from kitdesk.changes import Topic
from kitdesk.session.state.pages import StoreState
from kitdesk.session.state.project import View
from kitdesk.ui.start.recent import RecentRow
from tests.fakes import boards
from tests.fakes.samples import V1, digest
from tests.ui.conftest import Opens


def test_the_start_page_leads_on(opens: Opens, tmp_path: Path) -> None:
    robot = opens(boards.start())
    robot.sees("Every version of your model, and the way back.")
    robot.sees("3 changes, not packed")
    assert robot.window.focusWidget() is robot.window.pages.start.first
    robot.window.pages.start.sample_into(str(tmp_path / "new"))
    assert robot.asked("versions.open_sample") == (tmp_path / "new",)
    robot.clicks("On this machine")
    assert robot.asked("show") == (View.STORE,)


def test_recent_projects_open_and_are_forgotten(opens: Opens) -> None:
    robot = opens(boards.start())
    rows = robot.window.pages.start.findChildren(RecentRow)
    said = "movie-recommend, v2.0.0, 3 changes, not packed, "
    assert rows[0].accessibleName().startswith(said)
    rows[0].setFocus()
    robot.presses("Return", rows[0])
    assert robot.asked("project.open") == (Path("/projects/movie-recommend"), False)
    robot.clicks("Forget defect-detect")
    assert robot.asked("project.forget_recent") == (Path("/projects/defect-detect"),)
    robot.workspace.apply(Topic.SETTINGS, recent=())
    robot.sees("The folders you open will be listed here.")


def test_a_project_takes_the_place_of_the_start_page(opens: Opens) -> None:
    robot = opens(boards.start())
    workspace = boards.home()
    robot.workspace.apply(
        Topic.EVERYTHING,
        view=View.COMPARE,
        folder=workspace.state.folder,
        versions=workspace.state.versions,
    )
    robot.sees("v2.0.0 + 3 changes")
    robot.sees_not("Every version of your model, and the way back.")


def test_the_store_says_true_sizes(opens: Opens) -> None:
    robot = opens(boards.store())
    robot.sees("1.72 GB")
    robot.sees("shared data counted once; by version it would look like 3.79 GB")
    robot.sees("/kitops")


def test_a_version_of_the_store_is_deleted_after_a_question(opens: Opens) -> None:
    robot = opens(boards.store())
    tree = robot.window.pages.store.tree
    robot.types("d83e01aa", "Search the store")
    tree.setCurrentIndex(tree.rows.index_of(digest("d83e01aa")))
    robot.sees("1.01 GB of 1.05 GB is used by other versions")
    robot.clicks("Delete…")
    robot.sees("Delete d83e01aa from this machine")
    robot.clicks("Delete d83e01aa")
    assert robot.asked("versions.remove") == (digest("d83e01aa"),)


def test_the_store_is_searched(opens: Opens) -> None:
    robot = opens(boards.store())
    tree = robot.window.pages.store.tree
    robot.types("production", "Search the store")
    assert tree.rows.rowCount() == 1
    assert tree.rows.index_of(V1).isValid()
    robot.types("zebra", "Search the store")
    robot.sees("Nothing here fits")
    robot.types("", "Search the store")
    robot.field("Search the store").clear()
    robot.clicks("Show: Untagged")
    assert tree.rows.rowCount() == 1


def test_an_empty_store_says_what_would_be_here(opens: Opens) -> None:
    robot = opens(boards.home(view=View.STORE, store=StoreState("/x")))
    robot.sees("Nothing is on this machine yet")
    robot.clicks("Back to movie-recommend")
    assert robot.asked("show") == (View.COMPARE,)
