"""What an answer says: the registry's own words, when to come back, which error it is."""

from __future__ import annotations

import contextlib
import math
import time
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

import requests

from kitdesk.errors import KitDeskError, NotFound, Refused
from kitdesk.modelkit.primitives.json_text import LARGEST, BadJson, loads_object, whole_number

if TYPE_CHECKING:
    from collections.abc import Mapping

LONGEST_WORDS = 64 << 10
"""Bytes of a refusal that are read."""
ERRORS, WORDS = 8, 500
"""Entries of it that are shown, and characters of each of their texts."""
LONGEST_LIMIT = 24 * 3600.0
"""Seconds; more is what a socket takes badly."""


def error_from_response(host: str, doing: str, response: requests.Response) -> KitDeskError:
    """Any other status that was not expected, as an error."""
    if response.status_code == requests.codes.not_found:
        return NotFound(
            f"{host} has nothing of that name.",
            "Check the name; some registries answer so where signing in is needed.",
            detail_of(response),
        )
    return Refused(f"{host} refused {doing}.", "The details say why.", detail_of(response))


def upload_location(root: str, base: str, response: requests.Response, known: str = "") -> str:
    """Where an upload goes on; the query is kept to the letter (TRANSPORT.md, 1).

    Raises Refused for another host that wants the bytes in the clear, or for no place.
    """
    place = response.headers.get("Location", "") or known
    host = urlsplit(root).netloc
    if not place:
        raise error_from_response(host, "to say where the upload goes", response)
    try:
        place = joined(root, base, place)
        found = urlsplit(place)
        named = found.hostname or found.port  # both are parsed only here
    except ValueError as error:
        raise Refused(f"{host} names no place for the upload.", "", str(error)) from error
    if not named or found.scheme not in ("http", "https"):
        raise Refused(f"{host} names no place for the upload.", "", without_query(place))
    if root.startswith("https:") and found.scheme == "http":
        raise Refused(
            f"{host} wants layers sent to {found.netloc} without encryption.",
            "KitDesk does not do that.",
        )
    return place


def joined(root: str, base: str, place: str) -> str:
    """An address as an answer names it, absolute; raises ValueError for nonsense.

    A registry behind TLS that names itself without it (its proxy did not tell) keeps TLS.
    """
    place = urljoin(base, place)
    found = urlsplit(place)
    same = found.hostname == urlsplit(root).hostname
    if root.startswith("https:") and found.scheme == "http" and same:
        return root + place[len(f"http://{found.netloc}") :]
    return place


def detail_of(response: requests.Response) -> str:
    """Status, method, path and the registry's own words (OCI error list); no query strings."""
    request = response.request
    path = urlsplit(request.url or "").path if request is not None else ""
    words: list[str] = []
    with contextlib.suppress(BadJson, requests.RequestException):
        errors = loads_object(response.content[:LONGEST_WORDS]).get("errors")
        words = [_words_of(one) for one in (errors if isinstance(errors, list) else [])[:ERRORS]]
    method = request.method if request is not None else ""
    return "  ".join([f"{response.status_code} {method} {path}", *words])


def _words_of(error: object) -> str:
    """One entry of an OCI error list, whatever stands there."""
    if not isinstance(error, dict):
        return ""
    said = (str(error.get(name) or "")[:WORDS] for name in ("code", "message"))
    return ": ".join(filter(None, said))


def without_query(text: str) -> str:
    """Text whose URLs have lost what may be signed."""
    return " ".join(word.partition("?")[0] for word in text.split(" "))


def retry_after(response: requests.Response) -> float:
    """Seconds the server asks to wait (a number or a date); 0 = it does not say."""
    value = response.headers.get("Retry-After", "")
    if value.isascii() and value.isdecimal():
        return float(whole_number(value, LARGEST))
    with contextlib.suppress(ValueError, TypeError, OverflowError):
        return max(0.0, parsedate_to_datetime(value).timestamp() - time.time())
    return 0.0


def limit_from(env: Mapping[str, str]) -> float:
    """Seconds of KITDESK_TIMEOUT; 0 when it is not set or no number."""
    try:
        limit = float(env.get("KITDESK_TIMEOUT", ""))
    except ValueError:
        return 0.0
    return min(max(0.0, limit), LONGEST_LIMIT) if math.isfinite(limit) else 0.0
