"""A display of its own: Xvfb, a person's hands (xdotool) and eyes (its frame buffer)."""

from __future__ import annotations

import os
import struct
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtGui import QImage

BASE = 25
"""Words in the header of an XWD file (X11/XWDFile.h), all of them big-endian."""
COLOUR_CELL = 12
"""Bytes of a colour cell between the header and the picture."""


@dataclass(frozen=True, slots=True)
class Display:
    """A running X server without a screen."""

    name: str
    """What DISPLAY is set to: ``:99``."""
    buffer: Path

    def environment(self) -> dict[str, str]:
        """The environment of a program that is to be seen here."""
        return {**os.environ, "DISPLAY": self.name, "QT_QPA_PLATFORM": "xcb"}

    def xdotool(self, *words: str) -> str:
        """Move the hands; returns what xdotool says."""
        done = subprocess.run(
            ["xdotool", *words],
            env=self.environment(),
            check=True,
            capture_output=True,
            text=True,
            timeout=20,
        )
        return done.stdout.strip()

    def presses(self, keys: str) -> None:
        """Press a key or a combination: ``ctrl+Return``."""
        self.xdotool("key", keys)

    def types(self, text: str) -> None:
        """Type letters."""
        self.xdotool("type", "--delay", "4", text)

    def picture(self) -> QImage:
        """What is on the screen now (32 bits a pixel, as Xvfb keeps it at depth 24)."""
        data = self.buffer.read_bytes()
        words = struct.unpack(f">{BASE}I", data[: BASE * 4])
        header, width, height, stride, colours = (words[i] for i in (0, 4, 5, 12, 19))
        pixels = data[header + colours * COLOUR_CELL :]
        return QImage(pixels, width, height, stride, QImage.Format.Format_RGB32).copy()


@contextmanager
def display(scratch: Path, size: str = "1440x900") -> Iterator[Display]:
    """Start Xvfb on a free display; it ends with the block."""
    ours, theirs = os.pipe()
    words = f"Xvfb -displayfd {theirs} -screen 0 {size}x24 -nolisten tcp -noreset".split()
    server = subprocess.Popen(
        [*words, "-fbdir", str(scratch)],
        pass_fds=(theirs,),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    os.close(theirs)
    try:
        with os.fdopen(ours) as told:
            number = told.readline().strip()
        assert number, "Xvfb did not start"
        yield Display(f":{number}", scratch / "Xvfb_screen0")
    finally:
        server.terminate()
        server.wait(timeout=10)
