"""How a verb says how far it is, and how it is told to stop."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


class Cancelled(Exception):
    """Raised by a report to stop a verb; verbs tidy up in ``finally`` and let it pass."""


@dataclass(frozen=True, slots=True)
class Progress:
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
