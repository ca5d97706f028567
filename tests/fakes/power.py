"""A disk whose power may be cut: says which files would still hold their bytes, under their names.

Only what was synced after it was last written or renamed counts, as POSIX promises no more.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

Inode = tuple[int, int]


class Disk:
    """Follows the calls of this process."""

    def __init__(self) -> None:
        self._synced: set[Inode] = set()

    def survives(self, path: Path) -> bool:
        """True if the bytes of the file and its name would be there after a power cut."""
        return self._key(path) in self._synced and self._key(path.parent) in self._synced

    @staticmethod
    def _key(path: Path | int) -> Inode:
        stat = os.stat(path)
        return stat.st_dev, stat.st_ino

    def note_sync(self, handle: int) -> None:
        self._synced.add(self._key(handle))

    def note_write(self, place: Any) -> None:
        if isinstance(place, int) or os.path.exists(place):
            self._synced.discard(self._key(place))


@contextmanager
def recorded() -> Iterator[Disk]:
    """Follow what is written, renamed and synced meanwhile."""
    from kitdesk.services.disk import renames

    disk = Disk()
    with pytest.MonkeyPatch.context() as patch:

        def after(module: Any, name: str, note: Any) -> None:
            real = getattr(module, name)

            def call(*words: Any, **more: Any) -> Any:
                result = real(*words, **more)
                note(*words)
                return result

            patch.setattr(module, name, call)

        def renamed(source: Any, target: Any, *_: Any) -> None:
            for place in (source, target):
                disk.note_write(os.path.dirname(os.path.abspath(place)))

        for name in ("fsync", "fdatasync"):
            after(os, name, disk.note_sync)
        after(os, "write", lambda handle, *_: disk.note_write(handle))
        after(os, "copy_file_range", lambda _source, target, *_: disk.note_write(target))
        for module, name in ((os, "rename"), (os, "replace"), (renames, "rename_new")):
            after(module, name, renamed)
        yield disk
