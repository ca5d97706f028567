"""Garbage is collected on the GUI thread only.

Python collects on whichever thread happens to allocate. A worker that does so destroys Qt objects
which belong to the GUI thread, and sooner or later the program crashes (calibre met the same and
cures it so).
"""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer, Slot

PERIOD_MS = 1000


class GuiThreadGc(QObject):
    """While one is running, Python's own collection is off."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._was_on = gc.isenabled()
        gc.disable()
        self._timer = QTimer(self)
        self._timer.setInterval(PERIOD_MS)
        self._timer.timeout.connect(self.collect)
        self._timer.start()

    @Slot()
    def collect(self) -> None:
        """What Python would have done by itself: young objects often, old ones seldom."""
        counts, limits = gc.get_count(), gc.get_threshold()
        for generation in (2, 1, 0):
            if counts[generation] > limits[generation]:
                gc.collect(generation)
                return

    def close(self) -> None:
        """Collect a last time, here, and leave it to Python again."""
        if self._timer.isActive():
            self._timer.stop()
            gc.collect()
            if self._was_on:
                gc.enable()
