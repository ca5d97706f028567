"""Ctrl-C ends a command at once, whatever its threads wait for."""

from __future__ import annotations

import contextlib
import signal
import socket
import threading
import time
from typing import TYPE_CHECKING

from kitdesk.progress import Canceller, stoppable

if TYPE_CHECKING:
    from collections.abc import Iterator

AGAIN = 0.05
"""Seconds until the main thread is told once more."""
CAN_WAKE = hasattr(signal, "pthread_kill")
ONE_PRESS = 0.5
"""Seconds in which further signals belong to the same press of the keys."""


@contextlib.contextmanager
def ended_by_ctrl_c() -> Iterator[None]:
    """Ctrl-C cuts what other threads wait for, too: else the process would wait for them."""
    if threading.current_thread() is threading.main_thread():
        with _Interrupts().caught():
            yield
    else:
        with stoppable(Canceller()):
            yield


class _Interrupts:
    """Python runs a signal's handler on the main thread, and not before what that waits for ends:
    a signal that comes just before the waiting begins, or to another thread, is not seen. The
    wakeup descriptor is written to in any case; who reads it cuts the lines (never in a handler,
    which may stand in the middle of a lock) and wakes the main thread until it has seen the signal.
    """

    def __init__(self) -> None:
        self._canceller = Canceller()
        self._seen = 0.0
        """When the main thread last saw it; 0 = not yet."""
        self._over = threading.Event()
        self._main = threading.get_ident()

    @contextlib.contextmanager
    def caught(self) -> Iterator[None]:
        ours, pythons = socket.socketpair()
        pythons.setblocking(False)  # as set_wakeup_fd demands
        before = signal.signal(signal.SIGINT, self._raise)
        old = signal.set_wakeup_fd(pythons.fileno(), warn_on_full_buffer=False)
        watcher = threading.Thread(target=self._watch, args=(ours,), name="ctrl-c", daemon=True)
        watcher.start()
        try:
            with stoppable(self._canceller):
                yield
        finally:
            self._over.set()
            signal.set_wakeup_fd(old)
            pythons.close()  # ends the watcher, which must not wake anybody any more
            watcher.join()
            ours.close()
            signal.signal(signal.SIGINT, before)

    def _raise(self, _number: int, _frame: object) -> None:
        if time.monotonic() - self._seen >= ONE_PRESS:
            self._seen = time.monotonic()
            raise KeyboardInterrupt

    def _watch(self, line: socket.socket) -> None:
        while numbers := line.recv(64):
            if signal.SIGINT in numbers:
                self._canceller.cancel()
                while not self._seen and not self._over.is_set() and CAN_WAKE:
                    signal.pthread_kill(self._main, signal.SIGINT)
                    self._over.wait(AGAIN)
