"""What killed jobs have left on the disks: shown, and swept at the next start."""

from __future__ import annotations

import contextlib
import os
import shutil
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from kitdesk.services.disk.files import TEMPORARY, is_abandoned

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from kitdesk.services.container import Services


@dataclass(frozen=True, slots=True)
class Leftovers:
    """Bytes on the disks that nobody works on any more."""

    bytes: int
    """Of blobs, trees and files in the making whose process was killed."""
    items: int
    downloads: int
    """Bytes of downloads that were cut: the same pull goes on with them."""


@dataclass(frozen=True, slots=True)
class _Item:
    path: Path
    remove: Callable[[], None]


def leftovers(services: Services) -> Leftovers:
    """What there is; nothing is changed."""
    items = list(_items(services, None))
    downloads = sum(_size(path) for path in services.store.blobs.downloads())
    return Leftovers(sum(_size(item.path) for item in items), len(items), downloads)


def sweep(services: Services, folder: Path | None = None) -> Leftovers:
    """Remove it; ``folder``: a project whose own temporary files go, too.

    Never fails and never takes what a living process holds: what cannot be removed stays.
    """
    size = count = 0
    for item in _items(services, folder):
        found = _size(item.path)
        with contextlib.suppress(OSError):
            item.remove()
            size, count = size + found, count + 1
    return Leftovers(size, count, 0)


def _items(services: Services, folder: Path | None) -> Iterator[_Item]:
    for path in services.store.blobs.abandoned():
        yield _Item(path, path.unlink)
    for staged in services.safe_copies.abandoned():
        yield _Item(staged.contents, partial(services.safe_copies.drop, staged))
    for note, tree in services.scratch.abandoned():
        yield _Item(tree, partial(_remove_tree, note, tree))
    paths = services.paths
    own = [paths.data, paths.data / "kitfiles", paths.config, paths.cache, paths.cache / "layers"]
    own += [paths.cache / "packed", services.store.storage, services.store.root / "kitdesk"]
    for place in own:
        yield from _temporary(place, lambda _name: True)
    if folder is not None:  # other programs may call theirs alike: only what is certainly ours
        yield from _temporary(folder, lambda name: name.endswith(".kitdesk.tmp"))


def _temporary(folder: Path, is_ours: Callable[[str], bool]) -> Iterator[_Item]:
    """Files that were to be renamed over another one."""
    try:
        names = os.listdir(folder)
    except OSError:
        return
    for name in names:
        if name.endswith(".tmp") and TEMPORARY.match(name) and is_ours(name):
            path = folder / name
            if not path.is_symlink() and is_abandoned(path):
                yield _Item(path, path.unlink)


def _remove_tree(note: Path, tree: Path) -> None:
    shutil.rmtree(tree, ignore_errors=True)
    if not os.path.lexists(tree):
        note.unlink()


def _size(path: Path) -> int:
    """Bytes of a file, or of all files below a folder."""
    total = 0
    with contextlib.suppress(OSError):
        if not path.is_dir():
            return path.lstat().st_size
        for root, _folders, names in os.walk(path):
            for name in names:
                with contextlib.suppress(OSError):
                    total += os.lstat(os.path.join(root, name)).st_size
    return total
