"""What a 401 asks for: the header WWW-Authenticate, read in one pass (RFC 9110, 11.6.1)."""

from __future__ import annotations

import re
from dataclasses import dataclass

LONGEST = 16 << 10
"""Characters of a header that are read."""
_BETWEEN = re.compile(r"[\s,]*")
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_EQUALS = re.compile(r"[ \t]*=[ \t]*")
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)
_BARE = re.compile(r"[^\s,]*")


@dataclass(frozen=True, slots=True)
class Challenge:
    """What a 401 asks for."""

    scheme: str
    realm: str = ""
    service: str = ""
    scopes: tuple[str, ...] = ()


def parse_challenge(header: str) -> Challenge | None:
    """Read WWW-Authenticate; Bearer wins where both are offered, None where neither is."""
    found = _challenges(header[:LONGEST])
    for scheme in ("bearer", "basic"):
        if scheme in found:
            values = found[scheme]
            scopes = tuple(values.get("scope", "").split())
            return Challenge(scheme, values.get("realm", ""), values.get("service", ""), scopes)
    return None


def _challenges(text: str) -> dict[str, dict[str, str]]:
    """Scheme -> parameters, names in lower case; what cannot be read is passed over."""
    found: dict[str, dict[str, str]] = {}
    values: dict[str, str] = {}
    at = 0
    while at < len(text):
        at = _end(_BETWEEN, text, at)
        token = _TOKEN.match(text, at)
        if token is None:
            at += 1
            continue
        equals = _EQUALS.match(text, token.end())
        if equals is None:
            values = found.setdefault(token[0].lower(), {})
            at = token.end()
            continue
        quoted = _QUOTED.match(text, equals.end())
        value = quoted or _BARE.match(text, equals.end())
        if value is not None:
            values.setdefault(token[0].lower(), value[1] if quoted else value[0])
            at = max(value.end(), equals.end())
    return found


def _end(pattern: re.Pattern[str], text: str, at: int) -> int:
    match = pattern.match(text, at)
    return match.end() if match else at
