"""Better or worse, and the table of several versions side by side."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kitdesk.modelkit.metrics.values import Better, MetricValue
from kitdesk.modelkit.primitives.json_value import MISSING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from kitdesk.modelkit.metrics.values import VersionMetrics
    from kitdesk.modelkit.primitives.json_value import Json, Missing


class Change(enum.StrEnum):
    """A metric's step from one version to the next."""

    BETTER = "better"
    WORSE = "worse"
    SAME = "same"
    OTHER = "other"
    """Another number, and nobody said which way is better."""
    UNKNOWN = "unknown"
    """One of the two has none."""


@dataclass(frozen=True, slots=True)
class MetricRow:
    """One metric over several versions."""

    name: str
    better: Better
    values: tuple[MetricValue | None, ...]
    """One a version, in their order; None: not recorded."""
    best: int | None
    """Position of the best value, the first of equal ones; None: unknown, or all the same."""

    @property
    def differs(self) -> bool:
        """Whether any two versions differ in it."""
        return len({one.value if one else None for one in self.values}) > 1


@dataclass(frozen=True, slots=True)
class ParameterRow:
    """One parameter over several versions."""

    name: str
    values: tuple[Json | Missing, ...]

    @property
    def differs(self) -> bool:
        """Whether any two versions differ in it; 1 is not True."""
        return any(not _equal(self.values[0], one) for one in self.values[1:])


@dataclass(frozen=True, slots=True)
class MetricsTable:
    """Metrics, then parameters, in the order in which the versions name them."""

    metrics: tuple[MetricRow, ...]
    parameters: tuple[ParameterRow, ...]


def change(better: Better, left: MetricValue | None, right: MetricValue | None) -> Change:
    """What a step from ``left`` to ``right`` means."""
    if left is None or right is None:
        return Change.UNKNOWN
    if left.value == right.value:
        return Change.SAME
    if better is Better.UNKNOWN:
        return Change.OTHER
    return Change.BETTER if is_better(better, right.value, left.value) else Change.WORSE


def is_better(better: Better, value: float, than: float) -> bool:
    """Whether a number is truly better than another one; False when nobody knows."""
    if better is Better.UNKNOWN:
        return False
    return value < than if better is Better.LOWER else value > than


def side_by_side(
    versions: Sequence[VersionMetrics], direction: Callable[[str], Better]
) -> MetricsTable:
    """All metrics and parameters of some versions as rows, one value a version."""
    names = dict.fromkeys(one.name for version in versions for one in version.metrics)
    known = [{one.name: one for one in version.metrics} for version in versions]
    rows = []
    for name in names:
        better = direction(name)
        values = tuple(one.get(name) for one in known)
        rows.append(MetricRow(name, better, values, _best(better, values)))
    given = [{one.name: one.value for one in version.parameters} for version in versions]
    parameters = dict.fromkeys(name for one in given for name in one)
    return MetricsTable(
        tuple(rows),
        tuple(
            ParameterRow(name, tuple(o.get(name, MISSING) for o in given)) for name in parameters
        ),
    )


def _best(better: Better, values: Sequence[MetricValue | None]) -> int | None:
    numbers = [(one.value, at) for at, one in enumerate(values) if one is not None]
    if better is Better.UNKNOWN or len({number for number, _at in numbers}) < 2:
        return None
    key = (lambda pair: pair[0]) if better is Better.LOWER else (lambda pair: -pair[0])
    return min(numbers, key=key)[1]


def _equal(left: object, right: object) -> bool:
    return type(left) is type(right) and left == right
