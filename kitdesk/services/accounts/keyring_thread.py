"""Asking the keyring on a thread of its own: one that never answers holds up nobody for ever.

A keyring may ask the person to unlock it, or hang on a bus that is dead. Each question has an end,
a cancel ends it at once, and while one of them hangs no further ones are asked.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Generic, TypeVar

from kitdesk.progress import Cancelled, current_canceller

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

ANSWER_WITHIN_S = 120.0
"""Seconds for a person to unlock the keyring."""
NO_ANSWER = "The keyring does not answer."
Answer = TypeVar("Answer")


class _Question(threading.Thread, Generic[Answer]):
    """One call; what it raises is kept, whatever it is: buses know many kinds of failure."""

    def __init__(self, call: Callable[[], Answer], wake: threading.Event) -> None:
        super().__init__(name="keyring", daemon=True)
        self._call, self._wake = call, wake
        self.ended = threading.Event()
        self.answer: Answer | None = None
        self.error: BaseException | None = None

    def run(self) -> None:
        try:
            with self:
                self.answer = self._call()
        finally:
            self.ended.set()
            self._wake.set()

    def __enter__(self) -> None:
        """Nothing to do."""

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> bool:
        self.error = error
        return True


_lock = threading.Lock()
_hanging: list[_Question[object]] = []


def ask(call: Callable[[], Answer]) -> Answer:
    """What ``call`` returns. Raises ``keyring.errors.KeyringError`` for whatever went wrong, also
    where there is no answer in time, and Cancelled.
    """
    import keyring.errors

    with _lock:
        _hanging[:] = [one for one in _hanging if not one.ended.is_set()]
        if _hanging:
            raise keyring.errors.KeyringError(NO_ANSWER)
    canceller = current_canceller()
    wake = threading.Event()
    question = _Question(call, wake)
    leave = canceller.on_cancel(wake.set)
    question.start()
    try:
        wake.wait(ANSWER_WITHIN_S)
    finally:
        leave()
    if not question.ended.is_set():
        with _lock:
            _hanging.append(question)  # type: ignore[arg-type]
        canceller.check()
        raise keyring.errors.KeyringError(NO_ANSWER)
    if isinstance(question.error, keyring.errors.KeyringError | Cancelled):
        raise question.error
    if question.error is not None:
        raise keyring.errors.KeyringError(type(question.error).__name__) from question.error
    return question.answer  # type: ignore[return-value]  # None is an answer, too
