"""The running program without a window: intents in, the board out, on real threads and files."""

from __future__ import annotations

from pathlib import Path

import pytest

from kitdesk.compare.content.result import Content, TextDiff
from kitdesk.operations.demo import advance
from kitdesk.services.container import Services
from kitdesk.session.state.project import FOLDER, JobState, View
from tests.conftest import need
from tests.fakes.registries import PASSWORD, USER, with_password
from tests.session.conftest import Desk
from tests.snapshots import snapshot


def test_the_story_by_intents(context: Desk, project: Path) -> None:
    workspace = context.workspace
    context.opens(project)
    assert workspace.state.view is View.COMPARE
    assert workspace.state.folder is not None
    assert workspace.state.folder.at is None
    context.packs("v1.0.0")
    context.until(lambda: workspace.state.folder and workspace.state.folder.at)
    at_v1 = snapshot(project)

    advance(project)
    context.until(lambda: workspace.state.folder and len(workspace.state.folder.changes) == 4)
    context.session.kitfile.preview()
    context.until(lambda: workspace.state.preview is not None)
    assert workspace.state.preview is not None
    assert workspace.state.preview.tags[0][:2] == ("v1.1.0", "minor")
    assert "v1.0.0" in workspace.state.preview.taken
    context.packs("v2.0.0")
    assert [row.title for row in workspace.state.versions] == ["v2.0.0", "v1.0.0"]
    at_v2 = snapshot(project)

    second, first = (row.digest for row in workspace.state.versions)
    context.session.comparison.compare(first, second)
    context.until(
        lambda: (
            workspace.state.comparison and not workspace.state.comparing and workspace.state.content
        )
    )
    assert workspace.state.comparison is not None
    assert (
        workspace.state.comparison.headline
        == "rmse 0.82 → 0.99, worse; user_similarity_model: DataFrame → TruncatedSVD."
    )
    assert workspace.state.file == "movie_recommender.py"
    assert isinstance(workspace.state.content, Content)
    assert any(isinstance(part, TextDiff) for part in workspace.state.content.parts)

    context.session.folder.preview_rollback(first)
    context.until(lambda: workspace.state.rollback is not None)
    assert workspace.state.rollback is not None
    assert workspace.state.rollback.now == "v2.0.0"
    assert {line.path for line in workspace.state.rollback.comes_back} >= {
        "Kitfile",
        "movie_recommender.py",
    }
    context.session.folder.rollback(first)
    context.until(
        lambda: (
            workspace.state.result
            and workspace.state.folder
            and workspace.state.folder.at
            and workspace.state.folder.at.digest == first
        )
    )
    assert snapshot(project) == at_v1
    assert workspace.state.result is not None
    assert workspace.state.result.title == "This folder is exactly v1.0.0 again."
    context.until(lambda: workspace.state.can_undo == "the roll back to v1.0.0")
    context.session.folder.undo()
    context.until(
        lambda: (
            workspace.state.folder
            and workspace.state.folder.at
            and workspace.state.folder.at.digest == second
        )
    )
    assert snapshot(project) == at_v2


@pytest.mark.registry
def test_push_and_pull_show_where_versions_are(
    context: Desk, project: Path, registry: str, services: Services
) -> None:
    workspace = context.workspace
    context.opens(project)
    context.packs("v1.0.0")
    address = f"{registry}/session/demo"
    context.session.tree.set_remote(address)
    context.until(
        lambda: workspace.state.remote.address == address and workspace.state.remote.reachable
    )
    (row,) = workspace.state.versions
    context.session.transfers.preview_push(row.digest, "v1.0.0", address)
    context.until(lambda: workspace.state.push)
    assert workspace.state.push is not None
    assert workspace.state.push.missing_bytes is not None
    assert workspace.state.push.missing_bytes > workspace.state.push.size
    context.session.transfers.push(row.digest, "v1.0.0", address)
    context.until(lambda: workspace.state.versions[0].remote)
    assert workspace.state.jobs[0].state is JobState.DONE
    context.session.versions.remove(row.digest)
    context.until(lambda: not workspace.state.versions[0].local)
    assert services.store.versions() == ()
    context.session.transfers.pull(row.digest)
    context.until(lambda: workspace.state.versions[0].local)
    context.session.versions.remove(row.digest)
    context.until(lambda: not workspace.state.versions[0].local)
    (project / "README.md").unlink()
    context.session.folder.preview_rollback(row.digest)
    context.until(lambda: workspace.state.rollback)
    assert workspace.state.rollback is not None
    assert [line.path for line in workspace.state.rollback.comes_back] == ["README.md"]
    assert workspace.state.rollback.fetch_bytes > 0
    assert services.store.versions() == (), "a look keeps nothing"
    assert not workspace.state.versions[0].local
    context.session.folder.rollback(row.digest)
    context.until(lambda: workspace.state.versions[0].local)
    assert (project / "README.md").exists()


