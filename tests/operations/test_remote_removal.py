"""Deleting from a remote never takes a tag that nobody was told of."""

from __future__ import annotations

from pathlib import Path

import pytest

from kitdesk.errors import Conflict, NotFound
from kitdesk.modelkit.reference import parse
from kitdesk.operations.pack import pack
from kitdesk.operations.references import parse_address
from kitdesk.operations.remote_removal import carry_out, check_alone, plan_removal
from kitdesk.operations.remotes import open_remote
from kitdesk.operations.transfer import push
from kitdesk.services.library import Library
from kitdesk.services.remote import Remote


def with_tags(project: Path, library: Library, remote: Remote, *tags: str) -> str:
    packed = pack(project, parse("removal/demo:v1"), library)
    for tag in tags:
        push(packed.digest, "localhost/removal/demo", tag, remote, library)
    return packed.digest


def test_every_tag_of_a_digest_is_named(project: Path, library: Library, registry: str) -> None:
    remote = open_remote(parse_address(f"{registry}/removal/several"))
    digest = with_tags(project, library, remote, "v1", "stable", "production")
    (project / "movie_recommender.py").write_text("other = True\n")
    with_tags(project, library, remote, "v2")
    plan = plan_removal("v1", remote)
    assert (plan.digest, set(plan.tags)) == (digest, {"v1", "stable", "production"})
    with pytest.raises(Conflict, match="production"):
        check_alone(plan)
    check_alone(plan_removal(digest, remote))  # the digest was named: all of it is meant
    carry_out(plan, remote, library)
    assert [tag for tag in remote.tags() if remote.find(tag)] == ["v2"]
    with pytest.raises(NotFound):
        plan_removal("v1", remote)
    remote.close()


def test_a_folder_remote_unties_one_tag(project: Path, library: Library, tmp_path: Path) -> None:
    remote = open_remote(parse_address(f"oci:{tmp_path / 'stick'}"))
    digest = with_tags(project, library, remote, "v1", "stable")
    plan = plan_removal("v1", remote, unties=True)
    assert plan.tags == ("v1",)
    carry_out(plan, remote, library)
    assert remote.tags() == ("stable",)
    carry_out(plan_removal(digest, remote), remote, library)
    assert remote.tags() == ()
