"""One host: oras-py's endpoints and session, our own ``do_request`` (TRANSPORT.md, 7)."""

from __future__ import annotations

import os
import random
import threading
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import oras.provider
import requests

from kitdesk import __version__
from kitdesk.errors import AuthRequired, Refused, Unreachable
from kitdesk.progress import Cancelled, Canceller, current_canceller
from kitdesk.services.remotes.protocol import TransferStats
from kitdesk.services.remotes.registry.auth import Authorizer, same_origin
from kitdesk.services.remotes.registry.connections import CancellableAdapter, CancellableConnections
from kitdesk.services.remotes.registry.endpoint import tls_error
from kitdesk.services.remotes.registry.oras_adapter import BACKEND
from kitdesk.services.remotes.registry.responses import (
    detail_of,
    limit_from,
    retry_after,
    without_query,
)
from kitdesk.services.remotes.registry.transport import Transport, read_small

if TYPE_CHECKING:
    from kitdesk.services.remotes.registry.endpoint import RegistryEndpoint

RETRY_STATUSES = frozenset({408, 429, 500, 502, 503, 504})
MAX_TRIES = 5
FIRST_MAX_TRIES = 3
"""The same for a host that has not answered yet."""
REFUSALS = 3
"""Times one request may be answered with 401: no token, too narrow a token, and the end."""
BACKOFF_S = 0.25
"""Seconds before the second try; doubles with each."""
MAX_WAIT_S = 120.0
"""Seconds of a Retry-After that are obeyed; a longer one is an error."""
CONNECT, READ = 10.0, 60.0
"""Time limits in seconds, unless KITDESK_TIMEOUT sets both."""


RETRYABLE_ERRORS = (
    requests.ConnectionError,
    requests.Timeout,
    requests.exceptions.ChunkedEncodingError,
    requests.exceptions.ContentDecodingError,
)
"""What a second try may mend."""


class ServerBusy(Unreachable):
    """The server answered that it cannot now."""

    def __init__(self, title: str, hint: str, detail: str, wait: float) -> None:
        super().__init__(title, hint, detail)
        self.wait = wait
        """Seconds it asks to wait; 0 = it does not say."""


Body = Callable[[], object]
"""Makes a fresh body for every attempt: an iterable with a length, or bytes."""


