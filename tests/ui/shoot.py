"""Render every surface to PNG: python tests/ui/shoot.py OUT [--scheme dark] [NAME ...]"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import get_args

from PySide6.QtWidgets import QApplication


def main() -> None:
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
    from kitdesk.changes import Topic
    from kitdesk.ui.theme.theme import Scheme
    from kitdesk.ui.window.main_window import MainWindow
    from tests.fakes.session import FakeSession
    from tests.ui.screens import SCREENS

    parser = argparse.ArgumentParser()
    parser.add_argument("out", type=Path)
    parser.add_argument("--scheme", choices=get_args(Scheme), default="light")
    parser.add_argument("names", nargs="*")
    given = parser.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    app = QApplication([])
    for name, (make, size, act) in SCREENS.items():
        if given.names and name not in given.names:
            continue
        workspace = make()
        workspace.apply(Topic.SETTINGS, scheme=given.scheme)
        window = MainWindow(FakeSession(workspace))
        window.resize(*size)
        window.show()
        for _ in range(3):
            app.processEvents()
        act(window)
        for _ in range(3):
            app.processEvents()
        window.grab().save(str(given.out / f"{name}-{given.scheme}.png"))
        window.leave_at_once()
        window.deleteLater()
        app.processEvents()


if __name__ == "__main__":
    main()
