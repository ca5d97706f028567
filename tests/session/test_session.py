"""The running program without a window: intents in, the board out, on real threads and files."""

from __future__ import annotations

from pathlib import Path

import pytest

from kitdesk.compare.values import TextDiff
from kitdesk.operations.demo import advance
from kitdesk.services.container import Services
from kitdesk.session.state.project import FOLDER, JobState, View
from tests.conftest import need
from tests.fakes.registries import PASSWORD, USER, with_password
from tests.session.conftest import Desk
from tests.snapshots import snapshot


def test_the_story_by_intents(context: Desk, project: Path) -> None:
    state = context.state
    context.opens(project)
    assert state.view is View.COMPARE
    assert state.folder is not None
    assert state.folder.at is None
    context.packs("v1.0.0")
    context.until(lambda: state.folder and state.folder.at)
    at_v1 = snapshot(project)

    advance(project)
    context.until(lambda: state.folder and len(state.folder.changes) == 4)
    context.session.preview_pack()
    context.until(lambda: state.preview is not None)
    assert state.preview is not None
    assert state.preview.tags[0][:2] == ("v1.1.0", "minor")
    assert "v1.0.0" in state.preview.taken
    context.packs("v2.0.0")
    assert [row.title for row in state.versions] == ["v2.0.0", "v1.0.0"]
    at_v2 = snapshot(project)

    second, first = (row.digest for row in state.versions)
    context.session.compare(first, second)
    context.until(lambda: state.comparison and not state.comparing and state.content)
    assert state.comparison is not None
    assert state.comparison.headline == "v2.0.0 has a new model, changed code and changed docs."
    assert state.file == "movie_recommender.py"
    assert isinstance(state.content, TextDiff)

    context.session.preview_rollback(first)
    context.until(lambda: state.rollback is not None)
    assert state.rollback is not None
    assert state.rollback.now == "v2.0.0"
    assert {line.path for line in state.rollback.comes_back} >= {"Kitfile", "movie_recommender.py"}
    context.session.rollback(first)
    context.until(
        lambda: (
            state.result and state.folder and state.folder.at and state.folder.at.digest == first
        )
    )
    assert snapshot(project) == at_v1
    assert state.result is not None
    assert state.result.title == "This folder is exactly v1.0.0 again."
    context.until(lambda: state.can_undo == "the roll back to v1.0.0")
    context.session.undo()
    context.until(lambda: state.folder and state.folder.at and state.folder.at.digest == second)
    assert snapshot(project) == at_v2


@pytest.mark.registry
def test_push_and_pull_show_where_versions_are(
    context: Desk, project: Path, registry: str, services: Services
) -> None:
    state = context.state
    context.opens(project)
    context.packs("v1.0.0")
    address = f"{registry}/session/demo"
    context.session.set_remote(address)
    context.until(lambda: state.remote.address == address and state.remote.reachable)
    (row,) = state.versions
    context.session.preview_push(row.digest, "v1.0.0", address)
    context.until(lambda: state.push)
    assert state.push is not None
    assert state.push.missing_bytes is not None
    assert state.push.missing_bytes > state.push.size
    context.session.push(row.digest, "v1.0.0", address)
    context.until(lambda: state.versions[0].remote)
    assert state.jobs[0].state is JobState.DONE
    context.session.remove(row.digest)
    context.until(lambda: not state.versions[0].local)
    assert services.store.versions() == ()
    context.session.pull(row.digest)
    context.until(lambda: state.versions[0].local)
    context.session.remove(row.digest)
    context.until(lambda: not state.versions[0].local)
    (project / "README.md").unlink()
    context.session.preview_rollback(row.digest)
    context.until(lambda: state.rollback)
    assert state.rollback is not None
    assert [line.path for line in state.rollback.comes_back] == ["README.md"]
    context.until(lambda: state.versions[0].local)


