"""The log scale of the bars: whole decades that hold every value of one file, two at least."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, floor, isfinite, log10
from typing import TYPE_CHECKING

from kitdesk.text import MINUS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kitdesk.compare.content.result import TensorChange

RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
LEAST_DECADES = 2
MOST_DECIMALS = 5
SHORT, LONG = 1e-4, 1e6
"""Smaller and larger numbers are written with a power of ten."""


@dataclass(frozen=True, slots=True)
class LogScale:
    """From 10 to the power of ``low`` to 10 to the power of ``high``."""

    low: int
    high: int

    def share(self, value: float) -> float:
        """Where a value stands, 0 to 1; what is not finite or 0 stands at an end."""
        if value <= 0:
            return 0.0
        if not isfinite(value):
            return 1.0
        return min(1.0, max(0.0, (log10(value) - self.low) / (self.high - self.low)))

    @property
    def ends(self) -> tuple[str, str]:
        """``10⁻⁴`` and ``10⁻²``."""
        return tuple(f"10{str(end).translate(RAISED)}" for end in (self.low, self.high))  # type: ignore[return-value]


def log_scale(values: Iterable[float]) -> LogScale:
    """The scale of some values; those that are 0 or not finite do not count."""
    logs = [log10(value) for value in values if value > 0 and isfinite(value)]
    if not logs:
        return LogScale(-LEAST_DECADES, 0)
    low, high = floor(min(logs)), ceil(max(logs))
    if high - low < LEAST_DECADES:
        low = high - LEAST_DECADES
    return LogScale(low, high)


def scale_of(changes: Iterable[TensorChange]) -> LogScale:
    """The scale of every mean |Δ|."""
    return log_scale(
        one.delta.mean_abs for one in changes if one.delta and one.delta.mean_abs is not None
    )


def measured(value: float | None) -> str:
    """``0.00312``, ``3.1e−7``: three digits, as short as they can be read."""
    if value is None:
        return ""
    if not isfinite(value):
        return "∞" if value > 0 else "NaN"
    if value == 0:
        return "0"
    if SHORT <= abs(value) < LONG:
        digits = min(MOST_DECIMALS, max(0, 2 - floor(log10(abs(value)))))
        return f"{value:,.{digits}f}"
    digits_text, _, power = f"{value:.1e}".partition("e")
    return f"{digits_text}e{int(power)}".replace("e-", f"e{MINUS}")
