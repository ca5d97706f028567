"""Checks a Kitfile: every problem with its place, its weight and, where one is known, a repair."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kitdesk.modelkit.kitfile import validation
from kitdesk.modelkit.kitfile.decoder import decode_kitfile
from kitdesk.modelkit.kitfile.diagnostics import Problem
from kitdesk.modelkit.kitfile.model import Kitfile, Profile

if TYPE_CHECKING:
    from collections.abc import Callable


def check(
    data: bytes,
    profile: Profile = Profile.CURRENT,
    exists: Callable[[str], bool] | None = None,
    nearby: Callable[[str], str | None] | None = None,
) -> tuple[Problem, ...]:
    """Return all problems of a Kitfile's bytes in the order of the text; never raises on bad input.

    No problem of severity error means that kit of ``profile`` accepts the Kitfile. ``exists`` and
    ``nearby`` take a cleaned project-relative path: whether a file or folder is there, and a close
    spelling of one that is. Offsets of fixes count in :func:`yaml_text.decode_text` of ``data``.
    """
    from kitdesk.modelkit.kitfile import lints

    reading = decode_kitfile(data, profile)
    validation.validate(reading, profile)
    if exists is not None:
        lints.check_paths_exist(reading, exists, nearby)
    lints.lint(reading, profile)
    return tuple(sorted(reading.problems, key=lambda p: (p.line, p.column)))


def read_strictly(data: bytes, profile: Profile) -> tuple[Kitfile, tuple[Problem, ...]]:
    """Return the values and what kit objects to, without asking the disk and without hints."""
    reading = decode_kitfile(data, profile)
    validation.validate(reading, profile)
    return reading.kitfile, tuple(sorted(reading.problems, key=lambda p: (p.line, p.column)))
