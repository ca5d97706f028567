"""One request over a session: what requests asks of the environment each time is asked once.

``Session.request`` reads all environment variables, a ``.netrc`` and a CA bundle's path for every
request; with hundreds of small ones that is a third of their cost.
"""

from __future__ import annotations

import http.client
import logging
import os
import time
import urllib.request
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit

import requests
import requests.utils
import urllib3.exceptions

from kitdesk.errors import Refused
from kitdesk.services.remotes.registry.auth import same_origin

if TYPE_CHECKING:
    from kitdesk.services.remotes.registry.endpoint import RegistryEndpoint

LOG = logging.getLogger("kitdesk.transport")
logging.getLogger("urllib3").setLevel(logging.INFO)  # below that it writes down whole URLs
EXPECTED_STATUSES = frozenset({401, 404})
"""Refusals that are part of every conversation."""
MAX_SMALL_BODY_BYTES = 64 << 20
"""Bytes of an answer that is read into memory; a server that sends more means no good."""
BUNDLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE")
"""Variables that name the certificates to trust, as requests, curl and OpenSSL read them."""
REDIRECTS = 5
"""Hops that one request follows."""
Headers = Mapping[str, str]


class Transport:
    """Sends with the certificates of a connection and the proxies of the environment."""

    def __init__(
        self,
        session: requests.Session,
        connection: RegistryEndpoint,
        root: str,
        limits: tuple[float, float],
    ) -> None:
        self._session, self._root, self._limits = session, root, limits
        session.trust_env = False
        # requests would read the whole body of each hop
        session.get_redirect_target = _nowhere  # type: ignore[method-assign]
        self._proxies = urllib.request.getproxies()
        self._proxies_of: dict[str, dict[str, str]] = {}
        self._verify = verification(connection)
        self._cert: str | tuple[str, str] | None = connection.client_cert or None
        if connection.client_cert and connection.client_key:
            self._cert = (connection.client_cert, connection.client_key)

    def send(
        self, method: str, url: str, headers: Headers, *, follow: bool = True, **body: Any
    ) -> requests.Response:
        """Send; the answer's body is not read yet. ``body``: data, json or params.

        Redirects (``follow``) keep the method, and lose whatever proves who we are as soon as they
        leave the registry's own origin. Raises Refused where they leave TLS, or have no end.
        """
        hops = 0
        while True:
            response = self._send_once(method, url, headers, **body)
            target = _redirect_of(response, method) if follow else ""
            if not target:
                return response
            response.close()
            hops += 1
            if hops > REDIRECTS:
                host = urlsplit(self._root).netloc
                raise Refused(f"{host} sends from one address to the next without end.")
            url = urljoin(url, target)
            if not same_origin(url, self._root):
                headers = {k: v for k, v in headers.items() if k.lower() != "authorization"}

    def _send_once(self, method: str, url: str, headers: Headers, **body: Any) -> requests.Response:
        if self._root.startswith("https:") and not url.startswith("https:"):
            raise Refused(
                f"{urlsplit(self._root).netloc} leads to an address without encryption.",
                "KitDesk does not go there.",
                urlsplit(url).netloc,
            )
        begun = time.monotonic()
        request = requests.PreparedRequest()
        request.prepare(method, url, {**self._session.headers, **headers}, **body)
        response: requests.Response = self._session.send(
            request,
            stream=True,
            timeout=self._limits,
            verify=self._verify,
            cert=self._cert if same_origin(url, self._root) else None,
            proxies=self._through(url),
            allow_redirects=False,
        )
        status, place = response.status_code, urlsplit(url)
        LOG.log(
            logging.DEBUG
            if status < requests.codes.bad_request or status in EXPECTED_STATUSES
            else logging.INFO,
            "%s %s%s %d in %.0f ms",
            method,
            place.netloc.rpartition("@")[2],
            place.path,  # no query: it may be signed
            status,
            (time.monotonic() - begun) * 1000,
        )
        return response

    def _through(self, url: str) -> dict[str, str]:
        """Proxies for a host, unless the environment excepts it."""
        host = urlsplit(url).netloc
        found = self._proxies_of.get(host)
        if found is None:
            bypass = not self._proxies or requests.utils.should_bypass_proxies(url, no_proxy=None)
            found = self._proxies_of[host] = {} if bypass else self._proxies
        return found


def _nowhere(resp: requests.Response) -> None:
    """Redirects are followed here, not by requests: that shows certificates to any host."""


def _redirect_of(response: requests.Response, method: str) -> str:
    """Where an answer leads; "" for any other answer, and for one that would drop the body."""
    same = response.status_code in (307, 308)
    if not same and not (response.status_code in (301, 302, 303) and method in ("GET", "HEAD")):
        return ""
    return response.headers.get("Location", "")


def verification(connection: RegistryEndpoint) -> bool | str:
    """What requests calls ``verify``: a file of certificates, or whether to check at all."""
    if connection.ca_file or connection.insecure:
        return connection.ca_file or False
    named = (os.environ.get(name, "") for name in BUNDLES)
    return next((path for path in named if path and os.path.exists(path)), True)


def read_small(response: requests.Response, limit: int = MAX_SMALL_BODY_BYTES) -> int:
    """Read a body into memory, so that ``content`` has it; returns its bytes.

    Raises Refused where it has no end; errors of requests where it is cut.
    """
    chunks, size = [], 0
    for chunk in response.iter_content(1 << 16):
        chunks.append(chunk)
        size += len(chunk)
        if size > limit:
            response.close()
            host = urlsplit(response.url).netloc
            raise Refused(f"{host} answers with absurdly much.", "Nothing was kept.")
    response._content = b"".join(chunks)  # noqa: SLF001  (requests has no other way to bound it)
    return size


def read_into(response: requests.Response, buffer: memoryview) -> int:
    """Fill a buffer from a streamed body that is not encoded; 0 at its end or where it is cut.

    From http.client's own response where urllib3 has one below its: that saves two copies of
    every byte. Raises urllib3's ProtocolError when the line fails.
    """
    plain = getattr(response.raw, "_fp", None)
    encoded = response.headers.get("Content-Encoding", "identity") != "identity"
    if not isinstance(plain, http.client.HTTPResponse) or plain.chunked or encoded:
        data = response.raw.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)
    try:
        return plain.readinto(buffer)
    except (OSError, ValueError, http.client.HTTPException) as error:
        raise urllib3.exceptions.ProtocolError(str(error)) from error
