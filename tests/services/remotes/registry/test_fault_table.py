"""The fault table: each fault at a push and a pull ends as it should and costs what it may."""

from __future__ import annotations

from pathlib import Path

import pytest

from kitdesk.services.remotes.registry import client, upload_policy
from tests.fakes.fault_cases import CASES, PIECE, UNIT, Case, run

pytestmark = pytest.mark.registry
SLACK = 300_000
"""Bytes on their way when a line is cut: what the proxy had taken and not passed on."""


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "BACKOFF_S", 0.001)
    monkeypatch.setattr(upload_policy, "CHUNK_BYTES", PIECE)
    monkeypatch.setattr(upload_policy, "MONOLITHIC_BYTES", UNIT)
    monkeypatch.setattr(upload_policy, "MIN_CHUNK_BYTES", UNIT // 4)


ALL = [
    pytest.param(case, way, id=f"{way}-{case.name.replace(' ', '-')}")
    for case in CASES
    for way in ("push", "pull")
    if (case.push if way == "push" else case.pull) is not None
]


@pytest.mark.parametrize(("case", "way"), ALL)
def test_a_fault_ends_as_it_should(
    case: Case, way: str, registry: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if case.limit:
        monkeypatch.setenv("KITDESK_TIMEOUT", case.limit)
    row = run(case, way, registry, tmp_path)
    assert row.met, "the fault was met"
    assert row.outcome == (case.push_ends if way == "push" else case.pull_ends), row.title
    assert row.again <= (case.push_costs if way == "push" else case.pull_costs) + SLACK
