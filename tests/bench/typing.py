"""A script saves, renames, stashes and replaces the Kitfile beside a typing robot.

    python -m tests.bench.typing SECONDS

No typed letter may be lost: what the editor holds, and at the end what lies on the disk, has every
word that was typed. Ends with 1 where one is missing.
"""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from kitdesk.session.session import Session

TEXT = "manifestVersion: 1.0.0\npackage:\n  name: p\n# typed below\n\n# others below\n"
RATE_HZ = 20


class Vandal:
    """Does to the file what editors, git and sync tools do, many times a second."""

    def __init__(self, folder: Path, seed: int) -> None:
        self._folder, self._file = folder, folder / "Kitfile"
        self._random = random.Random(seed)
        self._end = threading.Event()
        self.deeds = 0
        self._thread = threading.Thread(target=self._run, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """End, and leave an ordinary file behind."""
        self._end.set()
        self._thread.join()
        self._settle()

    def _settle(self) -> None:
        away = self._folder / "stash"
        if self._file.is_dir():
            self._file.rmdir()
        if not self._file.exists() and away.exists():
            away.rename(self._file)
        with contextlib.suppress(UnicodeDecodeError, FileNotFoundError):
            self._file.read_bytes().decode()
            return
        self._file.write_text(TEXT)

    def _run(self) -> None:
        while not self._end.wait(1 / RATE_HZ):
            with contextlib.suppress(OSError, UnicodeDecodeError):
                self._do(self._random.randrange(7))
                self.deeds += 1

    def _do(self, deed: int) -> None:
        away = self._folder / "stash"
        if deed == 0:  # a colleague saves a line of their own, from what lies there
            text = self._file.read_text()
            aside = self._folder / "aside"
            aside.write_text(f"{text.rstrip()}\n# other {self.deeds}\n"[-20_000:])
            aside.replace(self._file)
        elif deed == 1:
            self._file.rename(away)
        elif deed == 2:
            away.rename(self._file)
        elif deed == 3:
            self._file.write_bytes(b"\xff\xfe")
        elif deed == 4:
            self._file.write_text(TEXT)
        elif deed == 5:
            self._file.unlink()
            self._file.mkdir()
        else:
            if self._file.is_dir():
                self._file.rmdir()
            self._file.write_text(TEXT)


class Witness:
    """Follows each letter: in the editor until it was saved, then in what was written."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self.pending: list[str] = []
        self.saved = 0
        self.lost: list[str] = []
        session.workspace.changed.connect(self.look)

    def look(self, _changes: object = None) -> None:
        """At every change of the workspace."""
        kitfile = self._session.workspace.state.kitfile
        self.lost += [word for word in self.pending if f"# {word}\n" not in kitfile.text]
        if not kitfile.dirty:
            self.saved += len(self.pending)
            self.pending.clear()


def campaign(
    session: Session, folder: Path, seconds: float, pump: Callable[[float], None], seed: int = 7
) -> list[str]:
    """Type for so long; returns the words that were lost. ``pump`` runs the event loop a little."""
    vandal, witness = Vandal(folder, seed), Witness(session)
    kitfile, workspace = session.kitfile, session.workspace
    vandal.start()
    end = time.monotonic() + seconds
    count = 0
    while time.monotonic() < end and not witness.lost:
        text, word = workspace.state.kitfile.text, f"w{count}"
        kitfile.edit(f"# {word}\n{text}")
        witness.pending.append(word)
        count += 1
        if count % 7 == 0:
            kitfile.save()
        pump(0.03)
        answer(session, count)
    vandal.stop()
    for _ in range(100):
        answer(session, 0)
        if not workspace.state.kitfile.dirty:
            break
        kitfile.save()
        pump(0.1)
    workspace.changed.disconnect(witness.look)
    written = (folder / "Kitfile").read_text()
    left = [*witness.lost, *witness.pending]
    if workspace.state.kitfile.text != written:
        left.append("the editor and the disk differ at the end")
    sys.stdout.write(
        f"{count} words typed, {witness.saved} saved, {vandal.deeds} deeds, {len(left)} lost\n"
    )
    return left


def answer(session: Session, turn: int) -> None:
    """Close errors; answer the question that stands, one way after the other."""
    state = session.workspace.state
    if state.error is not None:
        session.jobs.dismiss_error()
    if state.kitfile.question is not None:
        merging = session.kitfile_merge
        (merging.merge, merging.keep_mine, merging.put_off)[turn % 3]()


def main() -> int:
    """Run by hand."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtCore import QEventLoop, QTimer
    from PySide6.QtWidgets import QApplication

    from kitdesk.app import build
    from kitdesk.services.config import paths

    scratch = Path(tempfile.mkdtemp(prefix="kitdesk-typing-"))
    os.environ["KITDESK_HOME"] = os.environ["KITOPS_HOME"] = str(scratch / "home")
    folder = scratch / "project"
    folder.mkdir()
    (folder / "Kitfile").write_text(TEXT)
    app = QApplication([])
    session, window, bridge = build(paths.from_environment())

    def pump(seconds: float) -> None:
        loop = QEventLoop()
        QTimer.singleShot(int(seconds * 1000), loop.quit)
        loop.exec()

    window.show()
    session.project.open(folder)
    pump(2)
    missing = campaign(session, folder, float(sys.argv[1]) if sys.argv[1:] else 60.0, pump)
    window.leave_at_once()
    session.close()
    bridge.close()
    app.quit()
    shutil.rmtree(scratch, ignore_errors=True)
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
