"""What the window shows: one immutable-ish board of values, and the word that something changed.

Views read it and subscribe to :attr:`Workspace.changed`; only :class:`Session` writes it.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QObject, Signal

from kitdesk.changes import Changes, Topic

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from kitdesk.compare.values import Comparison, ContentDiff, FileChange
    from kitdesk.modelkit.rules import Problem


class View(enum.Enum):
    """The three views of a project, and the two pages that stand in its place."""

    START = "start"
    COMPARE = "compare"
    ABOUT = "about"
    KITFILE = "kitfile"
    STORE = "store"


FOLDER = "folder"
"""The side of a comparison that is the project folder; every other side is a digest."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """An expected failure as the error card shows it."""

    title: str
    hint: str = ""
    detail: str = ""
    code: str = "error"
    job: int | None = None
    """The job that can be tried again, if any."""


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
    counting: bool = False
    """The state is being worked out; the rest is what was known before."""
    kitfile: Path | None = None
    """None: the folder has no Kitfile."""
    problem: Trouble | None = None
    """The folder vanished, or cannot be read."""
    files: int = 0
    """Files that the layers own."""
    watching: bool = False
    watch_problem: str = ""
    """Why changes are not seen by themselves (then F5 refreshes)."""
    interrupted: str = ""
    """A rollback was cut off: one sentence; Finish and Undo are offered."""


@dataclass(frozen=True, slots=True)
class KitfileState:
    """The Kitfile in the editor."""

    text: str = ""
    saved: str = ""
    """The text on disk as last read or written."""
    problems: tuple[Problem, ...] = ()
    trouble: Trouble | None = None
    """Unreadable: not UTF-8, no permission."""
    changed_on_disk: bool = False
    """The file changed outside while ``text`` has unsaved edits."""

    @property
    def dirty(self) -> bool:
        """True while the editor holds what the disk does not."""
        return self.text != self.saved


@dataclass(frozen=True, slots=True)
class LayerLine:
    """One layer in a preview or in About."""

    kind: str
    """model, modelpart, code, dataset, docs, prompt"""
    name: str
    """The entry's name, else its path."""
    path: str
    size: int
    files: tuple[tuple[str, int], ...] = ()
    """(path, size), at most the first 200."""
    file_count: int = 0
    local: bool = True
    problem: str = ""


@dataclass(frozen=True, slots=True)
class LeftOutLine:
    """A file or folder that no layer takes."""

    path: str
    size: int
    reason: str
    """In words: ``in no layer``, ``a link``, ``ignored by line 3 of .kitignore``."""
    ignored: bool = False


@dataclass(frozen=True, slots=True)
class PackPreview:
    """What Pack would make of the folder now."""

    layers: tuple[LayerLine, ...] = ()
    left_out: tuple[LeftOutLine, ...] = ()
    warnings: tuple[str, ...] = ()
    tags: tuple[tuple[str, str, str], ...] = ()
    """Proposals, the suggested one first: (tag, patch|minor|major|first, the reason)."""
    taken: frozenset[str] = frozenset()
    """Tags that exist, here or in the remote."""

    @property
    def size(self) -> int:
        """Bytes of all layers."""
        return sum(layer.size for layer in self.layers)


@dataclass(frozen=True, slots=True)
class PlanLine:
    """One file of a rollback preview."""

    sign: Literal["A", "D", "M", "="]
    path: str
    remark: str = ""
    """``your edit is kept``, ``never packed``, ``same bytes``, ``not part of v1.0.0``."""
    warn: bool = False
    """The remark is about something that exists nowhere else: amber pill."""
    old_size: int | None = None
    new_size: int | None = None


@dataclass(frozen=True, slots=True)
class RollbackPreview:
    """What Roll back would do; nothing has been touched."""

    digest: str
    title: str
    """The target's tag."""
    now: str
    """``v2.0.0 + 3 changes``."""
    comes_back: tuple[PlanLine, ...]
    leaves: tuple[PlanLine, ...]
    stays: tuple[PlanLine, ...]
    stays_count: int
    safe_bytes: int
    """Size of what is replaced or leaves: the safe copy."""
    fetch_bytes: int
    """What has to be pulled first; 0 = it is on this machine."""
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PushPreview:
    """What Push would send, and whether the tag is taken by something else."""

    digest: str
    tag: str
    destination: str
    """registry/repository or ``oci:PATH``."""
    size: int
    layers: int
    missing_bytes: int | None
    """What has to be sent; None while it is not known."""
    there: str = ""
    """Digest that the tag has in the remote, "" = the tag is free."""
    next_tag: str = ""
    """A free tag that could be used instead."""

    @property
    def taken(self) -> bool:
        """The tag points at other contents in the remote."""
        return bool(self.there) and self.there != self.digest


