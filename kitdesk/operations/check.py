"""check: every problem of a Kitfile, with line, column and, where possible, a fix."""

from __future__ import annotations

import difflib
import os
from typing import TYPE_CHECKING

from kitdesk.errors import NotFound
from kitdesk.modelkit.kitfile import checker
from kitdesk.modelkit.kitfile.diagnostics import Problem, Severity
from kitdesk.modelkit.kitfile.model import Profile
from kitdesk.operations.inputs.project import folder_of, kitfile_bytes, read_kitfile

if TYPE_CHECKING:
    from pathlib import Path

SKIPPED = frozenset({".git", ".hg", ".svn", ".venv", "node_modules", "__pycache__"})
MAX_NAMES = 20_000
"""Names looked at when a close spelling is searched."""


def check(
    folder: Path, profile: Profile = Profile.CURRENT, kitfile: Path | bytes | None = None
) -> tuple[Problem, ...]:
    """Problems of the folder's Kitfile, of another file, or of given bytes, by line.

    Raises FolderGone, NoKitfile, NotFound (``-f`` names no file).
    """
    folder = folder_of(folder)
    if isinstance(kitfile, bytes):
        data = kitfile
    elif kitfile is not None:
        path = folder / kitfile  # as kit: a relative -f is relative to the folder
        if not path.is_file():
            raise NotFound(
                f"{kitfile} is not a file.", "-f is looked up from the folder, as kit does."
            )
        data = kitfile_bytes(path)
    else:
        data = read_kitfile(folder)[1]
    return check_text(data, folder, profile)


def check_text(
    data: bytes, folder: Path, profile: Profile = Profile.CURRENT
) -> tuple[Problem, ...]:
    """The same for text that is being edited."""
    nearby = PathSuggester(folder)
    found = checker.check(data, profile, lambda path: (folder / path).exists(), nearby.find)
    return tuple(sorted(found, key=lambda one: (one.line, one.column)))


def is_ok(problems: tuple[Problem, ...]) -> bool:
    """True if kit would take it."""
    return all(problem.severity is not Severity.ERROR for problem in problems)


class PathSuggester:
    """Finds a path of the folder that is spelled almost like the one asked for."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._names: list[str] | None = None

    def find(self, path: str) -> str | None:
        """The closest existing path, None if nothing is close."""
        if self._names is None:
            self._names = list(self._walk())
        close = difflib.get_close_matches(path, self._names, 1, 0.8)
        if close:
            return close[0]
        name = path.rstrip("/").rpartition("/")[2]
        same = [one for one in self._names if one.rpartition("/")[2] == name]
        return same[0] if len(same) == 1 else None

    def _walk(self) -> list[str]:
        names: list[str] = []
        for root, folders, files in os.walk(self._folder):
            folders[:] = [name for name in folders if name not in SKIPPED]
            base = os.path.relpath(root, self._folder).replace(os.sep, "/")
            prefix = "" if base == "." else f"{base}/"
            names += [prefix + name for name in (*folders, *files)]
            if len(names) > MAX_NAMES:
                break
        return names
