"""Carry out a folder plan: stage, verify, swap under a record, or end exactly where it began."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import stat as stats
from pathlib import Path
from typing import TYPE_CHECKING

from kitdesk.errors import BadModelKit, Conflict, DiskFailure, DiskFull, WrongDigest
from kitdesk.operations.messages import size_words
from kitdesk.progress import Progress, Report
from kitdesk.services.disk.files import BLOCK, WRITE, os_errors_as, same_volume
from kitdesk.services.history.journal import now
from kitdesk.services.history.transaction_record import Step, StepKind

if TYPE_CHECKING:
    from collections.abc import Callable

    from kitdesk.operations.contents.placement import VersionFile
    from kitdesk.operations.folder_changes.plan import FolderPlan, IncomingFile
    from kitdesk.services.container import Services
    from kitdesk.services.history.transaction import FolderTransaction
    from kitdesk.services.layers.reader import LayerReader

SPARE_BYTES = 1 << 20
"""Bytes that must stay free beside what is written."""


def check_disk_space(plan: FolderPlan, services: Services) -> None:
    """Raise DiskFull when the staged files would not fit; nothing has been touched."""
    place = services.safe_copies.location_for(plan.folder)
    while not place.exists():
        place = place.parent
    free = shutil.disk_usage(place).free
    if free < plan.staged_bytes + SPARE_BYTES:
        raise DiskFull(
            f"{size_words(plan.staged_bytes)} are needed beside the folder, "
            f"and {size_words(free)} are free.",
            "Free some space and try again. Nothing has been changed.",
        )


def apply_plan(
    plan: FolderPlan,
    services: Services,
    verb: str,
    before: tuple[str, str],
    after: tuple[str, str],
    done: Callable[[str], None],
    report: Report,
) -> FolderTransaction:
    """Stage, verify and swap; ``done(id)`` is called when all files are in place, before the
    record says so: a crash in between is finished at the next start.

    On any failure, a cancel included, the folder is exactly what it was.
    """
    check_disk_space(plan, services)
    for path in {os.path.dirname(plan.folder / step.path) for step in plan.steps}:
        if not same_volume(services.safe_copies.location_for(plan.folder), Path(path)):
            raise Conflict(
                f"{path} lies on another disk than the rest of the folder.",
                "KitDesk changes folders by renaming only, and that does not cross disks.",
            )
    steps = (*plan.steps, *_modes_to_keep(plan))
    with services.safe_copies.only_writer(plan.folder), os_errors_as("writing the safe copy"):
        folder = services.safe_copies.stage(plan.folder)
        try:
            _stage(plan, services, folder, report)
            transaction = services.safe_copies.create(
                folder, plan.folder, verb, steps, before, after
            )
        except BaseException:
            services.safe_copies.drop(folder)
            raise
        transaction.begin("forward", now())
        return run_or_revert(transaction, services, done, report)


def _modes_to_keep(plan: FolderPlan) -> list[Step]:
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


def run_or_revert(
    transaction: FolderTransaction, services: Services, done: Callable[[str], None], report: Report
) -> FolderTransaction:
    """Run a begun swap to its end; a failure or cancel turns it back before it is passed on."""
    first = transaction.record.first
    try:
        with os_errors_as("changing the folder"):
            transaction.run(lambda at, total: report(Progress("Swapping files", at, total)))
    except BaseException:
        with os_errors_as("turning the folder back"):
            transaction.reverse(now())
            transaction.run(lambda _at, _total: None)
            transaction.commit()
            if first:
                services.safe_copies.abandon(transaction)
        raise
    done(transaction.record.id)
    transaction.commit()
    return transaction


def _stage(plan: FolderPlan, services: Services, folder: Path, report: Report) -> None:
    """Write every coming file into its slot, checked against its hash."""
    total, done = plan.staged_bytes, 0
    with contextlib.ExitStack() as open_layer:
        layer, reader = "", None
        # In the order of the layers' bytes, so that each layer is opened once and walked forward.
        for one in sorted(plan.coming, key=_position):
            source = one.wanted.source
            if not isinstance(source, bytes) and source.layer.digest != layer:
                open_layer.close()
                layer = source.layer.digest
                reader = open_layer.enter_context(services.layers.reader(source.layer))

            def tell(written: int, before: int = done) -> None:
                report(Progress("Preparing files", before + written, total))

            target = folder / "after" / str(one.slot)
            with target.open("xb", buffering=WRITE) as out:
                if isinstance(source, bytes):
                    out.write(source)
                else:
                    assert reader is not None
                    _copy(one.path, source, reader, out.write, tell)
                out.flush()
                os.fsync(out.fileno())
            target.chmod(one.mode)
            done += one.wanted.size
            report(Progress("Preparing files", done, total))


def _position(one: IncomingFile) -> tuple[str, int]:
    source = one.wanted.source
    return ("", 0) if isinstance(source, bytes) else (source.layer.digest, source.member.offset)


def _copy(
    path: str,
    source: VersionFile,
    reader: LayerReader,
    write: Callable[[bytes], object],
    tell: Callable[[int], None],
) -> None:
    state, left = hashlib.sha256(), source.facts.size
    content = reader.at(source.member)
    while left:
        block = content.read(min(BLOCK, left))
        if not block:
            raise BadModelKit(f"The layer ends inside {path}.", "Pull the version again.")
        state.update(block)
        for at in range(0, len(block), WRITE):
            write(block[at : at + WRITE])
        left -= len(block)
        tell(source.facts.size - left)
    if state.hexdigest() != source.facts.sha256:
        raise WrongDigest(
            f"{path} in the store has been altered since it was packed.",
            "Nothing was changed. kitdesk verify says what is damaged; pull the version again.",
        )
