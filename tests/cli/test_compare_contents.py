"""compare --content: all golden pairs through the command line, from wherever a version may lie."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from kitdesk.operations.diffing import content as contents
from kitdesk.services.aside import Aside
from tests.cli.conftest import Shell
from tests.compare.content.golden import PAIRS, expected_of, misses
from tests.golden.content.materialise import build

KITFILE = "package:\n  name: golden\ndatasets:\n  - path: data\n"


def path_of(case: Path) -> str:
    return f"data/{case.parent.name}-{case.name}/{expected_of(case)['path']}"


@pytest.fixture
def sides(tmp_path: Path) -> tuple[Path, Path]:
    """Two folders that hold all pairs."""
    found = tmp_path / "left", tmp_path / "right"
    for side in found:
        side.mkdir()
        (side / "Kitfile").write_text(KITFILE)
    for case in PAIRS:
        below = Path(path_of(case)).parts[:2]
        build(case, *(side.joinpath(*below) for side in found))
    return found


def wrong(data: dict[str, Any]) -> dict[str, list[str]]:
    """Pairs of which something else is told than what their writers' libraries found."""
    rows = {row["path"]: row for row in data["files"]}
    groups = {group["path"]: group for group in data["groups"]}
    found = {}
    for case in PAIRS:
        path = path_of(case)
        is_group = (case / "after").is_dir()
        content = (groups if is_group else rows).get(path, {}).get("content")
        told = misses(expected_of(case)["expect"], content) if content else ["no content"]
        if told:
            found[path] = told
    assert all("content" in row for row in rows.values() if row["kind"] not in {"mode", "renamed"})
    return found


def test_from_folders(kitdesk: Shell, sides: tuple[Path, Path]) -> None:
    data = kitdesk.json("compare", *sides, "--content")
    assert len(PAIRS) == 133
    assert wrong(data) == {}
    assert {group["path"]: len(group["parts"]) for group in data["groups"]} == {
        "data/onnx-external-data/model.onnx": 2,
        "data/safetensors-resharded/model.safetensors.index.json": 6,
        "data/safetensors-sharded-tuned/model.safetensors.index.json": 3,
    }
    grouped = {row["path"]: row["group"] for row in data["files"] if "group" in row}
    assert grouped["data/onnx-external-data/model.onnx_data"] == (
        "data/onnx-external-data/model.onnx"
    )


@pytest.mark.parametrize("compression", ["none", "gzip"])
def test_from_the_store(kitdesk: Shell, sides: tuple[Path, Path], compression: str) -> None:
    for side in sides:
        kitdesk("pack", side, "-t", f"golden:{side.name}", "--compression", compression)
    data = kitdesk.json("compare", "local://golden:left", "local://golden:right", "--content")
    assert wrong(data) == {}


