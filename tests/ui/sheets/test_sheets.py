"""Each sheet says what will happen, and sends the right wish."""

from __future__ import annotations

import contextlib
import pkgutil
from pathlib import Path

import pytest

import kitdesk.ui.sheets
from kitdesk.changes import Topic
from kitdesk.session.state.project import ErrorInfo
from kitdesk.ui.sheets.command_palette import CommandPaletteSheet
from kitdesk.ui.sheets.registry import find_sheet
from kitdesk.ui.sheets.remote import address_problem
from tests.fakes import boards, pages
from tests.fakes.samples import V1, V2, V12
from tests.ui.conftest import Opens
from tests.ui.robot import Robot


def test_pack_proposes_checks_and_packs(opens: Opens) -> None:
    robot = opens(boards.home(preview=pages.PREVIEW))
    robot.clicks("Pack…")
    assert "kitfile.preview" in robot.session.names()
    robot.sees("Left out: notebooks/svd_check.ipynb and README.md, which are in no layer.")
    robot.sees("v2.0.1 is free, here and in the registry.")
    robot.types("v2.0.1+gpu", "Tag")
    robot.sees("not “+”")
    assert not robot.button("Pack v2.0.1+gpu").isEnabled()
    robot.types("v1.2.0", "Tag")
    robot.sees("v1.2.0 is taken.")
    robot.clicks("v2.1.0  minor: Something new, and what used v2.0.0 still works.")
    robot.clicks("Pack v2.1.0")
    assert robot.asked("versions.pack") == (("v2.1.0",), False, Path("/projects/movie-recommend"))
    assert robot.window.sheet is None


def test_pack_and_push_in_one(opens: Opens) -> None:
    robot = opens(boards.home(preview=pages.PREVIEW))
    robot.shortcut("Ctrl+Return")
    robot.clicks("Also push to registry.acme.dev/ml/movie-recommend")
    robot.clicks("Pack and push v2.0.1")
    assert robot.asked("versions.pack") == (("v2.0.1",), True, Path("/projects/movie-recommend"))


def test_pack_says_what_the_kitfile_lacks(opens: Opens) -> None:
    robot = opens(
        boards.home(preview_error=ErrorInfo("The Kitfile has 2 errors.", "Mend them first."))
    )
    robot.clicks("Pack…")
    robot.sees("The Kitfile has 2 errors. Mend them first.")
    assert not robot.button("Pack").isEnabled()


def test_tags_can_follow_a_template(opens: Opens) -> None:
    robot = opens(boards.home(preview=pages.PREVIEW))
    robot.clicks("Pack…")
    robot.clicks("Make tags from a template…")
    assert robot.field("Template for tags").text() == "{version}-{branch}-{sha7}"
    robot.types("{version}-{commit}", "Template for tags")
    robot.sees("“{commit}” is no field of a tag.")
    robot.types("{version}-{sha7}", "Template for tags")
    robot.qtbot.waitUntil(lambda: "project.set_tag_template" in robot.session.names())
    assert robot.asked("project.set_tag_template") == ("{version}-{sha7}",)
    robot.workspace.apply(Topic.KITFILE, preview=pages.TEMPLATED)
    assert robot.field("Tag").text() == "v2.0.1-main-a41f9c2"
    robot.clicks("Plain numbers")
    assert robot.asked("project.set_tag_template") == ("",)


def test_push_sends_what_is_missing(opens: Opens) -> None:
    robot = opens(boards.home(push=pages.PUSH))
    robot.window.open_sheet("push", V2)
    assert robot.asked("transfers.preview_push") == (
        V2,
        "v2.0.0",
        "registry.acme.dev/ml/movie-recommend",
    )
    robot.sees("2.80 MB is already there, so 4.10 MB will be sent.")
    robot.clicks("Push v2.0.0")
    assert robot.asked("transfers.push") == (
        V2,
        "v2.0.0",
        "registry.acme.dev/ml/movie-recommend",
        False,
        "",
        Path("/projects/movie-recommend"),
    )


def test_a_taken_tag_is_guarded(opens: Opens) -> None:
    robot = opens(boards.home(push=pages.PUSH_TAKEN))
    robot.window.open_sheet("push", V12)
    robot.sees("v1.2.0 is already there, with other contents")
    robot.sees("sha256:71d2b08e")
    robot.clicks("Push as v1.2.1")
    assert robot.asked("transfers.push")[1:] == (
        "v1.2.1",
        "registry.acme.dev/ml/movie-recommend",
        False,
        "",
        Path("/projects/movie-recommend"),
    )


