"""Which paths a rollback owns: those of the target, and what layers of the folder own just now."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from typing import TYPE_CHECKING

from kitdesk.errors import KitDeskError, NotFound
from kitdesk.modelkit.kitfile import loader as kitfiles
from kitdesk.modelkit.kitfile.model import Entry, Kitfile, Model, Profile
from kitdesk.modelkit.layers import planner
from kitdesk.modelkit.layers.ignore import Ignore
from kitdesk.modelkit.primitives.reference import is_modelkit_reference
from kitdesk.modelkit.tar.member import FileEntry
from kitdesk.operations.contents.trees import KITFILE
from kitdesk.operations.inputs.addresses import name_of
from kitdesk.operations.inputs.project import read_ignore, read_kitfile

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from kitdesk.operations.contents.trees import VersionContents
    from kitdesk.operations.folder_changes.plan import DesiredFile
    from kitdesk.services.container import Services


def owned_paths(folder: Path, tree: VersionContents, ignore: Ignore) -> tuple[set[str], set[str]]:
    """(files, folders) that layers of the folder's Kitfile or the target's own just now.

    Of the files only those that the target has not: the others are wanted anyway.
    """
    files: set[str] = set()
    folders: set[str] = set()

    def take(member: FileEntry) -> None:
        if member.is_dir:
            folders.add(member.path)
        elif member.path not in tree.files:
            files.add(member.path)

    known = [tree.kitfile]
    with contextlib.suppress(KitDeskError):  # a missing or broken Kitfile is no obstacle
        known.append(kitfiles.decode(read_kitfile(folder)[1]))
    for kitfile in known:
        _existing(kitfile, folder, ignore, take)
    outside = {path for path in files if path.split("/")[0] == ".venv"}
    return files - outside - {".kitignore"}, folders


def _existing(
    kitfile: Kitfile, folder: Path, ignore: Ignore, take: Callable[[FileEntry], None]
) -> None:
    """Hand over the members of the layers whose path is there now."""

    def there(entry: Entry) -> bool:
        if is_modelkit_reference(entry.path) or entry.remote_path:
            return False
        return (folder / entry.path).exists()

    model = kitfile.model
    if model is not None:
        parts = tuple(part for part in model.parts if there(part))
        entry = (
            model.entry if there(model.entry) else replace(model.entry, path="", parameters=None)
        )
        model = Model(entry, parts=parts) if there(model.entry) or parts else None
    present = replace(
        kitfile,
        model=model,
        code=tuple(filter(there, kitfile.code)),
        datasets=tuple(filter(there, kitfile.datasets)),
        docs=tuple(filter(there, kitfile.docs)),
        prompts=tuple(filter(there, kitfile.prompts)),
    )
    with contextlib.suppress(KitDeskError):
        planner.visit_members(present, folder, ignore, Profile.CURRENT, lambda _entry: take)


def limit_to(
    only: tuple[str, ...],
    wanted: Mapping[str, DesiredFile],
    files: set[str],
    folders: dict[str, int],
) -> tuple[Mapping[str, DesiredFile], set[str], dict[str, int], set[str]]:
    """Just the named files, or all below the named folders; raises NotFound for strangers."""
    names = tuple(name.strip("/").removeprefix("./") for name in only)

    def chosen(path: str) -> bool:
        return any(path == name or path.startswith(f"{name}/") for name in names)

    for name in names:
        if not any(path == name or path.startswith(f"{name}/") for path in (*wanted, *files)):
            raise NotFound(
                f"{name} is in no layer of that version.", "kitdesk inspect lists its layers."
            )
    kept = {path: one for path, one in wanted.items() if chosen(path)}
    parents = {path for path in folders if any(one.startswith(f"{path}/") for one in kept)}
    return (
        kept,
        {path for path in files if chosen(path)},
        {path: mode for path, mode in folders.items() if chosen(path) or path in parents},
        set(),
    )


def kitfile_name(folder: Path) -> str:
    """Name of the Kitfile in the folder, else the usual one."""
    path = kitfiles.find(folder)
    return path.name if path is not None else KITFILE


def tolerant_ignore(folder: Path) -> tuple[Ignore, list[str]]:
    """The ignore rules, and what is said of a file of them that cannot be read."""
    try:
        return read_ignore(folder), []
    except KitDeskError as error:
        return Ignore.parse(None), [f"{error.title} It is not applied."]


def left_alone(ignore: Ignore, kitfile: str) -> Callable[[str], bool]:
    """Says of a path whether the ignore rules keep it from being changed."""

    def is_left_alone(path: str) -> bool:
        return path not in {kitfile, KITFILE} and ignore.matches(path)

    return is_left_alone


def label_of(services: Services, digest: str) -> str:
    """A name of a version of the store, else the start of its digest."""
    for version in services.store.versions():
        if version.digest == digest and version.tags:
            return name_of(version.repository, version.tags[0])
    return digest.partition(":")[2][:8]
