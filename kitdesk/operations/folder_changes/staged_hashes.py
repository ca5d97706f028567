"""Hashes of a folder's files where a part of them has just been put there, hashed, by us."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Protocol

from kitdesk.progress import Report, silent

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator, Mapping
    from contextlib import AbstractContextManager
    from pathlib import Path

    from kitdesk.services.history.live_folder import Facts


class FileHashes(Protocol):
    """Answers for single files."""

    def sha256(self, path: Path, report: Report = silent) -> tuple[str, os.stat_result]:
        """Hex digest, and the stat that it is true for."""
        ...


class Hashes(Protocol):
    """A hash cache, or what stands for one."""

    def open(self) -> AbstractContextManager[FileHashes]:
        """For the calling thread."""
        ...


class StagedHashes:
    """Knows what a change has just brought in; everything else is asked of the cache."""

    def __init__(
        self, hashes: Hashes, folder: Path, brought: Mapping[str, tuple[Facts, str]]
    ) -> None:
        self._hashes = hashes
        self._brought = {folder / path: known for path, known in brought.items()}

    @contextlib.contextmanager
    def open(self) -> Iterator[FileHashes]:
        """For the calling thread."""
        with self._hashes.open() as cache:
            yield _Open(cache, self._brought)


class _Open:
    def __init__(self, cache: FileHashes, brought: Mapping[Path, tuple[Facts, str]]) -> None:
        self._cache = cache
        self._brought = brought

    def sha256(self, path: Path, report: Report = silent) -> tuple[str, os.stat_result]:
        """A file that is still the very one that was staged has the digest it was staged with."""
        known = self._brought.get(path)
        if known is not None:
            stat = path.lstat()
            if (stat.st_size, stat.st_mtime_ns, stat.st_ino) == known[0]:
                return known[1], stat
        return self._cache.sha256(path, report)
