"""demo: write the sample project, movie-recommend, in both versions."""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from kitdesk.changes import Changes, Topic
from kitdesk.errors import Conflict
from kitdesk.operations.folder_changes.new_tree import put_tree
from kitdesk.progress import silent
from kitdesk.services.config.paths import from_environment
from kitdesk.services.container import Services
from kitdesk.services.disk.files import os_errors_as, write_atomically

if TYPE_CHECKING:
    from collections.abc import Iterator
    from importlib.resources.abc import Traversable

FIRST, SECOND = "v1.0.0", "v2.0.0"
NEXT = "next"
"""Folder of the sample that holds what version 2.0.0 changes; ``.kitignore`` names it."""


@dataclass(frozen=True, slots=True)
class Demo:
    """The sample on disk."""

    project: Path
    """A whole project, at v1.0.0."""
    next: Path
    """What v2.0.0 changes: copy it over the project to get there."""
    files: int
    changes: Changes = Changes(Topic.FOLDER | Topic.KITFILE)


def demo(folder: Path, services: Services | None = None) -> Demo:
    """Write the sample into a new or empty folder, all of it or nothing.

    ``library``: else that of the environment. Raises Conflict where there is something.
    """
    services = services or Services.at(from_environment())
    folder = Path(os.path.realpath(folder))
    count = 0

    def fill(root: Path) -> None:
        nonlocal count
        count = _copy(FIRST, root) + _copy(SECOND, root / NEXT)
        note = f"# version 2.0.0, still to come\n{NEXT}\n"
        write_atomically(root / ".kitignore", note.encode())

    with os_errors_as("writing the sample"), contextlib.ExitStack() as stack:
        if os.path.lexists(folder):
            if not folder.is_dir() or any(folder.iterdir()):
                raise Conflict(
                    f"{folder} is not empty.", "Name a new or empty folder for the sample."
                )
            stack.enter_context(services.safe_copies.only_writer(folder))
        put_tree(folder, 0, fill, services, silent, verb="demo")
    return Demo(folder, folder / NEXT, count)


def advance(project: Path) -> None:
    """Do by hand what an analyst does: take the new script, model and Kitfile over."""
    with os_errors_as("writing the sample"):
        _copy(SECOND, project)


def _copy(version: str, target: Path) -> int:
    count = 0
    for path, source in _walk(files("kitdesk.resources") / "sample" / version):
        write_atomically(target / path, source.read_bytes())
        count += 1
    return count


def _walk(folder: Traversable, prefix: str = "") -> Iterator[tuple[str, Traversable]]:
    for one in sorted(folder.iterdir(), key=lambda item: item.name):
        if one.name == "__pycache__":
            continue  # installers compile the sample's scripts, too
        if one.is_dir():
            yield from _walk(one, f"{prefix}{one.name}/")
        else:
            yield prefix + one.name, one
