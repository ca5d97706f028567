"""The one place where threads meet Qt (ARCHITECTURE.md, 3: anything else crashes).

Any thread posts a callable; the GUI thread runs it. A queue, a socket pair, a QSocketNotifier: no
Qt signal is ever emitted from a Python thread.
"""

from __future__ import annotations

import contextlib
import queue
import signal
import socket
import time
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QSocketNotifier, Slot

if TYPE_CHECKING:
    from collections.abc import Callable

SLICE_S = 0.01
"""Seconds of calls that are run in one turn of the event loop."""


class MainThreadDispatcher(QObject):
    """Delivers what any thread posts, in order, on the thread that made it."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._queue: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self._near, self._far = socket.socketpair()
        self._near.setblocking(False)
        self._far.setblocking(False)
        self._notifier = QSocketNotifier(self._near.fileno(), QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._drain)
        self._closed = False

    def post(self, call: Callable[[], None]) -> None:
        """Have ``call`` run on the GUI thread soon; from any thread."""
        self._queue.put(call)
        self._wake()

    def _wake(self) -> None:
        with contextlib.suppress(OSError):  # full: a wake-up is under way; closed: nobody listens
            self._far.send(b"\0")

    @Slot()
    def _drain(self) -> None:
        with contextlib.suppress(BlockingIOError):
            while self._near.recv(4096):
                pass
        self.deliver()

    def deliver(self) -> None:
        """Run what is waiting now; after a while let the window paint and take clicks first."""
        until = time.monotonic() + SLICE_S
        while not self._closed:
            try:
                call = self._queue.get_nowait()
            except queue.Empty:
                return
            call()
            if time.monotonic() > until and not self._queue.empty():
                self._wake()
                return

    def wake_on_signals(self) -> None:
        """Have signals wake the event loop: Python runs their handlers between two of its own
        instructions only, and Qt waits without any.
        """
        signal.set_wakeup_fd(self._far.fileno(), warn_on_full_buffer=False)

    def close(self) -> None:
        """Deliver nothing any more."""
        if self._closed:
            return
        self._closed = True
        with contextlib.suppress(ValueError):  # not the main thread: nothing was set either
            signal.set_wakeup_fd(-1)
        self._notifier.setEnabled(False)
        self._near.close()
        self._far.close()
