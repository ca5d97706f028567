"""The application object, or words where Qt finds no way to show a window."""

from __future__ import annotations

import os
import sys

from PySide6.QtCore import qInstallMessageHandler
from PySide6.QtWidgets import QApplication

NO_WINDOW = "The window cannot be opened: Qt cannot use this display."


def started_application() -> QApplication:
    """The application; where Qt finds no way to show a window it says so and ends, exit code 1.

    Qt itself would abort there, and leave a core dump behind.
    """
    said: list[str] = []

    def hear(kind: object, _context: object, text: str) -> None:
        if getattr(kind, "name", "") != "QtFatalMsg":
            said.append(text)
            return
        asked = os.environ.get("QT_QPA_PLATFORM", "")
        hint = f"QT_QPA_PLATFORM is {asked!r}: unset it, or name another platform." if asked else ""
        reason = " ".join((said[0] if said else text).split())
        for line in (NO_WINDOW, reason, hint or "kitdesk tour tells the story here."):
            sys.stderr.write(f"{line}\n")
        sys.stderr.flush()
        os._exit(1)

    former = qInstallMessageHandler(hear)
    try:
        return QApplication(["kitdesk"])
    finally:
        qInstallMessageHandler(former)
        for text in said:
            sys.stderr.write(f"{text}\n")
