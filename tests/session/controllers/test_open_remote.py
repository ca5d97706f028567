"""A project that somebody pushed is opened in a new folder, exactly."""

from __future__ import annotations

import shutil
from pathlib import Path

from kitdesk.modelkit.primitives.reference import parse
from kitdesk.operations.inputs.addresses import parse_address
from kitdesk.operations.inputs.remotes import open_remote
from kitdesk.operations.pack import pack
from kitdesk.operations.push_pull import push
from tests.conftest import library_at
from tests.session.conftest import Desk
from tests.snapshots import snapshot


def test_from_a_registry_into_a_new_folder(
    context: Desk, project: Path, registry: str, tmp_path: Path
) -> None:
    workspace, address = context.workspace, f"{registry}/opening/demo"
    shutil.rmtree(project / "next")
    somebody = library_at(tmp_path / "somebody")
    packed = pack(project, parse("demo:v1.0.0"), somebody)
    remote = open_remote(parse_address(address))
    push(packed.digest, "localhost/demo", "v1.0.0", remote, somebody)
    remote.close()

    context.session.open_remote.browse(f"{address}:v1.0.0")
    context.until(lambda: workspace.state.offer.about)
    assert [row.title for row in workspace.state.offer.versions] == ["v1.0.0"]
    assert workspace.state.offer.about is not None
    assert workspace.state.offer.about.missing == sum(
        layer.size for layer in workspace.state.offer.about.layers
    )
    target = tmp_path / "mine" / "movies"
    context.session.open_remote.open(packed.digest, target)
    context.until(
        lambda: (
            workspace.state.folder
            and workspace.state.folder.path == target
            and workspace.state.folder.at
        )
    )
    context.until(lambda: workspace.state.versions and workspace.state.versions[0].remote)
    assert workspace.state.folder is not None
    assert workspace.state.folder.changes == ()
    assert workspace.state.remote.address == f"{address}:v1.0.0".rpartition(":")[0]
    mine = {path for path in snapshot(target) if path != "Kitfile"}
    assert mine == {path for path in snapshot(project) if path not in ("Kitfile", ".kitignore")}


def test_what_is_not_there_is_said(context: Desk, registry: str) -> None:
    workspace = context.workspace
    context.session.open_remote.browse(f"{registry}/opening/nobody-pushed-this")
    context.until(lambda: workspace.state.offer.address and not workspace.state.offer.loading)
    assert workspace.state.offer.error is not None or workspace.state.offer.versions == ()
    context.session.open_remote.browse("127.0.0.1:9/opening/demo")
    context.until(
        lambda: workspace.state.offer.error and "127.0.0.1:9" in workspace.state.offer.error.title
    )
