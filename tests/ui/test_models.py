"""The models keep Qt's contract, and rows say in words what their pills show."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QAbstractItemModel, QPersistentModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester

from kitdesk.changes import Topic
from kitdesk.session.state.project import VersionRow, View
from kitdesk.session.state.workspace import Workspace
from kitdesk.ui.compare.file_model import FILE, WHAT, FileModel
from kitdesk.ui.store.model import StoreModel, repositories
from kitdesk.ui.versions.model import VersionModel
from tests.fakes import boards
from tests.fakes.lists import STORE
from tests.fakes.samples import COMPARISON, RC, V1, V2, V12, VERSIONS

ACCESSIBLE = Qt.ItemDataRole.AccessibleTextRole


def watched(model: QAbstractItemModel) -> QAbstractItemModelTester:
    mode = QAbstractItemModelTester.FailureReportingMode.Fatal
    return QAbstractItemModelTester(model, mode)


@pytest.mark.usefixtures("qapp")
def test_versions_survive_every_change() -> None:
    model = VersionModel()
    tester = watched(model)
    workspace = boards.home()
    assert model.read(workspace)
    assert model.rowCount() == len(VERSIONS)
    assert model.rowCount(model.index_of(VERSIONS[2].digest)) == 1
    assert not model.read(workspace), "equal rows are no reset"
    workspace.apply(Topic.LOCAL, versions=VERSIONS[:3])
    assert model.read(workspace)
    assert model.filter("v1.2")
    assert [row.title for row in model.rows] == ["v1.2.0"]
    assert model.filter("nothing like it")
    assert model.rowCount() == 0
    assert model.filter("")
    tester.deleteLater()


@pytest.mark.usefixtures("qapp")
def test_a_version_row_is_spoken_whole() -> None:
    model = VersionModel()
    model.read(boards.home())
    said = [model.index(row, 0).data(ACCESSIBLE) for row in range(model.rowCount())]
    assert said[2] == "v1.2.0, tag moved, on this machine and in the registry, 8 days ago, 5.61 MB"
    assert said[1].startswith("v2.0.0, this folder, after of the comparison, on this machine")
    assert "uploading 59 %" in said[1]
    assert said[5].startswith("v1.0.0, production, before of the comparison")
    assert said[7].startswith("no tag")
    assert model.index(0, 0, model.index(2, 0)).data() == "was 71d2b08e until 14 Nov"


@pytest.mark.usefixtures("qapp")
def test_about_marks_the_version_it_shows() -> None:
    model = VersionModel()
    workspace = boards.home(view=View.ABOUT, about_side=RC)
    model.read(workspace)
    assert "shown" in model.index_of(RC).data(ACCESSIBLE)
    assert "before" not in model.index_of(V1).data(ACCESSIBLE)


@pytest.mark.usefixtures("qapp")
def test_progress_changes_a_row_without_a_reset() -> None:
    model = VersionModel()
    workspace = boards.home()
    model.read(workspace)
    workspace.apply(Topic.LOCAL, versions=tuple(replace(v, transfer=None) for v in VERSIONS))
    assert not model.read(workspace)
    assert "uploading" not in model.index_of(V2).data(ACCESSIBLE)


@pytest.mark.usefixtures("qapp")
def test_files_are_sorted_by_the_size_of_the_change() -> None:
    model = FileModel()
    tester = watched(model)
    model.show_comparison(COMPARISON, with_same=False)
    assert [model.path(row) for row in range(model.rowCount())] == [
        "saved_model/user_similarity_model.pkl",
        "datasets/movies.csv",
        "notebooks/similarity_check.ipynb",
        "movie_recommender.py",
        "requirements.txt",
    ]
    model.show_comparison(COMPARISON, with_same=True)
    last = model.rowCount() - 1
    assert model.path(last) == "datasets/ratings.csv"
    assert model.index(last, WHAT).data() == "same bytes"
    assert model.index(1, FILE).data(ACCESSIBLE) == (
        "added: datasets/movies.csv, dataset, 9,742 rows, 3 columns"
    )
    model.show_comparison(None, with_same=True)
    assert model.rowCount() == 0
    tester.deleteLater()


@pytest.mark.usefixtures("qapp")
def test_the_store_is_grouped_by_repository() -> None:
    model = StoreModel()
    tester = watched(model)
    assert model.show_repositories(repositories(STORE))
    assert not model.show_repositories(repositories(STORE))
    assert [r.name.rpartition("/")[2] for r in model.repositories] == [
        "support-lora",
        "fraud-detection",
        "movie-recommend",
    ]
    first = model.index(0, 0)
    assert model.rowCount(first) == 3
    assert model.index(2, 0, first).data() == "no tag"
    assert "deleting frees 37.9 MB" in model.index(2, 0, first).data(ACCESSIBLE)
    tester.deleteLater()


def test_the_store_is_searched_by_tag_digest_and_name() -> None:
    assert [r.name for r in repositories(STORE, "production")] == [
        "registry.acme.dev/ml/movie-recommend"
    ]
    assert len(repositories(STORE, "d83e01aa")[0].versions) == 1
    assert [len(r.versions) for r in repositories(STORE, untagged=True)] == [1]


def test_a_repository_counts_shared_data_once() -> None:
    lora = repositories(STORE, "lora")[0]
    assert lora.disk == 1_060_000_000 + 41_200_000 + 37_900_000


@pytest.mark.usefixtures("qapp")
@given(
    boards_=st.lists(
        st.lists(st.tuples(st.integers(0, 9), st.booleans()), unique_by=lambda row: row[0]),
        min_size=2,
        max_size=6,
    )
)
def test_rows_that_arrive_leave_the_others_in_place(
    boards_: list[list[tuple[int, bool]]],
) -> None:
    model = VersionModel()
    tester = watched(model)
    workspace = Workspace()
    for numbers in boards_:
        rows = [
            VersionRow(
                f"sha256:{number}", (f"v{number}",), True, False, None, None,
                moved_from="sha256:0" if moved else "",
            )
            for number, moved in numbers
        ]  # fmt: skip
        workspace.apply(Topic.LOCAL, versions=tuple(rows))
        model.read(workspace)
        said = [model.index(row, 0).data() for row in range(model.rowCount())]
        assert said == [row.title for row in workspace.state.versions]
        for at, row in enumerate(workspace.state.versions):
            assert model.rowCount(model.index(at, 0)) == int(bool(row.moved_from))
            if row.moved_from:
                note = model.index(0, 0, model.index(at, 0))
                assert note.parent() == model.index(at, 0)
    tester.deleteLater()


@pytest.mark.usefixtures("qapp")
def test_a_row_that_was_looked_at_stays_the_same_row() -> None:
    model = VersionModel()
    workspace = boards.home(versions=VERSIONS[2:])
    model.read(workspace)
    kept = QPersistentModelIndex(model.index_of(V1))
    note = QPersistentModelIndex(model.index(0, 0, model.index_of(V12)))
    resets: list[int] = []
    model.modelReset.connect(lambda: resets.append(1))
    workspace.apply(Topic.LOCAL, versions=VERSIONS)
    assert model.read(workspace)
    assert resets == []
    assert kept.row() == model.index_of(V1).row() == 5
    assert note.data() == "was 71d2b08e until 14 Nov"


@pytest.mark.usefixtures("qapp")
def test_the_end_of_the_list_asks_for_more_once() -> None:
    model, asked = VersionModel(), []
    model.more_wanted.connect(lambda: asked.append(1))
    workspace = boards.home()
    workspace.apply(Topic.LOCAL, remote=replace(workspace.state.remote, more=1900, reachable=True))
    model.read(workspace)
    assert model.canFetchMore()
    model.fetchMore()
    assert not model.canFetchMore(), "until the board says something new"
    model.read(workspace)
    model.filter("v1")
    assert not model.canFetchMore(), "a filter would fetch page after page"
    assert asked == [1]
