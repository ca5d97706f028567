"""Which version an action is about: the chosen one where it fits, else the sensible one."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kitdesk.session.state.project import VersionRow
    from kitdesk.session.state.workspace import State


def row_of(state: State, digest: str) -> VersionRow | None:
    """The row of the chosen digest, None for none."""
    return state.version(digest) if digest else None


def before(state: State, digest: str) -> VersionRow | None:
    """The version that stands under ``digest`` in the tree (rows are newest first)."""
    rows = state.versions
    at = next((i for i, row in enumerate(rows) if row.digest == digest), None)
    return rows[at + 1] if at is not None and at + 1 < len(rows) else None


def to_push(state: State, digest: str) -> VersionRow | None:
    """The chosen version if its bytes are here, else the newest that only this machine has."""
    chosen = row_of(state, digest)
    if chosen and chosen.local:
        return chosen
    waiting = [row for row in state.versions if row.local and row.tags]
    return next((row for row in waiting if not row.remote), waiting[0] if waiting else None)


def to_pull(state: State, digest: str) -> VersionRow | None:
    """The chosen version if it is only remote, else the newest such one."""
    chosen = row_of(state, digest)
    if chosen and chosen.remote and not chosen.local:
        return chosen
    return next((row for row in state.versions if row.remote and not row.local), None)


def to_unpack(state: State, digest: str) -> VersionRow | None:
    """The chosen version, else the one the folder is at, else the newest here."""
    chosen = row_of(state, digest)
    if chosen:
        return chosen
    at = state.folder.at if state.folder else None
    return at or next((row for row in state.versions if row.local), None)


def to_roll_back(state: State, digest: str) -> VersionRow | None:
    """The chosen version unless the folder is it without changes, else the one before it."""
    folder = state.folder
    at = folder.at if folder else None
    chosen = row_of(state, digest)
    changed = bool(folder and (folder.changes or not folder.changes_known))
    if chosen and (at is None or chosen.digest != at.digest):
        return chosen
    if chosen and changed:
        return chosen
    if at is not None:
        return before(state, at.digest) or (at if changed else None)
    return next((row for row in state.versions if row.local), None)


def not_pushed(state: State) -> int:
    """How many tagged versions no remote has; 0 while no remote is known."""
    if not state.remote.address or state.remote.reachable is not True:
        return 0
    return sum(1 for row in state.versions if row.local and row.tags and not row.remote)


def not_pulled(state: State) -> int:
    """How many versions only the remote has."""
    return sum(1 for row in state.versions if row.remote and not row.local)


def next_step(state: State) -> str:
    """Id of the action that is the filled one of the tool bar; "" = none."""
    folder = state.folder
    if folder is None or folder.problem or folder.interrupted or folder.kitfile is None:
        return ""
    if folder.blocked:
        return ""
    errors = any(p.severity == "error" for p in state.kitfile.problems)
    if (folder.changes or folder.at is None) and not errors:
        return "pack"
    return "push" if not_pushed(state) and not errors else ""
