"""Which process has the one window: the holder of a lock file, until it ends, however it ends.

Loaded before the first paint: no socket, no Qt.
"""

from __future__ import annotations

import os
import threading
import time
from typing import TYPE_CHECKING

from kitdesk.services.disk.files import lock

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

START_TIMEOUT_S = 15.0
"""Seconds that a second start waits for a first one that holds the lock and listens not yet."""
RETRY_S = 0.05


class InstanceLock:
    """Held by the process whose window is the one."""

    def __init__(self, runtime: Path) -> None:
        self._runtime = runtime
        self._handle = -1
        self.problem = ""
        """Why there may be two windows, one sentence; "" while there is one."""

    def take(self, forward: Callable[[], bool]) -> bool:
        """Become the one window, or ``forward`` to the one there is: False then.

        Where the runtime folder cannot be used, and where the holder answers nobody, this start
        has a window of its own.
        """
        end = time.monotonic() + START_TIMEOUT_S
        while True:
            try:
                if self._lock():
                    return True
            except OSError as error:
                self.problem = f"A second start opens a second window: {error.strerror or error}."
                return True
            if forward():
                return False
            if time.monotonic() > end:
                self.problem = "Another KitDesk does not answer: this is a second window."
                return True
            threading.Event().wait(RETRY_S)

    def _lock(self) -> bool:
        self._runtime.mkdir(parents=True, exist_ok=True, mode=0o700)
        flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0)
        handle = os.open(self._runtime / "window.lock", flags, 0o600)
        try:
            lock(handle, wait=False)
        except BlockingIOError:
            os.close(handle)
            return False
        except BaseException:
            os.close(handle)
            raise
        self._handle = handle
        return True

    def release(self) -> None:
        """The window is closed."""
        if self._handle >= 0:
            os.close(self._handle)
            self._handle = -1
