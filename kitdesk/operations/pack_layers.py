"""Write the layers of a version, side by side where that is quicker."""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING

from kitdesk.errors import KitDeskError
from kitdesk.progress import Progress, Report
from kitdesk.services.layers.writer import WrittenLayer, write_layer

if TYPE_CHECKING:
    from pathlib import Path

    from kitdesk.modelkit.layers.plan import PlannedLayer
    from kitdesk.services.layers.pack_cache import PackCache
    from kitdesk.services.layers.tar_sink import Compression
    from kitdesk.services.store.store import Store

WORKERS = 2
"""Layers written at once; hashing and writing release the interpreter's lock."""


def write_layers(
    folder: Path,
    layers: tuple[PlannedLayer, ...],
    store: Store,
    compression: Compression,
    cache: PackCache | None,
    report: Report,
) -> list[WrittenLayer]:
    """All layers; compressing ones ``WORKERS`` at a time; the first failure stops the rest.

    An uncompressed layer has a thread of its own for hashing: a second layer gains nothing.
    """
    sizes = [layer.size for layer in layers]
    tally = _Tally(sum(sizes), report)

    def one(at: int) -> WrittenLayer:
        tell = tally.part(at)
        return write_layer(folder, layers[at], store.blobs, compression, tell, cache, sizes[at])

    if compression == "none" or tally.total < SMALL or len(layers) < WORKERS:
        return [one(at) for at in range(len(layers))]
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(WORKERS, "pack") as pool:
        jobs = [pool.submit(one, at) for at in range(len(layers))]
        try:
            return [job.result() for job in jobs]
        except BaseException:
            tally.stop = True
            for job in jobs:
                job.cancel()
            raise


SMALL = 4 << 20
"""Bytes below which threads cost more than they give."""


class _Tally:
    """Adds up the progress of layers that are written side by side."""

    def __init__(self, total: int, report: Report) -> None:
        self.total = total
        self.stop = False
        self._report = report
        self._done: dict[int, int] = {}
        self._lock = Lock()

    def part(self, at: int) -> Report:
        def tell(progress: Progress) -> None:
            with self._lock:
                self._done[at] = progress.done
                done = sum(self._done.values())
            if self.stop:
                raise _Stopped
            self._report(Progress(progress.step, done, self.total))

        return tell


class _Stopped(KitDeskError):
    """A sibling failed; whoever raised first is shown."""

    def __init__(self) -> None:
        super().__init__("Packing was stopped.")
