"""The window's composition root: the one module that knows every layer."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from kitdesk import __version__
from kitdesk.services import paths as places
from kitdesk.session import single_instance

if TYPE_CHECKING:
    from kitdesk.services.library import Library
    from kitdesk.session.bridge import Bridge
    from kitdesk.session.session import Session
    from kitdesk.ui.main_window import MainWindow

NO_DISPLAY = "There is no display: the window cannot be opened."


def main(words: list[str]) -> int:
    """``kitdesk [FOLDER]``: open the window, or hand the folder to the one that is open."""
    parser = argparse.ArgumentParser(prog="kitdesk")
    parser.add_argument("folder", nargs="?", default="")
    parser.add_argument("--self-test", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--new-window", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args(words)
    folder = str(Path(options.folder).absolute()) if options.folder else ""
    if options.self_test:
        return self_test()
    if not has_display():
        sys.stderr.write(f"{NO_DISPLAY}\nkitdesk tour tells the story here.\n")
        return 1
    found = places.from_environment()
    runtime = runtime_folder(found)
    if not options.new_window and single_instance.hand_over(runtime, folder):
        return 0
    return Program(found, runtime).run(folder)


def has_display() -> bool:
    """True if a window could be shown (or was asked to be drawn nowhere)."""
    if sys.platform != "linux" or os.environ.get("QT_QPA_PLATFORM"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def runtime_folder(found: places.Paths) -> Path:
    """A short private folder for the socket (its path is limited to 107 bytes)."""
    base = os.environ.get("XDG_RUNTIME_DIR")
    if base and not os.environ.get("KITDESK_HOME"):
        return Path(base) / "kitdesk"
    place = found.cache / "run"
    if len(os.fsencode(place)) < 70:
        return place
    import hashlib

    name = hashlib.sha256(os.fsencode(place)).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"kitdesk-{name}"


class Program:
    """One running window with everything behind it."""

    def __init__(self, found: places.Paths, runtime: Path) -> None:
        from PySide6.QtCore import QTimer
        from PySide6.QtWidgets import QApplication

        self.app = QApplication.instance() or QApplication(["kitdesk"])
        assert isinstance(self.app, QApplication)
        self.app.setApplicationName("KitDesk")
        self.app.setApplicationVersion(__version__)
        self.app.setDesktopFileName("org.kitdesk.KitDesk")
        self.session, self.window, self.bridge = build(found)
        self.doorbell = single_instance.Doorbell(runtime, self._rung)
        self._first = QTimer()
        self._first.setSingleShot(True)

    def run(self, folder: str) -> int:
        """Show the window until it is closed."""
        self.window.show()
        if folder:
            self._first.timeout.connect(lambda: self.session.open_folder(Path(folder)))
        self._first.timeout.connect(self.session.begin)
        self._first.start(0)
        code = self.app.exec()
        self.close()
        return code

    def close(self) -> None:
        """Let everything go, in the order in which it can."""
        self.doorbell.close()
        self.session.close()
        self.bridge.close()

    def _rung(self, folder: str) -> None:
        def come() -> None:
            self.window.showNormal()
            self.window.raise_()
            self.window.activateWindow()
            if folder:
                self.session.open_folder(Path(folder))

        self.bridge.post(come)


def build(found: places.Paths) -> tuple[Session, MainWindow, Bridge]:
    """Services, session and window, wired."""
    from kitdesk.services.settings import Settings
    from kitdesk.session import crash
    from kitdesk.session.bridge import Bridge
    from kitdesk.session.runner import Runner
    from kitdesk.session.session import Session
    from kitdesk.ui.crash_dialog import CrashDialog
    from kitdesk.ui.main_window import MainWindow

    bridge = Bridge()
    shown: list[CrashDialog] = []

    def show_crash(title: str, details: str) -> None:
        dialog = CrashDialog(title, details)
        shown[:] = [dialog]  # Python must hold it, or it is gone before it is seen
        dialog.present()

    broken = crash.install(show_crash)

    def library() -> Library:
        from kitdesk.services import logs
        from kitdesk.services.library import Library

        logs.start(found.log)
        return Library.at(found)

    session = Session(library, Runner(bridge.post, broken), bridge)
    scheme = Settings(found.config).get("scheme", "system")
    session.workspace.scheme = (
        "light" if scheme == "light" else "dark" if scheme == "dark" else "system"
    )
    window = MainWindow(session)
    return session, window, bridge


def self_test() -> int:
    """Open the window on the sample without a display, wait for its first comparison, close."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtCore import QTimer

    with tempfile.TemporaryDirectory(prefix="kitdesk-self-test-") as scratch:
        os.environ["KITDESK_HOME"] = os.environ["KITOPS_HOME"] = scratch
        found = places.from_environment()
        program = Program(found, found.cache / "run")
        board = program.session.workspace

        def look(_changes: object) -> None:
            if board.comparison is not None and not board.comparing:
                QTimer.singleShot(0, program.app.quit)

        board.changed.connect(look)
        program.window.show()
        program.session.open_sample(Path(scratch) / "movie-recommend")
        QTimer.singleShot(20_000, program.app.quit)
        program.app.exec()
        ok = board.comparison is not None
        program.window.close()
        program.close()
    sys.stdout.write(f"self-test: {'ok' if ok else 'failed'}\n")
    return 0 if ok else 1