def test_replacing_has_to_be_chosen_and_turns_red(opens: Opens) -> None:
    robot = opens(boards.home(push=pages.PUSH_TAKEN))
    robot.window.open_sheet("push", V12)
    radio = next(b for b in robot.buttons_named("Replace v1.2.0: "))
    radio.click()
    go = robot.button("Replace v1.2.0")
    assert go.property("kind") == "danger"
    robot.clicks("Replace v1.2.0")
    assert robot.asked("transfers.push")[1:] == (
        "v1.2.0",
        "registry.acme.dev/ml/movie-recommend",
        True,
        "",
        Path("/projects/movie-recommend"),
    )


def test_rollback_shows_the_plan_before_anything(opens: Opens) -> None:
    robot = opens(boards.home())
    tree = robot.window.side.tree
    tree.setCurrentIndex(tree.model().index(5, 0))
    robot.shortcut("Ctrl+R")
    assert robot.asked("folder.preview_rollback") == (V1,)
    assert not robot.button("Roll back to v1.0.0").isEnabled()
    robot.workspace.apply(Topic.FOLDER, rollback=pages.ROLLBACK)
    for text in ("Comes back", "Leaves the folder", "Stays", "your edit is kept", "never packed"):
        robot.sees(text)
    robot.sees("Nothing is lost.")
    robot.sees("4.51 MB")
    robot.clicks("Roll back to v1.0.0")
    assert robot.asked("folder.rollback") == (V1, Path("/projects/movie-recommend"))


def test_rollback_to_another_version_asks_again(opens: Opens) -> None:
    robot = opens(boards.home(rollback=pages.ROLLBACK))
    robot.window.open_sheet("rollback", V1)
    robot.chooses("v1.2.0", "Version to go back to")
    assert robot.asked("folder.preview_rollback") == (V12,)
    assert not robot.button("Roll back to v1.2.0").isEnabled()


def test_unpack_asks_for_a_folder(opens: Opens, tmp_path: Path) -> None:
    robot = opens(boards.home())
    robot.window.open_sheet("unpack", V1)
    robot.types("relative", "Folder to unpack into")
    assert not robot.button("Unpack v1.0.0").isEnabled()
    robot.types(str(tmp_path), "Folder to unpack into")
    robot.clicks("Unpack v1.0.0")
    assert robot.asked("folder.unpack") == (V1, tmp_path, False)


def test_unpack_over_files_has_to_be_chosen(opens: Opens, tmp_path: Path) -> None:
    robot = opens(boards.home())
    robot.window.open_sheet("unpack", V1)
    robot.types(str(tmp_path), "Folder to unpack into")
    next(b for b in robot.buttons_named("Replace files that are in the way")).click()
    robot.clicks("Unpack v1.0.0")
    assert robot.asked("folder.unpack") == (V1, tmp_path, True)


def test_a_tag_is_added_or_moved(opens: Opens) -> None:
    robot = opens(boards.home())
    robot.window.open_sheet("tag", V1)
    robot.types("v1.0.0", "Tag")
    robot.sees("This version has v1.0.0 already.")
    robot.types("v1.2.0", "Tag")
    robot.sees("v1.2.0 moves here from e3907c52")
    robot.types("stable", "Tag")
    robot.clicks("Add stable")
    assert robot.asked("versions.add_tag") == (V1, "stable")


def test_delete_names_what_goes_and_starts_on_cancel(opens: Opens) -> None:
    robot = opens(boards.home())
    robot.window.open_sheet("delete", V2)
    robot.sees("exists only here")
    robot.sees("frees 1.60 MB of 6.90 MB")
    assert robot.window.focusWidget() is robot.button("Cancel")
    robot.clicks("Delete v2.0.0")
    assert robot.asked("versions.remove") == (V2,)


@pytest.mark.parametrize(
    ("address", "good"),
    [
        ("registry.acme.dev/ml/movies", True),
        ("localhost:5000/a", True),
        ("oci:/mnt/kits", True),
        ("movies", False),
        ("acme/movies", False),
        ("registry.acme.dev/ml/movies:v1", False),
        ("registry.acme.dev/ML", False),
        ("oci:", False),
    ],
)
def test_remote_addresses(address: str, good: bool) -> None:
    problem = address_problem(address)
    assert (problem is None) is good, problem


