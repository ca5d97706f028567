"""What the window shows: one workspace of values, and the word that something changed.

Views read it and subscribe to :attr:`Workspace.changed`; only :class:`Session` writes it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QObject, Signal

from kitdesk.changes import Changes, Topic
from kitdesk.session.state.accounts import (
    AccountItem,
    DiagnosisView,
    LoginItem,
)
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
    KitfileState,
    RemoteState,
    VersionRow,
    View,
)

if TYPE_CHECKING:
    from kitdesk.compare.values import Comparison, ContentDiff


class Workspace(QObject):
    """The workspace. Attributes are replaced whole, never mutated; read them, do not keep them."""

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
        self.comparison_error: ErrorInfo | None = None
        self.file: str = ""
        """Path of the chosen file of the comparison."""
        self.content: ContentDiff | None = None
        self.content_loading: bool = False
        self.content_error: ErrorInfo | None = None
        self.kitfile = KitfileState()
        self.preview: PackPreview | None = None
        self.preview_error: ErrorInfo | None = None
        self.rollback: RollbackPreview | None = None
        self.rollback_error: ErrorInfo | None = None
        self.push: PushPreview | None = None
        self.push_error: ErrorInfo | None = None
        self.removal: RemovalPreview | None = None
        self.removal_error: ErrorInfo | None = None
        self.about_side: str = ""
        self.about: VersionDetails | None = None
        self.about_error: ErrorInfo | None = None
        self.jobs: tuple[JobView, ...] = ()
        """Newest first."""
        self.error: ErrorInfo | None = None
        """The error card."""
        self.result: ResultBanner | None = None
        self.can_undo: str = ""
        """What Undo would undo: ``the roll back to v1.0.0``; empty = nothing."""
        self.offer = RemoteBrowse()
        """For the sheet Open from a registry."""
        self.recent: tuple[RecentProject, ...] = ()
        self.store = StoreState()
        self.accounts: tuple[AccountItem, ...] = ()
        """Every registry that is known, those with a login first."""
        self.diagnosis: DiagnosisView | None = None
        """What the doctor found of one registry."""
        self.logins: tuple[LoginItem, ...] | None = None
        """Logins of other programs; None while they are looked for."""
        self.signing_in: str = ""
        """Host whose password is being checked."""
        self.sign_in_error: ErrorInfo | None = None
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

    def account(self, host: str) -> AccountItem | None:
        """What is known of a registry."""
        return next((one for one in self.accounts if one.host == host), None)

    def title_of(self, side: str) -> str:
        """How a side is called in pickers and heads: ``v1.0.0`` or ``this folder``."""
        if side == FOLDER:
            return "this folder"
        row = self.version(side)
        return row.title if row else side.partition(":")[2][:8]
