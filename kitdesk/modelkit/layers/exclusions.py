"""What a pack does not take, and what a person should know about it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from kitdesk.errors import DiskFailure
from kitdesk.modelkit.layers.ignore import IMPLIED
from kitdesk.modelkit.layers.plan import ExcludedFile, ExclusionReason, LayerMatcher, PlannedLayer
from kitdesk.modelkit.primitives.go_paths import in_same_tree, is_below, is_outside
from kitdesk.modelkit.tar.member import FileEntry, UnsupportedEntry

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from kitdesk.modelkit.kitfile.model import Kitfile
    from kitdesk.modelkit.layers.file_tree import FileTree

NOT_ENTERED = frozenset((".git", ".hg", ".svn", ".venv", "node_modules", "__pycache__"))
"""Folders that are listed as one when no layer holds them."""
_REPOSITORIES = frozenset((".git", ".hg", ".svn"))
_NAMED = 10
"""So many paths of a kind are named in warnings; the rest is counted."""
_WHY = {
    ExclusionReason.LINK: "it is a link, and kit packs no links",
    ExclusionReason.SPECIAL: "it is neither a file nor a folder",
    ExclusionReason.DOTS: "its name holds “..”, and kit drops such names",
    ExclusionReason.OTHER_LAYER: "its name starts like the path of another layer, and kit drops it",
}


def excluded_files(
    tree: FileTree, layers: tuple[PlannedLayer, ...], matcher: LayerMatcher
) -> Iterator[ExcludedFile]:
    """Yield every file and folder that no layer holds, in the order of the walk.

    A folder stands for all below if nothing of it is packed for one and the same reason.
    """
    packed = {member.path for layer in layers for member in layer.members}
    above = {path.rpartition("/")[0] for path in packed}
    above |= {parent for path in tuple(above) for parent in _parents(path)}
    bases = tuple(layer.base for layer in layers)
    yield from _below(tree, "", packed, above, bases, matcher)


def _below(
    tree: FileTree,
    folder: str,
    packed: set[str],
    above: set[str],
    bases: tuple[str, ...],
    matcher: LayerMatcher,
) -> Iterator[ExcludedFile]:
    for found in tree.children(folder):
        path = found.path
        is_dir = isinstance(found, FileEntry) and found.is_dir
        if path in IMPLIED or (not is_dir and path in packed):
            continue
        reason = None if path in packed else _reason(found, bases, matcher)
        if not isinstance(found, FileEntry) or not found.is_dir:
            if reason is not None:
                rule = matcher.ignore.rule_for(path) if reason is ExclusionReason.IGNORED else None
                yield ExcludedFile(
                    path, reason, found.size if isinstance(found, FileEntry) else 0, rule
                )
            continue
        whole = path not in above and path not in packed
        entered = not any(is_below(base, path) for base in bases)
        if whole and entered and reason is not None and _uniform(reason, matcher):
            rule = matcher.ignore.rule_for(path) if reason is ExclusionReason.IGNORED else None
            yield ExcludedFile(path + "/", reason, _size(tree, found), rule)
        else:
            yield from _below(tree, path, packed, above, bases, matcher)


def _uniform(reason: ExclusionReason, matcher: LayerMatcher) -> bool:
    return reason is not ExclusionReason.IGNORED or not matcher.ignore.has_negations


def _reason(
    found: FileEntry | UnsupportedEntry, bases: tuple[str, ...], matcher: LayerMatcher
) -> ExclusionReason | None:
    path = found.path
    near = [base for base in bases if is_below(path, base)]
    if not near:
        ignored = matcher.ignore.matches(path)
        return ExclusionReason.IGNORED if ignored else ExclusionReason.NO_LAYER
    if isinstance(found, UnsupportedEntry):
        return ExclusionReason.LINK if found.is_link else ExclusionReason.SPECIAL
    if matcher.ignore.matches(path):
        return ExclusionReason.IGNORED
    if not any(in_same_tree(base, path) for base in near):
        return ExclusionReason.DOTS
    if all(matcher.of_other_layer(path, base) for base in near):
        return ExclusionReason.OTHER_LAYER
    return ExclusionReason.DOTS if any(".." in parent for parent in _parents(path)) else None


def _size(tree: FileTree, folder: FileEntry) -> int:
    if folder.path.rpartition("/")[2] in NOT_ENTERED:
        return 0
    total = 0
    try:
        for found in tree.children(folder.path):
            if isinstance(found, FileEntry):
                total += _size(tree, found) if found.is_dir else found.size
    except DiskFailure:
        return total  # nobody wants to pack it: an unreadable folder is no failure here
    return total


def _parents(path: str) -> Iterator[str]:
    at = path.rfind("/")
    while at > 0:
        yield path[:at]
        at = path.rfind("/", 0, at)


def warnings(
    kitfile: Kitfile,
    context: Path,
    layers: tuple[PlannedLayer, ...],
    left: tuple[ExcludedFile, ...],
    matcher: LayerMatcher,
) -> Iterator[str]:
    """Yield one sentence for everything that packs otherwise than it looks."""
    for layer in layers:
        yield from _layer_warnings(context, layer, matcher)
    for reason, why in _WHY.items():
        paths = [item.path for item in left if item.reason is reason]
        for path in paths[:_NAMED]:
            yield f"“{path}” is not packed: {why}."
        if len(paths) > _NAMED:
            yield f"{len(paths) - _NAMED} more are not packed for the same reason."
    for dataset in kitfile.datasets:
        if dataset.remote_path:
            yield f"The dataset “{dataset.name or dataset.path}” stays remote: it makes no layer."
    if kitfile.mcp_servers:
        yield "MCP servers are not packed."


def _layer_warnings(context: Path, layer: PlannedLayer, matcher: LayerMatcher) -> Iterator[str]:
    base = layer.base
    if is_outside(base):
        yield f"“{base}” lies outside the project folder: its layer is empty."
        return
    if any(os.path.islink(os.path.join(context, part)) for part in (base, *_parents(base))):
        yield f"“{base}” is a link or lies behind one: its layer is empty."
        return
    if base != "." and matcher.ignore.matches(base):
        yield f"“{base}” is ignored by .kitignore: its layer holds nothing of it."
    elif not any(member.size for member in layer.members):
        yield f"The layer “{base}” holds no content."
    yield from _orphans(layer)
    for member in layer.members:
        if member.is_dir and member.path.rpartition("/")[2] in _REPOSITORIES:
            yield f"“{member.path}/” is packed: a version control folder rarely belongs in a kit."


def _orphans(layer: PlannedLayer) -> Iterable[str]:
    """Kit cannot unpack files whose folders have no entries of their own (FORMAT.md, 3.3)."""
    folders = {member.path for member in layer.members if member.is_dir}
    lacking = {
        parent: None
        for member in layer.members
        if (parent := member.path.rpartition("/")[0]) and parent not in folders
    }
    return [
        f"“{folder}/” is ignored but files in it are packed: kit cannot unpack them."
        for folder in lacking
    ]
