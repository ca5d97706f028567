"""The running program without a window: intents in, the board out, on real threads and files."""

from __future__ import annotations

from pathlib import Path

import pytest

from kitdesk.compare.values import TextDiff
from kitdesk.operations.demo import advance
from kitdesk.services.container import Library
from kitdesk.session.state.workspace import FOLDER, JobState, View
from tests.conftest import need
from tests.fakes.registries import PASSWORD, USER, with_password
from tests.session.conftest import Desk
from tests.snapshots import snapshot


def test_the_story_by_intents(desk: Desk, project: Path) -> None:
    board = desk.board
    desk.opens(project)
    assert board.view is View.COMPARE
    assert board.folder is not None
    assert board.folder.at is None
    desk.packs("v1.0.0")
    desk.until(lambda: board.folder and board.folder.at)
    at_v1 = snapshot(project)

    advance(project)
    desk.until(lambda: board.folder and len(board.folder.changes) == 4)
    desk.session.preview_pack()
    desk.until(lambda: board.preview is not None)
    assert board.preview is not None
    assert board.preview.tags[0][:2] == ("v1.1.0", "minor")
    assert "v1.0.0" in board.preview.taken
    desk.packs("v2.0.0")
    assert [row.title for row in board.versions] == ["v2.0.0", "v1.0.0"]
    at_v2 = snapshot(project)

    second, first = (row.digest for row in board.versions)
    desk.session.compare(first, second)
    desk.until(lambda: board.comparison and not board.comparing and board.content)
    assert board.comparison is not None
    assert board.comparison.headline == "v2.0.0 has a new model, changed code and changed docs."
    assert board.file == "movie_recommender.py"
    assert isinstance(board.content, TextDiff)

    desk.session.preview_rollback(first)
    desk.until(lambda: board.rollback is not None)
    assert board.rollback is not None
    assert board.rollback.now == "v2.0.0"
    assert {line.path for line in board.rollback.comes_back} >= {"Kitfile", "movie_recommender.py"}
    desk.session.rollback(first)
    desk.until(
        lambda: (
            board.result and board.folder and board.folder.at and board.folder.at.digest == first
        )
    )
    assert snapshot(project) == at_v1
    assert board.result is not None
    assert board.result.title == "This folder is exactly v1.0.0 again."
    desk.until(lambda: board.can_undo == "the roll back to v1.0.0")
    desk.session.undo()
    desk.until(lambda: board.folder and board.folder.at and board.folder.at.digest == second)
    assert snapshot(project) == at_v2


@pytest.mark.registry
def test_push_and_pull_show_where_versions_are(
    desk: Desk, project: Path, registry: str, library: Library
) -> None:
    board = desk.board
    desk.opens(project)
    desk.packs("v1.0.0")
    address = f"{registry}/session/demo"
    desk.session.set_remote(address)
    desk.until(lambda: board.remote.address == address and board.remote.reachable)
    (row,) = board.versions
    desk.session.preview_push(row.digest, "v1.0.0", address)
    desk.until(lambda: board.push)
    assert board.push is not None
    assert board.push.missing_bytes is not None
    assert board.push.missing_bytes > board.push.size
    desk.session.push(row.digest, "v1.0.0", address)
    desk.until(lambda: board.versions[0].remote)
    assert board.jobs[0].state is JobState.DONE
    desk.session.remove(row.digest)
    desk.until(lambda: not board.versions[0].local)
    assert library.store.versions() == ()
    desk.session.pull(row.digest)
    desk.until(lambda: board.versions[0].local)
    desk.session.remove(row.digest)
    desk.until(lambda: not board.versions[0].local)
    (project / "README.md").unlink()
    desk.session.preview_rollback(row.digest)
    desk.until(lambda: board.rollback)
    assert board.rollback is not None
    assert [line.path for line in board.rollback.comes_back] == ["README.md"]
    desk.until(lambda: board.versions[0].local)


