"""Carry out a changeover: stage, verify, swap under a record, or end exactly where it began."""

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
from kitdesk.services.disk.files import BLOCK, WRITE, explained, same_volume
from kitdesk.services.history.journal import now
from kitdesk.services.history.transaction_record import Kind, Step

if TYPE_CHECKING:
    from collections.abc import Callable

    from kitdesk.operations.contents.trees import VersionFile
    from kitdesk.operations.folder_changes.plan import Changeover, Coming
    from kitdesk.services.container import Library
    from kitdesk.services.history.transaction import Swap
    from kitdesk.services.layers.reader import LayerReader

SPARE = 1 << 20
"""Bytes that must stay free beside what is written."""


def need_room(plan: Changeover, library: Library) -> None:
    """Raise DiskFull when the staged files would not fit; nothing has been touched."""
    place = library.safe.place(plan.folder)
    while not place.exists():
        place = place.parent
    free = shutil.disk_usage(place).free
    if free < plan.staged_bytes + SPARE:
        raise DiskFull(
            f"{size_words(plan.staged_bytes)} are needed beside the folder, "
            f"and {size_words(free)} are free.",
            "Free some space and try again. Nothing has been changed.",
        )


def carry_out(
    plan: Changeover,
    library: Library,
    verb: str,
    before: tuple[str, str],
    after: tuple[str, str],
    done: Callable[[str], None],
    report: Report,
) -> Swap:
    """Stage, verify and swap; ``done(id)`` is called when all files are in place, before the
    record says so: a crash in between is finished at the next start.

    On any failure, a cancel included, the folder is exactly what it was.
    """
    need_room(plan, library)
    for path in {os.path.dirname(plan.folder / step.path) for step in plan.steps}:
        if not same_volume(library.safe.place(plan.folder), Path(path)):
            raise Conflict(
                f"{path} lies on another disk than the rest of the folder.",
                "KitDesk changes folders by renaming only, and that does not cross disks.",
            )
    steps = (*plan.steps, *_modes_to_keep(plan))
    with library.safe.only_writer(plan.folder), explained("writing the safe copy"):
        folder = library.safe.stage(plan.folder)
        try:
            _stage(plan, library, folder, report)
            swap = library.safe.create(folder, plan.folder, verb, steps, before, after)
        except BaseException:
            library.safe.drop(folder)
            raise
        swap.begin("forward", now())
        return go_on(swap, library, done, report)


def _modes_to_keep(plan: Changeover) -> list[Step]:
    """Read-only folders in which something changes: they are opened for the swap, and closed again.

    Raises DiskFailure for one that belongs to somebody else, before anything is touched.
    """
    known = {step.path for step in plan.steps if step.kind is Kind.CHMOD}
    parents = {os.path.dirname(step.path) for step in plan.steps if step.kind is not Kind.CHMOD}
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
            kept.append(Step(Kind.CHMOD, path or ".", -1, mode, mode))
    return kept


def go_on(swap: Swap, library: Library, done: Callable[[str], None], report: Report) -> Swap:
    """Run a begun swap to its end; a failure or cancel turns it back before it is passed on."""
    first = swap.record.first
    try:
        with explained("changing the folder"):
            swap.run(lambda at, total: report(Progress("Swapping files", at, total)))
    except BaseException:
        with explained("turning the folder back"):
            swap.turn_back(now())
            swap.run(lambda _at, _total: None)
            swap.finish()
            if first:
                library.safe.abandon(swap)
        raise
    done(swap.record.id)
    swap.finish()
    return swap


def _stage(plan: Changeover, library: Library, folder: Path, report: Report) -> None:
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
                reader = open_layer.enter_context(library.layers.reader(source.layer))

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


def _position(one: Coming) -> tuple[str, int]:
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
