"""What an answer says: the registry's own words, when to come back, which error it is."""

from __future__ import annotations

import contextlib
import json
import time
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit

import requests

from kitdesk.errors import KitDeskError, NotFound, Refused

if TYPE_CHECKING:
    from collections.abc import Mapping


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

    A registry behind TLS that names itself without it (its proxy did not tell) is still spoken to
    with TLS. Raises Refused for another host that wants the bytes in the clear, or for no place.
    """
    place = response.headers.get("Location", "") or known
    host = urlsplit(root).netloc
    if not place:
        raise error_from_response(host, "to say where the upload goes", response)
    try:
        place = urljoin(base, place)
        found = urlsplit(place)
    except ValueError as error:
        raise Refused(f"{host} names no place for the upload.", "", str(error)) from error
    if root.startswith("https:") and found.scheme == "http":
        if found.hostname != urlsplit(root).hostname:
            raise Refused(
                f"{host} wants layers sent to {found.netloc} without encryption.",
                "KitDesk does not do that.",
            )
        return root + place[len(f"http://{found.netloc}") :]
    return place


def detail_of(response: requests.Response) -> str:
    """Status, method, path and the registry's own words (OCI error list); no query strings."""
    request = response.request
    path = urlsplit(request.url or "").path if request is not None else ""
    words: list[str] = []
    with contextlib.suppress(ValueError, requests.RequestException):
        raw: Any = json.loads(response.content[: 64 << 10])
        errors = raw.get("errors", []) if isinstance(raw, dict) else []
        words = [f"{one.get('code', '')}: {one.get('message', '')}".strip(": ") for one in errors]
    method = request.method if request is not None else ""
    return "  ".join([f"{response.status_code} {method} {path}", *words])


def without_query(text: str) -> str:
    """Text whose URLs have lost what may be signed."""
    return " ".join(word.partition("?")[0] for word in text.split(" "))


def retry_after(response: requests.Response) -> float:
    """Seconds the server asks to wait (a number or a date); 0 = it does not say."""
    value = response.headers.get("Retry-After", "")
    if value.isdigit():
        return float(value)
    with contextlib.suppress(ValueError, TypeError):
        return max(0.0, parsedate_to_datetime(value).timestamp() - time.time())
    return 0.0


def limit_from(env: Mapping[str, str]) -> float:
    """Seconds of KITDESK_TIMEOUT; 0 when it is not set or no number."""
    try:
        return max(0.0, float(env.get("KITDESK_TIMEOUT", "")))
    except ValueError:
        return 0.0
