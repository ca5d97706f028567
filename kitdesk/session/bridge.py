"""The one place where threads meet Qt (platform.md section 3: anything else crashes).

Any thread posts a callable; the GUI thread runs it. A queue, a socket pair, a QSocketNotifier: no
Qt signal is ever emitted from a Python thread.
"""

from __future__ import annotations

import contextlib
import queue
import socket
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QSocketNotifier, Slot

if TYPE_CHECKING:
    from collections.abc import Callable


class Bridge(QObject):
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
        with contextlib.suppress(OSError):  # full: a wake-up is under way; closed: nobody listens
            self._far.send(b"\0")

    @Slot()
    def _drain(self) -> None:
        with contextlib.suppress(BlockingIOError):
            while self._near.recv(4096):
                pass
        self.deliver()

    def deliver(self) -> None:
        """Run what is waiting now."""
        while not self._closed:
            try:
                call = self._queue.get_nowait()
            except queue.Empty:
                return
            call()

    def close(self) -> None:
        """Deliver nothing any more."""
        if self._closed:
            return
        self._closed = True
        self._notifier.setEnabled(False)
        self._near.close()
        self._far.close()