class Client(oras.provider.Registry):  # type: ignore[misc]  # oras-py has no types
    """Requests to one host: timeouts, retries, our errors. Safe to use from several threads."""

    def __init__(self, connection: RegistryEndpoint, canceller: Canceller | None = None) -> None:
        super().__init__(
            hostname=connection.host,
            insecure=connection.plain,
            auth_backend=BACKEND,
        )
        self.connection = connection
        self.traffic = TransferStats()
        self._stop = threading.Event()
        self._reached = False
        self._counting = threading.Lock()
        self.session.headers["User-Agent"] = f"kitdesk/{__version__}"
        self._lines = CancellableConnections()
        self._leave = (canceller or current_canceller()).on_cancel(self.interrupt)
        adapter = CancellableAdapter(self._lines)
        for scheme in ("http://", "https://"):
            self.session.mount(scheme, adapter)
        self._authorizer = Authorizer(
            self.root, self._token_request, lambda: connection.find(connection.host)
        )
        limit = limit_from(os.environ)
        limits = (limit, limit) if limit else (CONNECT, READ)
        self._wire = Transport(self.session, connection, self.root, limits)

    @property
    def root(self) -> str:
        """``scheme://host`` of the API."""
        host = self.connection.host
        name = "registry-1.docker.io" if host == "docker.io" else host
        return f"{self.prefix}://{name}"

    def do_request(
        self,
        url: str,
        method: str = "GET",
        data: object = None,
        headers: Mapping[str, str] | None = None,
        json: object = None,
        stream: bool = False,
    ) -> requests.Response:
        """Send; repeat what a busy server or a cut line spoils; raise our errors.

        Statuses below 500 other than 401, 403, 408 and 429 are returned. A ``data`` that can be
        called makes a fresh body for each try; any other body than bytes is sent once.
        """
        again = data is None or callable(data) or isinstance(data, bytes)
        tries = MAX_TRIES if again else 1
        for number in range(tries):
            self._check()
            body = data() if callable(data) else data
            last = number == tries - 1
            try:
                response = self._authorized(url, method, body, headers, json, stream=stream)
            except requests.exceptions.SSLError as error:
                self._check()
                raise tls_error(self.connection, error) from error
            except RETRYABLE_ERRORS as error:
                self._check()
                if last or self._hopeless(number, error):
                    raise self._unreachable(error) from error
                self._wait(BACKOFF_S * 2**number)
                continue
            except (requests.RequestException, ValueError) as error:  # an absurd address or realm
                words = f"{self.connection.host} answers nonsense."
                raise Refused(words, "", without_query(str(error))) from error
            self._reached = True
            asked = retry_after(response)
            if response.status_code not in RETRY_STATUSES or last or asked > MAX_WAIT_S:
                return self._checked(response)
            self._wait(asked or BACKOFF_S * 2**number)
            response.close()
        raise AssertionError  # pragma: no cover  # the last try has ended: mypy cannot see it

    def _hopeless(self, number: int, error: Exception) -> bool:
        """A host that never answered is not tried for long: whoever is offline waits for this."""
        if self._reached:
            return False
        return number + 1 >= FIRST_MAX_TRIES or isinstance(error, requests.ConnectTimeout)

    def _authorized(
        self,
        url: str,
        method: str,
        body: object,
        headers: Mapping[str, str] | None,
        json: object,
        *,
        stream: bool,
    ) -> requests.Response:
        """Send with what the registry is known to want; learn from a 401 and send again."""
        for refusals in range(REFUSALS):
            plain = {k: v for k, v in (headers or {}).items() if k.lower() != "authorization"}
            used = self._authorizer.header(url)
            response = self._send(url, method, body, {**plain, **used}, json, stream=stream)
            if response.status_code != requests.codes.unauthorized:
                return response
            if not same_origin(response.url, self.root):
                raise _foreign_refusal(response)  # its challenge is nobody's we have a login for
            self._authorizer.handle_challenge(response, used.get("Authorization", ""), refusals)
            response.close()
        raise AuthRequired(self.connection.host)

    def _token_request(self, method: str, url: str, **fields: Any) -> requests.Response:
        """A request to the sign-in service: no redirects, so that no secret travels on."""
        with self._counting:
            self.traffic.requests += 1
        answer = self._wire.send(method, url, follow=False, **fields)
        read_small(answer)
        return answer

    def _send(
        self,
        url: str,
        method: str,
        body: object,
        headers: Mapping[str, str],
        json: object,
        *,
        stream: bool,
    ) -> requests.Response:
        with self._counting:
            self.traffic.requests += 1
        response = self._wire.send(method, url, headers, data=body, json=json)
        if not stream:
            self.count(read_small(response))
        return response

    @property
    def user(self) -> str | None:
        """Who is signed in, "" for an identity token; None: nobody was asked for."""
        return self._authorizer.user

    def add_scope(self, scope: str) -> None:
        """Ask for one more right with the next token."""
        self._authorizer.add_scope(scope)

    def remove_scope(self, scope: str) -> None:
        """Ask for it no more."""
        self._authorizer.remove_scope(scope)

    def count(self, size: int) -> None:
        """Bytes of a streamed body that arrived."""
        with self._counting:
            self.traffic.bytes += size

    def wait(self, problem: Unreachable, number: int) -> None:
        """Wait after a failure as long as the server asks, or longer with each ``number``."""
        asked = problem.wait if isinstance(problem, ServerBusy) else 0.0
        self._wait(asked or BACKOFF_S * 2**number)

    def _wait(self, seconds: float) -> None:
        """Wait before the next try; a cancel ends it at once."""
        jitter = 1 + random.random() / 4
        self._stop.wait(min(seconds * jitter, MAX_WAIT_S))
        self._check()

    def interrupt(self) -> None:
        """Cut whatever is under way, from another thread: the client is of no use afterwards."""
        self._stop.set()
        self._lines.stop()

    def _check(self) -> None:
        if self._stop.is_set():
            raise Cancelled

    def close(self) -> None:
        """Close all connections."""
        self._leave()
        self.session.close()
        self._lines.close()

    def _unreachable(self, error: Exception) -> Unreachable:
        return Unreachable(
            f"{self.connection.host} did not answer.",
            "Check the name and the network, then try again. Nothing was lost.",
            without_query(str(error)),
        )

    def _checked(self, response: requests.Response) -> requests.Response:
        status, host = response.status_code, self.connection.host
        if status == requests.codes.forbidden:
            raise Refused(
                f"{host} does not allow this.",
                f"The account may lack the right. Sign in with another: kitdesk login {host}",
                detail_of(response),
            )
        if status in RETRY_STATUSES:
            raise ServerBusy(
                f"{host} is too busy or broken just now.",
                f"Try again {_in_a_while(retry_after(response))}. "
                "What was sent already is kept there.",
                detail_of(response),
                retry_after(response),
            )
        return response


def _foreign_refusal(response: requests.Response) -> Refused:
    """A third host that a redirect, a page or an upload led to, and that wants a login."""
    return Refused(
        f"{urlsplit(response.url).netloc} wants a login, and is not the registry itself.",
        "No password is sent there. Tell whoever runs the registry.",
        detail_of(response),
    )


def _in_a_while(seconds: float) -> str:
    minutes = round(seconds / 60)
    return "in a while" if minutes < 1 else f"in {minutes} minutes"
