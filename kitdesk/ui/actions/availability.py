"""Why an action cannot be done now: one sentence for its tooltip, or None when it can."""

from __future__ import annotations

from collections.abc import Callable

from kitdesk.session.state.project import FOLDER, View
from kitdesk.session.state.workspace import Workspace
from kitdesk.ui.actions import targets

Reason = Callable[[Workspace, str], str | None]
"""Takes the workspace and the chosen digest ("" = none)."""

NO_PROJECT = "Open a folder first."


def always(_workspace: Workspace, _digest: str) -> str | None:
    """It can always be done."""
    return None


def project(workspace: Workspace, _digest: str) -> str | None:
    """A folder has to be open."""
    return None if workspace.folder else NO_PROJECT


def whole_folder(workspace: Workspace, _digest: str) -> str | None:
    """A folder has to be open, there, and not in the middle of a roll back."""
    folder = workspace.folder
    if folder is None:
        return NO_PROJECT
    if folder.problem:
        return folder.problem.title
    if folder.interrupted:
        return "A roll back was cut off: finish or undo it first."
    return None


def pack(workspace: Workspace, digest: str) -> str | None:
    """Packing needs a Kitfile."""
    why = whole_folder(workspace, digest)
    if why:
        return why
    if workspace.folder and workspace.folder.kitfile is None:
        return "This folder has no Kitfile yet; make one first."
    return None


def make_kitfile(workspace: Workspace, digest: str) -> str | None:
    """A Kitfile is made only where there is none."""
    why = whole_folder(workspace, digest)
    if why:
        return why
    return "This folder has a Kitfile." if workspace.folder and workspace.folder.kitfile else None


def push(workspace: Workspace, digest: str) -> str | None:
    """Pushing needs a version on this machine."""
    if workspace.folder is None:
        return NO_PROJECT
    row = targets.to_push(workspace, digest)
    if row is None:
        return "Nothing to push: no version is on this machine yet."
    if not row.tags:
        return "This version has no tag; add one first."
    everything = all(v.remote for v in workspace.versions if v.local and v.tags)
    if row.remote and everything and workspace.remote.reachable:
        return "Nothing to push: every version is in the registry."
    return None


def pull(workspace: Workspace, digest: str) -> str | None:
    """Pulling needs a version that only the remote has."""
    if workspace.folder is None:
        return NO_PROJECT
    if not workspace.remote.address:
        return "Choose a remote first."
    if targets.to_pull(workspace, digest) is None:
        return "Nothing to pull: every version is on this machine."
    return None


def unpack(workspace: Workspace, digest: str) -> str | None:
    """Unpacking needs any version."""
    if targets.to_unpack(workspace, digest) is None:
        return "There is no version to unpack yet."
    return None


def rollback(workspace: Workspace, digest: str) -> str | None:
    """Rolling back needs a version that the folder is not exactly."""
    why = whole_folder(workspace, digest)
    if why:
        return why
    if not workspace.versions:
        return "There is no version to go back to yet."
    if targets.to_roll_back(workspace, digest) is None:
        return "This folder is exactly its only version."
    return None


def undo(workspace: Workspace, _digest: str) -> str | None:
    """There has to be a step that can be undone."""
    if workspace.folder is None:
        return NO_PROJECT
    return None if workspace.can_undo else "There is nothing to undo."


def version(workspace: Workspace, digest: str) -> str | None:
    """A version has to be chosen."""
    return None if targets.row_of(workspace, digest) else "Choose a version first."


def local_version(workspace: Workspace, digest: str) -> str | None:
    """A version whose bytes are on this machine has to be chosen."""
    row = targets.row_of(workspace, digest)
    if row is None:
        return "Choose a version first."
    return None if row.local else f"{row.title} is not on this machine; pull it first."


def remote_version(workspace: Workspace, digest: str) -> str | None:
    """A version that the remote has, and answers for, has to be chosen."""
    row = targets.row_of(workspace, digest)
    if row is None:
        return "Choose a version first."
    if not row.remote:
        return f"{row.title} is not in the registry."
    return "The registry was not reached." if row.stale else None


def has_before(workspace: Workspace, digest: str) -> str | None:
    """A version with another one under it has to be chosen."""
    if targets.row_of(workspace, digest) is None:
        return "Choose a version first."
    return None if targets.before(workspace, digest) else "There is no version before this one."


def changes(workspace: Workspace, _digest: str) -> str | None:
    """The folder has to be at a version."""
    folder = workspace.folder
    if folder is None:
        return NO_PROJECT
    return None if folder.at else "This folder is at no version yet."


def pair(workspace: Workspace, _digest: str) -> str | None:
    """Two sides have to be chosen."""
    if workspace.before and workspace.after:
        return None
    return "Choose two versions first."


def content(workspace: Workspace, _digest: str) -> str | None:
    """The Compare view has to show a file's text."""
    if workspace.view is View.COMPARE and workspace.content is not None:
        return None
    return "Choose a changed file first."


def save(workspace: Workspace, _digest: str) -> str | None:
    """The editor has to hold what the disk does not."""
    if workspace.folder is None:
        return NO_PROJECT
    return None if workspace.kitfile.dirty else "The Kitfile is saved."


def problems(workspace: Workspace, _digest: str) -> str | None:
    """There has to be a problem in the Kitfile."""
    return None if workspace.kitfile.problems else "The Kitfile has no problems."


def fixes(workspace: Workspace, _digest: str) -> str | None:
    """There has to be a problem with a fix."""
    if any(problem.fix for problem in workspace.kitfile.problems):
        return None
    return "No problem here can be fixed by itself."


def reference(workspace: Workspace, digest: str) -> str | None:
    """A tagged version of a known repository has to be chosen."""
    row = targets.row_of(workspace, digest)
    if row is None or digest == FOLDER:
        return "Choose a version first."
    if not row.tags:
        return "This version has no tag."
    return None if workspace.remote.address else "Choose a remote first."
