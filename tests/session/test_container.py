"""Code is loaded before it is needed: a click never waits for an import."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

PROBE = """
import sys
from PySide6.QtWidgets import QApplication
from kitdesk import app
from kitdesk.services.config.paths import from_environment
program = QApplication([])
session, window, bridge = app.build(from_environment())
session.begin()
while not session.idle:
    program.processEvents()
before = set(sys.modules)
for name in (
    "versions", "transfers", "folder", "accounts", "comparison", "kitfile", "about", "project",
    "registries", "open_remote", "delete_remote", "opener", "tree", "jobs",
):
    getattr(session, name)
print("late:", sorted(name for name in set(sys.modules) - before if name.startswith("kitdesk")))
window.close(); session.close(); bridge.close()
"""


def test_no_click_has_to_load_the_code_of_its_verb(tmp_path: Path) -> None:
    env = {**os.environ, "KITDESK_HOME": str(tmp_path), "KITOPS_HOME": str(tmp_path)}
    words = [sys.executable, "-c", PROBE]
    said = subprocess.run(words, env=env, capture_output=True, text=True, check=True).stdout
    assert said == "late: []\n"
