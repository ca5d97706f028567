"""One writer at a time in a shared folder, also where its file system has no locks."""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import threading
import time
from typing import TYPE_CHECKING

from kitdesk.errors import Conflict
from kitdesk.services.disk.files import lock

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NO_LOCKS = frozenset(
    {errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP, errno.ENOTSUP, errno.EINVAL, errno.EBADF}
)
"""What a file system answers that cannot lock."""
STALE_S = 60.0
"""Seconds after which a lock belongs to a writer that died: an index is written in a blink."""
LOCK_TIMEOUT_S = 30.0
"""Seconds that a writer waits for another one."""
RETRY_S = 0.05


@contextlib.contextmanager
def shared_lock(path: Path) -> Iterator[None]:
    """Hold the lock file ``path`` across processes and machines.

    Raises Conflict when somebody else holds it for half a minute.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with contextlib.ExitStack() as stack:
        handle = stack.enter_context(path.open("a+b"))
        try:
            lock(handle.fileno(), wait=True)
        except OSError as error:
            if error.errno not in NO_LOCKS:
                raise
            stack.enter_context(_by_name(path.with_name(f"{path.name}.held")))
        yield


@contextlib.contextmanager
def _by_name(path: Path) -> Iterator[None]:
    """A file that only one can create is the lock; its age tells whether its writer lives."""
    mine = secrets.token_bytes(16)
    end = time.monotonic() + LOCK_TIMEOUT_S
    while not _created(path, mine):
        if time.monotonic() > end:
            raise Conflict(
                "Somebody else is writing into the shared folder.",
                f"Try again in a moment. If nobody is, delete {path}.",
            )
        threading.Event().wait(RETRY_S)
    try:
        yield
    finally:
        with contextlib.suppress(OSError):
            if path.read_bytes() == mine:
                path.unlink()


def _created(path: Path, mine: bytes) -> bool:
    try:
        handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o644)
    except FileExistsError:
        with contextlib.suppress(OSError):
            if time.time() - path.stat().st_mtime > STALE_S:
                path.replace(path.with_name(f"{path.name}.stale"))  # only one of us succeeds
        return False
    os.write(handle, mine)
    os.close(handle)
    return True
