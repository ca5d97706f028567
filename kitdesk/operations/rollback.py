"""rollback: take the folder back to a version, exactly, with a preview and an undo."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from kitdesk.changes import Changes, Topic
from kitdesk.errors import FileChanged, Interrupted, KitDeskError
from kitdesk.operations.contents.placement import OverlayMapping
from kitdesk.operations.contents.remote_tree import remote_contents
from kitdesk.operations.contents.trees import KITFILE, version_contents
from kitdesk.operations.folder_changes.apply import apply_plan, unrecorded_words
from kitdesk.operations.folder_changes.checks import check_places, place_warnings
from kitdesk.operations.folder_changes.plan import (
    DesiredFile,
    DesiredFiles,
    FolderPlan,
    beyond,
    desired_file,
    difference,
    is_protected,
)
from kitdesk.operations.folder_changes.planner import FolderPlanner
from kitdesk.operations.folder_changes.scope import (
    kitfile_name,
    label_of,
    left_alone,
    limit_to,
    owned_paths,
    tolerant_ignore,
)
from kitdesk.operations.folder_changes.staged_hashes import StagedHashes
from kitdesk.operations.inputs.project import folder_of
from kitdesk.progress import Report, silent
from kitdesk.services.history.transaction_record import StepKind

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from kitdesk.operations.contents.placement import VersionFile
    from kitdesk.operations.contents.trees import VersionContents
    from kitdesk.operations.folder_changes.staged_hashes import Hashes
    from kitdesk.services.container import Services
    from kitdesk.services.history.transaction import FolderTransaction
    from kitdesk.services.remotes.protocol import RemoteRepository

TICK_NS = 20_000_000
"""Longer than a step of the clock from which files get their times."""
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
    """Bytes of the version that only the registry has: they are fetched before it is carried out,
    and files of equal size among ``replace`` may then turn out to be the same."""
    only: tuple[str, ...] = ()
    """The paths that it is limited to (restore)."""
    note: str = ""
    """One line why, for the history."""

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
    left: tuple[str, ...] = ()
    """Paths that were not as wanted when the result was looked at: somebody has written them."""
    warnings: tuple[str, ...] = ()
    changes: Changes = ALL_CHANGED
    exact: bool = True
    """Looked at afterwards: every path in scope is as the version has it, modes included."""


class PlanChanged(FileChanged):
    """The folder is not as the preview showed it; ``plan`` is what would be done now."""

    code = "plan-changed"

    def __init__(self, path: str, plan: RollbackPlan) -> None:
        super().__init__(
            f"{path} changed after the preview.",
            "Nothing was changed. Look at the preview again and repeat.",
        )
        self.plan = plan


def check_whole(folder: Path, services: Services, *, locked: bool = False) -> None:
    """Raise Interrupted when an earlier change of the folder was cut off.

    ``locked``: the caller holds the folder, so that nobody else can be at work on it.
    """
    safe = services.safe_copies
    transaction = safe.unfinished(folder) if locked else safe.interrupted(folder)
    if transaction is not None:
        label = transaction.record.bound_for[1]
        raise Interrupted(
            f"A change of this folder to {label} was interrupted.",
            f"Finish it with: kitdesk rollback {label} {folder} --yes. "
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
    """Work out every step; touches nothing. ``only`` limits it to these paths (restore). A broken
    Kitfile in the folder does not matter; then only what the target owns is in scope.
    """
    folder = folder_of(folder)
    check_whole(folder, services)
    tree = version_contents(services, digest, report)
    plan = _plan(folder, label, tree, services, services.hashes, report, only)
    check_places(plan.folder_plan, services)
    return plan


def plan_remote_rollback(
    folder: Path,
    digest: str,
    label: str,
    remote: RemoteRepository,
    services: Services,
    report: Report = silent,
) -> RollbackPlan:
    """The same for a version that only the remote has, which is not fetched for it.

    :func:`rollback` wants it in the store. Raises RangeReadUnavailable where its files cannot be
    listed from here.
    """
    folder = folder_of(folder)
    check_whole(folder, services)
    tree, missing = remote_contents(digest, remote, services, report)
    plan = _plan(folder, label, tree, services, services.hashes, report, ())
    check_places(plan.folder_plan, services)
    return replace(plan, fetch_bytes=missing)


def _plan(
    folder: Path,
    label: str,
    tree: VersionContents,
    services: Services,
    hashes: Hashes,
    report: Report,
    only: tuple[str, ...],
    looked_at: int = 0,
) -> RollbackPlan:
    ignore, warnings = tolerant_ignore(folder)
    files, folders = owned_paths(folder, tree, ignore)
    own = kitfile_name(folder)
    sources: Mapping[str, VersionFile | bytes] = tree.files
    if KITFILE not in tree.files:
        sources = OverlayMapping([tree.files, {own: tree.kitfile_text}])
    wanted: Mapping[str, DesiredFile] = DesiredFiles(sources, desired_file)
    needed = dict(tree.folders)
    if only:
        wanted, files, needed, folders = limit_to(only, wanted, files, needed)
    planner = FolderPlanner(folder, hashes, left_alone(ignore, own), report, looked_at)
    planner.want_folders(needed, folders)
    planner.want_files(wanted, files)
    change = planner.plan
    kept = [path for path in change.kept if is_protected(path) or ignore.matches(path)]
    warnings += [f"{path} stays as it is: it is ignored or belongs to git." for path in kept]
    warnings += place_warnings(change, services)
    return RollbackPlan(folder, tree.digest, label, change, tuple(warnings), only=only)


def rollback(
    plan: RollbackPlan, services: Services, report: Report = silent, verb: str = "rollback"
) -> RollbackResult:
    """Carry out a plan that was shown; nothing to do leaves no trace.

    The plan is made again under the lock: raises PlanChanged, which holds the new one, when the
    folder is not as it was shown. See :func:`apply_plan` for other failures.
    """
    with services.safe_copies.only_writer(plan.folder):
        check_whole(plan.folder, services, locked=True)
        began, tree = time.time_ns(), version_contents(services, plan.digest, report)
        now = _plan(plan.folder, plan.label, tree, services, services.hashes, report, plan.only)
        compare_plans = beyond if plan.fetch_bytes else difference
        path = compare_plans(plan.folder_plan, now.folder_plan)
        if path:
            raise PlanChanged(path, now)
        return _carried_out(replace(now, note=plan.note), tree, began, services, report, verb)


def rollback_now(
    folder: Path,
    digest: str,
    label: str,
    services: Services,
    report: Report = silent,
    only: tuple[str, ...] = (),
    verb: str = "rollback",
    note: str = "",
) -> RollbackResult:
    """Plan under the lock and carry out at once, for whoever needs no preview (``--yes``)."""
    folder = folder_of(folder)
    with services.safe_copies.only_writer(folder):
        check_whole(folder, services, locked=True)
        began, tree = time.time_ns(), version_contents(services, digest, report)
        plan = _plan(folder, label, tree, services, services.hashes, report, only)
        return _carried_out(replace(plan, note=note), tree, began, services, report, verb)


def _carried_out(
    plan: RollbackPlan,
    tree: VersionContents,
    began: int,
    services: Services,
    report: Report,
    verb: str,
) -> RollbackResult:
    before = services.journal.version_of(plan.folder)
    if plan.folder_plan.nothing:
        if verb == "rollback" and before != plan.digest:
            _write_entry(plan, services, "rollback", before, None)
        return RollbackResult(plan, "", exact=not plan.folder_plan.foreign_modes)

    def done(safe_copy: str) -> None:
        _write_entry(plan, services, verb, before, safe_copy)

    ends = (before, label_of(services, before)), (plan.digest, plan.label)
    transaction = apply_plan(plan.folder_plan, services, verb, *ends, done, report)
    left, exact = _look(plan, tree, began, transaction, services)
    return RollbackResult(
        plan, transaction.record.id, left, unrecorded_words(transaction), exact=exact
    )


def _look(
    plan: RollbackPlan,
    tree: VersionContents,
    began: int,
    transaction: FolderTransaction,
    services: Services,
) -> tuple[tuple[str, ...], bool]:
    """Look at what has become of the folder: (paths that are not as wanted, is it exact).

    ``began``: time in ns when the plan began to look; what has not been touched since is as then.
    """
    hashes = StagedHashes(services.hashes, plan.folder, transaction.brought)
    try:
        change = _plan(
            plan.folder, plan.label, tree, services, hashes, silent, plan.only, began - TICK_NS
        ).folder_plan
    except KitDeskError as error:  # somebody writes it just now, or it has gone
        return (error.title,), False
    # A folder that holds what no version owns is not ours to remove: it is no difference.
    left = [step.path for step in change.steps if step.kind is not StepKind.RMDIR]
    return tuple(dict.fromkeys(left)), not left and not change.foreign_modes


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
        note=plan.note,
    )
