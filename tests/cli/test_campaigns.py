"""Small parts of the campaigns of tests/bench: nothing leaves a verb without words."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.bench import damage

ROOT = Path(__file__).parents[2]


@pytest.mark.timeout(240)
def test_verbs_on_damaged_files(tmp_path: Path) -> None:
    with damage.same_environment():
        codes, escapes = damage.campaign(tmp_path, 60, seed=11)
    assert escapes == []
    assert codes[0] > 10
    assert codes[1] > 1, "some of the damage was met"


@pytest.mark.timeout(240)
def test_verbs_in_unusable_places() -> None:
    if os.getuid():
        pytest.skip("only root can take places away from others")
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.places", "40", "7"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert " 0 escapes" in done.stdout
