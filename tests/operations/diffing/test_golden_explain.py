"""Why did the digest change? Each cause alone, made for real."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kitdesk.compare.values import Verdict
from kitdesk.modelkit.kitfile.model import Profile
from kitdesk.modelkit.primitives.reference import parse
from kitdesk.operations.compare import compare
from kitdesk.operations.inputs.addresses import parse_side
from kitdesk.operations.pack import pack
from kitdesk.services.container import Services
from tests.operations.hand_made import CODE, plain_tar, sha256, stored


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    root = tmp_path / "p"
    (root / "a/sub").mkdir(parents=True)
    (root / "a/one").write_text("1")
    (root / "a/sub/two").write_text("2")
    (root / "Kitfile").write_text("manifestVersion: 1.0.0\ncode:\n- path: a\n")
    return root


def causes(services: Services, left: str = "x:v1", right: str = "x:v2") -> tuple[str, ...]:
    found = compare(parse_side(f"local://{left}"), parse_side(f"local://{right}"), services)
    assert found.verdict is Verdict.PACKAGING
    return found.causes


def test_mode_of_a_file(folder: Path, services: Services) -> None:
    pack(folder, parse("x:v1"), services)
    (folder / "a/one").chmod(0o755)
    pack(folder, parse("x:v2"), services)
    assert causes(services) == ("The mode of a/one differs: 0644, then 0755.",)


def test_mode_of_a_folder(folder: Path, services: Services) -> None:
    pack(folder, parse("x:v1"), services)
    (folder / "a/sub").chmod(0o700)
    pack(folder, parse("x:v2"), services)
    assert causes(services) == ("The mode of the folder a/sub differs: 0755, then 0700.",)


def test_compression(folder: Path, services: Services) -> None:
    pack(folder, parse("x:v1"), services)
    pack(folder, parse("x:v2"), services, compression="gzip")
    assert causes(services) == ("The compression of a differs: none, then gzip.",)


def test_level_of_compression(folder: Path, services: Services) -> None:
    pack(folder, parse("x:v1"), services, compression="gzip")
    pack(folder, parse("x:v2"), services, compression="gzip-fastest")
    assert causes(services) == ("a was compressed by another program or at another level.",)


def test_version_and_manner_of_kit(folder: Path, services: Services) -> None:
    pack(folder, parse("x:v1"), services, profile=Profile.KIT_1_7, cli_version="1.7.0")
    pack(folder, parse("x:v2"), services, profile=Profile.KIT_1_11, cli_version="1.11.0")
    assert causes(services) == (
        "They were packed by 1.7.0 and by 1.11.0.",
        "They were written in the manner of different kit versions.",
    )


def test_an_ignored_folder(folder: Path, services: Services) -> None:
    (folder / "a/empty").mkdir()
    pack(folder, parse("x:v1"), services)
    (folder / ".kitignore").write_text("a/empty\n")
    pack(folder, parse("x:v2"), services)
    (found,) = causes(services)
    assert found.startswith("The folder a/empty itself is packed in one of them only")
    assert ".kitignore" in found


def test_order_of_the_files(services: Services) -> None:
    members = [{"name": name, "type": "file", "text": name} for name in ("x/a", "x/b")]
    for name, some in (("one", members), ("two", members[::-1])):
        data = plain_tar(some)
        entry = {"path": "x", "digest": sha256(data), "diffId": sha256(data)}
        config = {"manifestVersion": "1.0.0", "package": {}, "code": [entry]}
        stored(services, name, [(CODE, data, {})], json.dumps(config).encode())
    assert causes(services, "one:v1", "two:v1") == ("The files of x stand in another order.",)


def test_modelpack(folder: Path, services: Services) -> None:
    pack(folder, parse("x:v1"), services)
    pack(folder, parse("x:v2"), services, model_pack=True)
    assert causes(services) == ("One is a ModelPack, the other a ModelKit.",)
