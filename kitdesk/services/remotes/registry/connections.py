"""The connections of one client, so that a cancel cuts them wherever they wait.

A thread inside connect, send or recv looks at no flag; shutting the socket down from outside ends
it at once (TRANSPORT.md, 7.6). A twin handle of each socket is kept for that: TLS takes the first
one away while it still shakes hands.
"""

from __future__ import annotations

import contextlib
import socket
import threading
import weakref
from typing import TYPE_CHECKING, Any

import requests.adapters
import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection

from kitdesk.progress import Cancelled

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

POOL_SIZE = 8
"""Connections kept open to one host."""


class CancellableConnections:
    """All connections of one client."""

    def __init__(self) -> None:
        self._lock = threading.RLock()  # a connection may be collected, and dropped, in between
        self._twins: set[socket.socket] = set()
        self._dials: set[_ConnectAttempt] = set()
        self._stopped = False

    def open(self, connect: Callable[[], socket.socket], owner: object) -> socket.socket:
        """Connect (looking the name up, too) on a thread of its own, which a stop leaves behind."""
        dial = _ConnectAttempt(connect)
        with self._lock:
            if self._stopped:
                raise Cancelled
            self._dials.add(dial)
        try:
            found = dial.wait()
        finally:
            with self._lock:
                self._dials.discard(dial)
        twin = found.dup()
        weakref.finalize(owner, self._drop, twin)
        with self._lock:
            self._twins.add(twin)
        if self.stopped:
            _cut(twin)
        return found

    @property
    def stopped(self) -> bool:
        """True once everything was cut."""
        with self._lock:
            return self._stopped

    def _drop(self, twin: socket.socket) -> None:
        with self._lock:
            self._twins.discard(twin)
        twin.close()

    def stop(self) -> None:
        """Cut everything; what waits ends with an error, and nothing new is opened."""
        with self._lock:
            self._stopped = True
            twins, dials = tuple(self._twins), tuple(self._dials)
        for dial in dials:
            dial.leave()
        for twin in twins:
            _cut(twin)

    def close(self) -> None:
        """Give the handles back."""
        with self._lock:
            twins = tuple(self._twins)
            self._twins.clear()
        for twin in twins:
            twin.close()


def _cut(twin: socket.socket) -> None:
    with contextlib.suppress(OSError):
        twin.shutdown(socket.SHUT_RDWR)


class _ConnectAttempt:
    """One connect under way."""

    def __init__(self, connect: Callable[[], socket.socket]) -> None:
        self._connect = connect
        self._news = threading.Event()
        self._lock = threading.Lock()
        self._found: socket.socket | None = None
        self._problem: Exception | None = None
        self._left = False

    def wait(self) -> socket.socket:
        threading.Thread(target=self._run, name="connect", daemon=True).start()
        self._news.wait()
        with self._lock:
            if self._problem is not None:
                raise self._problem
            if self._found is None or self._left:
                raise Cancelled
            return self._found

    def _run(self) -> None:
        try:
            found = self._connect()
            with self._lock:
                self._found = found
                if self._left:
                    found.close()
        except (OSError, ValueError, urllib3.exceptions.HTTPError) as problem:
            self._problem = problem  # an absurd host name is a ValueError
        finally:
            self._news.set()

    def leave(self) -> None:
        with self._lock:
            self._left = True
            if self._found is not None:
                self._found.close()
        self._news.set()


class _CancellableConnection(HTTPConnection):
    """A connection that can be cut."""

    lines: CancellableConnections

    def _new_conn(self) -> socket.socket:
        return self.lines.open(super()._new_conn, self)


class _CancellableTlsConnection(_CancellableConnection, HTTPSConnection):
    """The same with TLS."""


class CancellableAdapter(requests.adapters.HTTPAdapter):
    """Gives a session connections of ``lines``."""

    def __init__(self, lines: CancellableConnections) -> None:
        plain = type("Line", (_CancellableConnection,), {"lines": lines})
        sealed = type("TlsLine", (_CancellableTlsConnection,), {"lines": lines})
        self._pools: Mapping[str, type[urllib3.HTTPConnectionPool]] = {
            "http": type("Pool", (urllib3.HTTPConnectionPool,), {"ConnectionCls": plain}),
            "https": type("TlsPool", (urllib3.HTTPSConnectionPool,), {"ConnectionCls": sealed}),
        }
        super().__init__(pool_maxsize=POOL_SIZE, max_retries=0)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """As requests makes it, with our connections."""
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = dict(self._pools)

    def proxy_manager_for(self, proxy: str, **kwargs: Any) -> urllib3.ProxyManager:
        """The same through a proxy."""
        manager: urllib3.ProxyManager = super().proxy_manager_for(proxy, **kwargs)
        manager.pool_classes_by_scheme = dict(self._pools)
        return manager
