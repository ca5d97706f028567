"""A whole tree comes into a folder, or nothing of it does: also when the process is killed."""

from __future__ import annotations

import os
import stat as stats
from typing import TYPE_CHECKING

from kitdesk.errors import Conflict
from kitdesk.operations.folder_changes.apply import run_or_revert
from kitdesk.operations.folder_changes.checks import check_disk_space
from kitdesk.services.disk.files import os_errors_as
from kitdesk.services.disk.renames import rename_new
from kitdesk.services.history.transaction_record import Step, StepKind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from kitdesk.progress import Report
    from kitdesk.services.container import Services


def put_tree(
    target: Path,
    size: int,
    fill: Callable[[Path], None],
    services: Services,
    report: Report,
    *,
    verb: str = "unpack",
    version: tuple[str, str] = ("", ""),
) -> None:
    """Have ``fill`` write a tree of ``size`` bytes aside, then move it to where nothing is.

    A target that is not there appears by one rename. Into one that is there (the caller holds its
    lock) the tree goes by a swap, which a kill leaves to be finished or undone. ``version``:
    (digest, label) that it is bound for. Raises FileChanged for what has come into the way.
    """
    check_disk_space(target, size, "in the folder")
    with os_errors_as("writing into the folder"):
        if not os.path.lexists(target):
            _appear(target, fill, services)
            return
        staged = services.safe_copies.stage(target)
        try:
            tree = staged.contents / "tree"
            tree.mkdir()
            fill(tree)
            steps = []
            for slot, path in enumerate(list(_parts(tree, target))):
                (tree / path).rename(staged.contents / "after" / str(slot))
                steps.append(Step(StepKind.MOVE, path, slot))
            transaction = services.safe_copies.create(
                staged, target, verb, steps, ("", ""), version
            )
            services.safe_copies.begin(staged, transaction)
        except BaseException:
            services.safe_copies.drop(staged)
            raise
    run_or_revert(transaction, services, lambda _id: None, report, strict=True)
    services.safe_copies.release(transaction)


def _appear(target: Path, fill: Callable[[Path], None], services: Services) -> None:
    """Parents that are not there come with it."""
    top = target
    while not os.path.lexists(top.parent):
        top = top.parent
    with services.scratch.folder(top) as aside:
        root = aside / target.relative_to(top)
        root.mkdir(parents=True, exist_ok=True)
        fill(root)
        try:
            rename_new(aside, top)
        except FileExistsError:
            raise Conflict(
                f"{top} has appeared while it was being written.",
                "Nothing was changed in it. Name a new or empty folder.",
            ) from None


def _parts(tree: Path, target: Path, below: str = "") -> Iterator[str]:
    """The parts of the tree that can be moved whole, because the target has nothing there."""
    for name in sorted(os.listdir(tree / below)):
        path = f"{below}/{name}" if below else name
        if _is_folder(tree / path) and _is_folder(target / path):
            yield from _parts(tree, target, path)
        else:
            yield path


def _is_folder(path: Path) -> bool:
    try:
        return stats.S_ISDIR(path.lstat().st_mode)
    except FileNotFoundError:
        return False
