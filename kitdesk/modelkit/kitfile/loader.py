"""The Kitfile: where it is, and what it says, read as strictly as kit reads it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kitdesk.errors import BadKitfile
from kitdesk.modelkit.kitfile.diagnostics import Severity
from kitdesk.modelkit.kitfile.model import (
    Kitfile,
    Profile,
)

if TYPE_CHECKING:
    from pathlib import Path


NAMES = ("Kitfile", "kitfile", ".kitfile")
"""Where kit looks without ``-f``, in this order (FORMAT.md, 1.1)."""


def find(context: Path) -> Path | None:
    """Return the first of :data:`NAMES` that exists in ``context`` (links followed), else None."""
    for name in NAMES:
        path = context / name
        if path.exists():
            return path
    return None


def decode(data: bytes, profile: Profile = Profile.CURRENT) -> Kitfile:
    """Read a Kitfile's bytes as kit of ``profile`` does, validation included (1.3 to 1.5, 2).

    Raises BadKitfile with the first problem as title and all of them in ``detail``. Whether the
    paths exist is not asked.
    """
    from kitdesk.modelkit.kitfile import checker

    kitfile, problems = checker.read_strictly(data, profile)
    errors = [problem for problem in problems if problem.severity is Severity.ERROR]
    if errors:
        first = errors[0]
        lines = [f"line {p.line}, column {p.column}: {p.message}" for p in errors]
        raise BadKitfile(
            f"Line {first.line} of the Kitfile: {first.message}",
            "Correct the Kitfile; kitdesk check lists every problem.",
            "\n".join(lines),
            first.line,
        )
    return kitfile
