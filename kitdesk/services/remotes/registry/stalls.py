"""Whether a transfer gets on, judged so that the other side cannot make it go on for ever.

A server may take or give a byte a try, forget a range, lose every upload at its end: each looks
like progress. Only what was never reached before counts, and all tries together have a budget.
"""

from __future__ import annotations

MAX_STALLS = 5
"""Tries in a row that reach nothing new and are survived."""
LEAST_PROGRESS = 64 << 10
"""Bytes that a try must bring to count, unless it ends the blob."""
BUDGET, SPARE = 8, 16 << 20
"""All tries together may move so many times the size of the blob, and a little for small ones."""


class StallCounter:
    """Counts the tries of one transfer that led nowhere."""

    def __init__(self, size: int, done: int = 0) -> None:
        self._size, self._best = size, done
        self._moved = 0
        self.stalls = 0
        """In a row."""

    def note(self, before: int, after: int, *, failed: bool) -> None:
        """One try ended: where it began and where it got to, in bytes of the blob."""
        self._moved += max(0, after - before)
        ended = after >= self._size
        if after >= self._best + LEAST_PROGRESS or (ended and after > self._best):
            self._best, self.stalls = after, 0
        elif failed or (after - before < LEAST_PROGRESS and not ended):
            self.stalls += 1

    def spend(self, size: int) -> None:
        """Bytes that were moved and came to nothing."""
        self._moved += size

    @property
    def hopeless(self) -> bool:
        """True when nobody should try any longer."""
        return self.stalls >= MAX_STALLS or self._moved > BUDGET * self._size + SPARE