@pytest.mark.registry
def test_a_version_tag_of_the_remote_moves_by_an_answer_alone(
    context: Desk, project: Path, registry: str
) -> None:
    workspace, address = context.workspace, f"{registry}/session/moved"
    context.opens(project)
    context.packs("v1.0.0")
    context.session.tree.set_remote(address)
    context.until(lambda: workspace.state.remote.reachable)
    first = workspace.state.versions[0].digest
    context.session.transfers.push(first, "v1.0.0", address)
    context.until(lambda: workspace.state.versions[0].remote)
    (project / "README.md").write_text("other")
    context.session.refresh()
    context.packs("v1.0.1")
    second = next(row.digest for row in workspace.state.versions if row.digest != first)
    context.session.transfers.push(second, "v1.0.0", address)
    context.until(lambda: workspace.state.error)
    context.session.transfers.push(second, "v1.0.0", address, replace=True)
    context.until(lambda: workspace.state.jobs[0].state is JobState.DONE)
    context.session.refresh()
    context.until(
        lambda: any(row.digest == second and row.remote for row in workspace.state.versions)
    )


def test_a_registry_that_is_not_there_is_an_error_with_a_way_on(
    context: Desk, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kitdesk.services.remotes.registry.client.BACKOFF_S", 0.001)
    workspace = context.workspace
    context.opens(project)
    context.packs("v1.0.0")
    context.session.transfers.push(workspace.state.versions[0].digest, "v1.0.0", "127.0.0.1:1/demo")
    context.until(lambda: workspace.state.error)
    assert workspace.state.error is not None
    assert workspace.state.error.title == "127.0.0.1:1 did not answer."
    assert workspace.state.error.job == workspace.state.jobs[0].number
    assert workspace.state.jobs[0].state is JobState.FAILED
    failed = workspace.state.jobs[0].number
    context.session.jobs.retry(failed)
    context.until(
        lambda: (
            workspace.state.jobs[0].number != failed
            and workspace.state.jobs[0].state is JobState.FAILED
        )
    )


def test_a_folder_without_kitfile_gets_one_from_a_scan(context: Desk, tmp_path: Path) -> None:
    folder = tmp_path / "bare"
    folder.mkdir()
    (folder / "model.pkl").write_bytes(b"x")
    (folder / "train.py").write_text("print()")
    context.opens(folder)
    assert context.workspace.state.folder is not None
    assert context.workspace.state.folder.kitfile is None
    context.session.versions.make_kitfile()
    context.until(lambda: context.workspace.state.folder and context.workspace.state.folder.kitfile)
    context.until(lambda: "model.pkl" in context.workspace.state.kitfile.text)
    context.packs("v1")


def test_a_folder_that_vanishes_is_told_and_comes_back(context: Desk, project: Path) -> None:
    context.opens(project)
    context.packs("v1.0.0")
    away = project.with_name("away")
    project.rename(away)
    context.session.refresh()
    context.until(lambda: context.workspace.state.folder and context.workspace.state.folder.problem)
    assert context.workspace.state.folder is not None
    assert context.workspace.state.folder.problem is not None
    assert context.workspace.state.folder.problem.code == "folder-gone"
    away.rename(project)
    context.session.refresh()
    context.until(
        lambda: context.workspace.state.folder and not context.workspace.state.folder.problem
    )


def test_edits_are_checked_saved_and_never_overwritten(context: Desk, project: Path) -> None:
    workspace = context.workspace
    context.opens(project)
    context.until(lambda: workspace.state.kitfile.text)
    good = workspace.state.kitfile.text
    context.session.kitfile.edit(good.replace("  license: Apache-2.0", "  licence: MIT", 1))
    context.until(lambda: workspace.state.kitfile.problems)
    (problem,) = workspace.state.kitfile.problems
    assert (problem.line, problem.rule) == (7, "unknown-field")
    assert problem.fix is not None
    context.session.kitfile.fix(problem.fix)
    context.until(lambda: not workspace.state.kitfile.problems)
    assert workspace.state.kitfile.dirty
    (project / "Kitfile").write_text(good + "# from outside\n")
    context.until(lambda: workspace.state.kitfile.changed_on_disk)
    assert "license: MIT" in workspace.state.kitfile.text, "the edit is still there"
    context.session.kitfile.save()
    context.until(lambda: not workspace.state.kitfile.dirty)
    assert (project / "Kitfile").read_text() == workspace.state.kitfile.text
    assert "license: MIT" in workspace.state.kitfile.text
    assert "# from outside" in workspace.state.kitfile.text, "theirs was taken in"
    assert not workspace.state.kitfile.changed_on_disk


def test_a_kitfile_that_is_not_utf8_is_told(context: Desk, project: Path) -> None:
    (project / "Kitfile").write_bytes(b"package:\n  name: caf\xe9\n")
    context.opens(project)
    context.until(lambda: context.workspace.state.kitfile.error)
    assert context.workspace.state.kitfile.error is not None
    assert "UTF-8" in context.workspace.state.kitfile.error.title
    assert (project / "Kitfile").read_bytes() == b"package:\n  name: caf\xe9\n"


def test_cancel_ends_a_job_and_leaves_no_version(context: Desk, project: Path) -> None:
    with (project / "datasets" / "ratings.csv").open("ab") as big:
        big.truncate(400 << 20)
    context.opens(project)
    context.session.versions.pack(("v1",))
    context.session.jobs.cancel(context.workspace.state.jobs[0].number)
    context.until(lambda: context.workspace.state.jobs[0].state is JobState.CANCELLED)
    assert context.workspace.state.versions == ()
    assert context.workspace.state.error is None


def test_the_last_chosen_pair_wins(context: Desk, project: Path) -> None:
    workspace = context.workspace
    context.opens(project)
    context.packs("v1.0.0")
    advance(project)
    context.packs("v2.0.0")
    second, first = (row.digest for row in workspace.state.versions)
    for _ in range(20):
        context.session.comparison.compare(first, second)
        context.session.comparison.compare(second, first)
    context.session.comparison.compare(second, FOLDER)
    context.until(lambda: workspace.state.comparison and not workspace.state.comparing)
    assert workspace.state.comparison is not None
    assert workspace.state.comparison.headline == "This folder is exactly v2.0.0."


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
    assert context.workspace.state.folder is not None
    assert "cut off" in context.workspace.state.folder.interrupted
    context.session.folder.resolve_interrupted("finish")
    context.until(
        lambda: context.workspace.state.folder and not context.workspace.state.folder.interrupted
    )
    assert snapshot(project) == at_v1


@pytest.mark.registry
def test_signing_in_lets_the_stopped_push_go_on(
    context: Desk, project: Path, tmp_path: Path
) -> None:
    need("registry", "docker-registry")
    workspace = context.workspace
    folder = tmp_path / "closed"
    folder.mkdir()
    with with_password(folder) as host:
        context.opens(project)
        context.packs("v1.0.0")
        context.session.transfers.push(
            workspace.state.versions[0].digest, "v1.0.0", f"{host}/closed/demo"
        )
        context.until(lambda: workspace.state.error)
        assert workspace.state.error is not None
        assert (workspace.state.error.code, workspace.state.error.host) == ("auth-required", host)
        job = workspace.state.error.job
        context.session.accounts.sign_in(host, USER, "wrong", job)
        context.until(lambda: workspace.state.sign_in_error)
        assert workspace.state.sign_in_error is not None
        assert workspace.state.sign_in_error.title == f"{host} refused the password of {USER}."
        context.session.accounts.sign_in(host, USER, PASSWORD, job)
        context.until(lambda: workspace.state.jobs[0].state is JobState.DONE)
        context.until(lambda: workspace.state.versions[0].remote)
        context.session.accounts.sign_out(host)
        context.until(
            lambda: (
                workspace.state.result and workspace.state.result.title == f"Signed out of {host}."
            )
        )


def test_a_version_is_deleted_from_the_remote_after_a_look(
    context: Desk, project: Path, registry: str
) -> None:
    workspace = context.workspace
    context.opens(project)
    context.packs("v1.0.0")
    digest = workspace.state.versions[0].digest
    address = f"{registry}/removing/demo"
    for tag in ("v1.0.0", "stable"):
        context.session.transfers.push(digest, tag, address)
        context.until(
            lambda: (
                workspace.state.jobs[0].state is JobState.DONE
                and workspace.state.jobs[0].verb == "push"
            )
        )
    context.session.tree.set_remote(address)
    context.until(lambda: workspace.state.versions[0].remote)
    context.session.delete_remote.preview(digest)
    context.until(lambda: workspace.state.removal)
    assert workspace.state.removal is not None
    assert set(workspace.state.removal.tags) == {"v1.0.0", "stable"}
    context.session.delete_remote.delete(digest)
    context.until(lambda: not workspace.state.versions[0].remote)
    assert workspace.state.versions[0].local
    assert workspace.state.jobs[0].state is JobState.DONE


def test_one_file_comes_back_and_goes_again(context: Desk, project: Path) -> None:
    workspace, code = context.workspace, project / "movie_recommender.py"
    context.opens(project)
    context.packs("v1.0.0")
    packed = code.read_bytes()
    code.write_text("mine = True\n")
    (project / "datasets/ratings.csv").write_text("other\n")
    context.session.folder.restore(workspace.state.versions[0].digest, "movie_recommender.py")
    context.until(
        lambda: workspace.state.result and workspace.state.result.undo and workspace.state.can_undo
    )
    assert workspace.state.result is not None
    assert workspace.state.result.title == "movie_recommender.py is as in v1.0.0 again."
    assert code.read_bytes() == packed
    assert (project / "datasets/ratings.csv").read_text() == "other\n"
    context.session.folder.undo()
    context.until(
        lambda: workspace.state.result and workspace.state.result.title.startswith("Undone")
    )
    assert code.read_text() == "mine = True\n"
