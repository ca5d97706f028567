"""The project folder as a tree of names and ``lstat`` results; contents are never read."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING, NamedTuple

from kitdesk.errors import DiskFailure, FolderGone

if TYPE_CHECKING:
    from pathlib import Path


class Found(NamedTuple):
    """One directory entry; a tuple, because a project may hold 100,000 of them."""

    path: str
    """Project-relative, ``/`` between, surrogates for bytes that are not UTF-8."""
    stat: os.stat_result
    is_dir: bool
    """A folder by itself, not by a link."""
    is_file: bool
    """A regular file by itself, not by a link."""
    is_link: bool
    """A symbolic link, to whatever."""


class Tree:
    """Lists folders below ``root`` on demand, each once, names in the order of their bytes."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._known: dict[str, tuple[Found, ...]] = {}

    def children(self, folder: str) -> tuple[Found, ...]:
        """Return the entries of a folder (``""``: the root); raises DiskFailure, FolderGone."""
        known = self._known.get(folder)
        if known is None:
            known = self._known[folder] = self._list(folder)
        return known

    def _list(self, folder: str) -> tuple[Found, ...]:
        prefix = folder + "/" if folder else ""
        try:
            with os.scandir(os.path.join(self.root, folder)) as entries:
                listed = sorted(entries, key=_bytes_of_name)
        except FileNotFoundError:
            if folder:
                return ()
            raise FolderGone(
                f"The folder {self.root} does not exist.", "Choose another folder."
            ) from None
        except OSError as error:
            raise DiskFailure(
                f"The folder “{folder or self.root}” cannot be read: {error.strerror}.",
                "Check its permissions.",
                str(error),
            ) from error
        found: list[Found] = []
        for entry in listed:
            try:
                facts = entry.stat(follow_symlinks=False)
            except FileNotFoundError:
                continue  # gone since it was listed
            except OSError as error:
                raise DiskFailure(
                    f"“{prefix}{entry.name}” cannot be read: {error.strerror}.",
                    "Check its permissions.",
                    str(error),
                ) from error
            kind = stat.S_IFMT(facts.st_mode)
            found.append(
                Found(
                    prefix + entry.name,
                    facts,
                    kind == stat.S_IFDIR,
                    kind == stat.S_IFREG,
                    kind == stat.S_IFLNK,
                )
            )
        return tuple(found)


def _bytes_of_name(entry: os.DirEntry[str]) -> bytes:
    return entry.name.encode("utf-8", "surrogateescape")
