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
    desk: Desk, project: Path, registry: str, tmp_path: Path
) -> None:
    board, address = desk.board, f"{registry}/opening/demo"
    shutil.rmtree(project / "next")
    somebody = library_at(tmp_path / "somebody")
    packed = pack(project, parse("demo:v1.0.0"), somebody)
    remote = open_remote(parse_address(address))
    push(packed.digest, "localhost/demo", "v1.0.0", remote, somebody)
    remote.close()

    desk.session.look_at_remote(f"{address}:v1.0.0")
    desk.until(lambda: board.offer.about)
    assert [row.title for row in board.offer.versions] == ["v1.0.0"]
    assert board.offer.about is not None
    assert board.offer.about.missing == sum(layer.size for layer in board.offer.about.layers)
    target = tmp_path / "mine" / "movies"
    desk.session.open_from_remote(packed.digest, target)
    desk.until(lambda: board.folder and board.folder.path == target and board.folder.at)
    desk.until(lambda: board.versions and board.versions[0].remote)
    assert board.folder is not None
    assert board.folder.changes == ()
    assert board.remote.address == f"{address}:v1.0.0".rpartition(":")[0]
    mine = {path for path in snapshot(target) if path != "Kitfile"}
    assert mine == {path for path in snapshot(project) if path not in ("Kitfile", ".kitignore")}


def test_what_is_not_there_is_said(desk: Desk, registry: str) -> None:
    board = desk.board
    desk.session.look_at_remote(f"{registry}/opening/nobody-pushed-this")
    desk.until(lambda: board.offer.address and not board.offer.loading)
    assert board.offer.trouble is not None or board.offer.versions == ()
    desk.session.look_at_remote("127.0.0.1:9/opening/demo")
    desk.until(lambda: board.offer.trouble and "127.0.0.1:9" in board.offer.trouble.title)
