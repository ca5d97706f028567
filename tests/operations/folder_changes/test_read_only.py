"""What an ordinary user may not write or read: worked round exactly, or refused before a change."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.snapshots import snapshot

ROOT = Path(__file__).parents[3]
AS_ORDINARY = ["setpriv", "--bounding-set=-dac_override,-dac_read_search"]
"""Root without the right to pass over permissions; an ordinary user needs no such words."""


@pytest.fixture
def ordinary() -> list[str]:
    if sys.platform == "win32":
        pytest.skip("Windows knows no such permissions")
    if os.geteuid() != 0:
        return []
    if shutil.which("setpriv") is None:
        pytest.skip("setpriv is not installed")
    return AS_ORDINARY


class Shell:
    def __init__(self, before: list[str]) -> None:
        self._before = before

    def __call__(self, *words: object, code: int = 0) -> str:
        done = subprocess.run(
            [*self._before, sys.executable, "-m", "kitdesk", *map(str, words)],
            capture_output=True,
            text=True,
            check=False,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )
        assert done.returncode == code, done.stderr
        assert "Traceback" not in done.stderr
        return done.stderr


@pytest.fixture
def kitdesk(ordinary: list[str]) -> Shell:
    return Shell(ordinary)


@pytest.fixture
def folder(tmp_path: Path, kitdesk: Shell) -> Path:
    """Packed as r:v1 and r:v2; v2 has other bytes and one file more in ``ro``, which is 0555."""
    root = tmp_path / "p"
    (root / "ro/sub").mkdir(parents=True)
    (root / "Kitfile").write_text("manifestVersion: 1.0.0\ncode:\n- path: ro\n- path: src\n")
    (root / "src").mkdir()
    (root / "src/c").write_text("c")
    (root / "ro/a").write_text("a")
    (root / "ro/sub/b").write_text("b")
    (root / "ro").chmod(0o555)
    kitdesk("pack", root, "-t", "r:v1")
    (root / "ro").chmod(0o755)
    (root / "ro/a").write_text("a2")
    (root / "ro/new").write_text("new")
    (root / "src/c").write_text("c2")
    (root / "ro").chmod(0o555)
    kitdesk("pack", root, "-t", "r:v2")
    return root


@pytest.mark.parametrize("words", [("rollback", "r:v1", "{}", "--yes"), ("restore",)])
def test_a_read_only_folder_is_opened_for_the_swap_and_closed_again(
    kitdesk: Shell, folder: Path, words: tuple[str, ...]
) -> None:
    at_v2 = snapshot(folder)
    if words[0] == "restore":
        kitdesk("restore", "r:v1", "ro/a", "--folder", folder)
    else:
        kitdesk(*(word.format(folder) for word in words))
        assert not (folder / "ro/new").exists()
    assert (folder / "ro/a").read_text() == "a"
    assert (folder / "ro").stat().st_mode & 0o777 == 0o555
    kitdesk("undo", folder)
    assert snapshot(folder) == at_v2


def test_over_a_read_only_folder(kitdesk: Shell, folder: Path) -> None:
    at_v2 = snapshot(folder)
    kitdesk("unpack", "r:v1", "-d", folder, "-o")
    assert ((folder / "ro/a").read_text(), (folder / "ro/new").read_text()) == ("a", "new")
    assert (folder / "ro").stat().st_mode & 0o777 == 0o555
    kitdesk("undo", folder)
    assert snapshot(folder) == at_v2


def test_a_read_only_folder_that_is_only_in_the_target(kitdesk: Shell, folder: Path) -> None:
    at_v2 = snapshot(folder)
    (folder / "ro").chmod(0o755)
    shutil.rmtree(folder / "ro")
    kitdesk("rollback", "r:v2", folder, "--yes")
    assert snapshot(folder) == at_v2
    kitdesk("undo", folder)
    assert not (folder / "ro").exists()


def test_a_read_only_project_folder(kitdesk: Shell, folder: Path) -> None:
    folder.chmod(0o555)
    kitdesk("rollback", "r:v1", folder, "--yes")
    assert (folder / "src/c").read_text() == "c"
    assert folder.stat().st_mode & 0o777 == 0o555
    folder.chmod(0o755)


def test_what_may_not_be_read_is_named(kitdesk: Shell, folder: Path) -> None:
    (folder / "src/c").chmod(0)
    assert "src/c" in kitdesk("pack", folder, "-t", "r:v3", code=1)
    before = (folder / "ro/a").read_text()
    assert "src/c" in kitdesk("rollback", "r:v2", folder, "--yes", code=1)
    (folder / "src/c").chmod(0o644)
    (folder / "ro/sub").chmod(0)
    assert "ro/sub" in kitdesk("pack", folder, "-t", "r:v3", code=1)
    assert "ro/sub" in kitdesk("rollback", "r:v1", folder, "--yes", code=1)
    (folder / "ro/sub").chmod(0o755)
    assert (folder / "ro/a").read_text() == before
