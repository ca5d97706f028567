"""What files a version or a folder consists of, with hashes: the ground of compare and rollback."""

from __future__ import annotations

from array import array
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kitdesk.compare.values import UNREAD, FileFacts
from kitdesk.errors import BadModelKit, DiskFailure, FileChanged, NotFound
from kitdesk.modelkit.kitfile.model import Profile
from kitdesk.modelkit.layers import planner
from kitdesk.modelkit.oci import config, modelpack
from kitdesk.modelkit.oci.manifest import Manifest, pair_layers
from kitdesk.modelkit.primitives.go_paths import clean
from kitdesk.modelkit.tar import writer as tar_writer
from kitdesk.operations.contents import placement
from kitdesk.operations.contents.file_table import FileTable
from kitdesk.operations.contents.placement import VersionFile, VersionLayer
from kitdesk.progress import Progress, Report, silent
from kitdesk.services.disk.files import os_errors_as

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path

    from kitdesk.errors import KitDeskError
    from kitdesk.modelkit.kitfile.model import Entry, Kitfile
    from kitdesk.modelkit.oci.manifest import Descriptor
    from kitdesk.modelkit.tar.member import FileEntry
    from kitdesk.operations.inputs.project import Project
    from kitdesk.services.container import Services
    from kitdesk.services.disk.hash_cache import HashCache
    from kitdesk.services.layers.table import LayerFileTable


KITFILE = "Kitfile"


@dataclass(frozen=True, slots=True)
class VersionContents:
    """Everything ``kit unpack`` of a version would write, layers applied in manifest order."""

    digest: str
    manifest: Manifest
    kitfile: Kitfile
    kitfile_text: bytes
    """The original text when KitDesk packed it here, else as ``kit unpack`` writes it."""
    files: Mapping[str, VersionFile]
    folders: dict[str, int]
    """Path -> mode."""
    entries: tuple[Entry, ...]
    parts: tuple[VersionLayer, ...]
    """The same layer by layer."""


def version_contents(
    services: Services, digest: str, report: Report = silent, *, hashed: bool = True
) -> VersionContents:
    """Read a version of the store; ``hashed`` False leaves contents alone (no hash in the facts).

    Raises NotFound, BadModelKit, UnsafeArchive, WrongDigest.
    """
    manifest = services.store.manifest(digest)
    kitfile = services.store.kitfile(digest)
    lists = services.layers.list_files if hashed else services.layers.list_names
    return assemble(digest, manifest, kitfile, services, lambda layer: lists(layer, report))


def assemble(
    digest: str,
    manifest: Manifest,
    kitfile: Kitfile,
    services: Services,
    list_layer: Callable[[Descriptor], LayerFileTable],
) -> VersionContents:
    """Put the layers of a version over each other; ``list_layer`` names the members of one.

    Raises BadModelKit, UnsafeArchive, and what ``list_layer`` raises.
    """
    _check_digests(kitfile, manifest)
    folders: dict[str, int] = {}
    parts = []
    for layer, entry in pair_layers(kitfile, manifest):
        if not modelpack.is_unpackable(layer):
            continue
        part = placement.place_members(manifest, layer, entry, list_layer(layer))
        for path, mode in part.folders.items():
            folders.setdefault(path, mode)
        parts.append(part)
    files = placement.OverlayMapping([part.files for part in parts])
    add_parents(files, folders)
    add_parents(tuple(folders), folders)
    folders.pop(".", None)
    own = services.journal.kitfile(digest)
    text = own if own is not None else config.to_yaml(kitfile).encode()
    return VersionContents(
        digest, manifest, kitfile, text, files, folders, kitfile.entries(), tuple(parts)
    )


def _check_digests(kitfile: Kitfile, manifest: Manifest) -> None:
    known = {layer.digest for layer in manifest.layers}
    for entry in kitfile.entries():
        if entry.digest and entry.digest not in known:
            raise BadModelKit(
                f"The config names a layer for {entry.path or '.'} that the manifest has not.",
                "Nothing was written. kit refuses such a version too.",
                entry.digest,
            )


def add_parents(paths: Iterable[str], folders: dict[str, int]) -> None:
    """Parents that no layer names: kit could not unpack what lies in them, we make them."""
    done: set[str] = set()
    for path in paths:
        parent = path.rpartition("/")[0]
        while parent and parent not in done:
            done.add(parent)
            folders.setdefault(parent, 0o755)
            parent = parent.rpartition("/")[0]


def file_facts(tree: VersionContents) -> dict[str, FileFacts]:
    """Just the facts, by path."""
    return {path: file.facts for path, file in tree.files.items()}


class FolderLayer:
    """One layer as it would be packed from a folder: of 100,000 files just what is asked for."""

    def __init__(self, entry: Entry) -> None:
        self.entry = entry
        self.base = clean(entry.path)
        self.paths: list[str] = []
        self.sizes = array("q")
        """Bytes of each of them."""
        self.size = tar_writer.tar_size(())
        """Bytes of the plain tar."""

    def take(self, member: FileEntry) -> None:
        """Note a member; folders only count."""
        self.size += tar_writer.size_of(member.path, member.size)
        if not member.is_dir:
            self.paths.append(member.path)
            self.sizes.append(member.size)


def folder_layers(
    project: Project, skip: Callable[[Entry, KitDeskError], None] | None = None
) -> tuple[FolderLayer, ...]:
    """The layers of a project folder; raises as packing it would.

    With ``skip`` that is told of each layer whose path is gone or cannot be listed.
    """
    parts: list[FolderLayer] = []

    def begin(entry: Entry) -> Callable[[FileEntry], None]:
        parts.append(FolderLayer(entry))
        return parts[-1].take

    with os_errors_as("reading the folder"):
        planner.visit_members(
            project.kitfile,
            project.folder,
            project.ignore,
            Profile.CURRENT,
            begin,
            project.parents,
            skip,
        )
    return tuple(parts)


def folder_facts(
    folder: Path,
    parts: Sequence[FolderLayer],
    hashes: HashCache,
    report: Report = silent,
    skip: Callable[[str, KitDeskError], None] | None = None,
) -> tuple[FileTable, ...]:
    """Hashes of all files that the layers own, a table a layer; the stat cache spares the reading.

    Raises FileChanged for a file that is written meanwhile, DiskFailure for one that cannot be
    read, FolderGone for one that vanished. With ``skip`` that is told instead: such a file has no
    hash (UNREAD, equal to none), a vanished one is left out.
    """
    total = sum(part.size for part in parts)
    tables = tuple(FileTable() for _part in parts)
    done = 0
    with hashes.open() as cache:
        for part, table in zip(parts, tables, strict=True):
            for path in part.paths:
                base = done

                def tell(now: Progress, base: int = base) -> None:
                    report(Progress("Reading the folder", base + now.done, total))

                try:
                    digest, stat = cache.sha256(folder / path, tell)
                except (FileChanged, DiskFailure, NotFound) as error:
                    if skip is None:
                        raise
                    facts = _unread(folder / path, part.entry.kind)
                    if facts is not None:
                        skip(path, error)
                        table.put(path, facts)
                    continue
                mode = stat.st_mode & 0o7777
                table.put(path, FileFacts(stat.st_size, digest, mode, part.entry.kind))
                done += stat.st_size
                report(Progress("Reading the folder", done, total))
    return tables


def _unread(path: Path, kind: str) -> FileFacts | None:
    """What is known of a file whose bytes cannot be had; None: it is not there any more."""
    try:
        stat = path.lstat()
    except OSError:
        return None
    return FileFacts(stat.st_size, UNREAD, stat.st_mode & 0o7777, kind)
