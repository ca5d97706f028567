"""The remote's versions arrive page by page; what was known stands there without a network."""

from __future__ import annotations

from pathlib import Path

import pytest

from kitdesk.modelkit.primitives.reference import parse
from kitdesk.operations.inputs.addresses import parse_address
from kitdesk.operations.inputs.remotes import open_remote
from kitdesk.operations.pack import pack
from kitdesk.operations.push_pull import push
from kitdesk.progress import silent
from kitdesk.session.controllers import version_tree
from kitdesk.session.loaders import remote_versions
from tests.conftest import library_at, need
from tests.fakes.registries import running
from tests.session.conftest import Desk

TAGS = [f"v1.{minor}.0" for minor in range(9)]


@pytest.fixture(autouse=True)
def _small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remote_versions, "PAGE", 4)
    monkeypatch.setattr(version_tree, "PAGE", 4)
    monkeypatch.setattr(remote_versions, "BEAT", 0.0)


def fill(address: str, folder: Path, tags: list[str]) -> None:
    """Somebody else pushes a version for every tag."""
    somebody = library_at(folder / "somebody")
    project = folder / "theirs"
    project.mkdir(exist_ok=True)
    (project / "Kitfile").write_text("code:\n  - path: a.py\n")
    remote = open_remote(parse_address(address))
    for tag in tags:
        (project / "a.py").write_text(f"tag = {tag!r}\n")
        packed = pack(project, parse(f"theirs:{tag}"), somebody)
        push(packed.digest, "localhost/theirs", tag, remote, somebody)
    remote.close()


def titles(context: Desk) -> list[str]:
    return [row.title for row in context.workspace.state.versions if row.remote]


def test_pages_come_as_somebody_scrolls(
    context: Desk, project: Path, registry: str, tmp_path: Path
) -> None:
    workspace, address = (
        context.workspace,
        f"{registry}/pages/{tmp_path.name.lower().replace('_', '-')}",
    )
    fill(address, tmp_path, TAGS)
    context.opens(project)
    context.session.tree.set_remote(address)
    context.until(lambda: len(titles(context)) == 4)
    assert titles(context) == ["v1.8.0", "v1.7.0", "v1.6.0", "v1.5.0"], "the newest first"
    assert (workspace.state.remote.more, workspace.state.remote.tags) == (5, frozenset(TAGS))
    context.session.tree.more()
    context.until(lambda: len(titles(context)) == 8)
    context.session.tree.more("v1.0")
    context.until(lambda: workspace.state.remote.more == 0)
    assert titles(context) == TAGS[::-1]
    context.session.refresh()
    context.until(lambda: not workspace.state.remote.loading)
    assert titles(context) == TAGS[::-1], "what was shown stays shown"


def test_rows_are_told_before_all_of_them_are_known(
    project: Path, registry: str, tmp_path: Path
) -> None:
    address, me = f"{registry}/told/{tmp_path.name.lower().replace('_', '-')}", library_at(tmp_path)
    fill(address, tmp_path, TAGS)
    me.settings.remember(project, remote=address)
    told: list[remote_versions.RemoteListing] = []
    before = remote_versions.RemoteListing("")
    known = remote_versions.read(project, before, me, open_remote, silent, told.append)
    assert (len(known.rows), known.more, known.whole) == (4, 5, True)
    assert [len(part.rows) for part in told] == [1, 2, 3, 4]
    assert not any(part.whole for part in told)
    told.clear()
    remote_versions.read(project, known, me, open_remote, silent, told.append)
    assert told == [], "what is shown already is no news"


def test_a_filter_looks_among_the_tags_that_are_not_shown(
    context: Desk, project: Path, registry: str, tmp_path: Path
) -> None:
    workspace, address = (
        context.workspace,
        f"{registry}/filter/{tmp_path.name.lower().replace('_', '-')}",
    )
    fill(address, tmp_path, TAGS)
    context.opens(project)
    context.session.tree.set_remote(address)
    context.until(lambda: len(titles(context)) == 4)
    context.session.tree.more("1.2.0")
    context.until(lambda: len(titles(context)) == 5)
    assert titles(context)[-1] == "v1.2.0"
    assert workspace.state.remote.more == 4


def test_the_last_list_stands_there_without_a_network(
    context: Desk, project: Path, tmp_path: Path
) -> None:
    need("registry", "docker-registry")
    workspace = context.workspace
    place = tmp_path / "reg"
    place.mkdir()
    with running(place) as host:
        address = f"{host}/offline/demo"
        fill(address, tmp_path, TAGS[:3])
        context.opens(project)
        context.session.tree.set_remote(address)
        context.until(lambda: len(titles(context)) == 3)
        asked = workspace.state.remote.asked
        context.session.project.close()
    context.opens(project)
    context.until(lambda: workspace.state.remote.error)
    assert titles(context) == TAGS[2::-1]
    assert all(row.stale for row in workspace.state.versions if row.remote)
    assert workspace.state.remote.reachable is False
    assert workspace.state.remote.asked is not None
    assert asked is not None
    assert abs((workspace.state.remote.asked - asked).total_seconds()) < 5, "its age is told"


def test_a_tag_that_moved_joins_its_new_version() -> None:
    from kitdesk.operations.versions.listing import TagPlaces, Version

    def row(digest: str, *tags: str) -> Version:
        places = tuple(TagPlaces(tag, local=False, remote=True) for tag in tags)
        return Version("r", f"sha256:{digest}", places, local=False, remote=True)

    old = (row("a", "v1", "stable"), row("b", "v2"), row("c", "edge"))
    found = remote_versions.joined(old, (row("b", "stable"), row("d", "edge")))
    named = {one.digest: sorted(tag.name for tag in one.tags) for one in found}
    assert named == {"sha256:a": ["v1"], "sha256:b": ["stable", "v2"], "sha256:d": ["edge"]}
