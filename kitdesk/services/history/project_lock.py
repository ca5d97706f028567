"""One writer a project, whatever path leads to it: the lock goes by the folder's inode."""

from __future__ import annotations

import contextlib
import os
import threading
import time
from typing import TYPE_CHECKING

from kitdesk.errors import Conflict
from kitdesk.services.disk.files import lock, os_errors_as, private_folder

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PATIENCE = 0.5
"""Seconds to wait: whoever only asks whether the project is free lets go at once."""
EVERY = 0.02


@contextlib.contextmanager
def held(locks: Path, project: Path) -> Iterator[None]:
    """Hold a project that is there, with a file in ``locks``; raises Conflict when another has it.

    Device and inode are the same as long as the folder is open to anybody, which is all a lock
    needs; the file stays, as a lock that is removed while somebody waits for it is none.
    """
    with os_errors_as("locking the folder"):
        stat = project.stat()
        private_folder(locks)
        path = locks / f"{stat.st_dev:x}-{stat.st_ino:x}.lock"
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        if not _taken(handle):
            raise Conflict(
                "Another KitDesk is changing this folder just now.",
                "Wait until it has finished.",
            )
        yield
    finally:
        os.close(handle)


def _taken(handle: int) -> bool:
    end = time.monotonic() + PATIENCE
    while True:
        try:
            lock(handle, wait=False)
        except OSError:
            if time.monotonic() > end:
                return False
            threading.Event().wait(EVERY)
        else:
            return True