def test_a_registry_that_is_not_there_is_an_error_with_a_way_on(
    desk: Desk, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kitdesk.services.remotes.registry.client.BACKOFF", 0.001)
    board = desk.board
    desk.opens(project)
    desk.packs("v1.0.0")
    desk.session.push(board.versions[0].digest, "v1.0.0", "127.0.0.1:1/demo")
    desk.until(lambda: board.trouble)
    assert board.trouble is not None
    assert board.trouble.title == "127.0.0.1:1 did not answer."
    assert board.trouble.job == board.jobs[0].number
    assert board.jobs[0].state is JobState.FAILED
    failed = board.jobs[0].number
    desk.session.retry(failed)
    desk.until(lambda: board.jobs[0].number != failed and board.jobs[0].state is JobState.FAILED)


def test_a_folder_without_kitfile_gets_one_from_a_scan(desk: Desk, tmp_path: Path) -> None:
    folder = tmp_path / "bare"
    folder.mkdir()
    (folder / "model.pkl").write_bytes(b"x")
    (folder / "train.py").write_text("print()")
    desk.opens(folder)
    assert desk.board.folder is not None
    assert desk.board.folder.kitfile is None
    desk.session.make_kitfile()
    desk.until(lambda: desk.board.folder and desk.board.folder.kitfile)
    desk.until(lambda: "model.pkl" in desk.board.kitfile.text)
    desk.packs("v1")


def test_a_folder_that_vanishes_is_told_and_comes_back(desk: Desk, project: Path) -> None:
    desk.opens(project)
    desk.packs("v1.0.0")
    away = project.with_name("away")
    project.rename(away)
    desk.session.refresh()
    desk.until(lambda: desk.board.folder and desk.board.folder.problem)
    assert desk.board.folder is not None
    assert desk.board.folder.problem is not None
    assert desk.board.folder.problem.code == "folder-gone"
    away.rename(project)
    desk.session.refresh()
    desk.until(lambda: desk.board.folder and not desk.board.folder.problem)


def test_edits_are_checked_saved_and_never_overwritten(desk: Desk, project: Path) -> None:
    board = desk.board
    desk.opens(project)
    desk.until(lambda: board.kitfile.text)
    good = board.kitfile.text
    desk.session.edit_kitfile(good.replace("  license: Apache-2.0", "  licence: MIT", 1))
    desk.until(lambda: board.kitfile.problems)
    (problem,) = board.kitfile.problems
    assert (problem.line, problem.rule) == (7, "unknown-field")
    assert problem.fix is not None
    desk.session.fix(problem.fix)
    desk.until(lambda: not board.kitfile.problems)
    assert board.kitfile.dirty
    (project / "Kitfile").write_text(good + "# from outside\n")
    desk.until(lambda: board.kitfile.changed_on_disk)
    assert "license: MIT" in board.kitfile.text, "the edit is still there"
    desk.session.save_kitfile()
    desk.until(lambda: not board.kitfile.dirty)
    assert (project / "Kitfile").read_text() == board.kitfile.text
    desk.session.reload_kitfile()
    desk.until(lambda: not board.kitfile.changed_on_disk)


def test_a_kitfile_that_is_not_utf8_is_told(desk: Desk, project: Path) -> None:
    (project / "Kitfile").write_bytes(b"package:\n  name: caf\xe9\n")
    desk.opens(project)
    desk.until(lambda: desk.board.kitfile.trouble)
    assert desk.board.kitfile.trouble is not None
    assert "UTF-8" in desk.board.kitfile.trouble.title
    assert (project / "Kitfile").read_bytes() == b"package:\n  name: caf\xe9\n"


def test_cancel_ends_a_job_and_leaves_no_version(desk: Desk, project: Path) -> None:
    with (project / "datasets" / "ratings.csv").open("ab") as big:
        big.truncate(400 << 20)
    desk.opens(project)
    desk.session.pack(("v1",))
    desk.session.cancel(desk.board.jobs[0].number)
    desk.until(lambda: desk.board.jobs[0].state is JobState.CANCELLED)
    assert desk.board.versions == ()
    assert desk.board.trouble is None


def test_the_last_chosen_pair_wins(desk: Desk, project: Path) -> None:
    board = desk.board
    desk.opens(project)
    desk.packs("v1.0.0")
    advance(project)
    desk.packs("v2.0.0")
    second, first = (row.digest for row in board.versions)
    for _ in range(20):
        desk.session.compare(first, second)
        desk.session.compare(second, first)
    desk.session.compare(second, FOLDER)
    desk.until(lambda: board.comparison and not board.comparing)
    assert board.comparison is not None
    assert board.comparison.headline == "This folder is exactly v2.0.0."


def test_an_interrupted_rollback_is_told_and_can_be_settled(
    desk: Desk, project: Path, library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    from kitdesk.modelkit.primitives.reference import parse
    from kitdesk.operations import rollback as rollbacks
    from kitdesk.operations.pack import pack
    from kitdesk.services.history.transaction import Swap

    first = pack(project, parse("movie-recommend:v1.0.0"), library)
    at_v1 = snapshot(project)
    advance(project)

    class Killed(BaseException):
        pass

    def die(_swap: Swap, _advance: object) -> None:
        raise Killed

    plan = rollbacks.plan_rollback(project, first.digest, "movie-recommend:v1.0.0", library)
    with monkeypatch.context() as patch:
        patch.setattr(Swap, "run", die)
        patch.setattr(Swap, "turn_back", die)
        with pytest.raises(Killed):
            rollbacks.rollback(plan, library)
    desk.opens(project)
    assert desk.board.folder is not None
    assert "cut off" in desk.board.folder.interrupted
    desk.session.finish_interrupted("finish")
    desk.until(lambda: desk.board.folder and not desk.board.folder.interrupted)
    assert snapshot(project) == at_v1


@pytest.mark.registry
def test_signing_in_lets_the_stopped_push_go_on(desk: Desk, project: Path, tmp_path: Path) -> None:
    need("registry", "docker-registry")
    board = desk.board
    folder = tmp_path / "closed"
    folder.mkdir()
    with with_password(folder) as host:
        desk.opens(project)
        desk.packs("v1.0.0")
        desk.session.push(board.versions[0].digest, "v1.0.0", f"{host}/closed/demo")
        desk.until(lambda: board.trouble)
        assert board.trouble is not None
        assert (board.trouble.code, board.trouble.host) == ("auth-required", host)
        job = board.trouble.job
        desk.session.sign_in(host, USER, "wrong", job)
        desk.until(lambda: board.sign_in_trouble)
        assert board.sign_in_trouble is not None
        assert board.sign_in_trouble.title == f"{host} refused the password of {USER}."
        desk.session.sign_in(host, USER, PASSWORD, job)
        desk.until(lambda: board.jobs[0].state is JobState.DONE)
        desk.until(lambda: board.versions[0].remote)
        desk.session.sign_out(host)
        desk.until(lambda: board.result and board.result.title == f"Signed out of {host}.")


def test_a_version_is_deleted_from_the_remote_after_a_look(
    desk: Desk, project: Path, registry: str
) -> None:
    board = desk.board
    desk.opens(project)
    desk.packs("v1.0.0")
    digest = board.versions[0].digest
    address = f"{registry}/removing/demo"
    for tag in ("v1.0.0", "stable"):
        desk.session.push(digest, tag, address)
        desk.until(lambda: board.jobs[0].state is JobState.DONE and board.jobs[0].verb == "push")
    desk.session.set_remote(address)
    desk.until(lambda: board.versions[0].remote)
    desk.session.preview_removal(digest)
    desk.until(lambda: board.removal)
    assert board.removal is not None
    assert set(board.removal.tags) == {"v1.0.0", "stable"}
    desk.session.remove_remote(digest)
    desk.until(lambda: not board.versions[0].remote)
    assert board.versions[0].local
    assert board.jobs[0].state is JobState.DONE


def test_one_file_comes_back_and_goes_again(desk: Desk, project: Path) -> None:
    board, code = desk.board, project / "movie_recommender.py"
    desk.opens(project)
    desk.packs("v1.0.0")
    packed = code.read_bytes()
    code.write_text("mine = True\n")
    (project / "datasets/ratings.csv").write_text("other\n")
    desk.session.restore(board.versions[0].digest, "movie_recommender.py")
    desk.until(lambda: board.result and board.result.undo and board.can_undo)
    assert board.result is not None
    assert board.result.title == "movie_recommender.py is as in v1.0.0 again."
    assert code.read_bytes() == packed
    assert (project / "datasets/ratings.csv").read_text() == "other\n"
    desk.session.undo()
    desk.until(lambda: board.result and board.result.title.startswith("Undone"))
    assert code.read_text() == "mine = True\n"
