"""The project folder as a tree of names and ``lstat`` results; contents are never read."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kitdesk.errors import DiskFailure, FolderGone

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Found:
    """One directory entry."""

    path: str
    """Project-relative, ``/`` between, surrogates for bytes that are not UTF-8."""
    stat: os.stat_result

    @property
    def is_dir(self) -> bool:
        """A folder by itself, not by a link."""
        return stat.S_ISDIR(self.stat.st_mode)

    @property
    def is_file(self) -> bool:
        """A regular file by itself, not by a link."""
        return stat.S_ISREG(self.stat.st_mode)

    @property
    def is_link(self) -> bool:
        """A symbolic link, to whatever."""
        return stat.S_ISLNK(self.stat.st_mode)


class Tree:
    """Lists folders below ``root`` on demand, each once, names in the order of their bytes."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._known: dict[str, tuple[Found, ...]] = {}

    def children(self, folder: str) -> tuple[Found, ...]:
        """Return the entries of a folder (``""``: the root); raises DiskFailure, FolderGone."""
        known = self._known.get(folder)
        if known is None:
            known = self._known[folder] = tuple(self._list(folder))
        return known

    def _list(self, folder: str) -> Iterator[Found]:
        prefix = folder + "/" if folder else ""
        try:
            with os.scandir(os.path.join(self.root, folder)) as entries:
                listed = sorted(entries, key=lambda entry: os.fsencode(entry.name))
        except FileNotFoundError:
            if folder:
                return
            raise FolderGone(
                f"The folder {self.root} does not exist.", "Choose another folder."
            ) from None
        except OSError as error:
            raise DiskFailure(
                f"The folder “{folder or self.root}” cannot be read: {error.strerror}.",
                "Check its permissions.",
                str(error),
            ) from error
        for entry in listed:
            try:
                yield Found(prefix + entry.name, entry.stat(follow_symlinks=False))
            except FileNotFoundError:
                continue  # gone since it was listed
            except OSError as error:
                raise DiskFailure(
                    f"“{prefix}{entry.name}” cannot be read: {error.strerror}.",
                    "Check its permissions.",
                    str(error),
                ) from error
