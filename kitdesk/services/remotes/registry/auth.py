"""Anonymous, Basic and Bearer, as the registry asks for it (TRANSPORT.md, 7.3).

The scheme is learned from the first 401 and sent unasked afterwards. Credentials go to the
registry's own origin and, for a token, to the realm it names; nowhere else.
"""

from __future__ import annotations

import base64
import re
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import requests

from kitdesk.errors import AuthRequired, Refused
from kitdesk.modelkit.primitives.json_text import BadJson, loads_object, whole_number
from kitdesk.services.remotes.registry.challenge import Challenge, parse_challenge

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kitdesk.services.accounts.credentials import Credential

TOKEN = re.compile(r"[!-~]{1,65536}")
"""What can stand in a header; others would be an absurd request, or two."""
LONGEST_LIFE = 24 * 3600
"""Seconds that any token is used."""
MAX_SCOPES = 100
"""Repositories that one token is asked for; a registry could name new ones for ever."""
DEFAULT_LIFE = 60.0
"""Seconds of a token that does not say how long it lives."""
MARGIN = 0.8
"""Share of its life after which a token is renewed."""


Send = Callable[..., requests.Response]


class Authorizer:
    """Makes the Authorization header of one registry; used by all its threads."""

    def __init__(self, origin: str, send: Send, find: Callable[[], Credential | None]) -> None:
        self._origin = origin
        self._send = send
        self._find = find
        self._lock = threading.RLock()
        self._challenge: Challenge | None = None
        self._scopes: dict[str, set[str]] = {}
        self._token = ""
        self._expires = 0.0
        self._credential: Credential | None = None
        self._asked = False

    @property
    def user(self) -> str | None:
        """Who the registry was told we are, "" for an identity token; None: it did not ask."""
        with self._lock:
            known = self._credential if self._challenge is not None else None
            return known.user if known else None

    def header(self, url: str) -> dict[str, str]:
        """Authorization for a request, empty where none is known or the host is another."""
        if not same_origin(url, self._origin):
            return {}
        with self._lock:
            challenge = self._challenge
            if challenge is None:
                return {}
            if challenge.scheme == "basic":
                return _basic(self._credential)
            if time.monotonic() >= self._expires:
                self._fetch(challenge)
            return {"Authorization": f"Bearer {self._token}"}

    def add_scope(self, scope: str) -> None:
        """Have the next token hold ``scope`` as well (a mount reads another repository)."""
        with self._lock:
            if self._widen((scope,)):
                self._expires = 0.0

    def remove_scope(self, scope: str) -> None:
        """Take that back: some services give no token at all where one right is missing."""
        with self._lock:
            if self._scopes.pop(scope.rpartition(":")[0], None) is not None:
                self._expires = 0.0

    def handle_challenge(self, response: requests.Response, used: str, refusals: int) -> None:
        """Learn from a 401, so that the same request can be sent once more.

        ``used`` is the Authorization that was refused, ``refusals`` how often this request was
        refused before. Raises AuthRequired when there is nothing better to send.
        """
        found = parse_challenge(response.headers.get("WWW-Authenticate", ""))
        host = urlsplit(self._origin).netloc
        if found is None:
            raise AuthRequired(host)
        with self._lock:
            if found.scheme == "basic":
                self._challenge = found
                self._load()
                if self._credential is None or used.startswith("Basic "):
                    raise self._wrong_password(host)
                return
            wider = self._widen(found.scopes)
            if refusals and not wider:
                raise self._wrong_password(host)
            self._challenge = found
            if wider or used == f"Bearer {self._token}" or not self._token:
                self._fetch(found)  # else another thread has got a new one meanwhile

    def _wrong_password(self, host: str) -> AuthRequired:
        if self._credential is None:
            return AuthRequired(host)
        return AuthRequired(
            host,
            f"{host} refused the password of {self._credential.user or 'the token'}.",
            f"Sign in again: kitdesk login {host}",
        )

    def _widen(self, scopes: Iterable[str]) -> bool:
        """Add scopes to what is asked for; True if that is more than before."""
        wider = False
        for scope in scopes:
            if len(self._scopes) >= MAX_SCOPES:
                break
            resource, _, actions = scope.rpartition(":")
            have = self._scopes.setdefault(resource, set())
            new = set(actions.split(",")) - have
            wider = wider or bool(new)
            have |= new
        return wider

    def _load(self) -> None:
        if not self._asked:
            self._asked = True
            self._credential = self._find()

    def _fetch(self, challenge: Challenge) -> None:
        """Get a token for all scopes known so far."""
        self._load()
        host = urlsplit(self._origin).netloc
        realm = urlsplit(challenge.realm)
        if realm.scheme != "https" and not (
            realm.scheme == "http" and self._origin.startswith("http:")
        ):
            raise Refused(
                f"{host} wants the password sent to {realm.netloc or 'nowhere'} "
                "without encryption.",
                "KitDesk does not do that.",
            )
        scopes = [f"{name}:{','.join(sorted(acts))}" for name, acts in self._scopes.items()]
        credential = self._credential
        if credential is not None and not credential.user:
            answer = self._send(
                "POST",
                challenge.realm,
                data={
                    "grant_type": "refresh_token",
                    "refresh_token": credential.secret,
                    "service": challenge.service,
                    "client_id": "kitdesk",
                    "scope": " ".join(scopes),
                },
                headers={},
            )
        else:
            query = [("service", challenge.service), *(("scope", scope) for scope in scopes)]
            answer = self._send(
                "GET",
                challenge.realm,
                params=[pair for pair in query if pair[1]],
                headers=_basic(credential),
            )
        if answer.status_code in (400, 401, 403):
            raise self._wrong_password(host)
        if answer.status_code != requests.codes.ok:
            raise Refused(
                f"The sign-in service of {host} does not work just now.",
                "Try again in a while.",
                f"{answer.status_code} {realm.netloc}",
            )
        self._take(answer, host)

    def _take(self, answer: requests.Response, host: str) -> None:
        try:
            raw = loads_object(answer.content)
        except BadJson as error:
            raise Refused(f"The sign-in service of {host} answered nonsense.") from error
        token = raw.get("token") or raw.get("access_token")
        if not isinstance(token, str) or not TOKEN.fullmatch(token):
            raise AuthRequired(host)
        life = whole_number(raw.get("expires_in")) or DEFAULT_LIFE
        self._token = token
        self._expires = time.monotonic() + min(life, LONGEST_LIFE) * MARGIN


def _basic(credential: Credential | None) -> dict[str, str]:
    if credential is None:
        return {}
    raw = f"{credential.user}:{credential.secret}".encode()
    return {"Authorization": f"Basic {base64.b64encode(raw).decode()}"}


def same_origin(url: str, origin: str) -> bool:
    """True if a URL is on the registry itself (scheme, host and port)."""
    one, other = urlsplit(url), urlsplit(origin)
    ports = {"http": 80, "https": 443}
    return (one.scheme, one.hostname, one.port or ports.get(one.scheme)) == (
        other.scheme,
        other.hostname,
        other.port or ports.get(other.scheme),
    )
