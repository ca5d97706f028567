"""Damaged records, files that are none, deeds that could not be written down: words for each."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from kitdesk.modelkit.oci import manifest as manifests
from kitdesk.modelkit.primitives.reference import parse
from kitdesk.services.container import Services
from tests.cli.conftest import Shell

ROOT = Path(__file__).parents[2]


@pytest.fixture
def packed(project: Path, kitdesk: Shell) -> dict[str, Any]:
    return kitdesk.json("pack", project, "-t", "demo:v1")


@pytest.mark.usefixtures("packed")
def test_a_bad_line_of_the_history_is_left_out_and_told(
    kitdesk: Shell, project: Path, services: Services
) -> None:
    path = services.paths.data / "journal.jsonl"
    good = path.read_bytes()
    bad = [b"[]", b"{", b'{"time": 5, "verb": "pack"}', b"\xff\xfe", b"[" * 5000, b'{"verb": "x"}']
    path.write_bytes(b"\n".join([*bad, good]))
    found = kitdesk.json("history", project)
    assert [one["verb"] for one in found["entries"]] == ["pack"]
    assert "warning: The history has 6 lines that cannot be read" in kitdesk.err


@pytest.mark.usefixtures("packed")
def test_a_history_that_cannot_be_written_is_a_warning(
    kitdesk: Shell, project: Path, services: Services
) -> None:
    """As after one run with sudo: the journal is somebody else's. And undo goes all the same."""
    (project / "README.md").write_text("edited")
    path = services.paths.data / "journal.jsonl"
    path.unlink()
    path.mkdir()  # what root cannot write to either
    assert kitdesk("rollback", "demo:v1", project, "--yes") == 0
    assert "warning: This is done, but not in the history" in kitdesk.err
    assert (project / "README.md").read_text() != "edited"
    assert kitdesk("undo", project) == 0
    assert (project / "README.md").read_text() == "edited"
    assert kitdesk("history", project) == 0
    assert "warning: The history cannot be read" in kitdesk.err


@pytest.mark.parametrize(
    "text", ["[", "a = 1\n[projects]\nx = 5", "projects = 3", "\udcff", "[[a]]"]
)
def test_settings_of_any_kind_stop_nothing(
    text: str, kitdesk: Shell, packed: dict[str, Any], services: Services
) -> None:
    services.settings.path.parent.mkdir(parents=True, exist_ok=True)
    services.settings.path.write_bytes(text.encode("utf-8", "surrogateescape"))
    assert kitdesk("versions") == 0
    assert kitdesk("accounts", "--remember", "ghcr.io", "--plain-http") == 0
    assert services.settings.host("ghcr.io").plain_http


def test_a_damaged_version_is_an_error_with_a_hint(
    kitdesk: Shell, packed: dict[str, Any], services: Services
) -> None:
    blob = services.store.blobs.path(packed["layers"][0]["digest"])
    blob.chmod(0o600)
    blob.write_bytes(b"x" + blob.read_bytes()[1:])
    found = kitdesk.json("verify", "demo:v1", code=1)
    assert not found["ok"]
    assert kitdesk.err.startswith("error: demo:v1 is damaged: 1 of ")
    assert "\nhint: " in kitdesk.err


@pytest.mark.parametrize("config", [b"[]", b"{}", b'{"architecture": "amd64"}', b"{", b"1e999"])
def test_a_config_that_is_no_kitfile_says_so(
    config: bytes, kitdesk: Shell, packed: dict[str, Any], services: Services
) -> None:
    store = services.store
    digest = store.blobs.put(config)
    document = packed["manifest"]
    document["config"] |= {"digest": digest, "size": len(config)}
    made = store.blobs.put(json.dumps(document).encode())
    store.add("localhost/odd", made, len(json.dumps(document)), ["v1"])
    assert kitdesk("inspect", "odd:v1") == 1
    assert kitdesk.err.startswith("error: The config of this version is no Kitfile.")
    assert manifests.decode(store.manifest_bytes(made)).config.digest == digest


NO_FILES = {
    "Kitfile": "check",
    ".kitignore": "pack",
}


@pytest.mark.parametrize("kind", ["pipe", "device", "folder", "huge"])
@pytest.mark.parametrize("name", NO_FILES)
def test_what_is_no_file_is_refused_by_its_kind(
    name: str, kind: str, kitdesk: Shell, project: Path, tmp_path: Path
) -> None:
    spoil(project / name, kind)
    assert kitdesk(*([NO_FILES[name], project, *(["-t", "a:b"] if name[0] == "." else [])])) == 1
    assert "error:" in kitdesk.err