def test_preferences_hold_at_once(opens: Opens) -> None:
    robot = opens(boards.home())
    robot.shortcut("Ctrl+,")
    robot.clicks("Appearance: Dark")
    assert robot.asked("set_scheme") == ("dark",)
    robot.clicks("Appearance: Light")


def test_the_finder_finds_actions_and_versions(opens: Opens) -> None:
    robot = opens(boards.home())
    robot.shortcut("Ctrl+K")
    robot.types("e3907c52", "Find an action or a version")
    robot.presses("Return", robot.field("Find an action or a version"))
    assert robot.asked("comparison.compare_with_previous") == (V12,)
    robot.shortcut("Ctrl+K")
    sheet = robot.window.sheet
    assert isinstance(sheet, CommandPaletteSheet)
    robot.types("prefer", "Find an action or a version")
    robot.presses("Return", robot.field("Find an action or a version"))
    robot.sees("Appearance")


def test_the_shortcut_page_is_the_table(opens: Opens) -> None:
    robot = opens(boards.home())
    robot.shortcut("F1")
    robot.sees("Ctrl+Shift+P")
    robot.sees("See the changes of the folder")


def test_tab_stays_inside_and_escape_gives_the_focus_back(opens: Opens) -> None:
    robot = opens(boards.home(preview=pages.PREVIEW))
    robot.window.compare.table.setFocus()
    robot.window.open_sheet("pack")
    sheet = robot.window.sheet
    assert sheet is not None
    for _ in range(20):
        robot.presses("Tab", robot.window.focusWidget())
        focus = robot.window.focusWidget()
        assert focus is not None
        assert sheet.isAncestorOf(focus)
    robot.presses("Escape", robot.window.focusWidget())
    assert robot.window.sheet is None
    assert robot.window.focusWidget() is robot.window.compare.table


def test_shortcuts_below_a_sheet_do_nothing(opens: Opens) -> None:
    robot = opens(boards.home())
    robot.shortcut("F1")
    robot.session.asked.clear()
    robot.shortcut("F5")
    assert robot.session.names() == []


def sheet_names() -> list[str]:
    names = []
    for module in pkgutil.iter_modules(kitdesk.ui.sheets.__path__):
        with contextlib.suppress(KeyError):
            find_sheet(module.name)
            names.append(module.name)
    return names


def test_every_row_of_the_table_that_opens_a_sheet_finds_it() -> None:
    assert len(sheet_names()) == 17
    with pytest.raises(KeyError):
        find_sheet("workspace_sheet")
    with pytest.raises(KeyError):
        find_sheet("nothing")


@pytest.mark.parametrize("name", sheet_names())
def test_a_closed_sheet_is_freed(opens: Opens, name: str) -> None:
    robot: Robot = opens(
        boards.home(preview=pages.PREVIEW, rollback=pages.ROLLBACK, push=pages.PUSH)
    )
    robot.window.open_sheet(name, V2)
    sheet = robot.window.sheet
    assert sheet is not None
    with robot.qtbot.waitSignal(sheet.destroyed):
        sheet.reject()
    assert robot.window.sheet is None
    assert robot.window.root().property("sheet") is False


def test_deleting_from_the_registry_names_every_tag_first(opens: Opens) -> None:
    robot = opens(boards.home())
    robot.window.open_sheet("delete_remote", V1)
    assert robot.asked("delete_remote.preview") == (V1,)
    robot.sees("Asking the registry for its tags…")
    assert not robot.button("Delete v1.0.0").isEnabled()
    robot.workspace.apply(Topic.REMOTE, removal=pages.REMOVAL)
    robot.sees("These 3 tags vanish, all at once")
    for tag in ("v1.0.0", "production", "stable"):
        robot.sees(tag)
    robot.sees("It stays on this machine and can be pushed again. Others lose it.")
    robot.clicks("Delete 3 tags")
    assert robot.asked("delete_remote.delete") == (V1,)


def test_a_refused_deletion_says_why(opens: Opens) -> None:
    error = ErrorInfo("registry.acme.dev does not allow deleting.", "Whoever runs it can.")
    robot = opens(boards.home())
    robot.window.open_sheet("delete_remote", V1)
    robot.workspace.apply(Topic.REMOTE, removal_error=error)
    robot.sees("registry.acme.dev does not allow deleting. Whoever runs it can.")
    assert not robot.button("Delete v1.0.0").isEnabled()
