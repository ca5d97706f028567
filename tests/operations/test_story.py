"""The story that must always work, verb by verb, with a real registry."""

from __future__ import annotations

from pathlib import Path

import pytest

from kitdesk.compare.content.result import TextDiff
from kitdesk.compare.values import FileKind, Verdict
from kitdesk.modelkit.primitives.reference import parse
from kitdesk.operations import rollback as rollbacks
from kitdesk.operations import undo as undos
from kitdesk.operations.compare import compare
from kitdesk.operations.compare_contents import compare_contents
from kitdesk.operations.demo import advance
from kitdesk.operations.folder_status import folder_status
from kitdesk.operations.inputs.addresses import parse_side
from kitdesk.operations.inputs.remotes import open_remote
from kitdesk.operations.local_versions import verify
from kitdesk.operations.pack import pack
from kitdesk.operations.push_pull import pull, push
from kitdesk.operations.unpack import unpack
from kitdesk.operations.versions.listing import local_versions, merged
from kitdesk.operations.versions.remote_listing import remote_versions
from kitdesk.services.container import Services
from tests.conftest import library_at
from tests.snapshots import snapshot, times

NAME = "movie-recommend"


@pytest.mark.registry
def test_pack_push_change_compare_roll_back_undo(
    project: Path, services: Services, registry: str, tmp_path: Path
) -> None:
    first = pack(project, parse(f"{NAME}:v1.0.0"), services)
    remote = open_remote(parse(f"{registry}/ml/{NAME}"))
    sent = push(first.digest, first.reference.name, "v1.0.0", remote, services)
    assert {blob.state for blob in sent.blobs} == {"sent"}
    at_v1 = snapshot(project)

    advance(project)
    changed = folder_status(project, services)
    assert changed.at == first.digest
    assert {one.path for one in changed.changes} == {
        "Kitfile",
        "README.md",
        "movie_recommender.py",
        "saved_model/user_similarity_model.pkl",
    }
    second = pack(project, parse(f"{NAME}:v2.0.0"), services)
    sent = push(second.digest, second.reference.name, "v2.0.0", remote, services)
    assert sum(blob.state == "existed" for blob in sent.blobs) == 3
    at_v2, at_v2_times = snapshot(project), times(project)

    found = compare(
        parse_side(f"local://{NAME}:v1.0.0"), parse_side(f"local://{NAME}:v2.0.0"), services
    )
    assert found.verdict is Verdict.DIFFERENT
    assert found.headline == "v2.0.0 has a new model, changed code and changed docs."
    assert "Parameter rmse went from 0.82 to 0.99." in [one.text for one in found.sentences]
    assert {one.path: one.kind for one in found.files} == dict.fromkeys(
        ("saved_model/user_similarity_model.pkl", "movie_recommender.py", "README.md"),
        FileKind.CHANGED,
    )
    inside = compare_contents(
        parse_side(f"local://{NAME}:v1.0.0"), parse_side(f"local://{NAME}:v2.0.0"), services
    )
    assert inside.comparison.headline.startswith("rmse 0.82 → 0.99, worse; ")
    (code,) = (
        part for part in inside.contents["movie_recommender.py"].parts if isinstance(part, TextDiff)
    )
    assert any(row.right and "TruncatedSVD" in row.right.text for row in code.rows if row.changed)

    before = {tag: remote.resolve(tag) for tag in remote.tags()}
    plan = rollbacks.plan_rollback(project, first.digest, "v1.0.0", services)
    assert snapshot(project) == at_v2, "a preview touches nothing"
    rollbacks.rollback(plan, services)
    assert snapshot(project) == at_v1
    now = folder_status(project, services)
    assert (now.at, now.changes) == (first.digest, ())
    assert {tag: remote.resolve(tag) for tag in remote.tags()} == before

    undos.undo(project, services)
    assert snapshot(project) == at_v2
    assert times(project) == at_v2_times, "undo brings back inodes and times"
    undos.undo(project, services)
    assert snapshot(project) == at_v1

    other = library_at(tmp_path / "somebody-else")
    fetched = pull("v2.0.0", f"{registry}/ml/{NAME}", remote, other)
    assert fetched.digest == second.digest
    assert verify(second.digest, other).ok
    unpack(second.digest, "v2.0.0", tmp_path / "out", other)
    skipped = ("next", ".kitignore", "Kitfile")
    assert snapshot(tmp_path / "out", skip=skipped) == {
        path: one for path, one in at_v2.items() if path.split("/")[0] not in skipped
    }
    again = pull("v2.0.0", f"{registry}/ml/{NAME}", remote, other)
    assert again.existed

    rows = merged(
        local_versions(services, first.reference.name).versions,
        remote_versions(remote, services).versions,
    )
    assert [(row.tags[0].name, row.local, row.remote) for row in rows] == [
        ("v2.0.0", True, True),
        ("v1.0.0", True, True),
    ]
    remote.close()


def test_packing_unchanged_content_makes_no_second_version(
    project: Path, services: Services
) -> None:
    first = pack(project, parse(f"{NAME}:v1"), services)
    again = pack(project, parse(f"{NAME}:v2"), services)
    assert again.digest == first.digest
    assert (first.reused, again.reused) == (False, True)
    (version,) = local_versions(services, first.reference.name).versions
    assert [tag.name for tag in version.tags] == ["v2", "v1"]


def test_a_comment_in_the_kitfile_comes_back_with_the_version(
    project: Path, services: Services
) -> None:
    text = (project / "Kitfile").read_bytes()
    assert b"# The script writes the model here" in text
    packed = pack(project, parse(f"{NAME}:v1"), services)
    (project / "Kitfile").write_bytes(b"not: [a Kitfile")
    plan = rollbacks.plan_rollback(project, packed.digest, "v1", services)
    assert plan.replace == ("Kitfile",)
    rollbacks.rollback(plan, services)
    assert (project / "Kitfile").read_bytes() == text
