"""Watch a folder: which paths changed, told in bundles."""

from __future__ import annotations

import contextlib
import errno
import os
import threading
from collections.abc import Callable
from pathlib import Path

from watchdog.events import (
    DirCreatedEvent,
    DirDeletedEvent,
    DirMovedEvent,
    FileClosedEvent,
    FileCreatedEvent,
    FileDeletedEvent,
    FileModifiedEvent,
    FileMovedEvent,
    FileSystemEvent,
    FileSystemEventHandler,
)
from watchdog.observers import Observer

from kitdesk.errors import DiskFailure
from kitdesk.modelkit.layers.ignore import SAFE_FOLDER

QUIET_S = 0.15
"""Seconds without a further event before a bundle is told."""
MAX_PATHS = 500
"""More paths than this are told as "everything"."""
SKIPPED = frozenset({".git", ".hg", ".svn", ".venv", "node_modules", "__pycache__", SAFE_FOLDER})
EVENTS = [
    FileCreatedEvent,
    FileModifiedEvent,
    FileClosedEvent,
    FileDeletedEvent,
    FileMovedEvent,
    DirCreatedEvent,
    DirDeletedEvent,
    DirMovedEvent,
]
OnChange = Callable[[frozenset[str] | None], None]
"""Takes project-relative paths, or None for "look at everything"."""


class Watcher(FileSystemEventHandler):
    """Watches one folder until :meth:`stop`. ``tell`` is called on a thread of its own."""

    def __init__(self, folder: Path, tell: OnChange) -> None:
        self._folder = folder
        self._tell = tell
        self._paths: set[str] = set()
        self._lock = threading.Lock()
        self._timer: threading.Timer | None = None
        self._stopped = False
        self._observer = Observer()

    def start(self) -> None:
        """Begin (slow for large trees: not on the GUI thread). Raises DiskFailure with a way on."""
        try:
            self._observer.schedule(self, str(self._folder), recursive=True, event_filter=EVENTS)
            self._observer.daemon = True
            self._observer.start()
        except OSError as error:
            if error.errno == errno.ENOSPC:
                raise DiskFailure(
                    "This system lets too few folders be watched.",
                    "Press F5 to refresh. Raising fs.inotify.max_user_watches mends it.",
                ) from error
            raise DiskFailure(
                "The folder cannot be watched.", "Press F5 to refresh.", str(error)
            ) from error

    def on_any_event(self, event: FileSystemEvent) -> None:
        """watchdog calls this on its thread; an atomic save arrives as a move."""
        names = {os.fsdecode(event.src_path), os.fsdecode(event.dest_path or "")}
        paths = set()
        for name in names - {""}:
            with contextlib.suppress(ValueError):
                relative = Path(name).relative_to(self._folder).as_posix()
                if SKIPPED.isdisjoint(relative.split("/")):
                    paths.add(relative)
        if paths:
            self._add(paths)

    def _add(self, paths: set[str]) -> None:
        with self._lock:
            if self._stopped:
                return
            self._paths |= paths
            if self._timer is not None:
                self._timer.cancel()
            self._timer = threading.Timer(QUIET_S, self._flush)
            self._timer.daemon = True
            self._timer.start()

    def _flush(self) -> None:
        with self._lock:
            paths, self._paths = frozenset(self._paths), set()
            if self._stopped or not paths:
                return
        self._tell(None if len(paths) > MAX_PATHS else paths)

    def stop(self) -> None:
        """Stop watching and wait for the threads to end."""
        with self._lock:
            self._stopped = True
            if self._timer is not None:
                self._timer.cancel()
        if self._observer.is_alive():
            self._observer.stop()
            self._observer.join(2)
