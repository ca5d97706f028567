"""unpack: write a version into a folder; over an existing one only with a way back."""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from kitdesk.changes import Changes, Topic
from kitdesk.errors import BadReference, Conflict
from kitdesk.modelkit.primitives.disk_names import collisions, is_version_control
from kitdesk.operations.contents.placement import OverlayMapping
from kitdesk.operations.contents.trees import KITFILE, version_contents
from kitdesk.operations.folder_changes.apply import apply_plan
from kitdesk.operations.folder_changes.fresh import real_folder, write_fresh
from kitdesk.operations.folder_changes.plan import DesiredFile, DesiredFiles
from kitdesk.operations.folder_changes.planner import FolderPlanner
from kitdesk.operations.folder_changes.selection import KINDS, Filter, UnpackSelection, select_files
from kitdesk.operations.inputs.project import MAX_KITFILE
from kitdesk.operations.rollback import check_whole
from kitdesk.progress import Report, silent
from kitdesk.services.disk.name_rules import rule_of, spelled_on_disk

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Set

    from kitdesk.operations.contents.placement import VersionFile
    from kitdesk.services.container import Services


@dataclass(frozen=True, slots=True)
class UnpackResult:
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
    """Read one ``--filter``; raises BadReference for an unknown type or a second colon."""
    types, _, names = text.partition(":")
    if ":" in names:
        raise BadReference(f"“{text}” is no filter.", "Write TYPE,TYPE or TYPE,TYPE:NAME,NAME.")
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
    services: Services,
    report: Report = silent,
    *,
    filters: tuple[Filter, ...] = (),
    overwrite: bool = False,
    ignore_existing: bool = False,
) -> UnpackResult:
    """Write a version's files below ``target``, which is made if need be.

    What is there is replaced only with ``overwrite``, and then by a swap that undo can turn round;
    equal files are left alone. Raises Conflict naming what is in the way before anything is
    written, UnsafeArchive for a hostile layer, WrongDigest for an altered one, DiskFull; a refused
    unpack leaves the target as it was.
    """
    target = Path(os.path.realpath(target))
    if target.exists() and not target.is_dir():
        raise Conflict(f"{target} is a file.", "Name a folder.")
    with contextlib.ExitStack() as stack:
        if target.exists():  # what is decided below is true as long as nobody else changes it
            stack.enter_context(services.safe_copies.only_writer(target))
            check_whole(target, services, locked=True)
        tree = version_contents(services, digest, report, hashed=False)
        chosen = select_files(tree, services, filters, report)
        if chosen.twice and not overwrite and not ignore_existing:
            raise Conflict(
                f"Two layers of this version hold {chosen.twice[0]}.",
                "kit refuses that too; with -o the later layer wins.",
            )
        _leave_out_version_control(chosen, services)
        check_names((*chosen.files, *chosen.folders), target)
        _check_folders(chosen.folders, target)
        there = _there(chosen, target, overwrite=overwrite, skip=ignore_existing)
        before = services.journal.version_of(target)

        def record(undo: str | None) -> None:
            services.journal.append(
                "unpack",
                project=target,
                reference=label,
                digest="" if filters else digest,
                before=before,
                undo=undo,
            )

        if not there.replaced:
            files = OverlayMapping(chosen.parts, there.kept | chosen.without)
            size = write_fresh(files, chosen.folders, target, (digest, label), services, report)
            if files:
                record(None)
            return UnpackResult(target, digest, len(files), len(there.kept), size, "")
        del tree, chosen  # 100,000 files are some megabytes
        tree = version_contents(
            services, digest, report
        )  # contents are compared: hashes are needed
        chosen = select_files(tree, services, filters, report)
        _leave_out_version_control(chosen, services)
        return _over(chosen, there, target, services, (before, digest, label), record, report)


def _leave_out_version_control(chosen: UnpackSelection, services: Services) -> None:
    """What a kit holds below .git, .hg or .svn would act by itself there: it is not written."""
    number = chosen.leave_out(is_version_control)
    if number:
        services.warnings.add(
            f"{number:,} {'file' if number == 1 else 'files'} below .git, .hg or .svn of this "
            "version are not written: they could run programs."
        )


