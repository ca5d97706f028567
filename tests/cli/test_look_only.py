"""A look at a roll back to a version that only the registry has changes nothing here."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from kitdesk.modelkit.primitives.reference import parse
from kitdesk.operations.inputs.remotes import open_remote, parse_remote, repository_of
from kitdesk.operations.local_versions import tag
from kitdesk.operations.pack import pack
from kitdesk.operations.push_pull import push
from kitdesk.operations.rollback import PlanChanged, plan_remote_rollback, rollback
from kitdesk.services.container import Services
from tests.cli.conftest import Shell
from tests.conftest import library_at
from tests.snapshots import snapshot

pytestmark = pytest.mark.registry
KITFILE = """manifestVersion: 1.0.0
package:
  name: demo
model:
  path: model.bin
code:
  - path: src
"""


def stored(services: Services) -> dict[str, int]:
    """Every file of the store with its size."""
    root = services.store.root
    return {
        os.path.join(at, name): os.path.getsize(os.path.join(at, name))
        for at, _, names in os.walk(root)
        for name in names
    }


@pytest.fixture
def remote_only(tmp_path: Path, registry: str, services: Services) -> tuple[Path, str]:
    """A folder at v2 whose v1 only the registry has: (folder, address of v1)."""
    other = library_at(tmp_path / "colleague", "theirs")
    folder = tmp_path / "demo"
    (folder / "src").mkdir(parents=True)
    (folder / "Kitfile").write_text(KITFILE)
    (folder / "src" / "a.py").write_text("one")
    (folder / "src" / "gone.py").write_text("was here")
    (folder / "model.bin").write_bytes(os.urandom(3 << 20))
    address = f"{registry}/look/{tmp_path.name.lower().replace('_', '-')}:v1"
    packed = pack(folder, parse(address), other)
    remote = open_remote(parse_remote(address))
    push(packed.digest, packed.reference.name, "v1", remote, other)
    remote.close()
    original = tmp_path / "original"
    shutil.copytree(folder, original)
    (folder / "model.bin").write_bytes(os.urandom(3 << 20))
    (folder / "src" / "a.py").write_text("two, longer")
    (folder / "src" / "gone.py").unlink()
    (folder / "src" / "new.py").write_text("mine")
    pack(folder, parse("demo:v2"), services)
    return folder, address


def test_a_dry_run_says_what_it_would_fetch_and_fetches_nothing(
    kitdesk: Shell, remote_only: tuple[Path, str], services: Services, tmp_path: Path
) -> None:
    folder, address = remote_only
    before, at = stored(services), snapshot(folder)
    plan = kitdesk.json("rollback", address, folder, "--dry-run")
    assert stored(services) == before
    assert snapshot(folder) == at
    assert plan["fetch_bytes"] > 3 << 20
    assert plan["restore"] == ["src/gone.py"]
    assert plan["set_aside"] == ["src/new.py"]
    assert sorted(plan["replace"]) == ["model.bin", "src/a.py"]
    refused = kitdesk.json("rollback", address, folder, code=1)
    assert refused["error"]["code"] == "needs-yes"
    assert stored(services) == before
    done = kitdesk.json("rollback", address, folder, "--yes")
    assert done["fetch_bytes"] > 3 << 20
    assert snapshot(folder) == snapshot(tmp_path / "original")


def test_what_was_shown_from_headers_is_what_is_done(
    remote_only: tuple[Path, str], services: Services, tmp_path: Path
) -> None:
    from kitdesk.operations.push_pull import pull

    folder, address = remote_only
    shutil.copy2(tmp_path / "original" / "model.bin", folder / "model.bin")
    remote = open_remote(parse_remote(address))
    found = remote.resolve("v1")
    assert found is not None
    plan = plan_remote_rollback(folder, found.digest, "v1", remote, services)
    assert "model.bin" in plan.replace, "of equal size: only its bytes could tell"
    pull("v1", repository_of(parse_remote(address)), remote, services)
    remote.close()
    (folder / "src" / "later.py").write_text("after the preview")
    with pytest.raises(PlanChanged):
        rollback(plan, services)
    (folder / "src" / "later.py").unlink()
    done = rollback(plan, services)
    assert done.exact
    assert "model.bin" not in done.plan.replace, "its bytes were the same after all"


def test_what_was_assumed_is_said_once(
    kitdesk: Shell, remote_only: tuple[Path, str], services: Services
) -> None:
    folder, _ = remote_only
    tag(parse("demo:v2"), parse("demo:latest"), services)
    assert kitdesk("rollback", "demo", folder, "--yes") == 0
    assert kitdesk.err.count("No tag given") == 1
