"""Tags that never move, and templates that say what they mean on a fresh CI runner."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from kitdesk.modelkit.primitives.reference import parse
from kitdesk.modelkit.primitives.semver import proposed_tag
from kitdesk.operations.inputs.fixed_tags import FixedTag
from kitdesk.operations.inputs.remotes import open_remote
from kitdesk.operations.inputs.tag_names import expanded
from kitdesk.operations.local_versions import tag
from kitdesk.operations.pack import pack
from kitdesk.operations.push_pull import push
from kitdesk.services.container import Services
from tests.conftest import need

KITFILE = "manifestVersion: 1.0.0\npackage: {name: demo, version: 1.2.0}\ncode:\n  - path: src\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "demo"
    (place / "src").mkdir(parents=True)
    (place / "Kitfile").write_text(KITFILE)
    (place / "src/a.py").write_text("one")
    return place


@pytest.mark.registry
@pytest.mark.usefixtures("no_waiting")
def test_a_version_tag_of_a_registry_is_not_moved_even_by_force(
    folder: Path, services: Services, registry: str, tmp_path: Path
) -> None:
    name = f"{registry}/fixed/{tmp_path.name.replace('_', '-').lower()}"
    remote = open_remote(parse(name))
    for number, text in enumerate(("one", "two")):
        (folder / "src/a.py").write_text(text)
        one = pack(folder, parse(f"{name}:v1.0.{number}"), services)
        if number == 0:
            for label in ("v1.0.0", "latest"):
                push(one.digest, parse(name).name, label, remote, services)
    second = parse(name).name
    with pytest.raises(FixedTag, match="never moved"):
        push(one.digest, second, "v1.0.0", remote, services, replace=True)
    push(one.digest, second, "latest", remote, services, replace=True)
    push(one.digest, second, "v1.0.0", remote, services, replace=True, move_fixed=True)
    found = remote.resolve("v1.0.0")
    assert found is not None
    assert found.digest == one.digest
    remote.close()


def test_the_setting_holds_here_too(folder: Path, services: Services) -> None:
    services.settings.set("fixed_tags", "prod-*", "")
    pack(folder, parse("demo:prod-1,v1.0.0"), services)
    (folder / "src/a.py").write_text("two")
    with pytest.raises(FixedTag):
        pack(folder, parse("demo:prod-1"), services)
    two = pack(folder, parse("demo:v1.0.0"), services)
    with pytest.raises(FixedTag):
        tag(parse("demo:v1.0.0"), parse("demo:prod-1"), services)
    tag(parse("demo:v1.0.0"), parse("demo:prod-1"), services, move_fixed=True)
    assert services.store.resolve(parse("demo:prod-1")) == two.digest


@pytest.mark.parametrize(
    ("wanted", "taken", "tag"),
    [
        ("1.2.0", [], "v1.2.0"),
        ("1.2.0", ["v1.1.0"], "v1.2.0"),
        ("1.2.0", ["1.1.0"], "1.2.0"),
        ("v1.2.0", ["1.1.0"], "1.2.0"),
        ("1.2.0", ["v1.2.0"], "v1.2.1"),
        ("1.2.0", ["v1.2"], "v1.2.1"),
        ("1.2.0-rc.1", ["v1.1.0"], "v1.2.0-rc.1"),
        ("", ["v1.2.0", "latest"], "v1.2.1"),
        ("newest", [], "v1.0.0"),
    ],
)
def test_the_next_tag(wanted: str, taken: list[str], tag: str) -> None:
    assert proposed_tag(wanted, taken) == tag


def test_a_fresh_runner_asks_the_remote(folder: Path, services: Services) -> None:
    asked = expanded("demo:{version}", folder, services, lambda _named: ["v1.2.0", "v1.3.0"])
    assert asked == "demo:v1.3.1"
    assert expanded("demo:{version}", folder, services) == "demo:v1.2.0"


def test_a_detached_head_and_a_dirty_folder(
    folder: Path, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    need("git", "git")
    for words in (
        ("init", "-q", "-b", "main"),
        ("add", "-A"),
        ("-c", "user.name=a", "-c", "user.email=a@example.org", "commit", "-qm", "x"),
        ("checkout", "-q", "--detach"),
    ):
        subprocess.run(["git", "-C", folder, *words], check=True, capture_output=True)
    for name in ("GITHUB_HEAD_REF", "GITHUB_REF_NAME", "CI_COMMIT_REF_NAME", "BRANCH_NAME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("CI_COMMIT_REF_NAME", "feature/x")
    clean = expanded("demo:{branch}-{sha7}", folder, services)
    assert clean.startswith("demo:feature-x-")
    (folder / "src/a.py").write_text("other")
    assert expanded("demo:{branch}-{sha7}", folder, services) == f"{clean}-dirty"
