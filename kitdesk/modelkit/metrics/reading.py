"""Metrics and parameters out of plain values, bounded; several sources become one answer."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from kitdesk.modelkit.metrics.names import names_a_metric
from kitdesk.modelkit.metrics.values import (
    LARGEST_NAMES,
    Conflict,
    MetricValue,
    Parameter,
    Source,
    VersionMetrics,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from kitdesk.modelkit.primitives.json_value import Json, Missing

_PREFIXES = ("mlflow_provenance.mlflow_metrics.", "metrics.")
MAX_DEPTH = 16
"""Tables in tables that are looked through."""
LONGEST_NAME = 200
_LONGEST_SHOWN = 40
"""Characters of a text that a problem quotes."""
MOST_PROBLEMS = 20


@dataclass(slots=True)
class Found:
    """What one source says, while it is read."""

    source: Source
    place: str = ""
    metrics: dict[str, MetricValue] = field(default_factory=dict)
    parameters: list[Parameter] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    _left: int = 0

    def metric(self, name: str, value: object) -> None:
        """Take a number; tell what is none, and what is one too many."""
        shown = _shown_name(name)
        if len(name) > LONGEST_NAME:
            self.problem(f"A name of {len(name):,} characters is left out: {shown}.")
        elif name in self.metrics:
            return
        elif (number := finite(value)) is None:
            self.problem(f"{shown} is {_what(value)}, not a finite number: left out.")
        elif len(self.metrics) >= LARGEST_NAMES:
            self._left += 1
        else:
            self.metrics[name] = MetricValue(name, number, self.source, self.place)

    def parameter(self, name: str, value: Json) -> None:
        """Take what is no metric."""
        if len(self.parameters) < LARGEST_NAMES and len(name) <= LONGEST_NAME:
            self.parameters.append(Parameter(name, value))
        else:
            self._left += 1

    def problem(self, sentence: str) -> None:
        """Note why something was left out."""
        where = f"{self.place}: " if self.place else ""
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append(where + sentence)
        elif len(self.problems) == MOST_PROBLEMS:
            self.problems.append(f"{where}There are more problems of this kind.")

    def done(self) -> VersionMetrics:
        """The answer of this source."""
        problems = list(self.problems)
        if self._left:
            where = f"{self.place}: " if self.place else ""
            problems.append(
                f"{where}Only the first {LARGEST_NAMES:,} names are read; "
                f"{self._left:,} more are left out."
            )
        return VersionMetrics(
            tuple(self.metrics.values()), tuple(self.parameters), (), tuple(problems)
        )


def from_parameters(parameters: Json | Missing) -> VersionMetrics:
    """Read the ``parameters`` of a Kitfile's model.

    Metrics are what stands under ``metrics`` or ``mlflow_provenance.mlflow_metrics``, and numbers
    whose name is a metric's; everything else is a parameter.
    """
    found = Found(Source.KITFILE)
    if not isinstance(parameters, dict):
        return found.done()
    for name, value in leaves(parameters, found):
        prefix = next((one for one in _PREFIXES if name.startswith(one)), "")
        if prefix:
            found.metric(name.removeprefix(prefix), value)
        elif names_a_metric(name) and _meant_as_number(value):
            found.metric(name, value)
        else:
            found.parameter(name, value)
    return found.done()


def from_values(values: Any, place: str, source: Source = Source.FILE) -> VersionMetrics:
    """Read a metrics file that was parsed: every number in it is a metric; texts are told."""
    found = Found(source, place)
    if isinstance(values, dict):
        for name, value in leaves(values, found):
            found.metric(name, value)
    else:
        found.problem("It holds no table of names and numbers.")
    return found.done()


def leaves(values: dict[str, Any], found: Found) -> Iterator[tuple[str, Any]]:
    """Names joined by ``.`` and what they stand for; lists are values; at most MAX_DEPTH deep."""
    waiting = [("", iter(values.items()))]
    while waiting:
        base, items = waiting[-1]
        for key, value in items:
            name = f"{base}{key}"
            if isinstance(value, dict) and value:
                if len(waiting) >= MAX_DEPTH:
                    found.problem(f"{_shown_name(name)} is nested too deep: left out.")
                    continue
                waiting.append((f"{name[: LONGEST_NAME + 1]}.", iter(value.items())))
                break
            yield name, value
        else:
            waiting.pop()


def finite(value: object) -> int | float | None:
    """A number that has an end; None for texts, truth values, NaN, and what no float holds."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        return value if math.isfinite(float(value)) else None
    except OverflowError:
        return None


def merged(sources: Iterable[VersionMetrics]) -> VersionMetrics:
    """Several sources of one version, the first wins; where they disagree it is told."""
    metrics: dict[str, MetricValue] = {}
    parameters: dict[str, Parameter] = {}
    conflicts: list[Conflict] = []
    problems: list[str] = []
    for one in sources:
        for value in one.metrics:
            used = metrics.setdefault(value.name, value)
            if used.value != value.value and used.source is not Source.RECORDED:
                conflicts.append(Conflict(used, value))
        for parameter in one.parameters:
            parameters.setdefault(parameter.name, parameter)
        conflicts += one.conflicts
        problems += one.problems
    return VersionMetrics(
        tuple(metrics.values()), tuple(parameters.values()), tuple(conflicts), tuple(problems)
    )


def _meant_as_number(value: object) -> bool:
    """A number, or a text that only quotes turned into one; ``loss: mse`` names a function."""
    if isinstance(value, bool):
        return False
    if isinstance(value, str) and len(value) <= _LONGEST_SHOWN:
        try:
            float(value)
        except ValueError:
            return False
        return True
    return isinstance(value, int | float)


def _what(value: object) -> str:
    if isinstance(value, str):
        text = " ".join(value.split())
        return f"the text “{_cut(text)}”"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return "too large"
    if isinstance(value, float):
        return "NaN" if math.isnan(value) else "infinite"
    return "empty" if value is None else "a list" if isinstance(value, list) else "a table"


def _shown_name(name: str) -> str:
    return _cut(" ".join(name.split()) or "a name without letters")


def _cut(text: str) -> str:
    return f"{text[: _LONGEST_SHOWN - 1]}…" if len(text) > _LONGEST_SHOWN else text
