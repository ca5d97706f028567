"""Foreign JSON, read in one way: whatever is wrong with it is one kind of error.

Servers, stores and kits write it; Python's own reader answers with four kinds of exception, takes
``NaN``, and makes infinities and halves of characters that nothing afterwards can write.
"""

from __future__ import annotations

import json
import math
from typing import Any


class BadJson(ValueError):
    """The text is no JSON, or more of it than anybody reads."""


def loads(data: bytes | str) -> Any:
    """Parse JSON as Go's decoder takes it (RFC 8259); raises BadJson, and nothing else.

    Halves of surrogate pairs become U+FFFD, as Go makes of them.
    """
    try:
        found = json.loads(data, parse_int=_integer, parse_float=_number, parse_constant=_no_number)
        escaped = (b"\\u" in data) if isinstance(data, bytes) else ("\\u" in data)
        return _whole(found) if escaped else found
    except (ValueError, RecursionError) as error:  # UnicodeDecodeError is a ValueError, too
        raise BadJson(str(error)) from None


def loads_object(data: bytes | str) -> dict[str, Any]:
    """The same where an object is wanted; raises BadJson for anything else."""
    found = loads(data)
    if not isinstance(found, dict):
        raise BadJson("no object")
    return found


def whole_number(value: object, default: int = 0) -> int:
    """A number of a foreign text or header that counts something, ``default`` for anything else.

    Between 0 and 2**63 - 1, as Go's int64: nothing that is counted is more.
    """
    if isinstance(value, str):
        if not value.isascii() or not value.isdecimal() or len(value) > _DIGITS:
            return default
        value = int(value)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= LARGEST:
        return default
    return value


LARGEST = (1 << 63) - 1
_DIGITS = len(str(LARGEST))
_FLOAT_DIGITS = 300
"""Longer integers may be beyond every float, which kit makes of all numbers."""


def _integer(text: str) -> int | float:
    if len(text) > _FLOAT_DIGITS:
        _number(text)
    return -0.0 if text == "-0" else int(text)


def _number(text: str) -> float:
    value = float(text)
    if math.isinf(value):
        raise ValueError("a number has no end")
    return value


def _no_number(text: str) -> float:
    raise ValueError(f"{text} is no number")


def _whole(value: Any) -> Any:
    if isinstance(value, str):
        try:
            value.encode()
        except UnicodeEncodeError:
            return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        return value
    if isinstance(value, list):
        return [_whole(one) for one in value]
    if isinstance(value, dict):
        return {_whole(name): _whole(one) for name, one in value.items()}
    return value