def test_a_registry_that_is_not_there_is_an_error_with_a_way_on(
    context: Desk, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kitdesk.services.remotes.registry.client.BACKOFF_S", 0.001)
    state = context.state
    context.opens(project)
    context.packs("v1.0.0")
    context.session.push(state.versions[0].digest, "v1.0.0", "127.0.0.1:1/demo")
    context.until(lambda: state.error)
    assert state.error is not None
    assert state.error.title == "127.0.0.1:1 did not answer."
    assert state.error.job == state.jobs[0].number
    assert state.jobs[0].state is JobState.FAILED
    failed = state.jobs[0].number
    context.session.retry(failed)
    context.until(lambda: state.jobs[0].number != failed and state.jobs[0].state is JobState.FAILED)


def test_a_folder_without_kitfile_gets_one_from_a_scan(context: Desk, tmp_path: Path) -> None:
    folder = tmp_path / "bare"
    folder.mkdir()
    (folder / "model.pkl").write_bytes(b"x")
    (folder / "train.py").write_text("print()")
    context.opens(folder)
    assert context.state.folder is not None
    assert context.state.folder.kitfile is None
    context.session.make_kitfile()
    context.until(lambda: context.state.folder and context.state.folder.kitfile)
    context.until(lambda: "model.pkl" in context.state.kitfile.text)
    context.packs("v1")


def test_a_folder_that_vanishes_is_told_and_comes_back(context: Desk, project: Path) -> None:
    context.opens(project)
    context.packs("v1.0.0")
    away = project.with_name("away")
    project.rename(away)
    context.session.refresh()
    context.until(lambda: context.state.folder and context.state.folder.problem)
    assert context.state.folder is not None
    assert context.state.folder.problem is not None
    assert context.state.folder.problem.code == "folder-gone"
    away.rename(project)
    context.session.refresh()
    context.until(lambda: context.state.folder and not context.state.folder.problem)


def test_edits_are_checked_saved_and_never_overwritten(context: Desk, project: Path) -> None:
    state = context.state
    context.opens(project)
    context.until(lambda: state.kitfile.text)
    good = state.kitfile.text
    context.session.edit_kitfile(good.replace("  license: Apache-2.0", "  licence: MIT", 1))
    context.until(lambda: state.kitfile.problems)
    (problem,) = state.kitfile.problems
    assert (problem.line, problem.rule) == (7, "unknown-field")
    assert problem.fix is not None
    context.session.fix(problem.fix)
    context.until(lambda: not state.kitfile.problems)
    assert state.kitfile.dirty
    (project / "Kitfile").write_text(good + "# from outside\n")
    context.until(lambda: state.kitfile.changed_on_disk)
    assert "license: MIT" in state.kitfile.text, "the edit is still there"
    context.session.save_kitfile()
    context.until(lambda: not state.kitfile.dirty)
    assert (project / "Kitfile").read_text() == state.kitfile.text
    context.session.reload_kitfile()
    context.until(lambda: not state.kitfile.changed_on_disk)


def test_a_kitfile_that_is_not_utf8_is_told(context: Desk, project: Path) -> None:
    (project / "Kitfile").write_bytes(b"package:\n  name: caf\xe9\n")
    context.opens(project)
    context.until(lambda: context.state.kitfile.error)
    assert context.state.kitfile.error is not None
    assert "UTF-8" in context.state.kitfile.error.title
    assert (project / "Kitfile").read_bytes() == b"package:\n  name: caf\xe9\n"


def test_cancel_ends_a_job_and_leaves_no_version(context: Desk, project: Path) -> None:
    with (project / "datasets" / "ratings.csv").open("ab") as big:
        big.truncate(400 << 20)
    context.opens(project)
    context.session.pack(("v1",))
    context.session.cancel(context.state.jobs[0].number)
    context.until(lambda: context.state.jobs[0].state is JobState.CANCELLED)
    assert context.state.versions == ()
    assert context.state.error is None


def test_the_last_chosen_pair_wins(context: Desk, project: Path) -> None:
    state = context.state
    context.opens(project)
    context.packs("v1.0.0")
    advance(project)
    context.packs("v2.0.0")
    second, first = (row.digest for row in state.versions)
    for _ in range(20):
        context.session.compare(first, second)
        context.session.compare(second, first)
    context.session.compare(second, FOLDER)
    context.until(lambda: state.comparison and not state.comparing)
    assert state.comparison is not None
    assert state.comparison.headline == "This folder is exactly v2.0.0."


def test_an_interrupted_rollback_is_told_and_can_be_settled(
    context: Desk, project: Path, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    from kitdesk.modelkit.primitives.reference import parse
    from kitdesk.operations import rollback as rollbacks
    from kitdesk.operations.pack import pack
    from kitdesk.services.history.transaction import FolderTransaction

    first = pack(project, parse("movie-recommend:v1.0.0"), services)
    at_v1 = snapshot(project)
    advance(project)

    class Killed(BaseException):
        pass

    def die(_swap: FolderTransaction, _advance: object) -> None:
        raise Killed

    plan = rollbacks.plan_rollback(project, first.digest, "movie-recommend:v1.0.0", services)
    with monkeypatch.context() as patch:
        patch.setattr(FolderTransaction, "run", die)
        patch.setattr(FolderTransaction, "reverse", die)
        with pytest.raises(Killed):
            rollbacks.rollback(plan, services)
    context.opens(project)
    assert context.state.folder is not None
    assert "cut off" in context.state.folder.interrupted
    context.session.finish_interrupted("finish")
    context.until(lambda: context.state.folder and not context.state.folder.interrupted)
    assert snapshot(project) == at_v1


@pytest.mark.registry
def test_signing_in_lets_the_stopped_push_go_on(
    context: Desk, project: Path, tmp_path: Path
) -> None:
    need("registry", "docker-registry")
    state = context.state
    folder = tmp_path / "closed"
    folder.mkdir()
    with with_password(folder) as host:
        context.opens(project)
        context.packs("v1.0.0")
        context.session.push(state.versions[0].digest, "v1.0.0", f"{host}/closed/demo")
        context.until(lambda: state.error)
        assert state.error is not None
        assert (state.error.code, state.error.host) == ("auth-required", host)
        job = state.error.job
        context.session.sign_in(host, USER, "wrong", job)
        context.until(lambda: state.sign_in_error)
        assert state.sign_in_error is not None
        assert state.sign_in_error.title == f"{host} refused the password of {USER}."
        context.session.sign_in(host, USER, PASSWORD, job)
        context.until(lambda: state.jobs[0].state is JobState.DONE)
        context.until(lambda: state.versions[0].remote)
        context.session.sign_out(host)
        context.until(lambda: state.result and state.result.title == f"Signed out of {host}.")


def test_a_version_is_deleted_from_the_remote_after_a_look(
    context: Desk, project: Path, registry: str
) -> None:
    state = context.state
    context.opens(project)
    context.packs("v1.0.0")
    digest = state.versions[0].digest
    address = f"{registry}/removing/demo"
    for tag in ("v1.0.0", "stable"):
        context.session.push(digest, tag, address)
        context.until(lambda: state.jobs[0].state is JobState.DONE and state.jobs[0].verb == "push")
    context.session.set_remote(address)
    context.until(lambda: state.versions[0].remote)
    context.session.preview_removal(digest)
    context.until(lambda: state.removal)
    assert state.removal is not None
    assert set(state.removal.tags) == {"v1.0.0", "stable"}
    context.session.remove_remote(digest)
    context.until(lambda: not state.versions[0].remote)
    assert state.versions[0].local
    assert state.jobs[0].state is JobState.DONE


def test_one_file_comes_back_and_goes_again(context: Desk, project: Path) -> None:
    state, code = context.state, project / "movie_recommender.py"
    context.opens(project)
    context.packs("v1.0.0")
    packed = code.read_bytes()
    code.write_text("mine = True\n")
    (project / "datasets/ratings.csv").write_text("other\n")
    context.session.restore(state.versions[0].digest, "movie_recommender.py")
    context.until(lambda: state.result and state.result.undo and state.can_undo)
    assert state.result is not None
    assert state.result.title == "movie_recommender.py is as in v1.0.0 again."
    assert code.read_bytes() == packed
    assert (project / "datasets/ratings.csv").read_text() == "other\n"
    context.session.undo()
    context.until(lambda: state.result and state.result.title.startswith("Undone"))
    assert code.read_text() == "mine = True\n"
