"""Parquet files that duckdb writes here, compared through the child process."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import pytest

from kitdesk.compare.content.differ import differ
from kitdesk.compare.content.json_form import content_json
from kitdesk.compare.content.source import Budget, FileBytes
from kitdesk.services.aside import Aside


def told(folder: Path, decoder: Aside, left: str, right: str, *key: str) -> dict[str, Any]:
    with duckdb.connect() as connection:
        for name, rows in (("l", left), ("r", right)):
            connection.execute(f"COPY ({rows}) TO '{folder}/{name}.parquet' (FORMAT parquet)")
    with FileBytes(folder / "l.parquet") as old, FileBytes(folder / "r.parquet") as new:
        content = differ(
            old, "t.parquet", new, "t.parquet", Budget(), decoder=decoder, key=key or None
        )
    return content_json(content)


def rows(content: dict[str, Any]) -> tuple[Any, ...]:
    found = content["rows"]
    return tuple(found[name] for name in ("key", "added", "removed", "changed", "same"))


def test_without_a_key_rows_are_a_multiset(tmp_path: Path, decoder: Aside) -> None:
    left = "SELECT * FROM (VALUES ('a', 1), ('a', 1), ('b', 2), ('b', 3)) t(v, w)"
    right = "SELECT * FROM (VALUES ('a', 1), ('b', 2), ('b', 2), ('b', 3)) t(v, w)"
    assert rows(told(tmp_path, decoder, left, right)) == (None, 1, 1, 0, 3)


def test_a_key_that_was_asked_for_pairs_in_order(tmp_path: Path, decoder: Aside) -> None:
    left = "SELECT * FROM (VALUES (1, 'a'), (2, 'b')) t(k, v)"
    right = "SELECT * FROM (VALUES (1, 'a'), (1, 'c'), (2, 'x')) t(k, v)"
    key, added, removed, changed, same = rows(told(tmp_path, decoder, left, right, "k"))
    assert (key, added, removed, changed + same) == (["k"], 1, 0, 2)


def test_names_that_would_break_a_query(tmp_path: Path, decoder: Aside) -> None:
    names = '"n", "h", "k0", "_kitdesk_n", "a""; DROP TABLE left_; --", "l", "s"'
    left = f"SELECT * FROM (VALUES (1, 2, 3, 4, 5, 6, 'u'), (2, 2, 3, 4, 5, 6, 'v')) t({names})"
    right = f"SELECT * FROM (VALUES (1, 2, 3, 4, 9, 6, 'u'), (2, 2, 3, 4, 5, 6, 'v')) t({names})"
    content = told(tmp_path, decoder, left, right)
    assert content["complete"]
    assert rows(content) == (["n"], 0, 0, 1, 1)
    changed = [one["name"] for one in content["columns"] if one["changed"]]
    assert changed == ['a"; DROP TABLE left_; --']
    assert content["samples"][0]["left"] == {'a"; DROP TABLE left_; --': "5"}


def test_nan_is_nan_and_null_is_null(tmp_path: Path, decoder: Aside) -> None:
    body = "SELECT * FROM (VALUES (1, 'nan'::DOUBLE), (2, NULL), (3, 1.5), (4, {})) t(id, v)"
    content = told(tmp_path, decoder, body.format("2"), body.format("'inf'::DOUBLE"))
    assert rows(content) == (["id"], 0, 0, 1, 3)
    column = next(one for one in content["columns"] if one["name"] == "v")
    assert column["left"]["nulls"] == 1
    assert (column["left"]["min"], column["left"]["max"]) == (1.5, 2)
    assert column["right"]["max"] == "inf"


def test_a_column_that_is_not_there_is_no_key(tmp_path: Path, decoder: Aside) -> None:
    content = told(tmp_path, decoder, "SELECT 1 AS a", "SELECT 2 AS a", "z")
    assert [limit["code"] for limit in content["limits"]] == ["missing"]


@pytest.mark.parametrize("kind", ["INTEGER", "UTINYINT", "HUGEINT", "VARCHAR", "DATE", "UUID"])
def test_types_compare_by_value(kind: str, tmp_path: Path, decoder: Aside) -> None:
    value = {"DATE": "'2026-01-0' || (i + 1)", "UUID": "uuid()"}.get(kind, "i")
    left = f"SELECT i AS id, CAST({value} AS {kind}) AS v FROM range(3) t(i)"
    content = told(tmp_path, decoder, left, "SELECT i AS id, i * 10 AS v FROM range(3) t(i)")
    assert content["rows"]["key"] == ["id"]
    assert content["rows"]["changed"] >= 2
