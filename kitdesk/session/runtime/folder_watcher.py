"""The folder watcher's events on the GUI thread; starting and stopping happen off it."""

from __future__ import annotations

import threading
from functools import partial
from typing import TYPE_CHECKING

from kitdesk.session.runtime.runner import JobQueue, Runner

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from kitdesk.errors import KitDeskError
    from kitdesk.session.runtime.main_thread import MainThreadDispatcher

STOP_TIMEOUT_S = 0.2
"""Seconds that closing waits for the watcher."""


class FolderWatcher:
    """At most one folder at a time."""

    def __init__(
        self,
        bridge: MainThreadDispatcher,
        runner: Runner,
        changed: Callable[[frozenset[str] | None], None],
        state: Callable[[bool, str], None],
    ) -> None:
        self._bridge, self._runner = bridge, runner
        self._changed, self._state = changed, state
        self._stop: Callable[[], None] | None = None
        self._turn = 0
        self._ending: threading.Thread | None = None

    def start(self, folder: Path) -> None:
        """Begin to watch; ``state(True, "")`` follows, or False with the reason."""
        self.stop()
        turn = self._turn

        def work(_report: object) -> Callable[[], None]:
            from kitdesk.services.disk.watcher import Watcher

            watcher = Watcher(folder, partial(self._from_thread, turn))
            watcher.start()
            return watcher.stop

        def done(stop: Callable[[], None]) -> None:
            if turn != self._turn:
                self._off_thread(stop)  # another folder was opened meanwhile
                return
            self._stop = stop
            self._state(True, "")

        def failed(error: KitDeskError) -> None:
            if turn == self._turn:
                self._state(False, f"{error.title} {error.hint}")

        self._runner.start(JobQueue.LOOKUP, work, done, failed)

    def _from_thread(self, turn: int, paths: frozenset[str] | None) -> None:
        def tell() -> None:
            if turn == self._turn:
                self._changed(paths)

        self._bridge.post(tell)

    def stop(self) -> None:
        """Stop watching; nothing is told any more."""
        self._turn += 1
        stop, self._stop = self._stop, None
        if stop is not None:
            self._off_thread(stop)

    def _off_thread(self, stop: Callable[[], None]) -> None:
        """Not a job: it must run even when the program is closing."""
        self._ending = threading.Thread(target=stop, name="kitdesk-unwatch", daemon=True)
        self._ending.start()

    def close(self) -> None:
        """Stop, and wait until the watching threads have ended."""
        self.stop()
        if self._ending is not None:
            self._ending.join(STOP_TIMEOUT_S)
