"""kitdesk init: the contract's fields, a Kitfile on stdout, nothing overwritten."""

from __future__ import annotations

from pathlib import Path

import pytest

from kitdesk.modelkit.kitfile.loader import decode
from tests.cli.conftest import Shell


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "fraud"
    (folder / "src" / "__pycache__").mkdir(parents=True)
    (folder / "model.onnx").write_bytes(b"weights")
    (folder / ".env").write_text("KEY=1")
    for name in "abc":
        (folder / "src" / f"{name}.py").write_text("1")
    (folder / "src" / "__pycache__" / "a.pyc").write_bytes(b"x")
    return folder


def test_the_fields_of_the_contract(kitdesk: Shell, folder: Path) -> None:
    found = kitdesk.json("init", folder)
    assert found["layers"] == [
        {"type": "model", "path": "model.onnx", "files": 1, "size": 2048},
        {"type": "code", "path": "src", "files": 3, "size": 4608},
    ]
    assert [(one["path"], one["kind"], one["size"]) for one in found["left_out"]] == [
        (".env", "secret", 5),
        ("src/__pycache__/", "cache", 1),
    ]
    assert all(one["reason"] for one in found["left_out"])
    assert found["kitignore"].endswith("**/__pycache__\n")
    assert found["written"] == []
    assert not (folder / "Kitfile").exists()


def test_standard_output_is_a_kitfile(kitdesk: Shell, folder: Path) -> None:
    assert kitdesk("init", folder) == 0
    kitfile = decode(kitdesk.out.encode())
    assert [entry.path for entry in kitfile.entries()] == ["model.onnx", "src"]
    assert ".env  5 B  secret" in kitdesk.err
    assert kitdesk("init", folder, "--quiet") == 0
    assert kitdesk.err == ""


def test_write_once_then_pack(kitdesk: Shell, folder: Path) -> None:
    found = kitdesk.json("init", folder, "--write")
    assert found["written"] == [".kitignore", "Kitfile"]
    assert (folder / "Kitfile").read_text() == found["kitfile"]
    refused = kitdesk.json("init", folder, "--write", code=1)
    assert refused["error"]["code"] == "conflict"
    again = kitdesk.json("init", folder)
    assert (again["layers"], again["kitignore"]) == (found["layers"], None)
    packed = kitdesk.json("pack", folder, "-t", "fraud:v1")
    assert [
        {key: layer[key] for key in ("type", "path", "files", "size")} for layer in packed["layers"]
    ] == found["layers"]


def test_an_absent_and_an_empty_folder_are_errors(kitdesk: Shell, tmp_path: Path) -> None:
    assert kitdesk.json("init", tmp_path / "no", code=1)["error"]["code"] == "folder-gone"
    (tmp_path / "empty").mkdir()
    assert kitdesk.json("init", tmp_path / "empty", code=1)["error"]["code"] == "not-found"
