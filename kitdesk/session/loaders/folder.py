"""Loads folder and versions: results of verbs as values of the workspace. Worker threads only."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING

from kitdesk.errors import AuthRequired, BadKitfile, FolderGone, KitDeskError, NoKitfile
from kitdesk.modelkit.kitfile import loader as kitfiles
from kitdesk.modelkit.primitives.reference import parse
from kitdesk.operations.folder_status import folder_status
from kitdesk.operations.inputs.project import folder_of, kitfile_bytes
from kitdesk.operations.inputs.remotes import parse_remote, repository_of
from kitdesk.operations.versions.listing import Version, in_order, local_versions, merged
from kitdesk.session.runtime.probe import MOST, NOT_THERE
from kitdesk.session.state.pages import RecentProject
from kitdesk.session.state.project import ErrorInfo, FolderState, VersionRow

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from kitdesk.compare.values import FileChange
    from kitdesk.progress import Report
    from kitdesk.services.container import Services


def error_info(error: KitDeskError, job: int | None = None) -> ErrorInfo:
    """An expected failure as the window shows it."""
    host = error.host if isinstance(error, AuthRequired) else ""
    line = error.line if isinstance(error, BadKitfile) else 0
    return ErrorInfo(error.title, error.hint, error.detail, error.code, job, host, line)


@dataclass(frozen=True, slots=True)
class FolderReading:
    """What was found out about the folder."""

    state: FolderState
    at: str
    """Digest of its version, "" = none."""
    repository: str


def repository_for(folder: Path, services: Services) -> str:
    """Name of the project's versions in the store: remembered, packed before, else guessed."""
    known = services.settings.project(folder).repository
    if known:
        return known
    for entry in services.journal.entries(folder):
        if entry.verb == "pack" and entry.reference:
            return parse(entry.reference).name
    name = ""
    path = kitfiles.find(folder)
    if path is not None:
        try:
            name = kitfiles.decode(kitfile_bytes(path)).package.name
        except (KitDeskError, OSError):
            name = ""
    return f"localhost/{safe_name(name or folder.name)}"


def safe_name(text: str) -> str:
    """A legal repository name that looks like the text."""
    kept = "".join(c if c.isascii() and c.isalnum() else "-" for c in text.lower())
    while "--" in kept:
        kept = kept.replace("--", "-")
    return kept.strip("-") or "project"


def read_folder(folder: Path, services: Services, report: Report) -> FolderReading:
    """State of the folder; what is wrong with it is part of the state, not raised."""
    base = FolderState(folder, folder.name)
    repository = f"localhost/{safe_name(folder.name)}"
    try:
        folder_of(folder)
        repository = repository_for(folder, services)
        swap = services.safe_copies.interrupted(folder)
        if swap is not None:
            label = swap.record.bound_for[1]
            base = replace(base, interrupted=f"A roll back to {label} was cut off.")
        base = replace(base, kitfile=kitfiles.find(folder))
        found = folder_status(folder, services, report, repository)
    except NoKitfile:
        return FolderReading(base, services.journal.version_of(folder), repository)
    except FolderGone as error:
        at = services.journal.version_of(folder)
        return FolderReading(replace(base, problem=error_info(error)), at, repository)
    except KitDeskError as error:  # it cannot be compared, and must be offered a way back
        at = services.journal.version_of(folder)
        unknown = replace(base, blocked=error_info(error), changes_known=False)
        return FolderReading(unknown, at, repository)
    problems = found.problems
    full = replace(
        base,
        changes=found.changes,
        files=found.files,
        blocked=error_info(problems.all[0]) if problems.all else None,
        missing=problems.missing,
    )
    return FolderReading(full, found.at, repository)


def folder_words(at: VersionRow | None, changes: tuple[FileChange, ...]) -> str:
    """``v2.0.0 + 3 changes``."""
    if at is None:
        return "not packed yet"
    if not changes:
        return at.title
    count = len(changes)
    return f"{at.title} + {count:,} {'change' if count == 1 else 'changes'}"


def remembered_words(folder: FolderState) -> str:
    """What the start page says of the folder: ``3 changes, not packed``."""
    count = len(folder.changes)
    if count:
        return f"{count:,} {'change' if count == 1 else 'changes'}, not packed"
    if not folder.changes_known:
        return "changes not known"
    if folder.at is None:
        return "not packed yet"
    return "no changes" if folder.at.local else "changes not known"


def read_local(folder: Path, repository: str, services: Services) -> tuple[Version, ...]:
    """Versions of the project in the store: its own repository and the remote's."""
    found = local_versions(services, repository).versions
    remote = services.settings.project(folder).remote
    if remote:
        name = repository_of(parse_remote(remote))
        if name != repository:
            found = merge_local(found, local_versions(services, name).versions)
    return found


def local_rows(services: Services, repository: str) -> tuple[Version, ...]:
    """Versions of one repository of the store."""
    return local_versions(services, repository).versions


def merge_local(first: tuple[Version, ...], second: tuple[Version, ...]) -> tuple[Version, ...]:
    """Two repositories of the store as one list, tags united."""
    rows = {version.digest: version for version in first}
    for version in second:
        mine = rows.get(version.digest)
        if mine is not None:
            known = {tag.name for tag in mine.tags}
            extra = tuple(tag for tag in version.tags if tag.name not in known)
            rows[version.digest] = replace(mine, tags=mine.tags + extra)
        else:
            rows[version.digest] = version
    return in_order(rows.values())


def rows_of(
    local: tuple[Version, ...], remote: tuple[Version, ...], at: str, *, stale: bool
) -> tuple[VersionRow, ...]:
    """The tree's rows; what did not change is the same object as before."""
    return tuple(
        _row(version, here=version.digest == at, stale=stale and version.remote)
        for version in merged(local, remote)
    )


@lru_cache(maxsize=8192)
def _row(version: Version, *, here: bool, stale: bool) -> VersionRow:
    moved = next((tag for tag in version.tags if tag.moved_from), None)
    return VersionRow(
        version.digest,
        tuple(tag.name for tag in version.tags),
        version.local,
        version.remote,
        version.size,
        version.created,
        version.name,
        version.version,
        here=here,
        moved_from=moved.moved_from or "" if moved else "",
        moved_at=_time(moved.moved_at) if moved else None,
        stale=stale,
    )


def _time(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def read_recent(
    services: Services, there: Mapping[Path, tuple[int, int]] | None
) -> tuple[RecentProject, ...]:
    """The start page's list. ``there``: what is at the paths, NOT_THERE or an identity; a path that
    is not in it does not answer; None: nobody has looked yet.
    """
    result = []
    for at, one in enumerate(services.settings.projects()):
        asked = there is not None and at < MOST
        silent = asked and there is not None and one.path not in there
        missing = there is not None and there.get(one.path) == NOT_THERE
        words = "folder not found" if missing else "does not answer" if silent else one.state
        result.append(
            RecentProject(one.path, one.path.name, words, one.at, _time(one.opened), missing)
        )
    return tuple(result)


def utc_now() -> datetime:
    """Now, with its zone."""
    return datetime.now(UTC)
