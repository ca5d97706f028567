"""Which version an action is about: the chosen one where it fits, else the sensible one."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kitdesk.session.state.project import ErrorInfo, VersionRow
    from kitdesk.session.state.workspace import Workspace


def row_of(workspace: Workspace, digest: str) -> VersionRow | None:
    """The row of the chosen digest, None for none."""
    return workspace.version(digest) if digest else None


def before(workspace: Workspace, digest: str) -> VersionRow | None:
    """The version that stands under ``digest`` in the tree (rows are newest first)."""
    rows = workspace.versions
    at = next((i for i, row in enumerate(rows) if row.digest == digest), None)
    return rows[at + 1] if at is not None and at + 1 < len(rows) else None


def to_push(workspace: Workspace, digest: str) -> VersionRow | None:
    """The chosen version if its bytes are here, else the newest that only this machine has."""
    chosen = row_of(workspace, digest)
    if chosen and chosen.local:
        return chosen
    waiting = [row for row in workspace.versions if row.local and row.tags]
    return next((row for row in waiting if not row.remote), waiting[0] if waiting else None)


def to_pull(workspace: Workspace, digest: str) -> VersionRow | None:
    """The chosen version if it is only remote, else the newest such one."""
    chosen = row_of(workspace, digest)
    if chosen and chosen.remote and not chosen.local:
        return chosen
    return next((row for row in workspace.versions if row.remote and not row.local), None)


def to_unpack(workspace: Workspace, digest: str) -> VersionRow | None:
    """The chosen version, else the one the folder is at, else the newest here."""
    chosen = row_of(workspace, digest)
    if chosen:
        return chosen
    at = workspace.folder.at if workspace.folder else None
    return at or next((row for row in workspace.versions if row.local), None)


def to_roll_back(workspace: Workspace, digest: str) -> VersionRow | None:
    """The chosen version unless the folder is it without changes, else the one before it."""
    folder = workspace.folder
    at = folder.at if folder else None
    chosen = row_of(workspace, digest)
    if chosen and (at is None or chosen.digest != at.digest):
        return chosen
    if chosen and folder and folder.changes:
        return chosen
    if at is not None:
        return before(workspace, at.digest) or (at if folder and folder.changes else None)
    return next((row for row in workspace.versions if row.local), None)


def not_pushed(workspace: Workspace) -> int:
    """How many tagged versions no remote has; 0 while no remote is known."""
    if not workspace.remote.address or workspace.remote.reachable is not True:
        return 0
    return sum(1 for row in workspace.versions if row.local and row.tags and not row.remote)


def not_pulled(workspace: Workspace) -> int:
    """How many versions only the remote has."""
    return sum(1 for row in workspace.versions if row.remote and not row.local)


def next_step(workspace: Workspace) -> str:
    """Id of the action that is the filled one of the tool bar; "" = none (look.md, section 5)."""
    folder = workspace.folder
    if folder is None or folder.problem or folder.interrupted or folder.kitfile is None:
        return ""
    errors = any(p.severity == "error" for p in workspace.kitfile.problems)
    if (folder.changes or folder.at is None) and not errors:
        return "pack"
    return "push" if not_pushed(workspace) and not errors else ""


def error_words(error: ErrorInfo) -> str:
    """Title and hint of an expected failure as one text."""
    return f"{error.title} {error.hint}".strip()
