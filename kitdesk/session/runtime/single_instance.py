"""One process a user: a second start hands its folder to the first one and ends."""

from __future__ import annotations

import contextlib
import getpass
import hashlib
import socket
import threading
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

MAX_MESSAGE_BYTES = 64 << 10


def address(runtime: Path) -> str:
    """Where the first process listens: a socket file only its user can reach."""
    name = hashlib.sha256(f"{getpass.getuser()}:{runtime}".encode()).hexdigest()[:16]
    return str(runtime / f"window-{name}.sock")


def forward_to_running(runtime: Path, folder: str) -> bool:
    """Ask a running process to open ``folder`` ("" = come to the front); False if there is none."""
    if not hasattr(socket, "AF_UNIX"):
        return False
    with socket.socket(socket.AF_UNIX) as line:
        line.settimeout(2)
        try:
            line.connect(address(runtime))
            line.sendall(folder.encode() + b"\n")
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
        runtime.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._path.unlink(missing_ok=True)  # hand_over found nobody behind it
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(str(self._path))
        self._path.chmod(0o600)
        listener.listen(4)
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
