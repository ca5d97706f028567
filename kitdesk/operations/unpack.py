"""unpack: write a version into a folder; over an existing one only with a way back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from kitdesk.changes import Changes, Topic
from kitdesk.errors import BadReference, Conflict
from kitdesk.modelkit.manifest import pair_layers
from kitdesk.modelkit.reference import is_modelkit_reference, parse
from kitdesk.operations.carry_out import carry_out
from kitdesk.operations.changeover import Planner, Wanted
from kitdesk.operations.project import MAX_PARENTS
from kitdesk.operations.rollback import check_whole
from kitdesk.operations.trees import KITFILE, VersionFile, VersionTree, version_tree
from kitdesk.progress import Report, silent
from kitdesk.services.files import explained

if TYPE_CHECKING:
    from pathlib import Path

    from kitdesk.modelkit.values import Entry
    from kitdesk.services.library import Library

FilterType = Literal["kitfile", "model", "datasets", "code", "docs", "prompts"]
KINDS: dict[str, FilterType] = {
    "model": "model",
    "modelpart": "model",
    "dataset": "datasets",
    "code": "code",
    "docs": "docs",
    "prompt": "prompts",
}


@dataclass(frozen=True, slots=True)
class Filter:
    """``TYPES[:NAMES]`` of ``--filter`` (modelkit-format.md section 7, 2)."""

    types: frozenset[str]
    names: frozenset[str]

    def takes(self, entry: Entry) -> bool:
        """True if this filter wants the entry's layer."""
        if KINDS[entry.kind] not in self.types:
            return False
        return (
            not self.names
            or entry.path in self.names
            or bool(entry.name and entry.name in self.names)
        )


@dataclass(frozen=True, slots=True)
class Unpacked:
    """What was written."""

    folder: Path
    digest: str
    files: int
    skipped: int
    bytes: int
    safe_copy: str
    """Id of what was replaced; empty when nothing was."""
    changes: Changes = Changes(Topic.FOLDER | Topic.KITFILE | Topic.HISTORY)


def parse_filter(text: str) -> Filter:
    """Read one ``--filter``; raises BadReference for an unknown type."""
    types, _, names = text.partition(":")
    wanted = frozenset(part.strip() for part in types.split(","))
    known = {"kitfile", *KINDS.values()}
    unknown = sorted(wanted - known)
    if unknown:
        raise BadReference(
            f"“{unknown[0]}” is not a layer type.", f"Known are: {', '.join(sorted(known))}."
        )
    return Filter(wanted, frozenset(part for part in names.split(",") if part))


def unpack(
    digest: str,
    label: str,
    target: Path,
    library: Library,
    report: Report = silent,
    *,
    filters: tuple[Filter, ...] = (),
    overwrite: bool = False,
    ignore_existing: bool = False,
) -> Unpacked:
    """Write a version's files below ``target``, which is made if need be.

    Raises Conflict naming what is in the way before anything is written, UnsafeArchive for a
    hostile layer, DiskFull; a refused unpack leaves the target as it was.
    """
    target = target.absolute()
    made = not target.exists()
    if not made and not target.is_dir():
        raise Conflict(f"{target} is a file.", "Name a folder.")
    if not made:
        check_whole(target, library)
    tree = version_tree(library, digest, report)
    files, folders = _wanted(tree, library, filters, report)
    if not overwrite:
        _check_folders(folders, target)
        files = _without_existing(files, target, skip=ignore_existing)
    planner = Planner(target, library.hashes, report=report)
    with explained("writing into the folder"):
        if made:
            target.mkdir(parents=True)
    done = False
    try:
        # Folders that are there keep their mode, as kit leaves it.
        missing = {p: mode for p, mode in folders.items() if not _real_folder(target / p)}
        planner.want_folders(missing, ())
        planner.want_files(files, ())
        plan = planner.plan
        safe_copy = ""
        if not plan.nothing:
            before = library.journal.version_of(target)
            replaced = bool(plan.replace)

            def record(name: str) -> None:
                undo = name if replaced else None
                library.journal.append(
                    "unpack",
                    project=target,
                    reference=label,
                    digest="" if filters else digest,
                    before=before,
                    undo=undo,
                )

            swap = carry_out(
                plan, library, "unpack", (before, before[7:15]), (digest, label), record, report
            )
            safe_copy = swap.record.id if replaced else ""
            if not replaced:
                library.safe.drop(swap.folder)
        done = True
    finally:
        if made and not done:
            target.rmdir()
    written = len(plan.coming)
    return Unpacked(target, digest, written, len(plan.unchanged), plan.staged_bytes, safe_copy)


