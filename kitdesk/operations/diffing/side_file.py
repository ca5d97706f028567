"""One file of a side of a comparison, and what finds it."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING, Protocol

from kitdesk.compare.content.source import Torn

if TYPE_CHECKING:
    from kitdesk.compare.content.source import Bytes, Place


class SideFiles(Protocol):
    """Finds the files of a side. Used by one thread at a time."""

    def open(self, path: str) -> SideFile | None:
        """The bytes of a file that a comparison names; None where this side has no such file."""

    def open_beside(self, path: str) -> SideFile | None:
        """The bytes of a file that another file names: it must belong to this version."""

    def release(self) -> None:
        """Close what was opened; what is cheap to keep (an open layer) stays."""

    def position(self, path: str) -> tuple[int, int]:
        """Where the file lies, to go through many of them forwards."""


class SideFile:
    """A file of a side, and its neighbours: those of the same side, none from elsewhere."""

    def __init__(self, inner: Bytes, path: str, files: SideFiles) -> None:
        self.size = inner.size
        self.place: Place = inner.place
        self.inner = inner
        self._path, self._files = path, files

    def read(self, offset: int, length: int) -> bytes:
        """Exactly these bytes; a disk that fails is told as Torn."""
        try:
            return self.inner.read(offset, length)
        except OSError as error:
            raise Torn(f"reading it failed: {error.strerror or type(error).__name__}") from error

    def beside(self, name: str) -> Bytes | None:
        """A file of the same side by its path from this one's folder."""
        path = posixpath.normpath(posixpath.join(posixpath.dirname(self._path), name))
        if name.startswith("/") or path == ".." or path.startswith("../"):
            return None
        return self._files.open_beside(path)
