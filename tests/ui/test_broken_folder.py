"""A folder with a missing model and a broken Kitfile, in the window: every way back stays open."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from kitdesk.compare.values import UNREAD, FileFacts
from kitdesk.operations.folder_status import folder_status
from kitdesk.services.container import Services
from kitdesk.session.loaders.folder import remembered_words
from kitdesk.session.state.project import FOLDER, FolderState, VersionRow, View
from kitdesk.ui.actions import availability
from kitdesk.ui.compare.file_model import hash_start
from kitdesk.ui.sidebar.card import headline
from tests.fakes import boards
from tests.snapshots import snapshot
from tests.ui.test_story import Analyst, analyst

__all__ = ["analyst"]

PICTURES = os.environ.get("KITDESK_PICTURES", "")
MODEL = "saved_model/user_similarity_model.pkl"


def opened(analyst: Analyst, project: Path) -> str:
    analyst.session.project.open(project)
    analyst.waits_to_see("No versions yet.")
    analyst.clicks("Pack…")
    analyst.waits_to_see("v1.0.0 is free here.")
    analyst.clicks("Pack v1.0.0")
    state = analyst.workspace.state
    analyst.waits(lambda: analyst.workspace.state.folder and analyst.workspace.state.folder.at)
    state = analyst.workspace.state
    assert state.folder is not None
    assert state.folder.at is not None
    return state.folder.at.digest


def rolls_back(analyst: Analyst, digest: str) -> None:
    analyst.session.folder.preview_rollback(digest)
    analyst.waits(lambda: analyst.workspace.state.rollback is not None)
    analyst.session.folder.rollback(digest)


def breaks(analyst: Analyst, project: Path) -> None:
    (project / MODEL).unlink()
    text = (project / "Kitfile").read_text()
    (project / "Kitfile").write_text(text.replace("  name:", "\tname:", 1))
    analyst.session.refresh()
    analyst.waits(lambda: analyst.workspace.state.folder and analyst.workspace.state.folder.blocked)


def test_a_broken_folder_keeps_every_way_back(
    analyst: Analyst, project: Path, services: Services
) -> None:
    digest = opened(analyst, project)
    original = snapshot(project)
    breaks(analyst, project)
    analyst.session.comparison.compare(digest, FOLDER)
    analyst.waits_to_see("This file is not in the folder")
    if PICTURES:
        analyst.window.grab().save(f"{PICTURES}/broken.png")
    state = analyst.workspace.state
    assert state.folder is not None
    assert state.folder.problem is None
    assert availability.rollback(state, digest) is None
    assert "Line" in str(availability.pack(state, digest))
    for words in (
        "v1.0.0 + 2 changes",
        "The model file is missing, and the Kitfile cannot be read.",
        "Roll back and Restore work",
        "Pack waits for the Kitfile",
    ):
        assert words in analyst.words(), words
    assert state.comparison is not None
    assert "missing from the folder" in {change.words for change in state.comparison.files}
    analyst.clicks("Restore this file")
    analyst.waits((project / MODEL).exists)
    button = next(one for one in analyst.buttons() if one.startswith("Open line"))
    analyst.clicks(button)
    analyst.waits(lambda: analyst.workspace.state.view is View.KITFILE)
    rolls_back(analyst, digest)
    analyst.waits(lambda: snapshot(project) == original)
    assert not folder_status(project, services).problems.all


def test_a_missing_path_alone_is_named_with_the_way_on(analyst: Analyst, project: Path) -> None:
    digest = opened(analyst, project)
    (project / MODEL).unlink()
    analyst.session.refresh()
    analyst.session.comparison.compare(digest, FOLDER)
    analyst.waits_to_see(f"{MODEL} is gone.")
    assert "Restore it, or remove it from the Kitfile." in analyst.words()
    if PICTURES:
        analyst.window.resize(1100, 700)
        analyst.qtbot.wait(50)
        analyst.window.grab().save(f"{PICTURES}/missing.png")


@pytest.mark.parametrize("deed", ["gone", "folder"])
def test_a_folder_without_kitfile_still_goes_back(
    analyst: Analyst, project: Path, deed: str
) -> None:
    digest = opened(analyst, project)
    original = snapshot(project)
    (project / "Kitfile").unlink()
    if deed == "folder":
        (project / "Kitfile").mkdir()
    analyst.session.refresh()
    analyst.waits(lambda: analyst.workspace.state.folder and analyst.workspace.state.folder.blocked)
    assert "v1.0.0 + 1 change" in analyst.words()
    assert availability.rollback(analyst.workspace.state, digest) is None
    rolls_back(analyst, digest)
    analyst.waits(lambda: snapshot(project) == original)


def test_what_could_not_be_compared_is_not_said_to_be_unchanged() -> None:
    row = VersionRow("sha256:" + "1" * 64, ("v1",), local=True, remote=False)
    folder = FolderState(Path("/p"), "p", at=row, changes_known=False)
    state = replace(boards.home().state, folder=folder, versions=(row,))
    assert headline(folder) == "v1, changes not known"
    assert remembered_words(folder) == "changes not known"
    assert availability.rollback(state, row.digest) is None, "the way back stays open"


def test_a_file_that_could_not_be_read_shows_no_hash() -> None:
    assert hash_start(FileFacts(3, UNREAD, 0o644)) == "?"
    assert hash_start(FileFacts(3, "ab" * 32, 0o644)) == "abababab"
