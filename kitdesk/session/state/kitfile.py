"""The Kitfile while it is edited: what lies on the disk, what was last read, what is typed."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from kitdesk.modelkit.kitfile.diagnostics import Problem
    from kitdesk.session.state.project import ErrorInfo


@dataclass(frozen=True, slots=True)
class SideLine:
    """One line of a column when two texts stand side by side."""

    text: str
    number: int = 0
    """1-based; 0 = none."""
    kind: Literal["same", "added", "removed", "gap"] = "same"
    """``added``: new on this side; ``removed``: both changed it, each in its own way."""
    spans: tuple[tuple[int, int], ...] = ()
    """(start, end) of the characters that differ."""


@dataclass(frozen=True, slots=True)
class MergeView:
    """The text on the disk and the typed one, line beside line."""

    disk: tuple[SideLine, ...]
    typed: tuple[SideLine, ...]
    mine: int
    """Lines that only the typed text changed, and those that both did."""
    theirs: int
    clash_lines: tuple[int, ...]
    """Lines of the typed text that both changed, 1-based."""
    clash: bool
    """Both changed the same lines: a merge has to leave out one of them."""


class Disk(enum.Enum):
    """What the last look at the file found, against what was last read."""

    SAME = "same"
    CHANGED = "changed"
    GONE = "gone"
    UNREADABLE = "unreadable"


class Cause(enum.Enum):
    """Why somebody has to choose between the typed text and the one on the disk."""

    DRAFT = "draft"
    """A draft came back and the file has changed since."""
    SAVE = "save"
    """Saving would have replaced lines that somebody else has changed."""
    LOOK = "look"
    """The person asked to see both."""


@dataclass(frozen=True, slots=True)
class Question:
    """The typed text or the one on the disk: both stand side by side until somebody chooses."""

    cause: Cause
    view: MergeView
    disk_saved: datetime | None = None
    """When the file was written."""
    draft_typed: datetime | None = None
    """When the draft was written; None: it was typed in this session."""
    mergeable: bool = True
    """False: the file on the disk is no text that could be merged."""


@dataclass(frozen=True, slots=True)
class KitfileState:
    """The Kitfile in the editor. Only its author replaces ``text``; all else sets a mark."""

    text: str = ""
    """What is typed."""
    saved: str = ""
    """What was last read or written: the text that ``text`` grew from."""
    problems: tuple[Problem, ...] = ()
    error: ErrorInfo | None = None
    """There is nothing to show: not UTF-8, no permission."""
    disk: Disk = Disk.SAME
    disk_problem: str = ""
    """Why the file cannot be read now, one sentence."""
    question: Question | None = None
    draft_back: datetime | None = None
    """A draft of this time is in the editor."""
    draft_problem: str = ""
    """Why no draft is kept of what is typed, one sentence."""
    other_kept: bool = False
    """A text that was not taken is kept as a draft and can be brought back."""
    merged_lines: int = 0
    """Lines of somebody else that the last save took in."""
    saving: bool = False
    origin: int = 0
    """Rises when ``text`` was read anew: what was typed before belongs to another text, and Undo
    must not lead back to it.
    """

    @property
    def dirty(self) -> bool:
        """True while the editor holds what was not saved."""
        return self.text != self.saved

    @property
    def changed_on_disk(self) -> bool:
        """The file was changed by somebody else while ``text`` has unsaved edits."""
        return self.disk is Disk.CHANGED

    @property
    def can_save(self) -> bool:
        """True where saving would write something."""
        return not self.saving and (self.dirty or (self.disk is Disk.GONE and bool(self.text)))


@dataclass(frozen=True, slots=True)
class Leaving:
    """Somebody wants to go on while the Kitfile has unsaved text (or jobs run): asked first."""

    to: Literal["open", "close", "quit", "restore"]
    folder: Path | None = None
    """The folder to be opened."""
    digest: str = ""
    path: str = ""
    """What is to be restored from that version."""
