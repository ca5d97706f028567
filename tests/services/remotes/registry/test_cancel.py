"""Stopping what waits for somebody else: no flag is looked at inside a socket."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from kitdesk.errors import Refused
from kitdesk.modelkit.primitives.reference import parse
from kitdesk.operations.inputs.remotes import open_remote
from kitdesk.operations.pack import PackResult, pack
from kitdesk.operations.push_pull import pull, push
from kitdesk.operations.versions.remote_listing import remote_versions
from kitdesk.progress import Cancelled, Canceller, stoppable
from kitdesk.services.container import Services
from kitdesk.services.remotes.registry import connections
from kitdesk.session.runtime.job import Job
from tests.conftest import library_at

ROOT = Path(__file__).parents[4]
PATIENCE = 20
"""Seconds until a test gives up; far below the 60 s a silent server is waited for."""


STALLS = b"x" * 5000
"""An answer that ends so promises more than it says."""


class Silent:
    """Answers requests whose head begins with a known text; the rest waits for ever."""

    def __init__(self, answers: dict[str, bytes]) -> None:
        self.reached = threading.Event()
        """Set when it has fallen silent."""
        self._answers = answers
        self._lines: list[socket.socket] = []
        self._server = socket.create_server(("127.0.0.1", 0))
        self.host = f"127.0.0.1:{self._server.getsockname()[1]}"
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        while True:
            try:
                line, _ = self._server.accept()
            except OSError:
                return
            self._lines.append(line)
            threading.Thread(target=self._safely, args=(line,), daemon=True).start()

    def _safely(self, line: socket.socket) -> None:
        with contextlib.suppress(OSError):  # it was cut: that is what we are here for
            self._talk(line)

    def _talk(self, line: socket.socket) -> None:
        while True:
            data = b""
            while b"\r\n\r\n" not in data:
                more = line.recv(65536)
                if not more:
                    return
                data += more
            head, _, body = data.partition(b"\r\n\r\n")
            text = head.decode()
            said = next((a for start, a in self._answers.items() if text.startswith(start)), b"")
            if not said or said.endswith(STALLS):
                self.reached.set()
            if not said:
                return
            size = int(text.lower().partition("content-length: ")[2].partition("\r")[0] or 0)
            while len(body) < size:
                body += line.recv(65536)
            line.sendall(said)

    def close(self) -> None:
        self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()
        for line in self._lines:
            line.close()
        self._thread.join()


def answer(status: str, *headers: str, body: bytes = b"") -> bytes:
    rows = [f"HTTP/1.1 {status}", *headers]
    if not any(row.startswith("Content-Length") for row in headers):
        rows.append(f"Content-Length: {len(body)}")
    return "\r\n".join(rows).encode() + b"\r\n\r\n" + body


BEGUN = {
    "HEAD": answer("404 Not Found"),
    "POST": answer("202 Accepted", "Location: /v2/x/blobs/1?a=b"),
}
"""Uploads may begin, and then nobody takes the bytes."""


@pytest.fixture
def silent(request: pytest.FixtureRequest) -> Iterator[Callable[..., Silent]]:
    made: list[Silent] = []

    def make(answers: dict[str, bytes] | None = None) -> Silent:
        made.append(Silent(answers or {}))
        return made[-1]

    yield make
    for one in made:
        one.close()


@pytest.fixture
def packed(tmp_path: Path, services: Services) -> PackResult:
    folder = tmp_path / "large"
    folder.mkdir()
    (folder / "Kitfile").write_text("model:\n  path: m.bin\n")
    (folder / "m.bin").write_bytes(os.urandom(24 << 20))
    return pack(folder, parse("large:v1"), services)


def stopped_in_the_middle(work: Callable[[], object], server: Silent) -> None:
    """Run ``work`` as a job, wait until the server is silent, cancel, see it end at once."""
    canceller, ended = Canceller(), []

    def run() -> None:
        with stoppable(canceller):
            try:
                work()
            except Cancelled:
                ended.append("cancelled")

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    assert server.reached.wait(PATIENCE)
    assert thread.is_alive(), "it waits"
    canceller.cancel()
    thread.join(PATIENCE)
    assert not thread.is_alive()
    assert ended == ["cancelled"]


def test_a_lookup_that_hears_nothing(silent: Callable[..., Silent], services: Services) -> None:
    server = silent()
    where = parse(f"{server.host}/x")
    stopped_in_the_middle(lambda: remote_versions(open_remote(where), services), server)


def test_a_push_whose_bytes_nobody_takes(
    silent: Callable[..., Silent], services: Services, packed: PackResult
) -> None:
    server = silent(BEGUN)
    where = parse(f"{server.host}/x")

    def work() -> None:
        push(packed.digest, packed.reference.name, "v1", open_remote(where), services)

    stopped_in_the_middle(work, server)


def test_a_pull_that_stalls(
    silent: Callable[..., Silent], services: Services, packed: PackResult, tmp_path: Path
) -> None:
    manifest = services.store.manifest_bytes(packed.digest)
    server = silent(
        {
            "GET /v2/x/manifests/": answer("200 OK", body=manifest),
            "GET /v2/x/blobs/": answer("200 OK", "Content-Length: 26000000", body=STALLS),
        }
    )
    other = library_at(tmp_path / "other", "store")

    def work() -> None:
        pull("v1", "localhost/x", open_remote(parse(f"{server.host}/x")), other)

    stopped_in_the_middle(work, server)
    assert other.store.versions() == ()


def test_a_name_that_is_looked_up_for_ever(
    monkeypatch: pytest.MonkeyPatch, services: Services
) -> None:
    from urllib3.util import connection

    found, reached = threading.Event(), threading.Event()

    def never(*_: object, **__: object) -> socket.socket:
        reached.set()
        found.wait(PATIENCE)
        raise OSError

    monkeypatch.setattr(connection, "create_connection", never)
    server = type("S", (), {"reached": reached})()
    where = parse("127.0.0.1:1/x")
    stopped_in_the_middle(lambda: open_remote(where).tags(), server)
    found.set()


def test_what_is_cancelled_opens_nothing_more() -> None:
    some = connections.CancellableConnections()
    some.stop()
    with pytest.raises(Cancelled):
        some.open(socket.socket, some)


def test_a_failure_stops_its_siblings_and_is_what_is_told(
    silent: Callable[..., Silent], services: Services, packed: PackResult
) -> None:
    """One blob is refused while another waits: the refusal is told, without waiting."""
    server = silent({**BEGUN, "PUT": answer("403 Forbidden")})
    with pytest.raises(Refused, match="does not allow"):
        push(
            packed.digest,
            packed.reference.name,
            "v1",
            open_remote(parse(f"{server.host}/x")),
            services,
        )


def test_a_job_is_stopped_by_its_cancel(silent: Callable[..., Silent], services: Services) -> None:
    server, told = silent(), []
    where = parse(f"{server.host}/x")

    def never(*_: object) -> None:
        raise AssertionError

    job = Job(
        lambda _report: open_remote(where).tags(),
        lambda call: call(),
        never,
        never,
        lambda: told.append("stopped"),
        never,
    )
    thread = threading.Thread(target=job.run, daemon=True)
    thread.start()
    assert server.reached.wait(PATIENCE)
    job.cancel()
    thread.join(PATIENCE)
    assert told == ["stopped"]


def test_ctrl_c_ends_the_command_while_the_server_is_silent(
    silent: Callable[..., Silent], packed: PackResult, tmp_path: Path
) -> None:
    server = silent(BEGUN)
    process = subprocess.Popen(
        [sys.executable, "-m", "kitdesk", "push", "large:v1", f"{server.host}/x"],
        cwd=ROOT,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert server.reached.wait(PATIENCE)
    process.send_signal(signal.SIGINT)
    _, told = process.communicate(timeout=PATIENCE)
    assert process.returncode == 130
    assert "Cancelled" in told
    assert "Traceback" not in told