def check_names(paths: Iterable[str], target: Path) -> None:
    """Raises Conflict for names that are one on the target's disk: one would replace the other."""
    rule = rule_of(target)
    if rule.exact:
        return
    for first, second in collisions(paths, rule):
        raise Conflict(
            f"{first} and {second} of this version are one file on this disk.",
            "Use a disk that tells them apart.",
        )
    for path in paths:
        name = spelled_on_disk(target / path, rule)
        if name is not None and name != path.rpartition("/")[2] and not (target / path).is_dir():
            raise Conflict(
                f"{path} and {name}, which is there already, are one file on this disk.",
                f"Rename {name} first, or choose an empty folder.",
            )


def _over(
    chosen: UnpackSelection,
    there: TargetContents,
    target: Path,
    services: Services,
    versions: tuple[str, str, str],
    record: Callable[[str | None], None],
    report: Report,
) -> UnpackResult:
    """Over files that are there: staged, swapped, with a way back."""
    before, digest, label = versions
    planner = FolderPlanner(target, services.hashes, report=report)
    # Folders and files that are there keep their mode, as kit leaves it.
    planner.want_folders(
        {path: mode for path, mode in chosen.folders.items() if not real_folder(target / path)}, ()
    )

    def wanted(path: str, source: VersionFile | bytes) -> DesiredFile | None:
        if path in there.kept:
            return None
        keeps_mode = path in there.replaced or path == KITFILE
        return DesiredFile(source, None if keeps_mode else _mode(source))

    planner.want_files(DesiredFiles(chosen.files, wanted), ())
    plan = planner.plan
    safe_copy = ""
    if not plan.nothing:
        kept = bool(plan.replace)
        transaction = apply_plan(
            plan,
            services,
            "unpack",
            (before, before[7:15]),
            (digest, label),
            lambda name: record(name if kept else None),
            report,
        )
        safe_copy = transaction.record.id if kept else ""
        if not kept:
            services.safe_copies.release(transaction)
    skipped = len(plan.unchanged) + len(there.kept)
    return UnpackResult(target, digest, len(plan.coming), skipped, plan.staged_bytes, safe_copy)


def _mode(source: VersionFile | bytes) -> int:
    return 0o644 if isinstance(source, bytes) else source.facts.mode


def _check_folders(folders: dict[str, int], target: Path) -> None:
    """Nothing is written through a link, and no file makes way for a folder."""
    for path in sorted(folders):
        live = target / path
        if (live.exists() or live.is_symlink()) and not real_folder(live):
            raise Conflict(
                f"{path} in {target} is no folder, and this version needs one there.",
                "Move it away, or choose an empty folder.",
            )


@dataclass(frozen=True, slots=True)
class TargetContents:
    """What the target holds already under the names that are to be written."""

    kept: Set[str]
    """Stays: asked for, or an equal Kitfile."""
    replaced: Set[str]


def _there(chosen: UnpackSelection, target: Path, *, overwrite: bool, skip: bool) -> TargetContents:
    """Look at what is in the way; raises Conflict for what may not go (FORMAT.md, 7)."""
    kept: set[str] = set()
    replaced: set[str] = set()
    if not target.is_dir() or not os.listdir(target):
        return TargetContents(kept, replaced)
    for path, source in chosen.files.items():
        live = target / path
        if not os.path.lexists(live):
            continue
        if real_folder(live):
            raise Conflict(
                f"{path} in {target} is a folder, and this version has a file of that name.",
                "Move it away, or choose an empty folder.",
            )
        if path == KITFILE and isinstance(source, bytes):
            texts = (source, chosen.kitfile_of_kit)
            if live.is_file() and live.stat().st_size < MAX_KITFILE and live.read_bytes() in texts:
                kept.add(path)
            elif overwrite:
                replaced.add(path)
            else:
                raise Conflict(
                    f"There is another Kitfile in {target}.",
                    "Choose an empty folder, or overwrite with -o (undo brings the old one back).",
                )
        elif skip:
            kept.add(path)
        elif overwrite:
            replaced.add(path)
        else:
            raise Conflict(
                f"{path} already exists in {target}.",
                "Choose an empty folder, overwrite with -o, or keep what is there with -i.",
            )
    return TargetContents(kept, replaced)
