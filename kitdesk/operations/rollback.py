"""rollback: take the folder back to a version, exactly, with a preview and an undo."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from kitdesk.changes import Changes, Topic
from kitdesk.errors import Interrupted, KitDeskError, NotFound
from kitdesk.modelkit.kitfile import loader as kitfiles
from kitdesk.modelkit.kitfile.model import Entry, Kitfile, Model, Profile
from kitdesk.modelkit.layers import planner
from kitdesk.modelkit.layers.ignore import Ignore
from kitdesk.modelkit.primitives.reference import is_modelkit_reference
from kitdesk.modelkit.tar.member import FileEntry
from kitdesk.operations.contents.placement import OverlayMapping
from kitdesk.operations.contents.trees import KITFILE, VersionContents, version_contents
from kitdesk.operations.folder_changes.apply import apply_plan
from kitdesk.operations.folder_changes.plan import (
    DesiredFile,
    DesiredFiles,
    FolderPlan,
    FolderPlanner,
    is_protected,
)
from kitdesk.operations.inputs.addresses import name_of
from kitdesk.operations.inputs.project import folder_of, read_ignore, read_kitfile
from kitdesk.progress import Report, silent

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from kitdesk.operations.contents.placement import VersionFile
    from kitdesk.services.container import Services

ALL_CHANGED = Changes(Topic.FOLDER | Topic.KITFILE | Topic.HISTORY)


@dataclass(frozen=True, slots=True)
class RollbackPlan:
    """What Roll back would do."""

    folder: Path
    digest: str
    label: str
    folder_plan: FolderPlan
    warnings: tuple[str, ...]
    fetch_bytes: int = 0

    @property
    def restore(self) -> tuple[str, ...]:
        """Paths that come back."""
        return tuple(self.folder_plan.restore)

    @property
    def replace(self) -> tuple[str, ...]:
        """Paths that get other bytes or another mode; the Kitfile among them."""
        return tuple(self.folder_plan.replace)

    @property
    def set_aside(self) -> tuple[str, ...]:
        """Paths that leave the folder for the safe copy."""
        return tuple(self.folder_plan.set_aside)


@dataclass(frozen=True, slots=True)
class RollbackResult:
    """What Roll back did."""

    plan: RollbackPlan
    safe_copy: str
    """Id; empty when there was nothing to do."""
    changes: Changes = ALL_CHANGED


def check_whole(folder: Path, services: Services) -> None:
    """Raise Interrupted when an earlier change of the folder was cut off."""
    transaction = services.safe_copies.interrupted(folder)
    if transaction is not None:
        raise Interrupted(
            f"A change of this folder to {transaction.record.after_label} was interrupted.",
            f"Finish it with: kitdesk rollback {transaction.record.after_label} {folder} --yes. "
            f"Go back with: kitdesk undo {folder}",
        )


def plan_rollback(
    folder: Path,
    digest: str,
    label: str,
    services: Services,
    report: Report = silent,
    only: tuple[str, ...] = (),
) -> RollbackPlan:
    """Work out every step; touches nothing. ``only`` limits it to these paths (restore).

    A broken Kitfile in the folder does not matter; then only what the target owns is in scope.
    """
    folder = folder_of(folder)
    check_whole(folder, services)
    tree = version_contents(services, digest, report)
    ignore, warnings = _ignore(folder)
    files, folders = _owned(folder, tree, ignore)
    own = _kitfile_name(folder)
    sources: Mapping[str, VersionFile | bytes] = tree.files
    if KITFILE not in tree.files:
        sources = OverlayMapping([tree.files, {own: tree.kitfile_text}])
    wanted: Mapping[str, DesiredFile] = DesiredFiles(sources, _wanted)
    needed = dict(tree.folders)
    if only:
        wanted, files, needed, folders = _limit(only, wanted, files, needed)
    planner = FolderPlanner(folder, services.hashes, _left_alone(ignore, own), report)
    planner.want_folders(needed, folders)
    planner.want_files(wanted, files)
    kept = [path for path in planner.plan.kept if is_protected(path) or ignore.matches(path)]
    warnings += [f"{path} stays as it is: it is ignored or belongs to git." for path in kept]
    return RollbackPlan(folder, digest, label, planner.plan, tuple(warnings))


def rollback(
    plan: RollbackPlan, services: Services, report: Report = silent, verb: str = "rollback"
) -> RollbackResult:
    """Carry a plan out; nothing to do leaves no trace. See :func:`apply_plan` for failures."""
    if plan.folder_plan.nothing:
        if verb == "rollback":
            before = services.journal.version_of(plan.folder)
            if before != plan.digest:
                _write_entry(plan, services, "rollback", before, None)
        return RollbackResult(plan, "")
    before = services.journal.version_of(plan.folder)

    def done(safe_copy: str) -> None:
        _write_entry(plan, services, verb, before, safe_copy)

    label = _label(services, before)
    transaction = apply_plan(
        plan.folder_plan, services, verb, (before, label), (plan.digest, plan.label), done, report
    )
    return RollbackResult(plan, transaction.record.id)


def _wanted(path: str, source: VersionFile | bytes) -> DesiredFile | None:
    if path == ".kitignore":
        return None
    return DesiredFile(source, 0o644 if isinstance(source, bytes) else source.facts.mode)


def _write_entry(
    plan: RollbackPlan, services: Services, verb: str, before: str, safe_copy: str | None
) -> None:
    services.journal.append(
        verb,
        project=plan.folder,
        reference=plan.label,
        digest=plan.digest,
        before=before,
        undo=safe_copy,
    )


def _label(services: Services, digest: str) -> str:
    for version in services.store.versions():
        if version.digest == digest and version.tags:
            return name_of(version.repository, version.tags[0])
    return digest.partition(":")[2][:8]


def _kitfile_name(folder: Path) -> str:
    path = kitfiles.find(folder)
    return path.name if path is not None else KITFILE


def _ignore(folder: Path) -> tuple[Ignore, list[str]]:
    try:
        return read_ignore(folder), []
    except KitDeskError as error:
        return Ignore.parse(None), [f"{error.title} It is not applied."]


def _left_alone(ignore: Ignore, kitfile: str) -> Callable[[str], bool]:
    def left_alone(path: str) -> bool:
        return path not in {kitfile, KITFILE} and ignore.matches(path)

    return left_alone


def _owned(folder: Path, tree: VersionContents, ignore: Ignore) -> tuple[set[str], set[str]]:
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


def _limit(
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
