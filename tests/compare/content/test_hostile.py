"""Files made to hurt: the comparison ends, in little memory, writes nothing, says why."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.compare.content.golden import HOSTILE, expected_of

ROOT = Path(__file__).parents[3]
SECONDS = 150
"""For all of them; a guard against hanging, not a measurement."""
MAX_MEMORY_MIB = 400
pytestmark = pytest.mark.timeout(SECONDS + 30)  # one process compares all of them


@pytest.fixture(scope="module")
def told() -> dict[str, dict[str, Any]]:
    done = subprocess.run(
        [sys.executable, "-m", "tests.compare.content.hostile"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return {one["case"]: one for one in map(json.loads, done.stdout.splitlines())}


def test_all_of_them_end(told: dict[str, dict[str, Any]]) -> None:
    assert sorted(told) == sorted(case.name for case in HOSTILE)


def test_in_little_memory(told: dict[str, dict[str, Any]]) -> None:
    assert max(one["memory"] for one in told.values()) < MAX_MEMORY_MIB


@pytest.mark.parametrize("case", HOSTILE, ids=lambda case: case.name)
def test_one(case: Path, told: dict[str, dict[str, Any]]) -> None:
    one, expect = told[case.name], expected_of(case)["expect"]
    content = one["content"]
    assert content["summary"]
    assert content["kind"] in expect.get("kinds", [content["kind"]])
    assert one["left"] == [expected_of(case)["path"]]  # nothing was written beside it
    written = json.dumps(content, ensure_ascii=False)
    assert not [c for c in written if ord(c) < 32 and c not in "\t\n"]
    assert not list(ROOT.glob("**/OWNED"))


def test_a_dangerous_import_stands_in_the_sentence(told: dict[str, dict[str, Any]]) -> None:
    for name in ("pickle-system", "torch-pickle", "pickle-open"):
        content = told[name]["content"]
        assert content["imports"]["dangerous"]
        assert content["summary"].startswith("asks for ")


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("json-deep", "depth"),
        ("png-dimensions", "pixels"),
        ("zip-directory-lie", "size"),
        ("joblib-cut", "damaged"),
        ("onnx-external-escape", "missing"),
        ("keras-lambda", "missing"),
        ("safetensors-offsets", "damaged"),
        ("requirements-long", "long"),
    ],
)
def test_the_reason_is_told(name: str, code: str, told: dict[str, dict[str, Any]]) -> None:
    content = told[name]["content"]
    assert not content["complete"]
    assert not content["equal"]
    assert code in [limit["code"] for limit in content["limits"]]