@pytest.mark.parametrize("kind", ["pipe", "device", "folder", "huge"])
@pytest.mark.parametrize("what", ["index", "tags", "manifest", "config", "layer", "stick", "cache"])
def test_a_store_with_what_is_no_file_ends(
    what: str, kind: str, kitdesk: Shell, packed: dict[str, Any], services: Services, tmp_path: Path
) -> None:
    stick = f"oci:{tmp_path / 'stick'}:v1"
    assert kitdesk("push", "demo:v1", stick) == 0
    store = services.store
    blob = {"manifest": packed["digest"], "config": packed["manifest"]["config"]["digest"]}
    blob["layer"] = packed["layers"][0]["digest"]
    files = {
        "index": store._file("localhost/demo", "index"),
        "tags": store._file("localhost/demo", "tags"),
        "stick": tmp_path / "stick" / "index.json",
        "cache": services.paths.cache / "hashes.sqlite",
        **{name: store.blobs.path(digest) for name, digest in blob.items()},
    }
    spoil(files[what], kind)
    for words in (
        ["versions"],
        ["inspect", "demo:v1"],
        ["verify", "demo:v1"],
        ["compare", "demo:v1", stick],
        ["unpack", "demo:v1", "-d", tmp_path / "out"],
        ["pull", stick],
    ):
        assert kitdesk(*words) in (0, 1), words
        assert kitdesk.code == 0 or "error:" in kitdesk.err


def spoil(path: Path, kind: str) -> None:
    path.unlink(missing_ok=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "device":
        path.symlink_to("/dev/zero")
    elif kind == "folder":
        path.mkdir()
    else:
        with path.open("wb") as out:
            out.truncate(1 << 40)  # a terabyte that takes no room


def test_a_hundred_thousand_layers_are_paired_in_one_pass(tmp_path: Path) -> None:
    code = (
        "import resource; resource.setrlimit(resource.RLIMIT_CPU, (30, 30))\n"
        "from kitdesk.modelkit.oci import config, manifest as m\n"
        "entries = b','.join(b'{\"path\":\"c%d\"}' % n for n in range(100_000))\n"
        "kitfile = config.decode(b'{\"code\":[' + entries + b']}')\n"
        "kind = m.layer_media_type('code', 'none')\n"
        "layers = tuple(m.Descriptor(kind, f'sha256:{n:064x}', 1,\n"
        "    {m.FILEPATH_ANNOTATION: f'c{99_999 - n}'}) for n in range(100_000))\n"
        "found = m.pair_layers(kitfile, m.Manifest(layers[0], layers))\n"
        "assert all(one and one.path == f'c{99_999 - n}' for n, (_, one) in enumerate(found))\n"
        "print('done')"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.stdout == "done\n", done.stderr


def test_the_store_lists_no_name_that_is_no_tag(
    kitdesk: Shell, packed: dict[str, Any], services: Services
) -> None:
    path = services.store._file("localhost/demo", "tags")
    tags = json.loads(path.read_bytes())
    odd = {
        "../../x": tags["v1"],
        "a\x1b[31m": tags["v1"],
        "v2": 5,
        "v3": {"digest": "x", "size": 1},
    }
    path.write_text(json.dumps({**tags, **odd}))
    assert set(services.store.tags("localhost/demo")) == {"v1"}
    assert kitdesk("versions", "demo") == 0
    assert services.store.find(parse("demo:v1")) == packed["digest"]


@pytest.mark.parametrize(
    "kind", ["pipe", "device", "folder", "huge", "5", "[]", "null", '{"steps": [5]}']
)
def test_a_safe_copy_with_a_spoiled_record_stops_with_words(
    kind: str, kitdesk: Shell, packed: dict[str, Any], project: Path, services: Services
) -> None:
    (project / "README.md").write_text("edited")
    assert kitdesk("rollback", "demo:v1", project, "--yes") == 0
    [record] = (services.paths.data / "safe").glob("*/swap.json")
    if kind in ("pipe", "device", "folder", "huge"):
        spoil(record, kind)
    else:
        record.write_text(kind)
    for words in (
        ["undo", project],
        ["rollback", "demo:v1", project, "--dry-run"],
        ["check", project],
    ):
        assert kitdesk(*words) in (0, 1)
        assert kitdesk.code == 0 or "error:" in kitdesk.err
