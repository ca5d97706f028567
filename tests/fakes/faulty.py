"""A registry with faults on order: a proxy before the real one that cuts, delays, lies."""

from __future__ import annotations

import contextlib
import http.client
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

KEPT = {"content-type", "content-length", "location", "docker-content-digest", "range", "accept",
        "content-range", "accept-ranges", "docker-upload-uuid", "link", "etag", "authorization",
        "www-authenticate"}  # fmt: skip


@dataclass
class Fault:
    """What happens to requests that match, ``times`` times."""

    method: str
    part: str
    """A part of the path."""
    times: int = 1
    status: int = 0
    """Answer this instead of asking the registry."""
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    """What such an answer says."""
    cut_answer: int = -1
    """Close the line after so many bytes of the answer's body."""
    cut_request: int = -1
    """Close the line after so many bytes of the request's body."""
    spoil: Callable[[bytes], bytes] | None = None
    """Change the answer's body."""
    redirect: str = ""
    """Send to this host:port instead (307)."""
    silent: bool = False
    """Take the request and never answer."""
    no_range: bool = False
    """Forget that a range was asked for."""
    after: int = 0
    """So many matching requests go through first."""
    larger: int = -1
    """Only requests whose body has more bytes than this."""
    add: dict[str, str] = field(default_factory=dict)
    """Headers put into the registry's own answer."""
    reply: Callable[[str], str] | None = None
    """Change the Location of the answer."""


class FaultyRegistry:
    """Passes everything on but for the faults; counts the bytes of request bodies."""

    def __init__(self, behind: str) -> None:
        self.faults: list[Fault] = []
        self.seen: list[str] = []
        self.queries: list[str] = []
        self.authorizations: list[str] = []
        self.body_bytes = 0
        self._closing = threading.Event()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def _any(self) -> None:
                outer._handle(self, behind)

            do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = _any

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        class Server(ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, *_: object) -> None:
                """A cut line is what we are here for."""

        self._server = Server(("127.0.0.1", 0), Handler)
        self.host = f"127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()

    def _fault(self, request: BaseHTTPRequestHandler) -> Fault | None:
        for fault in self.faults:
            length = int(request.headers.get("Content-Length") or 0)
            if (
                fault.times
                and fault.method == request.command
                and fault.part in request.path
                and length > fault.larger
            ):
                if fault.after:
                    fault.after -= 1
                    continue
                fault.times -= 1
                return fault
        return None

    def _handle(self, request: BaseHTTPRequestHandler, behind: str) -> None:
        self.seen.append(f"{request.command} {request.path.partition('?')[0]}")
        self.authorizations.append(request.headers.get("Authorization", ""))
        self.queries.append(request.path.partition("?")[2])
        fault = self._fault(request) or Fault("", "")
        length = int(request.headers.get("Content-Length") or 0)
        if fault.cut_request >= 0:
            self.body_bytes += len(request.rfile.read(min(fault.cut_request, length)))
            self._hang_up(request)
            return
        body = request.rfile.read(length) if length else b""
        self.body_bytes += len(body)
        if fault.redirect:
            request.send_response(307)
            request.send_header("Location", f"http://{fault.redirect}{request.path}")
            request.send_header("Content-Length", "0")
            request.end_headers()
            return
        if fault.silent:
            self._closing.wait()
            self._hang_up(request)
            return
        if fault.status:
            request.send_response(fault.status)
            size = str(len(fault.body))
            for name, value in {"Content-Length": size, **fault.headers}.items():
                request.send_header(name, value)
            request.end_headers()
            request.wfile.write(fault.body)
            return
        headers = {k: v for k, v in request.headers.items() if k.lower() in KEPT}
        headers["Host"] = request.headers["Host"]  # so that upload locations lead back here
        if fault.no_range:
            headers.pop("Range", None)
        with contextlib.closing(http.client.HTTPConnection(behind, timeout=30)) as line:
            line.request(request.command, request.path, body, headers)
            answer = line.getresponse()
            data = answer.read()
        self._pass_on(request, fault, answer, data)

    def _pass_on(
        self,
        request: BaseHTTPRequestHandler,
        fault: Fault,
        answer: http.client.HTTPResponse,
        data: bytes,
    ) -> None:
        if fault.spoil:
            data = fault.spoil(data)
        request.send_response(answer.status)
        for name, value in answer.getheaders():
            if name.lower() in KEPT and name.lower() != "content-length":
                changed = fault.reply if name.lower() == "location" else None
                request.send_header(name, changed(value) if changed else value)
        for name, value in fault.add.items():
            request.send_header(name, value)
        size = answer.getheader("Content-Length") if request.command == "HEAD" else str(len(data))
        request.send_header("Content-Length", size or "0")
        request.end_headers()
        if request.command == "HEAD":
            return
        if fault.cut_answer >= 0:
            request.wfile.write(data[: fault.cut_answer])
            self._hang_up(request)
        else:
            request.wfile.write(data)

    def _hang_up(self, request: BaseHTTPRequestHandler) -> None:
        request.close_connection = True
        request.wfile.flush()
        request.connection.close()

    def close(self) -> None:
        self._closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
