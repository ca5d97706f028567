"""The window's composition root: the one module that knows every layer."""

from __future__ import annotations

import argparse
import os
import signal
import sys
import tempfile
import threading
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from kitdesk import __version__
from kitdesk.cli.streams import prepare
from kitdesk.errors import KitDeskError
from kitdesk.services.boundary import expected
from kitdesk.services.config import paths as places
from kitdesk.services.config.display import display_problem
from kitdesk.services.config.instance_lock import InstanceLock

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

    from kitdesk.services.container import Services
    from kitdesk.session.runtime.main_thread import MainThreadDispatcher
    from kitdesk.session.runtime.single_instance import SingleInstanceServer
    from kitdesk.session.session import Session
    from kitdesk.ui.window.crash_dialog import CrashDialog
    from kitdesk.ui.window.main_window import MainWindow

SWITCH = 0.0005
"""Seconds after which a busy worker hands the interpreter's lock to the GUI thread. Each call into
Qt lets go of the lock and may wait so long for it: at Python's 5 ms a slot with 40 calls stalls the
window for 200 ms.
"""
UNSEEN_MS = 1000
"""After so many milliseconds a window that nobody uncovers is furnished all the same."""


def main(words: list[str]) -> int:
    """``kitdesk [FOLDER]``: open the window, or hand the folder to the one that is open."""
    parser = argparse.ArgumentParser(prog="kitdesk")
    parser.add_argument("folder", nargs="?", default="")
    parser.add_argument("--self-test", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--new-window", action="store_true", help=argparse.SUPPRESS)
    prepare()
    options = parser.parse_args(words)
    if options.self_test:
        return self_test()
    problem = display_problem(os.environ)
    if problem:
        sys.stderr.write(f"{problem}\nkitdesk tour tells the story here.\n")
        return 1
    try:
        with expected("the window"):
            folder = str(places.folder_argument(options.folder)) if options.folder else ""
            found = places.from_environment()
            runtime = runtime_folder(found)
            lock = InstanceLock(runtime)
            if not options.new_window and not lock.take(
                lambda: forwarded_to_running(runtime, folder)
            ):
                return 0
    except KitDeskError as error:
        sys.stderr.write(f"error: {error.title}\nhint: {error.hint}\n")
        return 1
    program = Program(found, runtime, folder, alone=not options.new_window)
    program.problems += [lock.problem]
    code = program.run()
    lock.release()
    return code


def forwarded_to_running(runtime: Path, folder: str) -> bool:
    """True if a window that is open already took the folder; sockets only where one may listen."""
    try:
        if next(runtime.glob("window-*.sock"), None) is None:
            return False
    except OSError:
        return False
    from kitdesk.session.runtime import single_instance

    return single_instance.forward_to_running(runtime, folder)


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
    """One running window with everything behind it, which comes after the first paint."""

    def __init__(
        self, found: places.Paths, runtime: Path, folder: str = "", *, alone: bool = True
    ) -> None:
        """``alone``: later starts hand their folder to this window."""
        from PySide6.QtCore import QTimer
        from PySide6.QtWidgets import QApplication

        from kitdesk.ui.window.main_window import MainWindow
        from kitdesk.ui.window.placement import Placement
        from kitdesk.ui.window.qt_start import started_application

        self.app = QApplication.instance() or started_application()
        assert isinstance(self.app, QApplication)
        self.app.setApplicationName("KitDesk")
        self.app.setApplicationVersion(__version__)
        self.app.setDesktopFileName("org.kitdesk.KitDesk")
        self._found, self._runtime, self._folder = found, runtime, folder
        self._alone = alone
        self.problems: list[str] = []
        """What is not remembered, as far as it is known before the session is there."""
        self.begun = False
        """Whether the content is there and the folder is being read."""
        self._parts: tuple[Session, MainThreadDispatcher, SingleInstanceServer | None] | None = None
        self.window = MainWindow(project=Path(folder).name, dark=is_dark(self.app, found))
        self._placement = Placement(found.config)
        self.window.placement = self._placement
        self._maximised = self._placement.restore(self.window, self.app.screens())
        self._soon = QTimer()
        self._soon.setSingleShot(True)
        self._soon.timeout.connect(self.begin)
        self.window.first_sight.painted.connect(self._painted)

    def run(self) -> int:
        """Show the window until it is closed."""
        if self._maximised:
            self.window.showMaximized()
        else:
            self.window.show()
        self._soon.start(UNSEEN_MS)
        code = self.app.exec()
        self.close()
        return code

    def _painted(self) -> None:
        self._soon.start(0)

    def build_content(self) -> Session:
        """Build session and content, once; returns the session."""
        if self._parts is None:
            from kitdesk.session.runtime.single_instance import SingleInstanceServer

            session, _window, bridge = build(self._found, self.window)
            listener = SingleInstanceServer(self._runtime, self._rung) if self._alone else None
            self._parts = session, bridge, listener
            session.own_problems += [*self.problems, listener.problem if listener else ""]
            self._hear_signals(bridge)
        return self._parts[0]

    def begin(self) -> None:
        """The first sight is on the screen: everything else, and the folder; once."""
        if self.begun:
            return
        self.begun = True
        session = self.build_content()
        if self._folder:
            session.project.open(Path(self._folder))
        session.begin()

    def close(self) -> None:
        """Let everything go, in the order in which it can."""
        self._soon.stop()
        if self._parts is not None:
            session, bridge, listener = self._parts
            if listener is not None:
                listener.close()
            session.close()
            bridge.close()

    def _hear_signals(self, bridge: MainThreadDispatcher) -> None:
        """The end of a session, of the terminal, and Ctrl+C take the way of the closing window."""
        if threading.current_thread() is not threading.main_thread():
            return

        def leave(_number: int, _frame: object) -> None:
            bridge.post(self.window.leave_at_once)

        for name in ("SIGTERM", "SIGHUP", "SIGINT"):
            if hasattr(signal, name):
                signal.signal(getattr(signal, name), leave)
        bridge.wake_on_signals()

    def _rung(self, folder: str) -> None:
        def come() -> None:
            self.window.come_to_front()
            if folder:
                self.build_content().project.open(Path(folder))

        if self._parts is not None:
            self._parts[1].post(come)


def is_dark(app: QApplication, found: places.Paths) -> bool:
    """Which colours the first sight has: what was chosen, else as light as the desktop's own."""
    chosen = "system"
    try:
        settings = found.config / "settings.toml"
        if settings.is_file() and b"scheme" in settings.read_bytes():
            from kitdesk.services.config.settings import Settings

            chosen = Settings(found.config).get("scheme", "system")
    except OSError:
        pass
    if chosen in ("light", "dark"):
        return chosen == "dark"
    return app.palette().window().color().lightness() < 128


def build(
    found: places.Paths, window: MainWindow | None = None
) -> tuple[Session, MainWindow, MainThreadDispatcher]:
    """Services, session and window, wired; furnishes the given window or makes one."""
    from kitdesk.services.config.settings import Settings
    from kitdesk.session.runtime import crash
    from kitdesk.session.runtime.main_thread import MainThreadDispatcher
    from kitdesk.session.runtime.runner import Runner
    from kitdesk.session.session import Session
    from kitdesk.ui.window.main_window import MainWindow

    sys.setswitchinterval(SWITCH)
    bridge = MainThreadDispatcher()
    shown: list[CrashDialog] = []

    def show_crash(title: str, details: str) -> None:
        from kitdesk.ui.window.crash_dialog import CrashDialog

        dialog = CrashDialog(title, details)
        shown[:] = [dialog]  # Python must hold it, or it is gone before it is seen
        dialog.present()

    broken = crash.install(show_crash)

    def services() -> Services:
        from kitdesk.services.config import logs
        from kitdesk.services.container import Services

        session.own_problems.append(logs.start(found.log))
        return Services.at(found)

    session = Session(services, Runner(bridge.post, broken), bridge)
    scheme = Settings(found.config).get("scheme", "system")
    session.workspace.state = replace(
        session.workspace.state,
        scheme="light" if scheme == "light" else "dark" if scheme == "dark" else "system",
    )
    if window is None:
        window = MainWindow(session)
    else:
        window.build_content(session)
    return session, window, bridge


def self_test() -> int:
    """Open the window on the sample without a display, wait for its first comparison, close."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtCore import QTimer

    with tempfile.TemporaryDirectory(prefix="kitdesk-self-test-") as scratch:
        os.environ["KITDESK_HOME"] = os.environ["KITOPS_HOME"] = scratch
        found = places.from_environment()
        program = Program(found, found.cache / "run")
        session = program.build_content()
        workspace = session.workspace

        def look(_changes: object) -> None:
            if workspace.state.comparison is not None and not workspace.state.comparing:
                QTimer.singleShot(0, program.app.quit)

        workspace.changed.connect(look)
        program.window.show()
        session.versions.open_sample(Path(scratch) / "movie-recommend")
        QTimer.singleShot(20_000, program.app.quit)
        program.app.exec()
        ok = workspace.state.comparison is not None
        program.window.close()
        program.close()
    sys.stdout.write(f"self-test: {'ok' if ok else 'failed'}\n")
    return 0 if ok else 1
