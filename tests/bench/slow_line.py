"""A line with a round trip: a TCP proxy that holds everything back for half of it, each way."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Iterator
from queue import SimpleQueue


@contextlib.contextmanager
def slow_line(host: str, round_trip: float) -> Iterator[str]:
    """Gives the ``host:port`` behind which ``host`` is ``round_trip`` seconds away."""
    server = socket.create_server(("127.0.0.1", 0))
    name, _, port = host.partition(":")

    def accept() -> None:
        while True:
            try:
                near, _ = server.accept()
            except OSError:
                return
            far = socket.create_connection((name, int(port)))
            for one in (near, far):
                one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            for source, target in ((near, far), (far, near)):
                held: SimpleQueue[tuple[float, bytes]] = SimpleQueue()
                for work in (take, give):
                    threading.Thread(target=work, args=(source, target, held), daemon=True).start()

    def take(source: socket.socket, _target: socket.socket, held: SimpleQueue) -> None:  # type: ignore[type-arg]
        data = b"x"
        while data:
            try:
                data = source.recv(1 << 16)
            except OSError:
                data = b""
            held.put((time.monotonic() + round_trip / 2, data))

    def give(_source: socket.socket, target: socket.socket, held: SimpleQueue) -> None:  # type: ignore[type-arg]
        while True:
            when, data = held.get()
            time.sleep(max(0.0, when - time.monotonic()))
            with contextlib.suppress(OSError):
                if data:
                    target.sendall(data)
                else:
                    target.shutdown(socket.SHUT_RDWR)
            if not data:
                return

    thread = threading.Thread(target=accept, daemon=True)
    thread.start()
    yield f"127.0.0.1:{server.getsockname()[1]}"
    server.shutdown(socket.SHUT_RDWR)
    server.close()
    thread.join()