def _wanted(
    tree: VersionTree, library: Library, filters: tuple[Filter, ...], report: Report
) -> tuple[dict[str, Wanted], dict[str, int]]:
    """Files and folders to write: the referenced parents' model first, then the version's own."""
    files: dict[str, Wanted] = {}
    folders: dict[str, int] = {}
    for parent in _parents(tree, library, report):
        takes = [f for f in filters if "model" in f.types]
        if not filters or takes:
            only = tuple(takes) or (Filter(frozenset({"model"}), frozenset()),)
            _take(parent, only, files, folders)
    _take(tree, filters, files, folders)
    if not filters or any("kitfile" in one.types for one in filters):
        files.setdefault(KITFILE, Wanted(tree.kitfile_text, 0o644))
    return files, folders


def _parents(tree: VersionTree, library: Library, report: Report) -> list[VersionTree]:
    """The chain of ModelKits that the model refers to, farthest first."""
    chain: list[VersionTree] = []
    model = tree.kitfile.model
    while model and is_modelkit_reference(model.entry.path) and len(chain) < MAX_PARENTS:
        digest = library.store.resolve(parse(model.entry.path).or_latest())
        chain.append(version_tree(library, digest, report))
        model = chain[-1].kitfile.model
    return chain[::-1]


def _take(
    tree: VersionTree,
    filters: tuple[Filter, ...],
    files: dict[str, Wanted],
    folders: dict[str, int],
) -> None:
    entries = {layer.digest: entry for layer, entry in pair_layers(tree.kitfile, tree.manifest)}

    def wanted(file: VersionFile) -> bool:
        entry = entries.get(file.layer.digest)
        return not filters or (entry is not None and any(one.takes(entry) for one in filters))

    chosen = {path: file for path, file in tree.files.items() if wanted(file)}
    for path, file in chosen.items():
        files[path] = Wanted(file, None if path == KITFILE else file.facts.mode)
    folders |= {
        path: mode
        for path, mode in tree.folders.items()
        if not filters or any(name.startswith(f"{path}/") for name in chosen)
    }


def _real_folder(path: Path) -> bool:
    return path.is_dir() and not path.is_symlink()


def _check_folders(folders: dict[str, int], target: Path) -> None:
    """Nothing is written through a link, and no file makes way for a folder unasked."""
    for path in sorted(folders):
        live = target / path
        if (live.exists() or live.is_symlink()) and not _real_folder(live):
            raise Conflict(
                f"{path} in {target} is no folder, and this version needs one there.",
                "Choose an empty folder, or overwrite with -o (undo brings the old one back).",
            )


def _without_existing(files: dict[str, Wanted], target: Path, *, skip: bool) -> dict[str, Wanted]:
    """Refuse what is there already, or leave it out; an equal Kitfile is no obstacle."""
    rest: dict[str, Wanted] = {}
    for path, wanted in files.items():
        live = target / path
        if not (live.exists() or live.is_symlink()):
            rest[path] = wanted
            continue
        if path == KITFILE:
            if isinstance(wanted.source, bytes) and live.read_bytes() == wanted.source:
                continue
            raise Conflict(
                f"There is another Kitfile in {target}.",
                "Choose an empty folder, or overwrite with -o (undo brings the old one back).",
            )
        if not skip:
            raise Conflict(
                f"{path} already exists in {target}.",
                "Choose an empty folder, overwrite with -o, or keep what is there with -i.",
            )
    return rest
