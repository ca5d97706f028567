"""What KitDesk makes for itself is its owner's alone, whatever the umask."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from kitdesk.services.disk.files import private_folder

SCRIPT = """
import os, sys
os.umask(int(sys.argv[1], 8))
from kitdesk.__main__ import main
from kitdesk.services.config import logs, paths
project = sys.argv[2]
for line in (
    "pack P -t m:v1", "versions", "compare P m:v1 --files", "push m:v1 S",
    "unpack m:v1 -d P -o", "rollback m:v1 P --yes", "versions 127.0.0.1:1/x --remote",
):
    places = {"P": project, "S": f"oci:{sys.argv[3]}:v1"}
    main([places.get(word, word) for word in line.split()])
logs.start(paths.from_environment().log)
from pathlib import Path
from kitdesk.services.container import Services
Services.at(paths.from_environment()).settings.remember(Path(project), state="x")
"""


@pytest.mark.parametrize("umask", ["000", "022", "077"])
def test_nobody_else_can_look_into_our_folders(umask: str, project: Path, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, umask, str(project), str(tmp_path / "stick")],
        cwd=Path(__file__).parents[3],
        env={**os.environ, "KITDESK_TIMEOUT": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Traceback" not in done.stderr, done.stderr
    home = tmp_path / "kitdesk-home"
    found = {path: stat.S_IMODE(path.lstat().st_mode) for path in home.rglob("*")}
    assert {path.name for path in found} >= {"data", "cache", "config", "log", "kitdesk.log"}
    assert {path.name for path in found} >= {"journal.jsonl", "settings.toml", "hashes.sqlite"}
    safe = home / "data" / "safe"
    open_ones = {
        str(path.relative_to(home)): oct(mode)
        for path, mode in found.items()
        if mode & 0o077 and safe not in path.parents  # files there keep their own modes
    }
    assert open_ones == {}
    assert stat.S_IMODE((tmp_path / "kitops-home" / "kitdesk").stat().st_mode) == 0o700


def test_a_folder_that_was_open_is_closed(tmp_path: Path) -> None:
    folder = tmp_path / "above" / "data"
    folder.mkdir(parents=True)
    folder.chmod(0o755)
    above = stat.S_IMODE(folder.parent.stat().st_mode)
    private_folder(folder)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE(folder.parent.stat().st_mode) == above, "what lies above is not ours"
