"""Texts for people: inert, short, with numbers that can be read."""

from __future__ import annotations

import math
import re

MAX_TEXT = 65_536
"""Characters of one value that are shown."""
MAX_DIGITS = 4_000
"""Longer integers are written in hex: decimal text takes quadratic time."""
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
"""Control characters but tab and line feed, marks that turn text round, lone surrogates."""
BREAKS = re.compile(r"[\t\n]")


def inert(text: str) -> str:
    r"""The text with control characters shown as ``\x1b``."""
    return CONTROL.sub(_shown, text)


def label(text: str, longest: int = 300) -> str:
    """A name on one line, cut when it is too long to be one."""
    short = text if len(text) <= longest else text[: longest - 1] + "…"
    return BREAKS.sub(_shown, inert(short))


def _shown(match: re.Match[str]) -> str:
    code = ord(match[0])
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"


def whole(number: int) -> str:
    """``1,240``; hex when it has more than 4,000 digits."""
    if number.bit_length() > MAX_DIGITS * 3.3:
        return big(number)
    return f"{number:,}"


def big(number: int) -> str:
    """A huge integer in hex, cut."""
    bits = number.bit_length()
    if bits <= MAX_TEXT * 4:
        return hex(number)
    return f"{hex(number >> (bits - 256))}… ({bits:,} bits)"


def count(number: int, one: str, many: str = "") -> str:
    """``1 row``, ``2,000 rows``."""
    return f"{whole(number)} {one if number == 1 else many or one + 's'}"


def decimal(number: float) -> str:
    """Three significant digits, as people write them: ``0.013``."""
    if not math.isfinite(number):
        return {math.inf: "Infinity", -math.inf: "-Infinity"}.get(number, "NaN")
    return f"{number:.3g}"


def size(number: int) -> str:
    """``4 KB``."""
    value = float(number)
    for unit in ("bytes", "KB", "MB", "GB"):
        if value < 1000:
            return f"{value:.3g} {unit}"
        value /= 1000
    return f"{value:.3g} TB"


def large(number: int) -> str:
    """``1.1 B`` for parameters."""
    for limit, unit in ((10**12, "T"), (10**9, "B"), (10**6, "M")):
        if number >= limit:
            return f"{number / limit:.3g} {unit}"
    return whole(number)


def value(thing: object, longest: int = 60) -> str:
    """A value in a sentence."""
    match thing:
        case None:
            return "null"
        case bool():
            return "true" if thing else "false"
        case int():
            return str(thing) if abs(thing) < 10**30 else label(big(thing), longest)
        case float():
            return repr(thing)
        case str():
            return label(thing, longest)
        case list() | tuple():
            if len(thing) > 8:
                return f"[{len(thing)} items]"
            return label("[" + ", ".join(value(one, 20) for one in thing) + "]", longest)
        case {"class": str(name), **rest} if not rest:
            return label(name, longest)
        case dict():
            return f"{{{len(thing)} entries}}"
    return label(str(thing), longest)
