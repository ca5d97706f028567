"""The first bytes of one file of the folder or of a version of the store."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from kitdesk.compare.values import FileFacts
from kitdesk.operations.contents.trees import version_contents
from kitdesk.operations.inputs.addresses import FolderSide
from kitdesk.progress import Report, silent
from kitdesk.services.disk.files import os_errors_as

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from kitdesk.services.container import Services


class Source(Protocol):
    """Where the bytes of one side's file come from."""

    @property
    def facts(self) -> FileFacts | None:
        """What is known of it; None where the side has no such file."""

    def read(self, limit: int) -> bytes:
        """The first ``limit`` bytes."""


class Nothing:
    """This side has no such file."""

    facts: FileFacts | None = None

    def read(self, limit: int) -> bytes:
        """No bytes."""
        return b""


class _Bytes:
    def __init__(self, facts: FileFacts | None, read: Callable[[int], bytes]) -> None:
        self.facts = facts
        self._read = read

    def read(self, limit: int) -> bytes:
        return self._read(limit)


def source_of(
    side: FolderSide | str, path: str, services: Services, report: Report = silent
) -> Source:
    """A file of the folder, or (``side`` = digest) of a version of the store."""
    if isinstance(side, FolderSide):
        return _from_folder(side.path / path)
    tree = version_contents(services, side, report)
    file = tree.files.get(path)
    if file is None:
        return Nothing()
    return _Bytes(file.facts, lambda limit: services.layers.read(file.layer, file.member, limit))


def _from_folder(path: Path) -> Source:
    if path.is_symlink() or not path.is_file():
        return Nothing()

    def read(limit: int) -> bytes:
        with os_errors_as(f"reading {path.name}"), path.open("rb") as source:
            return source.read(limit)

    with os_errors_as(f"reading {path.name}"):
        stat = path.lstat()
    return _Bytes(FileFacts(stat.st_size, None, stat.st_mode & 0o7777), read)
