"""Real docker-registry processes on loopback, in any mode of authentication."""

from __future__ import annotations

import contextlib
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def running(
    folder: Path,
    auth: str = "",
    http: str = "",
    program: str = "docker-registry",
    *,
    delete: bool = True,
) -> Iterator[str]:
    """Start a registry that keeps its blobs in ``folder``; gives its ``host:port``.

    ``auth`` and ``http`` are more YAML: the first a section, the second keys of ``http``.
    """
    port = free_port()
    config = folder / "config.yml"
    config.write_text(
        f"version: 0.1\nstorage:\n  filesystem: {{rootdirectory: {folder / 'data'}}}\n"
        f"  delete: {{enabled: {str(delete).lower()}}}\n"
        f"http: {{addr: '127.0.0.1:{port}'{http and ', '}{http}}}\nlog: {{level: error}}\n{auth}"
    )
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen([program, "serve", config], stdout=log, stderr=log)
    try:
        wait_for(port, process)
        yield f"127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(10)


def wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    """Until somebody listens; a process that died says so at once."""
    end = time.monotonic() + 30
    while time.monotonic() < end:
        assert process.poll() is None, "docker-registry ended at once"
        with socket.socket() as line:
            line.settimeout(0.2)
            if line.connect_ex(("127.0.0.1", port)) == 0:
                return
    raise AssertionError("docker-registry does not listen")


USER, PASSWORD = "analyst", "correct horse"
HASHED = "$2b$05$PRdEptNE7RgjmZHsoVoRJ.9mbEHc2oSUfcKRMJ/Cu7ZgQ1mq5oAtK"
"""bcrypt of the password above."""


@contextlib.contextmanager
def with_password(folder: Path) -> Iterator[str]:
    """A registry that knows one user (htpasswd)."""
    (folder / "htpasswd").write_text(f"{USER}:{HASHED}\n")
    auth = f"auth:\n  htpasswd: {{realm: tests, path: {folder / 'htpasswd'}}}\n"
    with running(folder, auth) as host:
        yield host
