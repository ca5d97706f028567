"""Typed text changes by its author's deed only; a save looks first; a draft survives."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from kitdesk.services.config.drafts import Draft, DraftStore, identity_of
from kitdesk.services.container import Services
from kitdesk.session.runtime.main_thread import MainThreadDispatcher
from kitdesk.session.runtime.runner import Runner
from kitdesk.session.session import Session
from kitdesk.session.state.kitfile import Cause, Disk, KitfileState, Leaving
from kitdesk.session.state.project import View
from tests.bench.typing import TEXT, campaign
from tests.session.conftest import Desk


class Author:
    """Types into the Kitfile of one folder."""

    def __init__(self, desk: Desk, folder: Path) -> None:
        self.desk, self.folder, self.file = desk, folder, folder / "Kitfile"
        desk.opens(folder)
        desk.until(lambda: self.state.text or self.state.question or self.state.error)

    @property
    def state(self) -> KitfileState:
        return self.desk.workspace.state.kitfile

    def types(self, before: str, after: str) -> str:
        assert before in self.state.text
        text = self.state.text.replace(before, after, 1)
        self.desk.session.kitfile.edit(text)
        return text

    def saves(self) -> None:
        self.desk.session.kitfile.save()
        self.desk.until(lambda: not self.state.saving)

    def looks(self, mark: Disk) -> None:
        self.desk.session.kitfile.read()
        self.desk.until(lambda: self.state.disk is mark)


@pytest.fixture
def author(context: Desk, project: Path) -> Author:
    return Author(context, project)


def gone(file: Path) -> None:
    file.unlink()


def not_utf8(file: Path) -> None:
    file.write_bytes(b"\xff\xfe\x00")


def folder(file: Path) -> None:
    file.unlink()
    file.mkdir()


def pipe(file: Path) -> None:
    file.unlink()
    os.mkfifo(file)


def dangling(file: Path) -> None:
    file.unlink()
    file.symlink_to("nowhere")


@pytest.mark.parametrize(
    ("spoil", "mark"),
    [
        (gone, Disk.GONE),
        (not_utf8, Disk.UNREADABLE),
        (folder, Disk.UNREADABLE),
        (pipe, Disk.UNREADABLE),
        (dangling, Disk.GONE),
    ],
)
def test_whatever_happens_to_the_file_what_is_typed_stays(
    author: Author, spoil: Callable[[Path], None], mark: Disk
) -> None:
    typed = author.types("name:", "name: # typed")
    old = author.file.read_bytes()
    spoil(author.file)
    author.looks(mark)
    assert author.state.text == typed
    assert author.state.dirty
    assert author.state.error is None
    if author.file.is_dir():
        author.file.rmdir()
    author.file.unlink(missing_ok=True)
    author.file.write_bytes(old)
    author.looks(Disk.SAME)
    author.saves()
    assert author.file.read_text() == typed


def test_a_save_takes_in_what_somebody_else_saved(author: Author) -> None:
    author.types("name:", "name: # mine")
    author.file.write_text(author.file.read_text() + "# theirs\n")
    author.saves()
    assert not author.state.dirty
    assert author.state.merged_lines == 1
    for word in ("# mine", "# theirs"):
        assert word in author.file.read_text()
        assert word in author.state.text


@pytest.mark.parametrize("way", ["mine", "theirs", "merge"])
def test_a_save_over_the_same_line_asks_and_keeps_both(author: Author, way: str) -> None:
    typed = author.types("name:", "name: mine #")
    theirs = author.file.read_text().replace("name:", "name: theirs #", 1)
    author.file.write_text(theirs)
    author.saves()
    author.desk.until(lambda: author.state.question)
    question = author.state.question
    assert question is not None
    assert question.cause is Cause.SAVE
    assert (author.file.read_text(), author.state.text) == (theirs, typed)
    merging = author.desk.session.kitfile_merge
    if way == "theirs":
        merging.take_theirs()
        author.desk.until(lambda: not author.state.dirty)
        assert (author.file.read_text(), author.state.text) == (theirs, theirs)
    else:
        (merging.keep_mine if way == "mine" else merging.merge)()
        author.desk.until(lambda: not author.state.dirty and not author.state.saving)
        assert (author.file.read_text(), author.state.text) == (typed, typed)
    author.desk.until(lambda: author.state.question is None)
    taken = author.state.text
    merging.bring_back()
    author.desk.until(lambda: author.state.text != taken)
    assert author.state.text == (typed if way == "theirs" else theirs), "the other one was kept"


def test_a_file_that_is_no_text_is_not_written_over_unasked(author: Author) -> None:
    typed = author.types("name:", "name: # typed")
    author.file.write_bytes(b"\xff\xfe")
    author.saves()
    author.desk.until(lambda: author.state.question)
    assert author.file.read_bytes() == b"\xff\xfe"
    assert author.state.question is not None
    assert not author.state.question.mergeable
    author.desk.session.kitfile_merge.keep_mine()
    author.desk.until(lambda: not author.state.dirty)
    assert author.file.read_text() == typed


def test_what_is_typed_during_a_save_stays_typed(author: Author) -> None:
    first = author.types("name:", "name: # one")
    author.file.write_text(author.file.read_text() + "# theirs\n")
    author.desk.session.kitfile.save()
    author.types("# one", "# one and two")
    author.desk.until(lambda: not author.state.saving)
    assert "# one and two" in author.state.text
    assert "# theirs" in author.state.text
    assert author.state.dirty
    assert author.file.read_text() == first + "# theirs\n"


@pytest.mark.parametrize(
    "data",
    [
        b"a: 1\r\nb: 2\r\n",
        b"\xef\xbb\xbfa: 1\nb: 2\n",
        b"a: 1\nb: 2",
        "a: \u00a0\u2028x\nb: 2\n".encode(),
        b"a: 1\r\nb: 2\nc: 3\r\n",
    ],
)
def test_a_save_keeps_the_file_s_form(context: Desk, project: Path, data: bytes) -> None:
    (project / "Kitfile").write_bytes(data)
    author = Author(context, project)
    author.types("b: 2", "b: 22")
    author.saves()
    assert author.file.read_bytes() == data.replace(b"b: 2", b"b: 22")


def test_a_linked_kitfile_is_written_through_the_link(context: Desk, project: Path) -> None:
    real = project / "config" / "real.yaml"
    real.parent.mkdir()
    (project / "Kitfile").rename(real)
    real.chmod(0o640)
    (project / "Kitfile").symlink_to("config/real.yaml")
    other = project / "hard"
    author = Author(context, project)
    typed = author.types("name:", "name: # typed")
    author.saves()
    assert author.file.is_symlink()
    assert real.read_text() == typed
    assert stat.S_IMODE(real.stat().st_mode) == 0o640
    os.link(real, other)
    again = author.types("# typed", "# typed again")
    author.saves()
    assert other.read_text() == again, "a second name of the file is not cut off"


def test_a_change_in_the_folder_shows_at_once_where_nothing_is_typed(author: Author) -> None:
    origin = author.state.origin
    author.file.write_text("manifestVersion: 1.0.0\n")
    author.desk.until(lambda: author.state.text == "manifestVersion: 1.0.0\n")
    assert author.state.origin > origin, "Undo must not lead back to the former text"


def test_no_letter_is_lost_beside_a_script_that_does_all_to_the_file(
    author: Author, qtbot: QtBot
) -> None:
    author.file.write_text(TEXT)
    author.desk.until(lambda: author.state.text == TEXT)

    def pump(seconds: float) -> None:
        qtbot.wait(int(seconds * 1000))

    assert campaign(author.desk.session, author.folder, 3.0, pump) == []


# drafts ---------------------------------------------------------------------------------------


@pytest.fixture
def next_start(qtbot: QtBot, services: Services) -> Iterator[Callable[[], Desk]]:
    """The program started again; what was running before was killed."""
    made: list[tuple[Session, MainThreadDispatcher]] = []

    def make() -> Desk:
        bridge = MainThreadDispatcher()
        bugs: list[BaseException] = []
        runner = Runner(bridge.post, bugs.append)
        session = Session(lambda: Services.at(services.paths), runner, bridge)
        made.append((session, bridge))
        return Desk(session, runner, qtbot)

    yield make
    for session, bridge in made:
        session.close()
        bridge.close()


def draft_of(services: Services, project: Path) -> Draft | None:
    identity = identity_of(project)
    assert identity is not None
    return DraftStore(services.paths.data).find(identity, project)


def test_a_draft_is_written_without_asking_and_is_private(
    author: Author, services: Services
) -> None:
    typed = author.types("name:", "name: # typed")
    author.desk.until(lambda: draft_of(services, author.folder))
    found = draft_of(services, author.folder)
    assert found is not None
    assert found.text == typed
    (path,) = (services.paths.data / "drafts").iterdir()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    author.saves()
    author.desk.until(lambda: draft_of(services, author.folder) is None)


def test_a_draft_comes_back_at_the_next_start(
    author: Author, services: Services, next_start: Callable[[], Desk]
) -> None:
    typed = author.types("name:", "name: # typed")
    author.desk.until(lambda: draft_of(services, author.folder))
    again = Author(next_start(), author.folder)
    assert again.state.text == typed
    assert again.state.draft_back is not None
    assert again.state.question is None
    assert again.desk.workspace.state.view is View.KITFILE
    again.desk.session.kitfile_merge.drop_draft()
    again.desk.until(lambda: not again.state.dirty)
    again.desk.until(lambda: draft_of(services, author.folder) is None)
    assert again.state.text == author.file.read_text()


def test_a_draft_follows_a_moved_folder_and_one_made_anew(
    author: Author, services: Services, next_start: Callable[[], Desk], tmp_path: Path
) -> None:
    typed = author.types("name:", "name: # typed")
    author.desk.until(lambda: draft_of(services, author.folder))
    author.folder.rename(tmp_path / "moved")
    moved = Author(next_start(), tmp_path / "moved")
    assert moved.state.text == typed
    kitfile = (tmp_path / "moved" / "Kitfile").read_text()
    author.folder.mkdir()
    author.file.write_text(kitfile)
    anew = draft_of(services, author.folder)
    assert anew is None or anew.folder == str(author.folder)


def test_a_draft_and_a_changed_file_are_asked_about(
    author: Author, services: Services, next_start: Callable[[], Desk]
) -> None:
    typed = author.types("name:", "name: # typed")
    author.desk.until(lambda: draft_of(services, author.folder))
    author.desk.session.close()
    author.file.write_text(author.file.read_text() + "# theirs\n")
    again = Author(next_start(), author.folder)
    again.desk.until(lambda: again.state.question)
    assert again.state.text == typed
    assert again.state.question is not None
    view = again.state.question.view
    assert (again.state.question.cause, view.mine, view.theirs, view.clash) == (
        Cause.DRAFT, 1, 1, False,
    )  # fmt: skip
    again.desk.session.kitfile_merge.merge()
    assert "# typed" in again.state.text
    assert "# theirs" in again.state.text
    assert "# typed" not in author.file.read_text(), "nothing is saved by a merge of a draft"
    again.saves()
    assert author.file.read_text() == again.state.text


def test_drafts_that_cannot_be_kept_are_one_quiet_line(author: Author, services: Services) -> None:
    services.paths.data.mkdir(parents=True, exist_ok=True)
    (services.paths.data / "drafts").write_text("a file in its place")
    typed = author.types("name:", "name: # typed")
    author.desk.until(lambda: author.state.draft_problem)
    assert author.desk.workspace.state.error is None
    author.saves()
    assert author.file.read_text() == typed


def test_closing_writes_the_draft_first(author: Author, services: Services) -> None:
    typed = author.types("name:", "name: # the last letters")
    author.desk.session.close()
    found = draft_of(services, author.folder)
    assert found is not None
    assert found.text == typed


# leaving --------------------------------------------------------------------------------------


def test_another_project_is_opened_after_the_question(author: Author, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    typed = author.types("name:", "name: # typed")
    session = author.desk.session
    session.project.open(other)
    assert author.desk.workspace.state.leaving == Leaving("open", other)
    assert author.desk.workspace.state.folder_path == author.folder
    session.leaving.stay()
    assert author.state.text == typed
    session.project.close()
    assert author.desk.workspace.state.leaving == Leaving("close")
    session.leaving.stay()
    session.project.open(other)
    session.leaving.save_and_go()
    author.desk.until(lambda: author.desk.workspace.state.folder_path == other)
    assert author.file.read_text() == typed


def test_what_is_kept_as_a_draft_is_there_when_one_comes_back(
    author: Author, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    typed = author.types("name:", "name: # typed")
    session = author.desk.session
    session.project.open(other)
    session.leaving.keep_and_go()
    author.desk.until(lambda: author.desk.workspace.state.folder_path == other)
    assert author.state.text == ""
    session.project.open(author.folder)
    author.desk.until(lambda: author.state.text == typed)
    assert "# typed" not in author.file.read_text()


def test_a_save_that_has_to_ask_leaves_nothing_behind(author: Author, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    author.types("name:", "name: mine #")
    author.file.write_text(author.file.read_text().replace("name:", "name: theirs #", 1))
    author.desk.session.project.open(other)
    author.desk.session.leaving.save_and_go()
    author.desk.until(lambda: author.state.question)
    assert author.desk.workspace.state.folder_path == author.folder


def test_restoring_the_kitfile_asks_first(author: Author) -> None:
    author.desk.packs("v1.0.0")
    digest = author.desk.workspace.state.versions[0].digest
    typed = author.types("name:", "name: # typed")
    author.desk.session.folder.restore(digest, "Kitfile")
    assert author.desk.workspace.state.leaving == Leaving("restore", digest=digest, path="Kitfile")
    author.desk.session.leaving.keep_and_go()
    author.desk.until(lambda: author.desk.workspace.state.result)
    assert author.state.text == typed
