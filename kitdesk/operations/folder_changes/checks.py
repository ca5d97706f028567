"""What can be known before a folder is changed: room, disks, permissions. Nothing is touched."""

from __future__ import annotations

import os
import shutil
import stat as stats
from pathlib import Path
from typing import TYPE_CHECKING

from kitdesk.errors import Conflict, DiskFailure, DiskFull
from kitdesk.operations.messages import size_words
from kitdesk.services.disk.renames import can_rename
from kitdesk.services.history.safe_copies import BESIDE
from kitdesk.services.history.transaction_record import Step, StepKind

if TYPE_CHECKING:
    from kitdesk.operations.folder_changes.plan import FolderPlan
    from kitdesk.services.container import Services

SPARE = 1 << 20
"""Bytes that must stay free beside what is written."""
NAMED = 5
"""Paths that a warning names."""


def check_disk_space(folder: Path, size: int, where: str) -> None:
    """Raise DiskFull when ``size`` bytes would not fit; ``where`` reads like ``in the store``."""
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free
    if size and free < size + SPARE:
        raise DiskFull(
            f"{size_words(size)} are needed {where}, and {size_words(free)} are free.",
            "Free some space and try again. Nothing has been changed.",
        )


def place_warnings(plan: FolderPlan, services: Services) -> list[str]:
    """Sentences about what this disk, or somebody else's files, make otherwise."""
    found = []
    if plan.foreign_modes:
        more = len(plan.foreign_modes) - NAMED
        names = ", ".join(plan.foreign_modes[:NAMED]) + (f" and {more:,} more" if more > 0 else "")
        found.append(f"The mode of {names} stays as it is: only its owner can change it.")
    if not plan.keeps_modes and plan.steps:
        found.append("This disk keeps no file modes: they stay as they are.")
    if (
        plan.steps
        and services.safe_copies.location_for(plan.folder)
        == Path(os.path.realpath(plan.folder)) / BESIDE
    ):
        found.append(
            f"The safe copy will be in the folder itself, in {BESIDE}: another disk begins at its "
            "edge. KitDesk never packs it; for kit's own pack name it in .kitignore."
        )
    return found


def check_places(plan: FolderPlan, services: Services) -> None:
    """Raise Conflict when a rename cannot lead from the safe copy to each folder that changes."""
    place = services.safe_copies.location_for(plan.folder)
    while not place.exists():
        place = place.parent
    for path in {os.path.dirname(step.path) for step in plan.steps}:
        live = plan.folder / path
        while not live.is_dir():
            live = live.parent
        if not can_rename(place, live):
            raise Conflict(
                f"{live} lies on another disk than the rest of the folder.",
                "KitDesk changes folders by renaming only, and that does not cross disks.",
            )


def modes_to_keep(plan: FolderPlan) -> list[Step]:
    """Read-only folders in which something changes: they are opened for the swap, and closed again.

    Raises DiskFailure for one that belongs to somebody else, before anything is touched.
    """
    known = {step.path for step in plan.steps if step.kind is StepKind.CHMOD}
    parents = {os.path.dirname(step.path) for step in plan.steps if step.kind is not StepKind.CHMOD}
    kept = []
    for path in sorted(parents):
        folder = plan.folder / path
        if not folder.is_dir() or os.access(folder, os.W_OK | os.X_OK):
            continue
        stat = folder.stat()
        if hasattr(os, "geteuid") and stat.st_uid != os.geteuid():
            raise DiskFailure(
                f"Nothing may be changed in the folder {path or plan.folder}.",
                f"It belongs to somebody else: check the permissions of {folder}. "
                "Nothing has been changed.",
            )
        if (path or ".") not in known:
            mode = stats.S_IMODE(stat.st_mode)
            kept.append(Step(StepKind.CHMOD, path or ".", -1, mode, mode))
    return kept
