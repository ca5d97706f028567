"""A server that answers whatever a test wants, and remembers what it was asked and shown."""

from __future__ import annotations

import contextlib
import ssl
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.fakes.certificates import Certificates

LIMIT = 10_000
"""Requests after which nothing is answered any more: a loop without end ends here, and fails."""


@dataclass(frozen=True)
class Asked:
    """One request."""

    method: str
    path: str
    """With its query."""
    headers: dict[str, str]
    """Names in lower case."""
    certificate: bool
    """Whether the client has shown one."""
    body: bytes = b""

    @property
    def authorization(self) -> str:
        return self.headers.get("authorization", "")


@dataclass
class Answer:
    """What is sent back."""

    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    claims: int | None = None
    """Bytes that Content-Length promises, where these are others than the body's."""
    endless: bytes = b""
    """Sent again and again behind the body until the client goes away."""


class HostileServer:
    """Answers with ``answer(asked)``; a context manager."""

    def __init__(self, answer: Callable[[Asked], Answer], tls: Certificates | None = None) -> None:
        self.asked: list[Asked] = []
        self.sent = 0
        """Bytes of bodies."""
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def _any(self) -> None:
                outer._handle(self, answer)

            do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = _any

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        class Server(ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, *_: object) -> None:
                """A client that goes away is what we are here for."""

        self._server = Server(("127.0.0.1", 0), Handler)
        scheme = "http"
        if tls is not None:
            scheme = "https"
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(tls.server, tls.server_key)
            context.verify_mode = ssl.CERT_OPTIONAL
            context.load_verify_locations(tls.ca)
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self.host = f"127.0.0.1:{self._server.server_port}"
        self.url = f"{scheme}://{self.host}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))

    def __enter__(self) -> HostileServer:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _handle(self, request: BaseHTTPRequestHandler, answer: Callable[[Asked], Answer]) -> None:
        body = request.rfile.read(int(request.headers.get("Content-Length") or 0))
        shown = getattr(request.connection, "getpeercert", lambda: None)()
        asked = Asked(
            request.command,
            request.path,
            {name.lower(): value for name, value in request.headers.items()},
            bool(shown),
            body,
        )
        self.asked.append(asked)
        if len(self.asked) > LIMIT:
            request.close_connection = True
            return
        made = answer(asked)
        request.send_response(made.status)
        size = len(made.body) if made.claims is None else made.claims
        for name, value in {"Content-Length": str(size), **made.headers}.items():
            request.send_header(name, value)
        request.end_headers()
        if request.command == "HEAD":
            return
        with contextlib.suppress(OSError):
            for piece in _pieces(made):
                request.wfile.write(piece)
                self.sent += len(piece)
        if size != len(made.body):
            request.close_connection = True


def _pieces(answer: Answer) -> Iterable[bytes]:
    yield answer.body
    while answer.endless:
        yield answer.endless


@contextlib.contextmanager
def third_host(tls: Certificates | None = None) -> Iterator[HostileServer]:
    """Asks everybody for a login, by Basic and by tokens of its own, and serves the tokens."""

    def answer(asked: Asked) -> Answer:
        if asked.path.startswith("/token"):
            return Answer(body=b'{"token": "stolen"}')
        realm = f"{server.url}/token"
        challenge = f'Bearer realm="{realm}",service="s",scope="repository:a:pull", Basic realm="x"'
        return Answer(401, {"WWW-Authenticate": challenge})

    with HostileServer(answer, tls) as server:
        yield server
