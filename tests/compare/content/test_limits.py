"""What is built to hurt in one particular way, and the words for it."""

from __future__ import annotations

import gzip
import json
import pickle
import sqlite3
import zipfile
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from kitdesk.compare.content.database import Base
from kitdesk.compare.content.differ import differ
from kitdesk.compare.content.json_form import content_json
from kitdesk.compare.content.objects import machine
from kitdesk.compare.content.source import Budget, MemoryBytes, Unreadable


def told(left: bytes, right: bytes, name: str) -> dict[str, Any]:
    content = differ(MemoryBytes(left), name, MemoryBytes(right), name, Budget())
    return json.loads(json.dumps(content_json(content), allow_nan=False))  # type: ignore[no-any-return]


def codes(content: dict[str, Any]) -> set[str]:
    return {limit["code"] for limit in content["limits"]}


def test_a_bomb_is_not_inflated() -> None:
    bomb = gzip.compress(b"id,a\n" + (b"0" * 1000 + b",0\n") * 72_000, 6)
    assert len(bomb) < 1 << 20
    content = told(bomb, gzip.compress(b"id,a\n1,2\n"), "t.csv.gz")
    assert "size" in codes(content)
    assert not content["equal"]


def test_a_member_that_lies_about_its_size() -> None:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("a.npy", b"\x93NUMPY" + bytes(1000))
    data = out.getvalue().replace((1006).to_bytes(4, "little"), (10).to_bytes(4, "little"))
    assert "damaged" in codes(told(data, data + b"\0", "a.npz"))


def nested_key(depth: int) -> bytes:
    return b"\x80\x04})" + b"\x85" * depth + b"K\x01s."


def test_a_key_nested_as_deep_as_the_file_is_long() -> None:
    content = told(nested_key(150_000), nested_key(150_001), "m.pkl")
    assert content["kind"] == "object"


def test_keys_of_any_kind() -> None:
    left = {(1, "a"): 1, None: 2, 1.5: 3, False: 4, b"x": 5, 10**5000: 6, frozenset([1]): 7, 1: 8}
    right = {**left, (1, "a"): 9}
    content = told(pickle.dumps(left, 4), pickle.dumps(right, 4), "m.pkl")
    assert [value["path"] for value in content["values"]] == [["(1, a)"]]


@pytest.mark.parametrize("protocol", range(6))
def test_numbers_with_more_digits_than_are_written(protocol: int) -> None:
    if protocol < 2:  # decimal text, which is not even read
        data = b"(dS'n'\nL" + b"9" * 5000 + b"L\ns."
        assert "size" in codes(told(data, data + b"\n", "m.pkl"))
        return
    big = 1 << 20_000
    content = told(
        pickle.dumps({"n": big}, protocol), pickle.dumps({"n": big + 1}, protocol), "m.pkl"
    )
    (value,) = content["values"]
    assert value["left"].startswith("0x1000")
    assert value["left"] != value["right"]


def test_a_json_number_of_many_digits() -> None:
    content = told(b'{"n": ' + b"9" * 5000 + b"}", b'{"n": ' + b"8" * 5000 + b"}", "a.json")
    assert [value["path"] for value in content["values"]] == [["n"]]
    assert content["complete"]


def test_more_opcodes_than_are_followed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "MAX_OPCODES", 5_000)
    data = b"\x80\x04" + b"N0" * 3_000 + b"N."
    assert "opcodes" in codes(told(data, data + b"\n", "m.pkl"))


def test_merge_keys_do_not_multiply() -> None:
    lines = ["a: &a {" + ", ".join(f"k{n}: 1" for n in range(2000)) + "}"]
    lines += [f"b{n}: {{<<: *a, x: {n}}}" for n in range(2000)]
    data = "\n".join(lines).encode()
    assert "size" in codes(told(data, data + b"\nz: 1\n", "p.yaml"))


def test_values_in_circles() -> None:
    loop: dict[str, Any] = {"n": 1}
    loop["self"] = [loop, loop]
    other: dict[str, Any] = {"n": 2}
    other["self"] = [other, other]
    content = told(pickle.dumps(loop), pickle.dumps(other), "m.pkl")
    assert [value["path"] for value in content["values"]] == [["n"]]


