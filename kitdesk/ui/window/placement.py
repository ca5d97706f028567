"""Where the window was: size, place, maximised and splitters, by screen; where dialogs were last.

Loaded before the first paint, so nothing of ``Qt`` is touched that is slow to load.
"""

from __future__ import annotations

import json
import os
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QRect

if TYPE_CHECKING:
    from pathlib import Path

    from PySide6.QtGui import QScreen
    from PySide6.QtWidgets import QMainWindow, QSplitter

MAX_BYTES = 1 << 20
LEAST = (960, 600)
KEPT_SCREENS = 16
MAX_PIXELS = 100_000


def screen_key(screen: QScreen) -> str:
    """How a screen is named: a laptop at home and at work are two."""
    size = screen.geometry()
    return f"{screen.name()} {size.width()}x{size.height()}"


class Placement:
    """Reads once, writes when the window closes; what cannot be read or written is not missed."""

    def __init__(self, config: Path) -> None:
        self._path = config / "window.json"
        self._all = self._read()
        self.splitters: dict[str, list[int]] = {}
        """Sizes by the name of the splitter, of the screen that the window is on."""

    def _read(self) -> dict[str, Any]:
        with suppress(OSError, ValueError, RecursionError):
            if self._path.is_file():
                found = json.loads(self._path.read_bytes()[:MAX_BYTES])
                if isinstance(found, dict):
                    return found
        return {}

    def _screens(self) -> dict[str, Any]:
        found = self._all.get("screens")
        return found if isinstance(found, dict) else {}

    def restore(self, window: QMainWindow, screens: list[QScreen]) -> bool:
        """Put the window where it was, on a screen that is there; True: show it maximised."""
        known = {screen_key(one): one for one in screens}
        order = [key for key in (self._all.get("last"), *known) if key in known]
        for key in order:
            entry = self._screens().get(key)
            if not isinstance(entry, dict):
                continue
            numbers, sizes = _numbers(entry.get("place")), entry.get("splitters")
            if len(numbers) != 4:
                continue
            window.setGeometry(inside(QRect(*numbers), known[key].availableGeometry()))
            if isinstance(sizes, dict):
                self.splitters = {str(name): _numbers(value) for name, value in sizes.items()}
            return entry.get("maximised") is True
        return False

    def save(self, window: QMainWindow, splitters: dict[str, QSplitter]) -> None:
        """Remember where the window is now."""
        key, place = screen_key(window.screen()), window.normalGeometry()
        sizes = {name: one.sizes() for name, one in splitters.items() if any(one.sizes())}
        entry = {
            "place": [place.x(), place.y(), place.width(), place.height()],
            "maximised": window.isMaximized(),
            "splitters": {**self.splitters, **sizes},
        }
        screens = {**{k: v for k, v in self._screens().items() if k != key}, key: entry}
        self._all["screens"] = dict(list(screens.items())[-KEPT_SCREENS:])
        self._all["last"] = key
        self._write()

    def put_splitters(self, splitters: dict[str, QSplitter]) -> None:
        """Give the splitters the sizes they had."""
        for name, splitter in splitters.items():
            sizes = self.splitters.get(name)
            if sizes is not None and len(sizes) == splitter.count() and any(sizes):
                splitter.setSizes(sizes)

    def folder(self, kind: str) -> str:
        """Where a file dialog of this kind was last; the home before that."""
        found = self._all.get("dialogs")
        path = found.get(kind) if isinstance(found, dict) else None
        if isinstance(path, str) and path:
            return path
        return os.path.expanduser("~")

    def note_folder(self, kind: str, path: str) -> None:
        """A file dialog ended there."""
        found = self._all.get("dialogs")
        self._all["dialogs"] = {**(found if isinstance(found, dict) else {}), kind: path}
        self._write()

    def _write(self) -> None:
        from kitdesk.session.state.files import write_quietly

        write_quietly(self._path, json.dumps(self._all, indent=1).encode())


def inside(place: QRect, room: QRect) -> QRect:
    """The place, no larger than the screen's room and wholly in it."""
    result = QRect(place)
    result.setWidth(max(LEAST[0], min(place.width(), room.width())))
    result.setHeight(max(LEAST[1], min(place.height(), room.height())))
    left = min(max(place.x(), room.x()), room.x() + room.width() - result.width())
    top = min(max(place.y(), room.y()), room.y() + room.height() - result.height())
    result.moveTo(max(left, room.x()), max(top, room.y()))
    return result


def _numbers(value: object) -> list[int]:
    """The list of whole numbers of pixels; an empty one for whatever else stands there."""
    if not isinstance(value, list):
        return []
    if not all(type(one) is int and abs(one) < MAX_PIXELS for one in value):
        return []
    return value