@dataclass(frozen=True, slots=True)
class AboutFacts:
    """What a version (or the folder) is."""

    side: str
    """A digest, or FOLDER."""
    name: str = ""
    title: str = ""
    """Tag, or ``this folder``."""
    tags: tuple[str, ...] = ()
    description: str = ""
    facts: tuple[tuple[str, str, str], ...] = ()
    """(icon, label, value)."""
    reference: str = ""
    digest: str = ""
    readme: str | None = None
    """Markdown; None: this version has no README."""
    readme_note: str = ""
    """``834 B, from docs/README.md``."""
    kitfile: str = ""
    manifest: str = ""
    """Indented for reading; empty for the folder."""
    manifest_exact: str = ""
    layers: tuple[LayerLine, ...] = ()
    places: tuple[tuple[str, str, str], ...] = ()
    """(icon, where, sentence)."""
    local: bool = True


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
    trouble: Trouble | None = None
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
class Result:
    """The result bar under the tool bar: what was done and can be undone."""

    title: str
    text: str
    undo: bool


@dataclass(frozen=True, slots=True)
class RecentProject:
    """A line of the start page."""

    path: Path
    name: str
    state: str
    """``no changes``, ``3 changes, not packed``, ``folder not found``; empty while unknown."""
    at: str
    """Tag of its version."""
    opened: datetime | None
    missing: bool = False


@dataclass(frozen=True, slots=True)
class StoreVersion:
    """One version on the page On this machine."""

    digest: str
    repository: str
    tags: tuple[str, ...]
    size: int
    frees: int
    """Bytes that deleting it really gives back."""
    when: datetime | None


@dataclass(frozen=True, slots=True)
class StoreState:
    """The whole local store; sizes in bytes, shared data counted once."""

    path: str = ""
    versions: tuple[StoreVersion, ...] = ()
    disk: int = 0
    naive: int = 0
    """The sum of all versions as if nothing were shared."""
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RemoteState:
    """The project's remote repository."""

    address: str = ""
    """registry/repository or ``oci:PATH``; empty = none chosen yet."""
    reachable: bool | None = None
    """None: not asked yet."""
    asked: datetime | None = None
    trouble: Trouble | None = None
    loading: bool = False


class Workspace(QObject):
    """The board. Attributes are replaced whole, never mutated; read them, do not keep them."""

    changed = Signal(object)
    """Carries :class:`Changes`; emitted on the GUI thread only."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.view: View = View.START
        self.folder: FolderState | None = None
        self.versions: tuple[VersionRow, ...] = ()
        self.remote = RemoteState()
        self.before: str = ""
        """Side shown at the left: a digest, FOLDER, or "" = nothing chosen."""
        self.after: str = ""
        self.comparison: Comparison | None = None
        self.comparing: bool = False
        self.comparison_trouble: Trouble | None = None
        self.file: str = ""
        """Path of the chosen file of the comparison."""
        self.content: ContentDiff | None = None
        self.content_loading: bool = False
        self.content_trouble: Trouble | None = None
        self.kitfile = KitfileState()
        self.preview: PackPreview | None = None
        self.preview_trouble: Trouble | None = None
        self.rollback: RollbackPreview | None = None
        self.rollback_trouble: Trouble | None = None
        self.push: PushPreview | None = None
        self.push_trouble: Trouble | None = None
        self.about_side: str = ""
        self.about: AboutFacts | None = None
        self.about_trouble: Trouble | None = None
        self.jobs: tuple[JobView, ...] = ()
        """Newest first."""
        self.trouble: Trouble | None = None
        """The error card."""
        self.result: Result | None = None
        self.can_undo: str = ""
        """What Undo would undo: ``the roll back to v1.0.0``; empty = nothing."""
        self.recent: tuple[RecentProject, ...] = ()
        self.store = StoreState()
        self.keyring: str = ""
        """``Keyring ready`` or the reason why not; empty while not asked."""
        self.scheme: Literal["system", "light", "dark"] = "system"

    def apply(self, topics: Topic, paths: frozenset[str] = frozenset(), **values: object) -> None:
        """Replace attributes by name and tell everybody what changed."""
        for name, value in values.items():
            if not hasattr(self, name):
                raise AttributeError(name)
            setattr(self, name, value)
        self.changed.emit(Changes(topics, paths))

    def version(self, side: str) -> VersionRow | None:
        """The row of a digest, None for the folder or an unknown one."""
        return next((row for row in self.versions if row.digest == side), None)

    def title_of(self, side: str) -> str:
        """How a side is called in pickers and heads: ``v1.0.0`` or ``this folder``."""
        if side == FOLDER:
            return "this folder"
        row = self.version(side)
        return row.title if row else side.partition(":")[2][:8]
