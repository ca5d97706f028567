"""Folders that safe copies lie in: whether they are ours, can be used, and what they hold."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from kitdesk.services.disk.files import private_folder

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def is_usable(folder: Path) -> bool:
    """True if files can be made in a folder, which is made where it is not there."""
    private_folder(folder)
    return os.access(folder, os.W_OK | os.X_OK) and folder.is_dir()


def is_ours(folder: Path) -> bool:
    """A real folder that belongs to whoever runs this."""
    try:
        stat = folder.lstat()
    except OSError:
        return False
    return folder.is_dir() and (not hasattr(os, "geteuid") or stat.st_uid == os.geteuid())


def folders_of_ours(home: Path) -> Iterator[Path]:
    """Real folders in ``home`` that are ours, by name."""
    yield from (home / name for name in names_in(home) if is_ours(home / name))


def names_in(folder: Path) -> list[str]:
    """Names in a folder, sorted; none where it cannot be read."""
    try:
        return sorted(os.listdir(folder))
    except OSError:
        return []


def nearest_folder(folder: Path) -> Path:
    """The folder itself, or the nearest one above it that is there."""
    while not folder.is_dir():
        folder = folder.parent
    return folder