@pytest.mark.registry
@pytest.mark.parametrize("compression", ["none", "gzip"])
def test_from_a_registry(
    kitdesk: Shell,
    sides: tuple[Path, Path],
    compression: str,
    registry: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    where = f"{registry}/golden/{tmp_path.name.replace('_', '-').lower()}"
    for side in sides:
        kitdesk("pack", side, "-t", f"{where}:{side.name}", "--compression", compression)
        assert kitdesk("push", f"{where}:{side.name}") == 0, kitdesk.err
    monkeypatch.setenv("KITDESK_HOME", str(tmp_path / "other"))
    monkeypatch.setenv("KITOPS_HOME", str(tmp_path / "other-store"))
    data = kitdesk.json("compare", f"remote://{where}:left", f"remote://{where}:right", "--content")
    assert wrong(data) == {}
    assert 0 < data["remote"]["requests"] <= 64
    assert not (tmp_path / "other-store" / "storage").exists(), "nothing was pulled"


def two(tmp_path: Path, files: dict[str, tuple[bytes | None, bytes | None]]) -> tuple[Path, Path]:
    found = tmp_path / "a", tmp_path / "b"
    for at, side in enumerate(found):
        (side / "data").mkdir(parents=True)
        (side / "Kitfile").write_text(KITFILE)
        for name, both in files.items():
            data = both[at]
            if data is not None:
                (side / "data" / name).write_bytes(data)
    return found


def test_the_sentence_and_twenty_lines_a_file(kitdesk: Shell, tmp_path: Path) -> None:
    rows = [f"{n},{n}" for n in range(40)]
    sides = two(
        tmp_path,
        {
            "ratings.csv": (
                "\n".join(["id,stars", *rows[:37], ""]).encode(),
                "\n".join(["id,stars", *rows, ""]).encode(),
            ),
            "many.txt": (b"", b"".join(b"line %d\n" % n for n in range(100))),
        },
    )
    assert kitdesk("compare", *sides, "--content") == 0
    assert kitdesk.out.startswith("ratings: 3 rows added.\n")
    (at,) = (n for n, one in enumerate(kitdesk.out.splitlines()) if "--- data/many.txt" in one)
    assert kitdesk.out.splitlines()[at + 21] == "  and 84 more lines: --json has them"


def test_a_key_that_was_asked_for(kitdesk: Shell, tmp_path: Path) -> None:
    table = b"id,name,x\n1,a,1\n2,b,2\n"
    sides = two(tmp_path, {"t.csv": (table, table.replace(b"2,b", b"3,b"))})
    (row,) = kitdesk.json("compare", *sides, "--content", "--key", "name")["files"]
    assert row["content"]["rows"]["key"] == ["name"]
    assert row["content"]["rows"]["changed"] == 1


def test_added_and_removed_files_have_content(kitdesk: Shell, tmp_path: Path) -> None:
    sides = two(tmp_path, {"new.json": (None, b'{"a": 1}'), "old.csv": (b"a\n1\n", None)})
    found = {row["path"]: row["content"] for row in kitdesk.json(
        "compare", *sides, "--content")["files"]}  # fmt: skip
    assert found["data/new.json"]["format"] == {"left": None, "right": "json"}
    assert found["data/old.csv"]["format"] == {"left": "csv", "right": None}


def test_the_same_content_written_differently(kitdesk: Shell, tmp_path: Path) -> None:
    sides = two(tmp_path, {"a.json": (b'{"a": 1, "b": 2}', b'{"b":2,"a":1}')})
    data = kitdesk.json("compare", *sides, "--content")
    assert data["files"][0]["content"]["equal"]
    assert data["verdict"] == "different"
    assert data["headline"] == "1 file is written differently; the content is the same."


def test_a_hostile_and_a_slow_file_hold_up_no_other(
    kitdesk: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The decoder of images never answers: its file is given up, the others are compared."""
    case = next(one for one in PAIRS if one.parent.name == "image" and one.name == "png")
    before, after = sorted(case.glob("before.*")) + sorted(case.glob("after.*"))
    sides = two(
        tmp_path,
        {
            "a.png": (before.read_bytes(), after.read_bytes()),
            "evil.pkl": (b"\x80\x04cos\nsystem\n(S'touch OWNED'\ntR.", b"\x80\x04N."),
            "z.json": (b'{"accuracy": 0.5}', b'{"accuracy": 0.75}'),
        },
    )
    hanging = ["/bin/sh", "-c", "exec tail -f /dev/null"]
    monkeypatch.setattr(contents, "new_decoder", lambda: Aside(hanging))
    monkeypatch.setattr(contents, "SECONDS_PER_FILE", 0.5)
    data = kitdesk.json("compare", *sides, "--content")
    found = {row["path"].rpartition("/")[2]: row["content"] for row in data["files"]}
    assert "time" in [limit["code"] for limit in found["a.png"]["limits"]]
    assert found["evil.pkl"]["imports"]["dangerous"] == ["os.system"]
    assert found["z.json"]["values"][0]["right"] == 0.75
    assert data["headline"].startswith("evil.pkl asks for os.system")
    assert not list(tmp_path.rglob("OWNED"))


def test_a_report_is_one_inert_page(kitdesk: Shell, tmp_path: Path) -> None:
    evil = b"<script>alert(1)</script>"
    sides = two(tmp_path, {"<img src=x>.md": (b"# a\n", b"# b\n" + evil + b"\n")})
    page = tmp_path / "report.html"
    assert kitdesk("compare", *sides, "--report", page) == 0, kitdesk.err
    text = page.read_text(encoding="utf-8")
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text
    assert "<script" not in text
    assert "<img" not in text
    assert "://" not in text
    assert "default-src 'none'" in text
