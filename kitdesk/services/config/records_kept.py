"""Records beside a deed (history, tags seen, recent projects): what cannot be kept is told.

A deed that is done is done: a line of history that cannot be written afterwards is a warning, never
a failure of the verb, and never in the way of an undo.
"""

from __future__ import annotations

import contextlib
import threading
from typing import TYPE_CHECKING

from kitdesk.errors import KitDeskError

if TYPE_CHECKING:
    from collections.abc import Iterator


class RecordWarnings:
    """Sentences for whoever started the verb; any thread may add some."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._sentences: dict[str, None] = {}

    @contextlib.contextmanager
    def instead_of_failing(self, what: str) -> Iterator[None]:
        """Note what the disk refuses inside; ``what`` reads like ``The history cannot be read``."""
        try:
            yield
        except OSError as error:
            self.add(f"{what}: {error.strerror or error}.", error.filename)
        except KitDeskError as error:
            self.add(f"{what}: {error.title}")

    def add(self, sentence: str, path: object = None) -> None:
        """One sentence, told once however often it happens."""
        with self._lock:
            self._sentences[f"{sentence} Check {path}." if path else sentence] = None

    def take(self) -> tuple[str, ...]:
        """All of them; they are told now."""
        with self._lock:
            found, self._sentences = tuple(self._sentences), {}
        return found
