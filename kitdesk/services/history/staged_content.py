"""Whether what lies in a slot is still what was staged there: only that may be thrown away."""

from __future__ import annotations

import hashlib
import os
import stat
from datetime import datetime
from typing import TYPE_CHECKING

from kitdesk.services.disk.files import BLOCK
from kitdesk.services.history.live_folder import facts_of
from kitdesk.services.history.transaction_record import LEAVES, Step

if TYPE_CHECKING:
    from pathlib import Path

GRAIN_NS = 2_000_000
"""Records tell their time in whole milliseconds."""


def is_as_staged(step: Step, path: Path, created: str) -> bool:
    """True if these are the bytes that were staged for the step before ``created`` (RFC 3339)."""
    kind = path.lstat().st_mode
    if step.after_mode == LEAVES:
        return False
    if stat.S_ISDIR(kind):
        return not _changed_after(datetime.fromisoformat(created), path)
    if not stat.S_ISREG(kind):
        return False
    if not step.staged:  # a file of an unpack, hashed as a part of its layer
        return facts_of(path) == step.brings
    state = hashlib.sha256()
    with path.open("rb", buffering=0) as file:
        while block := file.read(BLOCK):
            state.update(block)
    return state.hexdigest() == step.staged


def _changed_after(created: datetime, folder: Path) -> bool:
    """True if anything below a folder, which was moved as a whole, has been touched since."""
    limit = int(created.timestamp() * 1000) * 1_000_000 + GRAIN_NS
    return any(
        os.lstat(os.path.join(root, name)).st_ctime_ns > limit
        for root, folders, names in os.walk(folder)
        for name in (*folders, *names)
    )
