"""Metrics of a version as values: where each comes from, what disagrees, what was left out."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kitdesk.modelkit.primitives.json_value import Json

LARGEST_NAMES = 500
"""Metrics and parameters of one source; the rest is told, not read."""


class Better(enum.StrEnum):
    """Which way a metric gets better."""

    LOWER = "lower"
    HIGHER = "higher"
    UNKNOWN = "unknown"


class Source(enum.StrEnum):
    """Where a number was read; the first of them wins, as they stand here."""

    RECORDED = "recorded"
    """Recorded against the version after it was packed."""
    KITFILE = "kitfile"
    FILE = "file"
    """A metrics file, evaluation result or model card among the packed files."""
    RUN = "run"
    """The run that made the model, as the record of its pack tells it."""


@dataclass(frozen=True, slots=True)
class MetricValue:
    """One finite number."""

    name: str
    """Names of nested tables joined by ``.``."""
    value: int | float
    source: Source
    place: str = ""
    """Which file, or what the recorder called the source; "" for the Kitfile."""
    time: str = ""
    """When it was recorded, RFC 3339; "" for what was packed."""
    note: str = ""
    """One line of whoever recorded it."""

    @property
    def decimal(self) -> Decimal:
        """The number as it is written: 0.83 - 0.82 is 0.01."""
        return Decimal(repr(self.value))

    @property
    def text(self) -> str:
        """The number as it is shown in full."""
        return repr(self.value)

    @property
    def origin(self) -> str:
        """Its source in words: “the Kitfile”, “metrics.json”."""
        match self.source:
            case Source.KITFILE:
                return "the Kitfile"
            case Source.RECORDED:
                return (
                    f"{self.place or 'a record'} of {self.time[:10]}" if self.time else "a record"
                )
            case Source.FILE | Source.RUN:
                return self.place or "the run"


@dataclass(frozen=True, slots=True)
class Parameter:
    """What a model was trained with, or anything else that is no metric."""

    name: str
    value: Json


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two sources say different numbers of one metric."""

    used: MetricValue
    other: MetricValue

    @property
    def sentence(self) -> str:
        """Both, in words."""
        used, other = self.used, self.other
        return (
            f"{used.name}: {used.origin} says {used.text}, {other.origin} says {other.text}; "
            f"{used.text} is used."
        )


@dataclass(frozen=True, slots=True)
class VersionMetrics:
    """All that is known of what one version scores."""

    metrics: tuple[MetricValue, ...] = ()
    """One a name, in the order in which they were found."""
    parameters: tuple[Parameter, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    problems: tuple[str, ...] = ()
    """What was left out and why, a sentence each."""

    def find(self, name: str) -> MetricValue | None:
        """The number of a metric, None where none is known."""
        return next((one for one in self.metrics if one.name == name), None)
