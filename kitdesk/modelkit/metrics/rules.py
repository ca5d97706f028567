"""``kitdesk.toml``: which way metrics are better, and the gates that versions have to pass.

It belongs to the project, never to a kit: a version must not bring its own thresholds.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from types import MappingProxyType
from typing import Any, ClassVar

from kitdesk.errors import KitDeskError
from kitdesk.modelkit.metrics.names import direction
from kitdesk.modelkit.metrics.values import Better
from kitdesk.modelkit.primitives.reference import tag_problem

FILE_NAME = "kitdesk.toml"
MAX_BYTES = 256 << 10
_LIMITS = ("min", "max", "by", "by_percent", "not_worse_than")
_LATER = ("signed", "environment", "data")
_LARGEST_EXPONENT = 300
MOST_GATES = 100
MOST_LIMITS = 500


class BadRules(KitDeskError):
    """``kitdesk.toml`` is refused; the title names its line."""

    code: ClassVar[str] = "bad-rules"

    def __init__(self, line: int, problem: str, hint: str = "") -> None:
        super().__init__(f"{FILE_NAME}, line {line}: {problem}", hint)
        self.line = line
        self.problem = problem


@dataclass(frozen=True, slots=True)
class Limit:
    """What one metric has to reach."""

    metric: str
    better: Better
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    not_worse_than: str = ""
    """A tag of the same repository; "" = not compared."""
    by: Decimal = Decimal(0)
    """How much worse it may be."""
    by_percent: Decimal = Decimal(0)
    """The same, in percent of what the other one has."""


@dataclass(frozen=True, slots=True)
class Gate:
    """Named thresholds."""

    name: str
    limits: tuple[Limit, ...]
    clean_commit: bool = False
    """The version must be packed from a commit, with nothing modified."""

    @property
    def incumbents(self) -> tuple[str, ...]:
        """Tags that it compares with."""
        return tuple(dict.fromkeys(one.not_worse_than for one in self.limits if one.not_worse_than))


@dataclass(frozen=True, slots=True)
class Rules:
    """Everything that ``kitdesk.toml`` says."""

    directions: Mapping[str, Better] = field(default_factory=lambda: MappingProxyType({}))
    gates: tuple[Gate, ...] = ()

    def direction(self, name: str) -> Better:
        """Which way a metric is better: as the project says, else as its name does."""
        return self.directions.get(name) or direction(name)

    def gate(self, name: str) -> Gate | None:
        """A gate by its name."""
        return next((one for one in self.gates if one.name == name), None)


NO_RULES = Rules()


def read_rules(data: bytes) -> Rules:
    """Read the text of ``kitdesk.toml``; raises BadRules."""
    if len(data) > MAX_BYTES:
        raise BadRules(1, "the file is larger than 256 KiB.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise BadRules(line, "the text is not UTF-8.") from None
    try:
        values = tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"at line ([0-9]++)", str(error))
        line = int(found[1]) if found else text.count("\n") + 1
        raise BadRules(line, f"this is no TOML: {str(error).partition(' (at ')[0]}.") from None
    except (RecursionError, ValueError, ArithmeticError) as error:
        raise BadRules(1, "this is no TOML that anybody reads.") from error
    return _Reader(text).rules(values)


class _Reader:
    def __init__(self, text: str) -> None:
        self._lines = text.splitlines()

    def rules(self, values: Mapping[str, Any]) -> Rules:
        """Check every key, and make values of them."""
        for key in values:
            if key not in {"metrics", "gate"}:
                raise self._bad(f"“{key}” is not known.", (key,), "Known are metrics and gate.")
        directions: dict[str, Better] = {}
        metrics = self._table(values.get("metrics", {}), ("metrics",))
        for name, value, path in _flat(metrics, ("metrics",)):
            if value not in ("lower", "higher"):
                raise self._bad(f'{name} must be "lower" or "higher".', path)
            directions[name] = Better(value)
        known = Rules(MappingProxyType(directions))
        gates = self._table(values.get("gate", {}), ("gate",))
        if len(gates) > MOST_GATES:
            raise self._bad(f"there are more than {MOST_GATES} gates.", ("gate",))
        return Rules(
            known.directions, tuple(self._gate(name, one, known) for name, one in gates.items())
        )

    def _gate(self, name: str, value: object, rules: Rules) -> Gate:
        path = ("gate", name)
        clean, limits = False, []
        for key, inner in self._table(value, path).items():
            here = (*path, key)
            if key in _LATER and not isinstance(inner, Mapping):
                raise self._bad(
                    f"“{key}” cannot be checked by this version of KitDesk.",
                    here,
                    "Take it out: a gate that skips a test would be no gate.",
                )
            if key == "commit" and not isinstance(inner, Mapping):
                if inner not in ("clean", "any"):
                    raise self._bad('commit must be "clean" or "any".', here)
                clean = inner == "clean"
                continue
            limits += self._limits(key, inner, here, rules)
        if len(limits) > MOST_LIMITS:
            raise self._bad(f"there are more than {MOST_LIMITS} thresholds.", path)
        if not limits and not clean:
            raise self._bad(f"the gate “{name}” tests nothing.", path)
        return Gate(name, tuple(limits), clean)

    def _limits(self, name: str, value: object, path: tuple[str, ...], rules: Rules) -> list[Limit]:
        """A threshold, or (``val.rmse = {…}``) a table of some, one below the other."""
        found, waiting = [], [(name, value, path)]
        while waiting:
            name, value, path = waiting.pop(0)
            if not isinstance(value, Mapping):
                raise self._bad(
                    f"“{path[-1]}” is not known.",
                    path,
                    f"A threshold is a table: {path[-1]} = {{ max = 0.95 }}; "
                    f"it takes {', '.join(_LIMITS)}.",
                )
            if not value:
                raise self._bad(f"{name} has no threshold.", path)
            if all(isinstance(inner, Mapping) for inner in value.values()):
                waiting = [(f"{name}.{k}", v, (*path, k)) for k, v in value.items()] + waiting
            else:
                found.append(self._limit(name, value, path, rules))
        return found

    def _limit(
        self, name: str, value: Mapping[str, Any], path: tuple[str, ...], rules: Rules
    ) -> Limit:
        for key in value:
            if key not in _LIMITS:
                known = f"A threshold takes {', '.join(_LIMITS)}."
                raise self._bad(f"“{key}” is not known.", (*path, key), known)
        numbers = {
            key: self._number(value[key], (*path, key)) for key in _LIMITS[:4] if key in value
        }
        other = value.get("not_worse_than", "")
        if not isinstance(other, str) or ("not_worse_than" in value and tag_problem(other)):
            raise self._bad("not_worse_than must be a tag.", (*path, "not_worse_than"))
        for key in ("by", "by_percent"):
            if key in numbers and not other:
                raise self._bad(f"{key} needs not_worse_than.", (*path, key))
            if numbers.get(key, 0) < 0:
                raise self._bad(f"{key} must not be negative.", (*path, key))
        low, high = numbers.get("min"), numbers.get("max")
        if low is not None and high is not None and low > high:
            raise self._bad("min is larger than max: nothing can pass.", (*path, "min"))
        better = rules.direction(name)
        if other and better is Better.UNKNOWN:
            raise self._bad(
                f"nobody knows whether a lower or a higher {name} is better.",
                (*path, "not_worse_than"),
                f'Say it under [metrics]: "{name}" = "lower".',
            )
        zero = Decimal(0)
        return Limit(
            name, better, low, high, other, numbers.get("by", zero), numbers.get("by_percent", zero)
        )

    def _number(self, value: object, path: tuple[str, ...]) -> Decimal:
        if isinstance(value, bool) or not isinstance(value, int | Decimal):
            raise self._bad(f"{path[-1]} must be a number.", path)
        number = Decimal(value)
        if not number.is_finite() or abs(number.adjusted()) > _LARGEST_EXPONENT:
            raise self._bad(f"{path[-1]} must be a finite number.", path)
        return number

    def _table(self, value: object, path: tuple[str, ...]) -> Mapping[str, Any]:
        if not isinstance(value, Mapping):
            raise self._bad(f"{'.'.join(path)} must be a table.", path)
        return value

    def _bad(self, problem: str, path: tuple[str, ...], hint: str = "") -> BadRules:
        return BadRules(line_of(self._lines, path), problem, hint)


def _flat(
    values: Mapping[str, Any], path: tuple[str, ...]
) -> list[tuple[str, Any, tuple[str, ...]]]:
    found, waiting = [], [("", values, path)]
    while waiting:
        base, table, here = waiting.pop(0)
        for key, value in table.items():
            if isinstance(value, Mapping):
                waiting.append((f"{base}{key}.", value, (*here, key)))
            else:
                found.append((f"{base}{key}", value, (*here, key)))
    return found


def line_of(lines: list[str], path: tuple[str, ...]) -> int:
    """Line (from 1) on which a key of a TOML text stands, or the nearest table around it.

    Each part of the path is looked for behind the one before; what is written otherwise (a
    dotted key, a quoted one with escapes) is found by its table.
    """
    line, column = 0, 0
    for part in path:
        word = re.compile(rf"(?<![\w-]){re.escape(part)}(?![\w-])")
        for at in range(line, len(lines)):
            text = lines[at].partition("#")[0] if '"' not in lines[at] else lines[at]
            found = word.search(text, column if at == line else 0)
            if found:
                line, column = at, found.end()
                break
    return min(line + 1, max(len(lines), 1))
