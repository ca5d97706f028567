"""Which file belongs to which layer (FORMAT.md, 3): the plan of a pack, from names alone."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

from kitdesk.errors import BadKitfile, DiskFailure, FolderGone, KitDeskError, NotFound
from kitdesk.modelkit.kitfile.model import Entry, Kitfile, Profile
from kitdesk.modelkit.layers.file_tree import FileTree
from kitdesk.modelkit.layers.plan import LayerMatcher, LayerPlan, PlannedLayer
from kitdesk.modelkit.oci.layer_entries import has_layer
from kitdesk.modelkit.primitives.go_paths import clean, in_same_tree, is_below
from kitdesk.modelkit.tar.member import FileEntry

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from kitdesk.modelkit.layers.ignore import Ignore


def plan(
    kitfile: Kitfile,
    context: Path,
    ignore: Ignore,
    profile: Profile,
    parent_paths: tuple[str, ...] = (),
) -> LayerPlan:
    """Say which files of the project folder ``context`` go into which layer.

    ``parent_paths``: layer paths of the ModelKit that ``model.path`` refers to. Raises NotFound for
    a path that is not there, DiskFailure for an unreadable folder, BadKitfile for prompts under
    kit-1.7: exactly where kit's pack fails, before anything is written.
    """
    if profile is Profile.KIT_1_7 and kitfile.prompts:
        raise BadKitfile("Kit 1.7 knows no prompts.", "Pack with another profile.")
    from kitdesk.modelkit.layers import exclusions

    matcher = LayerMatcher(kitfile, ignore, profile, parent_paths)
    tree = FileTree(context)
    layers = []
    for entry in kitfile.entries():
        if not has_layer(entry):
            continue
        base = clean(entry.path)
        _check_base(context, base, entry)
        members: list[FileEntry] = []
        _walk(tree, "", base, matcher, members.append)
        layers.append(PlannedLayer(entry, base, tuple(members)))
    planned = tuple(layers)
    left_out = tuple(exclusions.excluded_files(tree, planned, matcher))
    warnings = tuple(exclusions.warnings(kitfile, context, planned, left_out, matcher))
    return LayerPlan(planned, left_out, warnings)


def visit_members(
    kitfile: Kitfile,
    context: Path,
    ignore: Ignore,
    profile: Profile,
    begin: Callable[[Entry], Callable[[FileEntry], None]],
    parent_paths: tuple[str, ...] = (),
    skip: Callable[[Entry, KitDeskError], None] | None = None,
) -> None:
    """Hand over the members of one layer after the other, and remember none: there may be many.

    ``begin`` says who takes those of a layer. Raises like :func:`plan`; with ``skip`` that is told
    of a layer whose path is gone or cannot be listed, and the other layers go on.
    """
    matcher = LayerMatcher(kitfile, ignore, profile, parent_paths)
    for entry in kitfile.entries():
        if not has_layer(entry):
            continue
        base = clean(entry.path)
        take = begin(entry)
        try:
            _check_base(context, base, entry)
            _walk(FileTree(context, keep=False), "", base, matcher, take)
        except FolderGone:
            raise
        except (NotFound, DiskFailure) as error:
            if skip is None:
                raise
            skip(entry, error)


def _walk(
    tree: FileTree, folder: str, base: str, matcher: LayerMatcher, take: Callable[[FileEntry], None]
) -> None:
    """Hand over what the layer at ``base`` holds below ``folder``, which is in its tree."""
    ignore = matcher.ignore
    ignoring = ignore.has_patterns or not folder  # the implied patterns are for the root alone
    rivals = matcher.has_rivals(base)
    inside = is_below(folder or ".", base)
    start = len(folder) + 1 if folder else 0
    for found in tree.children(folder):
        if type(found) is not FileEntry:
            continue
        path = found.path
        # Below the base kit's test of the tree asks only whether the name holds “..”.
        if not (".." not in path[start:] if inside else in_same_tree(base, path)):
            continue
        kept = not (
            (ignoring and ignore.matches(path)) or (rivals and matcher.of_other_layer(path, base))
        )
        if kept:
            take(found)
        if found.is_dir and (kept or ignore.has_negations):
            _walk(tree, path, base, matcher, take)


def _check_base(context: Path, base: str, entry: Entry) -> None:
    shown = entry.path or "."
    try:
        mode = os.stat(os.path.join(context, base)).st_mode
    except (FileNotFoundError, NotADirectoryError, ValueError):
        raise NotFound(
            f"“{shown}” in the Kitfile does not exist.",
            "Correct the path, or put the file there.",
        ) from None
    except OSError as error:
        raise DiskFailure(
            f"“{shown}” cannot be read: {error.strerror}.", "Check its permissions.", str(error)
        ) from error
    if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
        raise NotFound(
            f"“{shown}” is neither a file nor a folder.", "Name a file or a folder in the Kitfile."
        )
