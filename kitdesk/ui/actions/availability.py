"""Why an action cannot be done now: one sentence for its tooltip, or None when it can."""

from __future__ import annotations

from collections.abc import Callable

from kitdesk.session.state.project import FOLDER, View
from kitdesk.session.state.workspace import State
from kitdesk.ui.actions import targets

Reason = Callable[[State, str], str | None]
"""Takes the workspace and the chosen digest ("" = none)."""

NO_PROJECT = "Open a folder first."


def always(_state: State, _digest: str) -> str | None:
    """It can always be done."""
    return None


def project(state: State, _digest: str) -> str | None:
    """A folder has to be open."""
    return None if state.folder else NO_PROJECT


def whole_folder(state: State, _digest: str) -> str | None:
    """A folder has to be open, there, and not in the middle of a roll back."""
    folder = state.folder
    if folder is None:
        return NO_PROJECT
    if folder.problem:
        return folder.problem.title
    if folder.interrupted:
        return "A roll back was cut off: finish or undo it first."
    return None


def pack(state: State, digest: str) -> str | None:
    """Packing needs a Kitfile."""
    why = whole_folder(state, digest)
    if why:
        return why
    if state.folder and state.folder.kitfile is None:
        return "This folder has no Kitfile yet; make one first."
    return state.folder.blocked.title if state.folder and state.folder.blocked else None


def make_kitfile(state: State, digest: str) -> str | None:
    """A Kitfile is made only where there is none."""
    why = whole_folder(state, digest)
    if why:
        return why
    return "This folder has a Kitfile." if state.folder and state.folder.kitfile else None


def push(state: State, digest: str) -> str | None:
    """Pushing needs a version on this machine."""
    if state.folder is None:
        return NO_PROJECT
    row = targets.to_push(state, digest)
    if row is None:
        return "Nothing to push: no version is on this machine yet."
    if not row.tags:
        return "This version has no tag; add one first."
    everything = all(v.remote for v in state.versions if v.local and v.tags)
    if row.remote and everything and state.remote.reachable:
        return "Nothing to push: every version is in the registry."
    return None


def pull(state: State, digest: str) -> str | None:
    """Pulling needs a version that only the remote has."""
    if state.folder is None:
        return NO_PROJECT
    if not state.remote.address:
        return "Choose a remote first."
    if targets.to_pull(state, digest) is None:
        return "Nothing to pull: every version is on this machine."
    return None


def unpack(state: State, digest: str) -> str | None:
    """Unpacking needs any version."""
    if targets.to_unpack(state, digest) is None:
        return "There is no version to unpack yet."
    return None


def rollback(state: State, digest: str) -> str | None:
    """Rolling back needs a version that the folder is not exactly."""
    why = whole_folder(state, digest)
    if why:
        return why
    if not state.versions:
        return "There is no version to go back to yet."
    if targets.to_roll_back(state, digest) is None:
        return "This folder is exactly its only version."
    return None


def undo(state: State, _digest: str) -> str | None:
    """There has to be a step that can be undone."""
    if state.folder is None:
        return NO_PROJECT
    return None if state.can_undo else "There is nothing to undo."


def version(state: State, digest: str) -> str | None:
    """A version has to be chosen."""
    return None if targets.row_of(state, digest) else "Choose a version first."


def local_version(state: State, digest: str) -> str | None:
    """A version whose bytes are on this machine has to be chosen."""
    row = targets.row_of(state, digest)
    if row is None:
        return "Choose a version first."
    return None if row.local else f"{row.title} is not on this machine; pull it first."


def remote_version(state: State, digest: str) -> str | None:
    """A version that the remote has, and answers for, has to be chosen."""
    row = targets.row_of(state, digest)
    if row is None:
        return "Choose a version first."
    if not row.remote:
        return f"{row.title} is not in the registry."
    return "The registry was not reached." if row.stale else None


def has_before(state: State, digest: str) -> str | None:
    """A version with another one under it has to be chosen."""
    if targets.row_of(state, digest) is None:
        return "Choose a version first."
    return None if targets.before(state, digest) else "There is no version before this one."


def changes(state: State, _digest: str) -> str | None:
    """The folder has to be at a version."""
    folder = state.folder
    if folder is None:
        return NO_PROJECT
    return None if folder.at else "This folder is at no version yet."


def pair(state: State, _digest: str) -> str | None:
    """Two sides have to be chosen."""
    if state.before and state.after:
        return None
    return "Choose two versions first."


def content(state: State, _digest: str) -> str | None:
    """The Compare view has to show a file's text."""
    if state.view is View.COMPARE and state.content is not None:
        return None
    return "Choose a changed file first."


def save(state: State, _digest: str) -> str | None:
    """The editor has to hold what the disk does not."""
    if state.folder is None:
        return NO_PROJECT
    return None if state.kitfile.can_save else "The Kitfile is saved."


def problems(state: State, _digest: str) -> str | None:
    """There has to be a problem in the Kitfile."""
    return None if state.kitfile.problems else "The Kitfile has no problems."


def fixes(state: State, _digest: str) -> str | None:
    """There has to be a problem with a fix."""
    if any(problem.fix for problem in state.kitfile.problems):
        return None
    return "No problem here can be fixed by itself."


def reference(state: State, digest: str) -> str | None:
    """A tagged version of a known repository has to be chosen."""
    row = targets.row_of(state, digest)
    if row is None or digest == FOLDER:
        return "Choose a version first."
    if not row.tags:
        return "This version has no tag."
    return None if state.remote.address else "Choose a remote first."
