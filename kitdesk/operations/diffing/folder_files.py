"""The files of a project folder as ``Bytes``."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from kitdesk.compare.content.source import FileBytes
from kitdesk.operations.diffing.readable_folder import read_layers
from kitdesk.operations.diffing.side_file import SideFile, SideFiles
from kitdesk.services.disk.files import os_errors_as

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterator
    from pathlib import Path

    from kitdesk.services.container import Services


class FolderFiles:
    """Files of the project folder."""

    def __init__(self, root: Path, is_own: Callable[[str], bool]) -> None:
        self._root, self._is_own = root, is_own
        self._opened = contextlib.ExitStack()

    def open_beside(self, path: str) -> SideFile | None:
        """A file that a version of this folder would hold."""
        return self.open(path) if self._is_own(path) else None

    def open(self, path: str) -> SideFile | None:
        """A regular file; links are not followed."""
        full = self._root / path
        if full.is_symlink() or not full.is_file():
            return None
        with os_errors_as(f"reading {full.name}"):
            file = self._opened.enter_context(FileBytes(full))
        return SideFile(file, path, self)

    def release(self) -> None:
        """Give the descriptors back."""
        self._opened.close()

    def position(self, _path: str) -> tuple[int, int]:
        """All alike."""
        return (0, 0)


@contextlib.contextmanager
def open_folder(
    root: Path, services: Services, is_own: Callable[[str], bool] | None = None
) -> Iterator[SideFiles]:
    """The files of a folder that nobody has listed yet: its rules are read at the first file."""
    known: list[Container[str]] = []

    def listed(path: str) -> bool:
        if not known:
            _, layers, _ = read_layers(root, services)
            known.append({one for layer in layers for one in layer.paths})
        return path in known[0]

    files = FolderFiles(root, is_own or listed)
    try:
        yield files
    finally:
        files.release()
