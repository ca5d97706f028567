"""One process a user: a second start hands its folder to the first one and ends."""

from __future__ import annotations

import contextlib
import hashlib
import logging
import os
import socket
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from kitdesk.services.disk.files import private_folder

if TYPE_CHECKING:
    from collections.abc import Callable

LOG = logging.getLogger("kitdesk.session")
MAX_MESSAGE_BYTES = 64 << 10


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
        line.settimeout(2)
        try:
            line.connect(address(runtime))
            line.sendall(os.fsencode(folder) + b"\n")
            return line.recv(2) == b"ok"
        except OSError:
            return False


class SingleInstanceServer:
    """Listens for later starts; ``rung`` is called on a thread of its own."""

    def __init__(self, runtime: Path, rung: Callable[[str], None]) -> None:
        self._rung = rung
        self._path = Path(address(runtime))
        self._socket: socket.socket | None = None
        if not hasattr(socket, "AF_UNIX"):
            return
        private_folder(runtime)
        listener = socket.socket(socket.AF_UNIX)
        try:
            if runtime.stat().st_uid != os.getuid():
                raise PermissionError(f"{runtime} is somebody else's")
            self._path.unlink(missing_ok=True)  # hand_over found nobody behind it
            listener.bind(str(self._path))
            self._path.chmod(0o600)
            listener.listen(4)
        except OSError as error:  # no place for a socket: every start opens its own window then
            LOG.info("no single window: %s", error)
            listener.close()
            return
        self._socket = listener
        threading.Thread(target=self._listen, args=(listener,), daemon=True).start()

    def _listen(self, listener: socket.socket) -> None:
        while True:
            try:
                line, _ = listener.accept()
            except OSError:
                return
            with line:
                line.settimeout(2)
                try:
                    text = (
                        line.recv(MAX_MESSAGE_BYTES).decode("utf-8", "surrogateescape").rstrip("\n")
                    )
                    line.sendall(b"ok")
                except OSError:
                    continue
            self._rung(text)

    def close(self) -> None:
        """Stop listening."""
        if self._socket is not None:
            with contextlib.suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)
            self._socket.close()
            self._path.unlink(missing_ok=True)
