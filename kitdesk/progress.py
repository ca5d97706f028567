"""How a verb says how far it is, and how it is told to stop."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from typing import NamedTuple


class Cancelled(Exception):
    """Raised by a report to stop a verb; verbs tidy up in ``finally`` and let it pass."""


class Progress(NamedTuple):
    """One step of a verb under way."""

    step: str
    """What is being done, as a person would say it: ``packing saved_model``."""
    done: int = 0
    """How much of ``total`` is done, in bytes unless the step counts files."""
    total: int = 0
    """0 while it is not known."""
    skipped: int = 0
    """The part of ``done`` that was already there and cost nothing."""


Report = Callable[[Progress], None]
"""Takes a progress; may raise :class:`Cancelled`. Called often: it must be cheap."""


def silent(_progress: Progress) -> None:
    """A report for callers who do not care."""


class Canceller:
    """Stops a piece of work that waits for somebody else and so reports nothing: a socket read.

    Whoever waits says with :meth:`on_cancel` what must be cut; ``cancel`` cuts it at once, from
    any thread, and never waits itself.
    """

    def __init__(self) -> None:
        self.event = threading.Event()
        self._lock = threading.RLock()  # a signal handler may come in between
        self._calls: dict[object, Callable[[], None]] = {}

    def cancel(self) -> None:
        """Stop; a second time does nothing."""
        self.event.set()
        with self._lock:
            calls = tuple(self._calls.values())
            self._calls.clear()
        for call in calls:
            call()

    def check(self) -> None:
        """Raise Cancelled if it was cancelled."""
        if self.event.is_set():
            raise Cancelled

    def on_cancel(self, call: Callable[[], None]) -> Callable[[], None]:
        """Have ``call`` called at a cancel (now, if that was before); gives what takes it back.

        ``call`` runs on the cancelling thread: it must be quick and raise nothing.
        """
        key = object()
        with self._lock:
            self._calls[key] = call
        if self.event.is_set():
            self.cancel()

        def leave() -> None:
            with self._lock:
                self._calls.pop(key, None)

        return leave


_current: ContextVar[Canceller | None] = ContextVar("canceller", default=None)


@contextlib.contextmanager
def stoppable(canceller: Canceller) -> Iterator[None]:
    """Everything that is opened on this thread inside (remotes) ends with the canceller."""
    token = _current.set(canceller)
    try:
        yield
    finally:
        _current.reset(token)


def current_canceller() -> Canceller:
    """What stops the work of this thread; one that nobody cancels where none was set."""
    return _current.get() or Canceller()
