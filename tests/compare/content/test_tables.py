"""Tables against a plain dictionary of their rows."""

from __future__ import annotations

import csv
import io
from collections import Counter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kitdesk.compare.content import differ as entry
from kitdesk.compare.content.json_form import content_json
from kitdesk.compare.content.source import Budget, MemoryBytes
from kitdesk.compare.content.table import engine, pairing, shared

CELL = st.text(alphabet='ab ,;"\n\r\u00e9\t', max_size=6)
ROWS = st.dictionaries(st.integers(0, 30), st.tuples(CELL, CELL), min_size=1, max_size=20)


def written(rows: dict[int, tuple[str, str]], order: list[int], **dialect: Any) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, **dialect)
    writer.writerow(["id", "a", "b"])
    for key in order:
        writer.writerow([key, *rows[key]])
    return out.getvalue().encode()


def told(left: bytes, right: bytes, name: str = "t.csv", **options: Any) -> dict[str, Any]:
    content = entry.differ(MemoryBytes(left), name, MemoryBytes(right), name, Budget(), **options)
    return content_json(content)


@given(old=ROWS, new=ROWS, data=st.data())
@settings(max_examples=150, deadline=None)
def test_counts_are_those_of_a_dictionary(
    old: dict[int, tuple[str, str]], new: dict[int, tuple[str, str]], data: st.DataObject
) -> None:
    quoting = data.draw(st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]))
    left = written(old, list(old), lineterminator="\n", quoting=csv.QUOTE_ALL)
    order = data.draw(st.permutations(list(new)))
    right = written(new, order, lineterminator="\r\n", quoting=quoting)
    rows = told(left, right, key=("id",))["rows"]
    both = old.keys() & new.keys()
    changed = sum(old[key] != new[key] for key in both)
    assert (rows["left"], rows["right"]) == (len(old), len(new))
    assert (rows["added"], rows["removed"]) == (len(new) - len(both), len(old) - len(both))
    assert (rows["changed"], rows["same"]) == (changed, len(both) - changed)


@given(
    old=st.lists(st.tuples(CELL, CELL), max_size=15),
    new=st.lists(st.tuples(CELL, CELL), max_size=15),
)
@settings(max_examples=100, deadline=None)
def test_without_a_key_rows_are_a_multiset(
    old: list[tuple[str, str]], new: list[tuple[str, str]]
) -> None:
    sides = []
    for rows in (old, new):
        out = io.StringIO()
        csv.writer(out, lineterminator="\n", quoting=csv.QUOTE_ALL).writerows(
            [("a", "b"), *rows, *rows]  # every row twice: nothing is a key
        )
        sides.append(out.getvalue().encode())
    content = told(sides[0], sides[1])
    if not old or not new:
        return
    a, b = Counter(old + old), Counter(new + new)
    assert content["rows"]["key"] is None
    assert content["rows"]["added"] == (b - a).total()
    assert content["rows"]["removed"] == (a - b).total()


def test_many_rows_give_the_same_answer_on_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    left = "id,x,y\n" + "".join(f"{n},{n * 7 % 13},t{n}\n" for n in range(3000))
    right = "id,x,y\n" + "".join(f"{n},{n * 7 % 11},t{n}\n" for n in range(100, 3100))
    here = told(left.encode(), right.encode())
    for module, name in (
        (pairing, "MAX_IN_MEMORY"), (shared, "SMALL_ROWS"), (engine, "SMALL_ROWS"),
    ):  # fmt: skip
        monkeypatch.setattr(module, name, 10)
    there = told(left.encode(), right.encode())
    assert there["rows"] == here["rows"]
    assert there["columns"] == here["columns"]
    assert here["rows"]["added"] == here["rows"]["removed"] == 100


def test_duplicates_under_an_asked_key_are_paired_in_order() -> None:
    rows = told(b"k,v\n1,a\n1,b\n2,c\n", b"k,v\n1,a\n1,x\n1,y\n2,c\n", key=("k",))["rows"]
    assert (rows["added"], rows["removed"], rows["changed"], rows["same"]) == (1, 0, 1, 2)


def test_a_column_that_is_not_there_is_no_key() -> None:
    content = told(b"a\n1\n", b"a\n2\n", key=("z",))
    (limit,) = content["limits"]
    assert limit["code"] == "missing"
    assert "no column 'z'" in limit["text"]
    assert not content["equal"]


@pytest.mark.parametrize(
    ("left", "right", "changed", "rewritten"),
    [
        ("1.50", "1.5", 0, 1),
        ("007", "7", 1, 0),
        ("1e3", "1000", 0, 1),
        ("12345678901234567890", "12345678901234567891", 1, 0),
        ("true", "1", 1, 0),
        ("", "NA", 1, 0),
    ],
)
def test_cells_are_texts_or_numbers(left: str, right: str, changed: int, rewritten: int) -> None:
    body = "id,v,w\n1,{},a\n2,zz,b\n3,yy,c\n"
    content = told(body.format(left).encode(), body.format(right).encode())
    column = next(one for one in content["columns"] if one["name"] == "v")
    assert (column["changed"], column["rewritten"]) == (changed, rewritten)


def test_statistics_are_those_of_the_numbers() -> None:
    content = told(b"id,v\n1,-1\n2,-2\n3,NA\n4,0.5\n", b"id,v\n1,-1\n2,-2\n3,4\n4,0.5\n")
    column = next(one for one in content["columns"] if one["name"] == "v")
    assert column["left"] == {"nulls": 1, "distinct": 3, "min": -2, "max": 0.5, "mean": -2.5 / 3}
    assert column["right"]["distinct"] == 4


def test_more_distinct_values_than_are_counted() -> None:
    body = "id,v\n" + "".join(f"{n},a{n}\n" for n in range(100_001))
    content = told(body.encode(), (body + "x,y\n").encode())
    column = next(one for one in content["columns"] if one["name"] == "v")
    assert column["left"]["distinct"] == "over"


def test_ragged_rows_are_counted() -> None:
    content = told(b"id,a\n1,2\n2\n3,4,5\n", b"id,a\n1,2\n2,7\n3,4\n")
    fact = next(one for one in content["facts"] if one["id"] == "ragged_rows")
    assert (fact["left"], fact["right"]) == (2, 0)
