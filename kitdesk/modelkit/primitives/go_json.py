"""JSON as Go's ``encoding/json`` writes it: of every config and manifest (FORMAT.md, 2.2)."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kitdesk.modelkit.primitives.json_value import Json

_ESCAPES = {
    "<": "\\u003c",
    ">": "\\u003e",
    "&": "\\u0026",
    "\u2028": "\\u2028",
    "\u2029": "\\u2029",
}
_ESCAPED = re.compile("[<>&\u2028\u2029\ud800-\udfff]")
_SMALLEST_PLAIN, _LARGEST_PLAIN = 1e-6, 1e21


def text(value: str) -> str:
    """Return a JSON string; characters that stand for undecodable bytes become U+FFFD."""
    shown = json.dumps(value, ensure_ascii=False)
    return _ESCAPED.sub(lambda match: _ESCAPES.get(match[0], "\\ufffd"), shown)


def value(data: Json) -> str:
    """Return compact JSON; keys sorted by their UTF-8 bytes."""
    if data is None:
        return "null"
    if isinstance(data, bool):
        return "true" if data else "false"
    if isinstance(data, int):
        return str(data)
    if isinstance(data, float):
        return number(data)
    if isinstance(data, str):
        return text(data)
    if isinstance(data, dict):
        return struct((key, value(data[key])) for key in sorted(data))
    return array(value(item) for item in data)


def struct(fields: Iterable[tuple[str, str]]) -> str:
    """Return an object of names and JSON texts, in the order given."""
    return "{" + ",".join(f"{text(name)}:{shown}" for name, shown in fields) + "}"


def array(items: Iterable[str]) -> str:
    """Return a list of JSON texts."""
    return "[" + ",".join(items) + "]"


def shortest(x: float) -> tuple[str, str, int]:
    """Return sign, shortest digits and the place of the point: ``x = 0.DIGITS * 10**point``."""
    mantissa, _e, exponent = repr(x).partition("e")
    sign = "-" if mantissa.startswith("-") else ""
    whole, _dot, fraction = mantissa.lstrip("-").partition(".")
    digits = whole + fraction
    point = len(whole) + int(exponent or 0)
    stripped = digits.lstrip("0")
    point -= len(digits) - len(stripped)
    return sign, stripped.rstrip("0"), point


def plain(sign: str, digits: str, point: int) -> str:
    """Write a number from :func:`shortest` without exponent."""
    if not digits:
        return sign + "0"
    if point <= 0:
        return f"{sign}0.{'0' * -point}{digits}"
    if len(digits) <= point:
        return sign + digits + "0" * (point - len(digits))
    return f"{sign}{digits[:point]}.{digits[point:]}"


def number(x: float) -> str:
    """Return a finite float with the shortest digits that read back the same."""
    sign, digits, point = shortest(x)
    if not digits or _SMALLEST_PLAIN <= abs(x) < _LARGEST_PLAIN:
        return plain(sign, digits, point)
    exponent = point - 1
    tail = "." + digits[1:] if digits[1:] else ""
    return f"{sign}{digits[0]}{tail}e{'-' if exponent < 0 else '+'}{abs(exponent)}"
