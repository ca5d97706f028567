"""Every golden pair: what the writers' own libraries found is what is told."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from kitdesk.compare.content.differ import differ
from kitdesk.compare.content.source import Budget, FileBytes
from kitdesk.services.aside import Aside
from tests.compare.content.golden import (
    HOSTILE,
    PAIRS,
    case_content,
    compared,
    expected_of,
    file_of,
    misses,
)

ALL = [pytest.param(case, id=f"{case.parent.name}-{case.name}") for case in PAIRS]
TURNED = {"A": "D", "D": "A", "M": "M", "=": "="}


def test_the_data_are_whole() -> None:
    assert (len(PAIRS), len(HOSTILE)) == (133, 53)


@pytest.mark.parametrize("case", ALL)
def test_a_pair(case: Path, decoder: Aside) -> None:
    content = case_content(case, decoder)
    assert misses(expected_of(case)["expect"], content) == []
    assert content["summary"]


@pytest.mark.parametrize("case", ALL)
def test_a_file_against_itself_is_equal(case: Path, decoder: Aside) -> None:
    path = expected_of(case)["path"]
    file = file_of(case, "after", path) or file_of(case, "before", path)
    content = compared(file, file, path, decoder)
    if content["complete"]:
        assert content["equal"]
    assert content["kind"] == case_content(case, decoder)["kind"]
    assert [one for one in content["facts"] if one["sign"] != "="] == []
    assert content.get("values", []) == []
    assert content.get("tensors", {"list": []})["list"] == []
    rows = content.get("rows")
    assert rows is None or not (rows["added"] or rows["removed"] or rows["changed"])


@pytest.mark.parametrize("case", ALL)
def test_turned_round_added_is_removed(case: Path, decoder: Aside) -> None:
    there, back = case_content(case, decoder), case_content(case, decoder, swapped=True)
    assert back["equal"] == there["equal"]
    assert back["complete"] == there["complete"]
    for part, name in (("facts", "id"), ("values", "path"), ("members", "path")):
        expected = {str(one[name]): TURNED[one["sign"]] for one in there.get(part, [])}
        assert {str(one[name]): one["sign"] for one in back.get(part, [])} == expected
    for part in ("rows", "tensors", "cells"):
        if part in there:
            assert back[part]["added"] == there[part]["removed"]
            assert back[part]["removed"] == there[part]["added"]
            assert back[part]["changed"] == there[part]["changed"]
            assert back[part]["same"] == there[part]["same"]


def test_without_a_child_process_the_heads_are_told() -> None:
    case = next(one for one in PAIRS if one.name == "basic" and one.parent.name == "parquet")
    content = case_content(case, None)
    assert (content["rows"]["left"], content["rows"]["right"]) == (300, 302)
    assert [limit["code"] for limit in content["limits"]] == ["missing"]
    assert not content["equal"]


def test_facts_come_before_deltas() -> None:
    case = next(one for one in PAIRS if one.name == "state-dict")
    steps: list[Any] = []
    path = expected_of(case)["path"]
    old, new = file_of(case, "before", path), file_of(case, "after", path)
    assert old is not None
    assert new is not None
    with FileBytes(old) as left, FileBytes(new) as right:
        last = differ(left, path, right, path, Budget(), steps.append)
    assert len(steps) > 1
    assert [fact.id for fact in steps[0].facts] == [fact.id for fact in last.facts]
    assert len(steps[0].parts) < len(last.parts)
