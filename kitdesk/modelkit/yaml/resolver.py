"""What a plain scalar means to kit's YAML library (FORMAT.md, 2.1)."""

from __future__ import annotations

import base64
import datetime
import math
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kitdesk.modelkit.primitives.json_value import Json

_WORDS: dict[str, tuple[str, bool | float | None]] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), ("!!null", None)),
    **dict.fromkeys(("true", "True", "TRUE"), ("!!bool", True)),
    **dict.fromkeys(("false", "False", "FALSE"), ("!!bool", False)),
    **dict.fromkeys((".nan", ".NaN", ".NAN"), ("!!float", math.nan)),
    **dict.fromkeys((".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"), ("!!float", math.inf)),
    **dict.fromkeys(("-.inf", "-.Inf", "-.INF"), ("!!float", -math.inf)),
}
_RESOLVABLE = {"", "!", "!!str", "!!bool", "!!int", "!!float", "!!null", "!!timestamp"}
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_DOT_FLOAT = re.compile(r"\.[0-9]+(?:[eE][-+]?[0-9]+)?")
_INTEGER = re.compile(
    r"(?P<sign>[-+]?)(?:0[xX](?P<hex>[0-9a-fA-F]+)|0[bB](?P<bin>[01]+)|0[oO](?P<oct>[0-7]+)"
    r"|(?P<old>0[0-7]*)|(?P<dec>[1-9][0-9]*))"
)
_BITS = 64
"""More digits than that are more than 64 bits in every base."""
_BASES = {"hex": 16, "bin": 2, "oct": 8, "old": 8, "dec": 10}
_TIME = re.compile(
    r"(?P<y>[0-9]{4})-(?P<m>[0-9]{1,2})-(?P<d>[0-9]{1,2})"
    r"(?:(?P<sep>[Tt]| +)(?P<H>[0-9]{1,2}):(?P<M>[0-9]{1,2}):(?P<S>[0-9]{1,2})"
    r"(?:[.,](?P<frac>[0-9]+))?(?P<zone>Z|[-+][0-9]{2}:[0-9]{2})?)?"
)
_BASE64 = re.compile(r"(?:[A-Za-z0-9+/]{4})*+(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?")
_HINTS = frozenset("yYnNtTfFoO~.+-0123456789")


class BadScalarError(ValueError):
    """A scalar that its explicit tag does not allow."""


def tag_of(text: str) -> str:
    """Return the short tag of an untagged plain scalar."""
    if text and text[0] not in _HINTS:
        return "!!str"
    return resolve("", text)[0]


def resolve(tag: str, text: str) -> tuple[str, Json]:
    """Return the tag and the value of a scalar with the explicit short ``tag`` (empty: none).

    Timestamps come back as RFC 3339 text, ``!!binary`` as text with surrogates for bytes that are
    not UTF-8. Raises BadScalarError.
    """
    if tag == "!!binary":
        return tag, _binary(text)
    if tag not in _RESOLVABLE:
        return tag, text
    if tag == "!!str":
        return tag, text
    found, value = _resolve_plain(text, with_time=tag in ("", "!", "!!timestamp"))
    if tag in ("", "!", found):
        return found, value
    if tag == "!!float" and found == "!!int" and isinstance(value, int) and value < 1 << 63:
        return tag, float(value)
    raise BadScalarError(f"“{text}” is not a value of the type {tag}.")


def _resolve_plain(text: str, *, with_time: bool) -> tuple[str, Json]:
    if text in _WORDS:
        return _WORDS[text]
    first = text[0]
    if first == ".":
        if _DOT_FLOAT.fullmatch(text) and math.isfinite(float(text)):
            return "!!float", float(text)
    elif first in "+-0123456789":
        if with_time and (time := timestamp(text)) is not None:
            return "!!timestamp", time
        number = _number(text.replace("_", ""))
        if number is not None:
            return "!!int" if isinstance(number, int) else "!!float", number
    return "!!str", text


def _number(text: str) -> int | float | None:
    match = _INTEGER.fullmatch(text)
    if match:
        kind = match.lastgroup or "dec"
        digits = match[kind].lstrip("0") or "0"
        value = int(digits, _BASES[kind]) if len(digits) <= _BITS else 1 << _BITS
        if match["sign"] == "-":
            value = -value
        if -(1 << 63) <= value < (1 << 63) or (not match["sign"] and value < 1 << 64):
            return value
    if _FLOAT.fullmatch(text):
        number = float(text)
        if math.isfinite(number):
            return number
    return None


def timestamp(text: str) -> str | None:
    """Return RFC 3339 text with trimmed fractions if ``text`` is a time to kit, else None."""
    match = _TIME.fullmatch(text)
    if not match:
        return None
    zone = match["zone"] or ""
    if (match["sep"] in ("T", "t")) != bool(zone):
        return None
    year, month, day, hour, minute, second = (int(match[key] or 0) for key in "ymdHMS")
    leap = year or 2000  # Python knows no year 0
    try:
        moment = datetime.datetime(leap, month, day, hour, minute, second, tzinfo=datetime.UTC)
    except ValueError:
        return None
    if zone not in ("", "Z") and (int(zone[1:3]) >= 24 or int(zone[4:6]) >= 60):
        return None
    fraction = (match["frac"] or "")[:9].rstrip("0")
    shown = moment.strftime("-%m-%dT%H:%M:%S") + ("." + fraction if fraction else "")
    return f"{year:04d}{shown}{'Z' if zone in ('', '+00:00', '-00:00') else zone}"


def _binary(text: str) -> str:
    text = re.sub(r"[\r\n]", "", text)
    if not _BASE64.fullmatch(text):  # Python is content with less
        raise BadScalarError("This is not base64 data.")
    data = base64.b64decode(text)
    return data.decode("utf-8", "surrogateescape")
