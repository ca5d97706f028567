"""Files that may still be written through a memory map, which moves no time until it is synced.

A store into a mapped page moves mtime and ctime only when the page is clean. While it waits to be
written back, half a minute at most, further stores leave no trace. So a file that is younger than a
minute is synced before it is read: its pages are clean then, and the next store moves its times.
On a RAM disk (tmpfs) nothing is ever written back, and such stores leave no trace at all.
"""

from __future__ import annotations

import contextlib
import os
import threading
import time
from typing import TYPE_CHECKING

from kitdesk.services.disk.write_back import sync_data

if TYPE_CHECKING:
    from collections.abc import Iterator

YOUNG_NS = 60_000_000_000
"""Linux writes dirty pages back after 30 s, and looks for them every 5 s (vm.dirty_*_centisecs)."""
TICK_S = 0.02
"""Longer than a step of the clock that files get their times from (10 ms at the most)."""
TRIES = 8
"""How often a file that is being written all the time is waited for."""
FEW = 512
"""Small files that are synced one by one in one go, at some 0.2 ms each; further ones are not, and
then not remembered either."""
LARGE = 1 << 18
"""Bytes from which on a file is always synced."""


def newest(stat: os.stat_result, now: int) -> int:
    """The later of modification and change time, in ns; one that lies in the future is none."""
    return max((t for t in (stat.st_mtime_ns, stat.st_ctime_ns) if t <= now), default=0)


class Settling:
    """Syncs young files before they are read, within a budget."""

    def __init__(self) -> None:
        self._left = FEW
        self.all_settled = True
        """False once a young file was left as it is."""

    def settle(self, handle: int, stat: os.stat_result) -> tuple[os.stat_result, bool]:
        """(stat of the open file, can its times be relied upon): a later store moves them."""
        now = time.time_ns()
        if now - newest(stat, now) > YOUNG_NS:
            return stat, True
        if stat.st_size < LARGE:
            if not self._left:
                self.all_settled = False
                return stat, False
            self._left -= 1
        for stat in _synced(handle):
            now = time.time_ns()
            if now - newest(stat, now) > TICK_S * 1e9:  # a store within the same tick shows no time
                return stat, True
            threading.Event().wait(TICK_S)
        self.all_settled = False
        return stat, False


def _synced(handle: int) -> Iterator[os.stat_result]:
    for _try in range(TRIES):
        with contextlib.suppress(OSError):  # a file system that cannot: nothing is gained
            sync_data(handle)
        yield os.fstat(handle)
