"""What files a version or a folder consists of, with hashes: the ground of compare and rollback."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kitdesk.compare.values import FileFacts
from kitdesk.errors import FolderGone
from kitdesk.modelkit import config
from kitdesk.modelkit.manifest import Descriptor, Manifest, pair_layers
from kitdesk.progress import Progress, Report, silent

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable
    from pathlib import Path

    from kitdesk.modelkit.layers import LayerPlan
    from kitdesk.modelkit.values import Entry, Kitfile
    from kitdesk.services.hash_cache import HashCache
    from kitdesk.services.layer_files import LayerFile
    from kitdesk.services.library import Library

KITFILE = "Kitfile"


@dataclass(frozen=True, slots=True)
class VersionFile:
    """A file of a version and where its bytes are."""

    facts: FileFacts
    layer: Descriptor
    member: LayerFile


@dataclass(frozen=True, slots=True)
class VersionTree:
    """Everything ``kit unpack`` of a version would write, layers applied in manifest order."""

    digest: str
    manifest: Manifest
    kitfile: Kitfile
    kitfile_text: bytes
    """The original text when KitDesk packed it here, else as ``kit unpack`` writes it."""
    files: dict[str, VersionFile]
    folders: dict[str, int]
    """Path -> mode."""
    entries: tuple[Entry, ...]


def version_tree(library: Library, digest: str, report: Report = silent) -> VersionTree:
    """Read a version of the store; raises NotFound, BadModelKit, UnsafeArchive, WrongDigest."""
    manifest = library.store.manifest(digest)
    kitfile = library.store.kitfile(digest)
    files: dict[str, VersionFile] = {}
    folders: dict[str, int] = {}
    for layer, entry in pair_layers(kitfile, manifest):
        kind = entry.kind if entry else ""
        for member in library.layers.list(layer, report):
            if member.kind == "dir":
                folders.setdefault(member.path, member.mode)
                continue
            files[member.path] = VersionFile(
                FileFacts(member.size, member.sha256, member.mode, kind), layer, member
            )
    for path in list(files):
        _add_parents(path, folders)
    folders.pop(".", None)
    own = library.journal.kitfile(digest)
    text = own if own is not None else config.to_yaml(kitfile).encode()
    return VersionTree(digest, manifest, kitfile, text, files, folders, kitfile.entries())


def _add_parents(path: str, folders: dict[str, int]) -> None:
    """Parents that the layer does not name: kit could not unpack them, we make them."""
    while "/" in path:
        path = path.rpartition("/")[0]
        folders.setdefault(path, 0o755)


def file_facts(tree: VersionTree) -> dict[str, FileFacts]:
    """Just the facts, by path."""
    return {path: file.facts for path, file in tree.files.items()}


def folder_facts(
    folder: Path, plan: LayerPlan, hashes: HashCache, report: Report = silent
) -> dict[str, FileFacts]:
    """Hashes of all files that the layers own; unchanged ones come from the stat cache.

    Raises FileChanged for a file that is written meanwhile, FolderGone for one that vanished.
    """
    total = sum(layer.size for layer in plan.layers)
    result: dict[str, FileFacts] = {}
    done = 0
    with hashes.open() as cache:
        for layer in plan.layers:
            for member in layer.members:
                if member.is_dir:
                    continue
                base = done

                def tell(part: Progress, base: int = base) -> None:
                    report(Progress("Reading the folder", base + part.done, total))

                digest, stat = cache.sha256(folder / member.path, tell)
                result[member.path] = FileFacts(
                    stat.st_size, digest, stat.st_mode & 0o7777, layer.entry.kind
                )
                done += stat.st_size
                report(Progress("Reading the folder", done, total))
    return result


def hash_paths(
    folder: Path, paths: Iterable[str], hashes: HashCache, report: Report = silent
) -> dict[str, tuple[str, os.stat_result]]:
    """(hex digest, stat) of the regular files among ``paths``; what is not there is left out."""
    result = {}
    with hashes.open() as cache:
        for path in paths:
            try:
                result[path] = cache.sha256(folder / path, report)
            except FolderGone:
                continue
    return result
