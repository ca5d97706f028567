"""Whether a window can be shown: Qt ends the process where nobody answers, so it asks first."""

from __future__ import annotations

import socket
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

ANSWER_WITHIN_S = 5.0
X_PORT = 6000
X_SOCKETS = "/tmp/.X11-unix/X"
"""Where X servers listen on this machine, as libxcb has it."""
NO_DISPLAY = "There is no display: the window cannot be opened."


def display_problem(env: Mapping[str, str], platform: str = sys.platform) -> str:
    """One sentence why no window can be shown; "" when one can, or is to be drawn nowhere."""
    if platform != "linux" or env.get("QT_QPA_PLATFORM"):
        return ""
    wayland, display = env.get("WAYLAND_DISPLAY", ""), env.get("DISPLAY", "")
    if not wayland and not display:
        return NO_DISPLAY
    if wayland and _connects(str(Path(env.get("XDG_RUNTIME_DIR", "/")) / wayland)):
        return ""
    if display and _x_answers(display):
        return ""
    return f"The display {display or wayland} does not answer: the window cannot be opened."


def _x_answers(display: str) -> bool:
    """``HOST:NUMBER.SCREEN`` as X has it; no host means this machine."""
    host, colon, rest = display.rpartition(":")
    number = rest.partition(".")[0]
    if not colon or not number.isdecimal() or len(number) > 4:
        return False
    if host in ("", "unix"):
        path = f"{X_SOCKETS}{number}"
        return _connects(f"\0{path}") or _connects(path)
    try:
        with socket.create_connection((host.strip("[]"), X_PORT + int(number)), ANSWER_WITHIN_S):
            return True
    except (OSError, OverflowError, UnicodeError):
        return False


def _connects(path: str) -> bool:
    with socket.socket(socket.AF_UNIX) as line:
        line.settimeout(ANSWER_WITHIN_S)
        try:
            line.connect(path)
        except (OSError, ValueError):
            return False
    return True
