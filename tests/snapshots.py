"""A folder as a value: what is where, with which bytes, mode and time."""

from __future__ import annotations

import os
import stat
from pathlib import Path

Snapshot = dict[str, tuple[str, int, bytes | str]]


def snapshot(folder: Path, *, skip: tuple[str, ...] = ()) -> Snapshot:
    """Path -> (kind, mode, content)."""
    result: Snapshot = {}
    for root, folders, names in os.walk(folder):
        for name in [*folders, *names]:
            path = Path(root, name)
            key = path.relative_to(folder).as_posix()
            if key.split("/")[0] in skip:
                continue
            mode = stat.S_IMODE(path.lstat().st_mode)
            if path.is_symlink():
                result[key] = ("link", mode, os.readlink(path))
            elif path.is_dir():
                result[key] = ("dir", mode, "")
            else:
                result[key] = ("file", mode, path.read_bytes())
    return result


def times(folder: Path) -> dict[str, tuple[int, int]]:
    """Path -> (inode, mtime_ns) of every file."""
    return {
        path.relative_to(folder).as_posix(): (path.stat().st_ino, path.stat().st_mtime_ns)
        for path in folder.rglob("*")
        if path.is_file()
    }
