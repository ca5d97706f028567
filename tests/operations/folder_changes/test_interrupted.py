"""Killed at any moment: the next start can finish or undo, and each ends exactly at a version."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Literal

import pytest

from kitdesk.errors import Interrupted
from kitdesk.modelkit.primitives.reference import parse
from kitdesk.operations import rollback as rollbacks
from kitdesk.operations import undo as undos
from kitdesk.operations.demo import advance
from kitdesk.operations.pack import pack
from kitdesk.services.container import Services
from tests.snapshots import Snapshot, snapshot

ROOT = Path(__file__).parents[3]
KILLED = 9
RUN = """
import os, pathlib, sys
from kitdesk.operations import rollback, undo
from kitdesk.services.disk import renames
from kitdesk.services.container import Services
from kitdesk.services.config.paths import from_environment

folder, digest, verb, left = pathlib.Path(sys.argv[1]), sys.argv[2], sys.argv[3], int(sys.argv[4])
services = Services.at(from_environment())
real = renames.rename_new

def rename_new(source, target):
    global left
    if left == 0:
        os._exit(9)  # as a SIGKILL: no except, no finally
    left -= 1
    return real(source, target)

renames.rename_new = rename_new
if verb == "rollback":
    rollback.rollback(rollback.plan_rollback(folder, digest, "demo:v1", services), services)
else:
    undo.undo(folder, services)
"""


def killed(folder: Path, digest: str, verb: str, renames: int) -> bool:
    """Run the verb in a process that dies before its n-th rename; False if it came to its end."""
    done = subprocess.run(
        [sys.executable, "-c", RUN, folder, digest, verb, str(renames)], cwd=ROOT, check=False
    )
    assert done.returncode in (0, KILLED)
    return done.returncode == KILLED


@pytest.mark.parametrize("verb", ["rollback", "undo"])
def test_killed_before_every_rename(
    verb: str, project: Path, services: Services, tmp_path: Path
) -> None:
    first = pack(project, parse("demo:v1"), services).digest
    at_v1 = snapshot(project)
    advance(project)
    (project / "extra.py").write_text("in no layer")
    (project / "datasets" / "movies.csv").unlink()
    at_v2 = snapshot(project)
    if verb == "undo":
        rollbacks.rollback(rollbacks.plan_rollback(project, first, "demo:v1", services), services)
    origin, goal = (at_v2, at_v1) if verb == "rollback" else (at_v1, at_v2)
    goal = {**goal, "extra.py": at_v2["extra.py"]}
    origin = {**origin, "extra.py": at_v2["extra.py"]}
    keep = tmp_path / "keep"
    shutil.copytree(tmp_path / "kitdesk-home", keep / "home", symlinks=True)
    shutil.copytree(project, keep / "project", symlinks=True)

    def begin_again() -> None:
        for name, place in (("home", tmp_path / "kitdesk-home"), ("project", project)):
            shutil.rmtree(place)
            shutil.copytree(keep / name, place, symlinks=True)

    deaths = 0
    for renames in range(100):
        ways: tuple[tuple[Literal["finish", "undo"], Snapshot], ...]
        ways = ("finish", goal), ("undo", origin)
        for way, end in ways:
            begin_again()
            if not killed(project, first, verb, renames):
                assert deaths > 5
                return
            deaths += 1
            assert services.safe_copies.interrupted(project) is not None
            with pytest.raises(Interrupted, match="interrupted"):
                rollbacks.plan_rollback(project, first, "demo:v1", services)
            undos.resolve_interrupted(project, way, services)
            assert snapshot(project) == end, f"killed before rename {renames}, then {way}"
            assert services.safe_copies.interrupted(project) is None
    pytest.fail("it never came to its end")
