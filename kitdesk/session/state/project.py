"""What the workspace holds of the open project: folder, versions, Kitfile, jobs. Plain values."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from kitdesk.compare.values import FileChange

FOLDER = "folder"
"""The side of a comparison that is the project folder; every other side is a digest."""


class View(enum.Enum):
    """The three views of a project, and the two pages that stand in its place."""

    START = "start"
    COMPARE = "compare"
    ABOUT = "about"
    KITFILE = "kitfile"
    STORE = "store"


@dataclass(frozen=True, slots=True)
class ErrorInfo:
    """An expected failure as the error card shows it."""

    title: str
    hint: str = ""
    detail: str = ""
    code: str = "error"
    job: int | None = None
    """The job that can be tried again, if any."""
    host: str = ""
    """Registry that signing in to would help; "" = signing in has nothing to do with it."""
    line: int = 0
    """Line of the Kitfile that it is about, from 1; 0 = none."""


@dataclass(frozen=True, slots=True)
class Transfer:
    """A version on its way; ``percent`` 0 to 100."""

    verb: Literal["push", "pull", "pack"]
    percent: int


@dataclass(frozen=True, slots=True)
class VersionRow:
    """One digest with all its tags, wherever it is."""

    digest: str
    tags: tuple[str, ...]
    """Newest name first; empty = ``no tag``."""
    local: bool
    remote: bool
    size: int | None = None
    """Bytes of its layers; None while not known."""
    when: datetime | None = None
    """When it was packed or first seen."""
    name: str = ""
    version: str = ""
    here: bool = False
    """The folder is at this version."""
    moved_from: str = ""
    """Digest that the first tag had before, when the tag moved."""
    moved_at: datetime | None = None
    transfer: Transfer | None = None
    stale: bool = False
    """Remote facts are from an earlier time; the remote did not answer now."""

    @property
    def title(self) -> str:
        """First tag, or ``no tag``."""
        return self.tags[0] if self.tags else "no tag"


@dataclass(frozen=True, slots=True)
class FolderState:
    """The project folder against its version."""

    path: Path
    name: str
    at: VersionRow | None = None
    """The version the folder was last packed as or taken back to."""
    changes: tuple[FileChange, ...] = ()
    """Against ``at``; the Kitfile is one of them when its text differs in meaning."""
    changes_known: bool = True
    """False: the folder could not be compared; that there are no changes says nothing."""
    counting: bool = False
    """The state is being worked out; the rest is what was known before."""
    kitfile: Path | None = None
    """None: the folder has no Kitfile."""
    problem: ErrorInfo | None = None
    """The folder vanished; all that needs it waits."""
    blocked: ErrorInfo | None = None
    """Why it cannot be packed as it is: a path is gone, the Kitfile is broken. The rest works."""
    missing: tuple[str, ...] = ()
    """Paths that the Kitfile names and that are gone."""
    files: int = 0
    """Files that the layers own."""
    watching: bool = False
    watch_problem: str = ""
    """Why changes are not seen by themselves (then F5 refreshes)."""
    interrupted: str = ""
    """A rollback was cut off: one sentence; Finish and Undo are offered."""


class JobState(enum.Enum):
    """Life of a job."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class JobView:
    """A verb under way or finished, as Activity shows it."""

    number: int
    verb: str
    """pack, push, pull, unpack, rollback, undo, remove, tag, verify, sample"""
    title: str
    """``Pushing v2.0.0`` while running, ``Packed v2.0.0`` after."""
    state: JobState
    step: str = ""
    done: int = 0
    total: int = 0
    """Bytes; 0 = not known."""
    rate: float = 0.0
    """Bytes a second over the last seconds; 0 = not known."""
    summary: str = ""
    """``6.90 MB in 5 layers`` once it is done."""
    finished: datetime | None = None
    error: ErrorInfo | None = None
    log: tuple[str, ...] = ()
    kit_command: str = ""
    """The same with terminal kit; empty where kit has no such verb."""
    cancellable: bool = True

    @property
    def percent(self) -> int:
        """0 to 100."""
        return min(100, self.done * 100 // self.total) if self.total else 0

    @property
    def seconds_left(self) -> int | None:
        """None while it cannot be known."""
        if self.rate <= 0 or not self.total:
            return None
        return max(0, round((self.total - self.done) / self.rate))


@dataclass(frozen=True, slots=True)
class RemoteState:
    """The project's remote repository."""

    address: str = ""
    """registry/repository or ``oci:PATH``; empty = none chosen yet."""
    reachable: bool | None = None
    """None: not asked yet."""
    asked: datetime | None = None
    error: ErrorInfo | None = None
    loading: bool = False
    tags: frozenset[str] = frozenset()
    """Names of all its tags, those that are not shown yet too."""
    more: int = 0
    """So many tags are not looked at yet: they come when somebody scrolls to them."""
