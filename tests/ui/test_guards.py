"""Guards of the window, one short test each: each fails when its guard is taken out."""

from __future__ import annotations

from dataclasses import replace

from kitdesk.changes import Topic
from kitdesk.session.state.project import ErrorInfo, View
from kitdesk.ui.actions import targets
from tests.fakes import boards, pages
from tests.fakes.samples import RC, V1, V2, VERSIONS
from tests.ui.conftest import Opens


def test_undo_is_on_only_while_there_is_something_to_undo(opens: Opens) -> None:
    robot = opens(boards.home())
    undo = robot.window.commands["undo"]
    assert not undo.isEnabled()
    assert "There is nothing to undo." in undo.toolTip()
    robot.workspace.apply(Topic.HISTORY, can_undo="the roll back to v1.0.0")
    assert undo.isEnabled()


def test_roll_back_is_off_where_it_would_do_nothing(opens: Opens) -> None:
    only = replace(VERSIONS[1], local=True)
    robot = opens(boards.home(versions=(only,), folder=boards.folder(at=only, changes=())))
    assert not robot.window.commands["rollback"].isEnabled()
    robot.workspace.apply(Topic.FOLDER, folder=boards.folder(at=only))
    assert robot.window.commands["rollback"].isEnabled()


def test_a_roll_back_whose_plan_is_empty_cannot_be_started(opens: Opens) -> None:
    robot = opens(boards.home())
    robot.window.open_sheet("rollback", V1)
    robot.workspace.apply(Topic.FOLDER, rollback=replace(pages.ROLLBACK, comes_back=(), leaves=()))
    robot.sees("This folder is exactly v1.0.0 already.")
    assert not robot.button("Roll back to v1.0.0").isEnabled()


def test_push_takes_the_chosen_version_else_the_newest_that_only_this_machine_has(
    opens: Opens,
) -> None:
    robot = opens(boards.home())
    state = robot.workspace.state

    def target(digest: str) -> str:
        row = targets.to_push(state, digest)
        return row.digest if row else ""

    newest_there = replace(VERSIONS[0], local=True, remote=True)
    state = replace(state, versions=(newest_there, *VERSIONS[1:]))
    assert (VERSIONS[1].digest, VERSIONS[1].remote) == (V2, False)
    assert target("") == V2, "what the registry has already is not the one to push"
    assert target(V1) == V1
    assert target(RC) == RC
    state = replace(state, versions=VERSIONS)
    assert target(RC) == V2, "the chosen one is not on this machine"


def test_escape_closes_the_error_then_the_panel_then_the_page(opens: Opens) -> None:
    robot = opens(boards.home(view=View.STORE))
    robot.window.toggle_activity()
    robot.workspace.apply(Topic.JOBS, error=ErrorInfo("It failed.", "Try again."))
    robot.session.asked.clear()
    robot.presses("Escape", robot.window)
    assert robot.session.names() == ["jobs.dismiss_error"]
    assert robot.window.panel.isVisible()
    robot.workspace.apply(Topic.JOBS, error=None)
    robot.session.asked.clear()
    robot.presses("Escape", robot.window)
    assert not robot.window.panel.isVisible()
    assert robot.session.names() == [], "the page stays"
    robot.presses("Escape", robot.window)
    assert robot.asked("show") == (View.COMPARE,)


def test_a_typed_tag_is_kept_when_new_proposals_come(opens: Opens) -> None:
    robot = opens(boards.home(preview=pages.PREVIEW))
    robot.clicks("Pack…")
    robot.types("v9.9.9", "Tag")
    robot.workspace.apply(Topic.KITFILE, preview=pages.TEMPLATED)
    robot.sees("v2.0.1-main-a41f9c2")
    assert robot.field("Tag").text() == "v9.9.9"
