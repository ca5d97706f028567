"""Looks at foreign places with a limit: a mount that never answers holds up nothing else.

A system call on such a mount cannot be cut. Each place has a thread of its own, which nobody waits
for longer than the limit, and at most one at a time.
"""

from __future__ import annotations

import os
import threading
import time
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Slot

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from kitdesk.session.runtime.main_thread import MainThreadDispatcher

LIMIT_S = 2.0
"""Seconds after which a place does not answer."""
MOST = 64
"""Places that are looked at at once; more are not, and keep what is remembered of them."""
PERIOD_MS = 2000

Identity = tuple[int, int]
"""Device and inode; (0, 0) = it is not there."""
NOT_THERE: Identity = (0, 0)


def identity(path: Path) -> Identity:
    """Device and inode of a folder; waits as long as the disk does."""
    try:
        found = path.stat()
    except (OSError, ValueError):
        return NOT_THERE
    return (found.st_dev, found.st_ino) if os.path.isdir(path) else NOT_THERE


class FolderProbe:
    """Any thread."""

    def __init__(self, look: Callable[[Path], Identity] = identity) -> None:
        self._look = look
        self._lock = threading.Lock()
        self._pending: dict[Path, threading.Thread] = {}

    def look(self, paths: Iterable[Path], limit: float = LIMIT_S) -> dict[Path, Identity]:
        """What is there now; a place that does not answer within ``limit`` seconds is left out."""
        found: dict[Path, Identity] = {}
        threads = []
        for _, path in zip(range(MOST), paths, strict=False):
            with self._lock:
                if path in self._pending:
                    continue  # it did not answer the last time, and has not yet
                thread = threading.Thread(target=self._run, args=(path, found), daemon=True)
                self._pending[path] = thread
            thread.start()
            threads.append(thread)
        end = time.monotonic() + limit
        for thread in threads:
            thread.join(max(0.0, end - time.monotonic()))
        return dict(found)

    def _run(self, path: Path, found: dict[Path, Identity]) -> None:
        try:
            found[path] = self._look(path)
        finally:
            with self._lock:
                self._pending.pop(path, None)


class RootWatch(QObject):
    """Tells when the open folder becomes another one: deleted and made anew, mounted over, gone.

    Its watcher hears nothing of that: it holds on to the folder that was. GUI thread.
    """

    def __init__(
        self,
        bridge: MainThreadDispatcher,
        probe: FolderProbe,
        changed: Callable[[Identity | None], None],
        parent: QObject | None = None,
    ) -> None:
        """``changed`` hears the new identity; None: the folder does not answer."""
        super().__init__(parent)
        self._bridge, self._probe, self._changed = bridge, probe, changed
        self._folder: Path | None = None
        self._known: Identity | None = NOT_THERE
        self._timer = QTimer(self)
        self._timer.setInterval(PERIOD_MS)
        self._timer.timeout.connect(self.look)
        self._looking = False

    def follow(self, folder: Path, known: Identity | None) -> None:
        """Look at this folder from now on; ``known`` is what it is."""
        self._folder, self._known = folder, known
        self._timer.start()

    def stop(self) -> None:
        """No folder is open."""
        self._folder = None
        self._timer.stop()

    @Slot()
    def look(self) -> None:
        """Look once, on a thread of its own."""
        folder = self._folder
        if folder is None or self._looking:
            return
        self._looking = True

        def run() -> None:
            found = self._probe.look([folder]).get(folder)
            self._bridge.post(lambda: self._found(folder, found))

        threading.Thread(target=run, daemon=True).start()

    def _found(self, folder: Path, found: Identity | None) -> None:
        self._looking = False
        if folder == self._folder and found != self._known:
            self._known = found
            self._changed(found)
