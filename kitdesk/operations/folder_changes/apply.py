"""Carry out a folder plan: stage, verify, swap under a record, or end exactly where it began."""

from __future__ import annotations

import contextlib
import hashlib
import os
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

from kitdesk.errors import BadModelKit, FileChanged, KitDeskError, WrongDigest
from kitdesk.operations.folder_changes.checks import check_disk_space, check_places, modes_to_keep
from kitdesk.operations.folder_changes.plan import sha256_of
from kitdesk.progress import Progress, Report
from kitdesk.services.disk.files import BLOCK, WRITE, os_errors_as, set_mode
from kitdesk.services.history.journal import now
from kitdesk.services.history.live_folder import facts_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from kitdesk.operations.contents.placement import VersionFile
    from kitdesk.operations.folder_changes.plan import FolderPlan, IncomingFile
    from kitdesk.services.container import Services
    from kitdesk.services.history.transaction import FolderTransaction
    from kitdesk.services.layers.reader import LayerReader

NAMED = 5
"""Paths that a sentence names."""


def apply_plan(
    plan: FolderPlan,
    services: Services,
    verb: str,
    before: tuple[str, str],
    after: tuple[str, str],
    done: Callable[[str], None],
    report: Report,
) -> FolderTransaction:
    """Stage, verify and swap; the caller holds the folder's lock and has made the plan under it.

    ``done(id)`` is called when all files are in place, before the record says so: a crash in
    between is finished at the next start. On any failure, a cancel included, the folder is exactly
    what it was.
    """
    check_disk_space(
        services.safe_copies.location_for(plan.folder), plan.staged_bytes, "beside the folder"
    )
    check_places(plan, services)
    hashes = {one.slot: sha256_of(one.wanted) for one in plan.coming}
    steps = [replace(step, staged=hashes.get(step.slot, "")) for step in plan.steps]
    steps += modes_to_keep(plan)
    with os_errors_as("writing the safe copy"):
        staged = services.safe_copies.stage(plan.folder)
        try:
            _stage(plan, services, staged.contents, report)
            transaction = services.safe_copies.create(
                staged, plan.folder, verb, steps, before, after
            )
            transaction.brought = {
                one.path: (facts_of(transaction.after(one.slot)), hashes[one.slot])
                for one in plan.coming
            }
            services.safe_copies.begin(staged, transaction)
        except BaseException:
            services.safe_copies.drop(staged)
            raise
    return run_or_revert(transaction, services, done, report, strict=True)


def run_or_revert(
    transaction: FolderTransaction,
    services: Services,
    done: Callable[[str], None],
    report: Report,
    *,
    strict: bool = False,
) -> FolderTransaction:
    """Run a begun swap to its end; a failure or cancel turns it back before it is passed on.

    ``strict``: the first run after a preview, which stops at what the preview did not show.
    """
    try:
        _run(transaction, report, strict=strict)
    except BaseException:
        kept = turn_back(transaction, services)
        if kept:
            raise _kept_error(transaction, kept) from None
        raise
    _record(transaction, done)
    transaction.commit()
    return transaction


def run_on(transaction: FolderTransaction, done: Callable[[str], None], report: Report) -> None:
    """Run a cut-off swap up to the mark that it is done; a failure leaves it cut off."""
    _run(transaction, report, strict=False)
    _record(transaction, done)


def _run(transaction: FolderTransaction, report: Report, *, strict: bool) -> None:
    with os_errors_as("changing the folder"):
        transaction.run(
            lambda at, total: report(Progress("Swapping files", at, total)), strict=strict
        )


def _record(transaction: FolderTransaction, done: Callable[[str], None]) -> None:
    """Write the line of history; the files are in place, so a failure is told and stops nothing."""
    try:
        done(transaction.record.id)
    except (OSError, KitDeskError) as error:
        transaction.unrecorded = str(error)


def turn_back(transaction: FolderTransaction, services: Services) -> tuple[str, ...]:
    """Reverse what a run has begun; returns the paths of files that the user has written anew
    meanwhile, which are in the safe copy then.
    """
    with os_errors_as("turning the folder back"):
        transaction.reverse(now())
        transaction.run(lambda _at, _total: None)
        return close_run(transaction, services)


def close_run(transaction: FolderTransaction, services: Services) -> tuple[str, ...]:
    """Mark a run as done. A first one that went back leaves no step to undo: its files are thrown
    away where they are what was staged. Returns the paths of files that were written meanwhile.
    """
    if transaction.record.first and transaction.record.direction == "backward":
        return services.safe_copies.abandon(transaction)
    transaction.commit()
    return transaction.strangers()


def unrecorded_words(transaction: FolderTransaction) -> tuple[str, ...]:
    """The warning that the history has no line of this, if it has none."""
    if not transaction.unrecorded:
        return ()
    return (f"It is done, but the history could not be written: {transaction.unrecorded}",)


def _kept_error(transaction: FolderTransaction, kept: tuple[str, ...]) -> KitDeskError:
    """The failure under way, and what became of files that were written while it happened."""
    error = sys.exc_info()[1]
    hint = f"{kept_words(kept, transaction.contents)} The rest of the folder is as it was."
    if isinstance(error, KitDeskError):
        return FileChanged(error.title, hint, error.detail)
    return FileChanged("The change of the folder was stopped.", hint, str(error))


def kept_words(kept: tuple[str, ...], folder: Path) -> str:
    """One sentence that names what was written meanwhile and where it is now."""
    if not kept:
        return ""
    return f"{_named(kept)} written meanwhile; what was written is kept in {folder}."


def edited_words(edited: tuple[str, ...]) -> str:
    """One sentence that names what was edited after it had come."""
    return f"{_named(edited)} edited meanwhile, and the edit stays." if edited else ""


def _named(paths: tuple[str, ...]) -> str:
    more = f" and {len(paths) - NAMED:,} more" if len(paths) > NAMED else ""
    return f"{', '.join(paths[:NAMED])}{more} {'was' if len(paths) == 1 else 'were'}"


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
            set_mode(target, one.mode)
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
