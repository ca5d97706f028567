"""One process a user: a second start hands its folder to the first one and ends.

A lock (``services.config.instance_lock``) says who is the first; the socket is only where it
listens, and one that was left behind is replaced.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import socket
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from kitdesk.services.disk.files import private_folder

if TYPE_CHECKING:
    from collections.abc import Callable

MAX_MESSAGE_BYTES = 64 << 10
ANSWER_TIMEOUT_S = 2.0
"""Seconds that a second start waits for the first one's answer."""
END = b"\0"
"""Ends the message: no path holds it, and a path may end with a line feed."""


def address(runtime: Path) -> str:
    """Where the first process listens: a socket file only its user can reach."""
    who = os.getuid() if hasattr(os, "getuid") else 0
    name = hashlib.sha256(b"%d:" % who + os.fsencode(runtime)).hexdigest()[:16]
    return str(runtime / f"window-{name}.sock")


def forward_to_running(runtime: Path, folder: str) -> bool:
    """Ask a running process to open ``folder`` ("" = come to the front); False if there is none."""
    if not hasattr(socket, "AF_UNIX"):
        return False
    with socket.socket(socket.AF_UNIX) as line:
        line.settimeout(ANSWER_TIMEOUT_S)
        try:
            line.connect(address(runtime))
            line.sendall(os.fsencode(folder) + END)
            return line.recv(2) == b"ok"
        except OSError:
            return False


class SingleInstanceServer:
    """Listens for later starts; ``rung`` is called on a thread of its own."""

    def __init__(self, runtime: Path, rung: Callable[[str], None]) -> None:
        self._rung = rung
        self._path = Path(address(runtime))
        self._socket: socket.socket | None = None
        self.problem = ""
        """Why later starts are not heard, one sentence; "" while they are."""
        if not hasattr(socket, "AF_UNIX"):
            return
        try:
            self._socket = self._bind(runtime)
        except OSError as error:
            self.problem = f"A second start opens a second window: {error.strerror or error}."
            return
        threading.Thread(target=self._listen, args=(self._socket,), daemon=True).start()

    def _bind(self, runtime: Path) -> socket.socket:
        private_folder(runtime)
        if runtime.stat().st_uid != os.getuid():
            raise PermissionError(0, "its folder is somebody else's", str(runtime))
        self._path.unlink(missing_ok=True)  # nobody is behind it: the lock is ours
        listener = socket.socket(socket.AF_UNIX)
        try:
            listener.bind(str(self._path))
            self._path.chmod(0o600)
            listener.listen(4)
        except BaseException:
            listener.close()
            raise
        return listener

    def _listen(self, listener: socket.socket) -> None:
        while True:
            try:
                line, _ = listener.accept()
            except OSError:
                return
            with line:
                line.settimeout(ANSWER_TIMEOUT_S)
                try:
                    text = self._message(line)
                    line.sendall(b"ok")
                except OSError:
                    continue
            self._rung(text)

    @staticmethod
    def _message(line: socket.socket) -> str:
        data = b""
        while not data.endswith(END) and len(data) < MAX_MESSAGE_BYTES:
            more = line.recv(MAX_MESSAGE_BYTES)
            if not more:
                raise ConnectionError
            data += more
        return os.fsdecode(data.removesuffix(END))

    def close(self) -> None:
        """Stop listening."""
        if self._socket is not None:
            with contextlib.suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)
            self._socket.close()
            self._socket = None
            with contextlib.suppress(OSError):
                self._path.unlink()
