"""A project folder as the verbs see it: its Kitfile, its ignore rules, which file is whose."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from kitdesk.errors import (
    BadKitfile,
    BadModelKit,
    FolderGone,
    KitDeskError,
    NoKitfile,
    NotFound,
)
from kitdesk.modelkit.kitfile import loader as kitfiles
from kitdesk.modelkit.kitfile.model import Kitfile, Profile
from kitdesk.modelkit.layers import planner
from kitdesk.modelkit.layers.ignore import Ignore
from kitdesk.modelkit.primitives.reference import is_modelkit_reference, parse
from kitdesk.services.disk.files import os_errors_as
from kitdesk.services.disk.regular_files import open_regular, read_small

if TYPE_CHECKING:
    from collections.abc import Callable

    from kitdesk.modelkit.layers.plan import LayerPlan
    from kitdesk.services.store.store import Store

MAX_PARENTS = 10
"""A model may refer to another ModelKit, that to another: kit follows this many."""
MAX_IGNORE = 1 << 20
"""Bytes of ``.kitignore``."""
MAX_KITFILE = 8 << 20
"""Bytes; a larger "Kitfile" is not one."""


class Project(NamedTuple):
    """A folder whose Kitfile could be read."""

    folder: Path
    kitfile_path: Path | None
    """None when the Kitfile came from elsewhere (``-f``)."""
    text: bytes
    kitfile: Kitfile
    ignore: Ignore
    parents: tuple[str, ...]
    """Layer paths of the ModelKits that the model refers to."""
    problems: tuple[KitDeskError, ...] = ()
    """Why it cannot be packed as it is; :func:`read_project` lives with them."""


def folder_of(path: Path) -> Path:
    """The folder itself, without links and ``..``; raises FolderGone when it is not there."""
    folder = Path(os.path.realpath(path))
    if not folder.is_dir():
        raise FolderGone(
            f"{path} is not a folder.",
            "Check the path, or create the folder first.",
        )
    return folder


def read_kitfile(folder: Path) -> tuple[Path, bytes]:
    """Path and bytes of the folder's Kitfile; raises NoKitfile."""
    path = kitfiles.find(folder)
    if path is None:
        raise NoKitfile(
            f"No Kitfile found in {folder}.",
            "Write one (KitDesk can make a first one from the folder), or name it with -f.",
        )
    return path, kitfile_bytes(path)


def kitfile_bytes(path: Path) -> bytes:
    """Content of a Kitfile, wherever it lies; raises BadKitfile for what cannot be one."""
    with os_errors_as("reading the Kitfile"), open_regular(path) as source:
        data = source.read(MAX_KITFILE + 1)
    if len(data) > MAX_KITFILE:
        raise BadKitfile(f"{path.name} is too large to be a Kitfile.", "Check which file it is.")
    return data


def read_ignore(folder: Path) -> Ignore:
    """The folder's ``.kitignore``; raises BadIgnoreFile."""
    try:
        with os_errors_as("reading .kitignore"):
            data = read_small(folder / ".kitignore", MAX_IGNORE)
    except NotFound:
        data = None
    return Ignore.parse(data)


def open_project(
    path: Path,
    store: Store,
    profile: Profile = Profile.CURRENT,
    text: bytes | None = None,
) -> Project:
    """Read a folder; ``text`` stands for the Kitfile when it comes from elsewhere."""
    folder = folder_of(path)
    where = None
    if text is None:
        where, text = read_kitfile(folder)
    kitfile = kitfiles.decode(text, profile)
    return Project(folder, where, text, kitfile, read_ignore(folder), parent_paths(kitfile, store))


def read_project(path: Path, store: Store, stand_in: Callable[[], Kitfile | None]) -> Project:
    """Read a folder as far as it can be read: only packing needs all of it.

    Where its Kitfile is gone or broken, ``stand_in`` says which layers it had; None raises what is
    wrong with it. Raises FolderGone.
    """
    folder = folder_of(path)
    problems: list[KitDeskError] = []
    where, text, kitfile = kitfiles.find(folder), b"", None
    try:
        where, text = read_kitfile(folder)
        kitfile = kitfiles.decode(text)
    except KitDeskError as error:
        problems.append(error)
        kitfile = stand_in()
        if kitfile is None:
            raise
    try:
        ignore = read_ignore(folder)
    except KitDeskError as error:
        problems.append(error)
        ignore = Ignore.parse(None)
    try:
        parents = parent_paths(kitfile, store)
    except KitDeskError as error:
        problems.append(error)
        parents = ()
    return Project(folder, where, text, kitfile, ignore, parents, tuple(problems))


def parent_paths(kitfile: Kitfile, store: Store) -> tuple[str, ...]:
    """Layer paths of the chain of ModelKits that ``model.path`` refers to.

    Raises NotFound when one is not in the store, BadModelKit on a circle or a chain too long.
    """
    result: list[str] = []
    seen: set[str] = set()
    while kitfile.model and is_modelkit_reference(kitfile.model.entry.path):
        text = kitfile.model.entry.path
        if text in seen or len(seen) >= MAX_PARENTS:
            raise BadModelKit(
                f"The model refers to {text}, and that leads round in a circle or too deep.",
                f"kit follows at most {MAX_PARENTS} references.",
            )
        seen.add(text)
        reference = parse(text).or_latest()
        kitfile = store.kitfile(store.resolve(reference))
        # Prompts of a parent take nothing away: golden/unpack, case prompts-reference.
        result += [
            entry.path
            for entry in kitfile.entries()
            if entry.kind != "prompt" and not is_modelkit_reference(entry.path)
        ]
    return tuple(result)


def plan_layers(project: Project, profile: Profile = Profile.CURRENT) -> LayerPlan:
    """Which file goes into which layer, and what stays out."""
    with os_errors_as("reading the folder"):
        return planner.plan(
            project.kitfile, project.folder, project.ignore, profile, project.parents
        )
