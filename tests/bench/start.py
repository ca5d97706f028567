"""Start-up, and packing the seed project: absolute times."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from tests.bench.pairs import ROUNDS, Rival, compare, kit, kitdesk, scratch
from tests.golden.materialise import materialise
from tests.modelkit.golden_kits import GOLDEN, Case


def main() -> None:
    """Run the theme."""
    folder = scratch()
    try:
        _run(folder)
    finally:
        shutil.rmtree(folder)


def _home(folder: Path, name: str) -> Path:
    home = folder / name
    home.mkdir()
    return home


def _run(folder: Path) -> None:
    ours, bare = _home(folder, "ours"), _home(folder, "bare")
    rivals = [
        Rival("kitdesk", [sys.executable, "-m", "kitdesk", "--version"], ours),
        Rival("python", [sys.executable, "-c", "pass"], bare),
    ]
    compare("kitdesk --version (goal 0.05 s, floor 0.08 s)", rivals, 2 * ROUNDS)
    case, project = Case(GOLDEN / "seed" / "v1"), folder / "seed"
    materialise(case.tree, project)
    (project / "Kitfile").write_bytes((case.folder / "Kitfile").read_bytes())
    rivals = [Rival("kitdesk", kitdesk("pack", str(project), "-t", "b/seed:v1"), ours)]
    theirs = kit()
    if theirs:
        rivals.append(Rival("kit", [theirs, "pack", str(project), "-t", "b/seed:v1"], bare))
    compare("pack the seed project (goal 0.09 s, floor 0.12 s)", rivals, 2 * ROUNDS)