def test_more_differences_than_are_listed() -> None:
    left = json.dumps({str(n): n for n in range(12_000)}).encode()
    right = json.dumps({str(n): n + 1 for n in range(12_000)}).encode()
    content = told(left, right, "a.json")
    assert len(content["values"]) == 10_000
    assert codes(content) == {"long"}
    assert "12,000" in content["summary"]


def test_control_characters_are_shown() -> None:
    content = told(b'{"a\\u001b[31m": 1}', b'{"a\\u001b[31m": "\\u202e\\u0007x"}', "a.json")
    (value,) = content["values"]
    assert value["path"] == ["a\\x1b[31m"]
    assert value["right"] == "\\u202e\\x07x"
    assert "\x1b" not in content["summary"]


def test_names_of_members_are_inert() -> None:
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        file.writestr("../../evil\x1b[2J", "x")
    content = told(out.getvalue(), zipped("a"), "a.zip")
    assert "../../evil\\x1b[2J" in [one["path"] for one in content["members"]]


def zipped(name: str) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        file.writestr(name, "x")
    return out.getvalue()


def test_an_encrypted_member_is_said() -> None:
    data = bytearray(zipped("a.txt"))
    for mark, flags in ((b"PK\1\2", 8), (b"PK\3\4", 6)):
        data[data.index(mark) + flags] |= 1
    assert "encrypted" in codes(told(bytes(data), zipped("a.txt"), "a.zip"))


def database(path: Path, *statements: str) -> bytes:
    path.unlink(missing_ok=True)
    connection = sqlite3.connect(path)
    for statement in statements:
        connection.execute(statement)
    connection.commit()
    connection.close()
    return path.read_bytes()


def test_views_triggers_and_generated_columns_are_not_run(tmp_path: Path) -> None:
    table = "CREATE TABLE t (id INTEGER PRIMARY KEY, v, g AS (v || 'x') VIRTUAL)"
    endless = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x FROM c) SELECT * FROM c"
    view = f"CREATE VIEW w AS {endless}"
    left = database(tmp_path / "l.db", table, view, "INSERT INTO t (id, v) VALUES (1, 'a')")
    right = database(tmp_path / "r.db", table, view, "INSERT INTO t (id, v) VALUES (1, 'b')")
    content = told(left, right, "a.db")
    assert content["complete"]
    assert content["tables"][0]["rows"]["changed"] == 1
    assert next(fact for fact in content["facts"] if fact["id"] == "views")["left"] == ["w"]


@pytest.mark.parametrize("row", ["1", "'1'", "1.5", "NULL", "x'00ff'", "'\U0001f600'"])
def test_values_of_a_database_keep_their_type(row: str, tmp_path: Path) -> None:
    table = "CREATE TABLE t (id PRIMARY KEY, v)"
    left = database(tmp_path / "l.db", table, "INSERT INTO t VALUES ('k', 'other')")
    right = database(tmp_path / "r.db", table, f"INSERT INTO t VALUES ('k', {row})")
    assert told(left, right, "a.db")["tables"][0]["rows"]["changed"] == 1
    assert told(right, right + b"", "a.db")["equal"]


def test_only_plain_selects_are_allowed(tmp_path: Path) -> None:
    endless = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x FROM c) SELECT x FROM c"
    data = database(tmp_path / "a.db", "CREATE TABLE t (a)", f"CREATE VIEW w AS {endless}")
    budget = Budget()
    with budget.resources:
        base = Base(MemoryBytes(data), budget)
        base.schema()
        assert list(base.query("SELECT a FROM t")) == []
        for sql in (
            "SELECT * FROM w", "SELECT hex(a) FROM t", "PRAGMA user_version", "DELETE FROM t",
            "ATTACH 'x' AS y", "CREATE TEMP TABLE z (a)",
        ):  # fmt: skip
            with pytest.raises(Unreadable):
                list(base.query(sql))
