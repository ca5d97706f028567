"""The workspace: the state that views read, and the signal that something in it changed.

Views read :attr:`Workspace.state` and subscribe to :attr:`Workspace.changed`; only controllers
call :meth:`Workspace.apply`. GUI thread only.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypedDict, Unpack

from PySide6.QtCore import QObject, Signal

from kitdesk.changes import Changes, Topic
from kitdesk.session.state.accounts import (
    AccountItem,
    DiagnosisView,
    LoginItem,
)
from kitdesk.session.state.kitfile import KitfileState, Leaving
from kitdesk.session.state.pages import (
    PackPreview,
    PushPreview,
    RecentProject,
    RemoteBrowse,
    RemovalPreview,
    ResultBanner,
    RollbackPreview,
    StoreState,
    VersionDetails,
)
from kitdesk.session.state.project import (
    FOLDER,
    ErrorInfo,
    FolderState,
    JobView,
    RemoteState,
    VersionRow,
    View,
)

if TYPE_CHECKING:
    from kitdesk.compare.content.picture import Picture
    from kitdesk.compare.content.result import Content
    from kitdesk.compare.values import Comparison


Scheme = Literal["system", "light", "dark"]


@dataclass(frozen=True, slots=True)
class State:
    """All that the window shows, as one frozen value."""

    view: View = View.START
    folder: FolderState | None = None
    versions: tuple[VersionRow, ...] = ()
    remote: RemoteState = RemoteState()
    before: str = ""
    """Side shown at the left: a digest, FOLDER, or "" = nothing chosen."""
    after: str = ""
    comparison: Comparison | None = None
    comparing: bool = False
    comparison_error: ErrorInfo | None = None
    file: str = ""
    """Path of the chosen file of the comparison."""
    content: Content | None = None
    content_group: str = ""
    """Path of the file that leads the group whose content this is; empty: the file's own."""
    pictures: tuple[Picture | None, Picture | None] = (None, None)
    """Pixels of both sides of the chosen image, decoded in a process of their own."""
    content_loading: bool = False
    """More of it is to come: facts come first, then counts, then statistics."""
    content_error: ErrorInfo | None = None
    kitfile: KitfileState = KitfileState()
    leaving: Leaving | None = None
    """Asked first: the Kitfile has unsaved text, or jobs are under way."""
    closing: bool = False
    """The window may close now: whatever had to be asked is answered."""
    notices: tuple[str, ...] = ()
    """What is not remembered and why, one sentence each."""
    preview: PackPreview | None = None
    preview_error: ErrorInfo | None = None
    rollback: RollbackPreview | None = None
    rollback_error: ErrorInfo | None = None
    push: PushPreview | None = None
    push_error: ErrorInfo | None = None
    removal: RemovalPreview | None = None
    removal_error: ErrorInfo | None = None
    about_side: str = ""
    about: VersionDetails | None = None
    about_error: ErrorInfo | None = None
    jobs: tuple[JobView, ...] = ()
    """Newest first."""
    error: ErrorInfo | None = None
    """The error card."""
    result: ResultBanner | None = None
    can_undo: str = ""
    """What Undo would undo: ``the roll back to v1.0.0``; empty = nothing."""
    offer: RemoteBrowse = RemoteBrowse()
    """For the sheet Open from a registry."""
    recent: tuple[RecentProject, ...] = ()
    store: StoreState = StoreState()
    accounts: tuple[AccountItem, ...] = ()
    """Every registry that is known, those with a login first."""
    diagnosis: DiagnosisView | None = None
    """What the doctor found of one registry."""
    logins: tuple[LoginItem, ...] | None = None
    """Logins of other programs; None while they are looked for."""
    signing_in: str = ""
    """Host whose password is being checked."""
    sign_in_error: ErrorInfo | None = None
    keyring: str = ""
    """``Keyring ready`` or the reason why not; empty while not asked."""
    scheme: Scheme = "system"

    @property
    def folder_path(self) -> Path:
        """Where the open project is; an empty path while none is open."""
        return self.folder.path if self.folder else Path()

    def version(self, side: str) -> VersionRow | None:
        """The row of a digest, None for the folder or an unknown one."""
        return next((row for row in self.versions if row.digest == side), None)

    def account(self, host: str) -> AccountItem | None:
        """What is known of a registry."""
        return next((one for one in self.accounts if one.host == host), None)

    def title_of(self, side: str) -> str:
        """How a side is called in pickers and heads: ``v1.0.0`` or ``this folder``."""
        if side == FOLDER:
            return "this folder"
        row = self.version(side)
        return row.title if row else side.partition(":")[2][:8]


class StateChanges(TypedDict, total=False):
    """The fields of :class:`State` that a call of :meth:`Workspace.apply` replaces."""

    view: View
    folder: FolderState | None
    versions: tuple[VersionRow, ...]
    remote: RemoteState
    before: str
    after: str
    comparison: Comparison | None
    comparing: bool
    comparison_error: ErrorInfo | None
    file: str
    content: Content | None
    content_group: str
    pictures: tuple[Picture | None, Picture | None]
    content_loading: bool
    content_error: ErrorInfo | None
    kitfile: KitfileState
    leaving: Leaving | None
    closing: bool
    notices: tuple[str, ...]
    preview: PackPreview | None
    preview_error: ErrorInfo | None
    rollback: RollbackPreview | None
    rollback_error: ErrorInfo | None
    push: PushPreview | None
    push_error: ErrorInfo | None
    removal: RemovalPreview | None
    removal_error: ErrorInfo | None
    about_side: str
    about: VersionDetails | None
    about_error: ErrorInfo | None
    jobs: tuple[JobView, ...]
    error: ErrorInfo | None
    result: ResultBanner | None
    can_undo: str
    offer: RemoteBrowse
    recent: tuple[RecentProject, ...]
    store: StoreState
    accounts: tuple[AccountItem, ...]
    diagnosis: DiagnosisView | None
    logins: tuple[LoginItem, ...] | None
    signing_in: str
    sign_in_error: ErrorInfo | None
    keyring: str
    scheme: Scheme


NO_PROJECT: StateChanges = {
    "before": "",
    "after": "",
    "comparison": None,
    "comparison_error": None,
    "comparing": False,
    "file": "",
    "content": None,
    "about": None,
    "about_side": "",
    "about_error": None,
    "rollback": None,
    "push": None,
    "preview": None,
    "remote": RemoteState(),
    "can_undo": "",
}
"""What is shown of a project while none is open, or another one is being read."""


class Workspace(QObject):
    """Holds the state and tells everybody when it is replaced."""

    changed = Signal(object)
    """Carries :class:`Changes`; emitted on the GUI thread only."""

    def __init__(self, state: State | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.state = state or State()

    def apply(
        self,
        topics: Topic,
        paths: frozenset[str] = frozenset(),
        **values: Unpack[StateChanges],
    ) -> None:
        """Replace fields of the state; every reader hears which topics and paths they concern."""
        self.state = replace(self.state, **values)
        self.changed.emit(Changes(topics, paths))
