"""Which file belongs to which layer (format document, 3): the plan of a pack, from names alone."""

from __future__ import annotations

import enum
import os
import stat
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from kitdesk.errors import BadKitfile, DiskFailure, NotFound
from kitdesk.modelkit import manifest, tar
from kitdesk.modelkit.pairing import has_layer
from kitdesk.modelkit.paths import clean, go_strip, in_same_tree, is_below
from kitdesk.modelkit.values import Entry, Kitfile, Profile
from kitdesk.modelkit.walking import Member, Tree

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from kitdesk.modelkit.ignore import Ignore

__all__ = [
    "Chooser",
    "LayerPlan",
    "LeftOut",
    "LeftOutReason",
    "Member",
    "PlannedLayer",
    "owned",
    "plan",
]


@dataclass(frozen=True, slots=True)
class PlannedLayer:
    """One layer to be written."""

    entry: Entry
    """The very object that stands in the Kitfile."""
    base: str
    """The cleaned path of the entry."""
    members: tuple[Member, ...]
    """In the order of the tar."""

    @property
    def size(self) -> int:
        """Bytes of the plain tar."""
        return tar.tar_size(self.members)

    def media_type(self, compression: str) -> str:
        """Return kit's media type; ``compression`` is none, gzip, gzip-fastest or zstd."""
        return manifest.layer_media_type(self.entry.kind, compression)


class LeftOutReason(enum.StrEnum):
    """Why a file is in no layer."""

    LINK = "link"
    """A symbolic link: kit packs none."""
    SPECIAL = "special"
    """A pipe, socket or device."""
    DOTS = "dots"
    """Its name, or a folder's above it, holds ``..``: kit's path test drops it."""
    OTHER_LAYER = "other-layer"
    """Its path starts with the text of another layer's path: kit 1.11 drops it from both."""
    NO_LAYER = "no-layer"
    """No entry of the Kitfile names it or a folder above it."""
    IGNORED = "ignored"
    """``.kitignore`` names it."""


class LeftOut(NamedTuple):
    """A file or folder that no layer holds."""

    path: str
    """Folders end with ``/`` and stand for all below."""
    reason: LeftOutReason
    size: int
    """Bytes of all regular files it stands for; 0 for folders that were not entered."""
    rule: tuple[int, str] | None = None
    """Line and text of the deciding pattern in ``.kitignore``."""


class LayerPlan(NamedTuple):
    """What a pack will write and what it will not."""

    layers: tuple[PlannedLayer, ...]
    left_out: tuple[LeftOut, ...]
    warnings: tuple[str, ...]


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
    from kitdesk.modelkit import leaving_out

    chooser = Chooser(kitfile, ignore, profile, parent_paths)
    tree = Tree(context)
    layers = []
    for entry in kitfile.entries():
        if not has_layer(entry):
            continue
        base = clean(entry.path)
        _check_base(context, base, entry)
        members: list[Member] = []
        _walk(tree, "", base, chooser, members.append)
        layers.append(PlannedLayer(entry, base, tuple(members)))
    planned = tuple(layers)
    left_out = tuple(leaving_out.left_out(tree, planned, chooser))
    warnings = tuple(leaving_out.warnings(kitfile, context, planned, left_out, chooser))
    return LayerPlan(planned, left_out, warnings)


def owned(
    kitfile: Kitfile,
    context: Path,
    ignore: Ignore,
    profile: Profile,
    begin: Callable[[Entry], Callable[[Member], None]],
    parent_paths: tuple[str, ...] = (),
) -> None:
    """Hand over the members of one layer after the other, and remember none: there may be many.

    ``begin`` says who takes those of a layer. Raises like :func:`plan`.
    """
    chooser = Chooser(kitfile, ignore, profile, parent_paths)
    for entry in kitfile.entries():
        if has_layer(entry):
            base = clean(entry.path)
            _check_base(context, base, entry)
            _walk(Tree(context, keep=False), "", base, chooser, begin(entry))


class Chooser:
    """Decides whether a path belongs to a layer (3.1, 3.2)."""

    def __init__(
        self,
        kitfile: Kitfile,
        ignore: Ignore,
        profile: Profile,
        parent_paths: tuple[str, ...] = (),
    ) -> None:
        self.ignore = ignore
        self.by_text = profile is not Profile.CURRENT
        named = [
            entry.path
            for entry in kitfile.entries()
            if not entry.remote_path and (entry.path or entry.kind != "model")
        ]
        self._rivals: dict[str, tuple[str, ...]] = {}
        self.others = tuple({clean(go_strip(path)): None for path in (*named, *parent_paths)})

    def of_other_layer(self, path: str, base: str) -> bool:
        """Whether another layer takes ``path`` away from the layer at ``base``.

        Kit up to 1.11 compares texts, so that ``data-raw`` counts as part of ``data``; the profile
        ``current`` compares paths, as later kit does.
        """
        rivals = self._rivals_at(base)
        if not rivals:
            return False
        path = go_strip(path)
        if self.by_text:
            return path.startswith(rivals)
        return any(is_below(path, other) for other in rivals)

    def has_rivals(self, base: str) -> bool:
        """Whether other layers can take anything away from the layer at ``base``."""
        return bool(self._rivals_at(base))

    def _rivals_at(self, base: str) -> tuple[str, ...]:
        rivals = self._rivals.get(base)
        if rivals is None:
            rivals = self._rivals[base] = self._rivals_of(go_strip(base))
        return rivals

    def _rivals_of(self, base: str) -> tuple[str, ...]:
        """Return the layer paths that can take something away from the layer at ``base``."""
        if self.by_text:
            return tuple(other for other in self.others if not base.startswith(other))
        return tuple(other for other in self.others if not is_below(base, other))


def _walk(
    tree: Tree, folder: str, base: str, chooser: Chooser, take: Callable[[Member], None]
) -> None:
    """Hand over what the layer at ``base`` holds below ``folder``, which is in its tree."""
    ignore = chooser.ignore
    ignoring = ignore.has_patterns or not folder  # the implied patterns are for the root alone
    rivals = chooser.has_rivals(base)
    inside = is_below(folder or ".", base)
    start = len(folder) + 1 if folder else 0
    for found in tree.children(folder):
        if type(found) is not Member:
            continue
        path = found.path
        # Below the base kit's test of the tree asks only whether the name holds “..”.
        if not (".." not in path[start:] if inside else in_same_tree(base, path)):
            continue
        kept = not (
            (ignoring and ignore.matches(path)) or (rivals and chooser.of_other_layer(path, base))
        )
        if kept:
            take(found)
        if found.is_dir and (kept or ignore.has_negations):
            _walk(tree, path, base, chooser, take)


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
