"""Standard input and output as they are found: closed, full, or in an encoding of long ago."""

from __future__ import annotations

import io
import os
import sys


def prepare() -> None:
    """Give the process streams that can be written to whatever is said.

    A closed one leads nowhere; what an encoding does not have is written as an escape.
    """
    if sys.stdout is None:
        sys.stdout = _nowhere("w")
    if sys.stderr is None:
        sys.stderr = _nowhere("w")
    if sys.stdin is None:
        sys.stdin = _nowhere("r")
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _nowhere(mode: str) -> io.TextIOWrapper:
    found = open(os.devnull, mode, encoding="utf-8")  # noqa: SIM115  (for the process's life)
    assert isinstance(found, io.TextIOWrapper)
    return found


def is_utf8(stream: object) -> bool:
    """Whether a stream takes every character as it is."""
    encoding = getattr(stream, "encoding", None) or "utf-8"
    return encoding.lower().replace("-", "").replace("_", "") == "utf8"
