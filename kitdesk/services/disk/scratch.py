"""What a process has in the making: locked while it lives, so that what a kill left can be told."""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from kitdesk.services.disk.files import hold, is_abandoned

if TYPE_CHECKING:
    from collections.abc import Iterator

_TOKEN = re.compile(r"\.[^/]*\.([0-9a-f]{16})\.tmp\Z")


class Scratch:
    """Folders in the making anywhere on the disks, each noted in the data folder."""

    def __init__(self, data: Path) -> None:
        self._notes = data / "scratch"

    @contextlib.contextmanager
    def folder(self, target: Path) -> Iterator[Path]:
        """A new folder beside ``target``; removed at the end if it has not been renamed by then.

        The note is on the disk before the folder is, and locked: a process that dies leaves both.
        """
        token = secrets.token_hex(8)
        path = target.parent / f".{target.name[:100]}.{token}.tmp"
        self._notes.mkdir(parents=True, exist_ok=True, mode=0o700)
        note = self._notes / token
        handle = os.open(note, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            hold(handle)
            os.write(handle, os.fsencode(path))
            path.mkdir()
            yield path
        finally:
            shutil.rmtree(path, ignore_errors=True)
            note.unlink(missing_ok=True)
            os.close(handle)

    def abandoned(self) -> Iterator[tuple[Path, Path]]:
        """(note, folder) of every process that died; a folder that is not there any more too."""
        for note in _entries(self._notes):
            if is_abandoned(note, settled=0.0):
                path = Path(os.fsdecode(note.read_bytes()))
                match = _TOKEN.match(path.name)
                if match and match[1] == note.name and not path.is_symlink():
                    yield note, path


def _entries(folder: Path) -> list[Path]:
    try:
        return [folder / name for name in os.listdir(folder)]
    except OSError:
        return []
