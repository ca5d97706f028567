"""What a verb changed, so that whoever shows it can read just that again."""

from __future__ import annotations

import enum
from dataclasses import dataclass, field


class Topic(enum.Flag):
    """The parts of the program's state that can change."""

    NONE = 0
    FOLDER = enum.auto()
    """Files of the project, its state against its version."""
    KITFILE = enum.auto()
    """The Kitfile's text on disk or in the editor, its problems, what will be packed."""
    LOCAL = enum.auto()
    """Versions in the store."""
    REMOTE = enum.auto()
    """Versions in the remote, or whether it can be reached."""
    SELECTION = enum.auto()
    """Which versions and which file are chosen."""
    COMPARISON = enum.auto()
    """The comparison of the chosen pair, or the content of the chosen file."""
    ABOUT = enum.auto()
    """What the About view shows."""
    JOBS = enum.auto()
    """Jobs under way or finished, and errors shown."""
    HISTORY = enum.auto()
    """The journal: undo may have become possible or impossible."""
    SETTINGS = enum.auto()
    """Preferences, recent projects, accounts."""
    EVERYTHING = (
        FOLDER
        | KITFILE
        | LOCAL
        | REMOTE
        | SELECTION
        | COMPARISON
        | ABOUT
        | JOBS
        | HISTORY
        | SETTINGS
    )


@dataclass(frozen=True, slots=True)
class Changes:
    """Topics that changed and, for files, which paths (project-relative, ``/`` separated)."""

    topics: Topic = Topic.NONE
    paths: frozenset[str] = field(default_factory=frozenset)

    def __or__(self, other: Changes) -> Changes:
        return Changes(self.topics | other.topics, self.paths | other.paths)
