"""The commit that a new version notes, and whether a version that is there says the same."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from kitdesk.errors import BadReference, DiskFailure
from kitdesk.modelkit.primitives.commit_note import CommitNote
from kitdesk.modelkit.primitives.json_text import BadJson, loads_object
from kitdesk.modelkit.primitives.repository_url import public_url
from kitdesk.progress import Report, silent
from kitdesk.services.disk.files import write_atomically
from kitdesk.services.disk.git import UNREADABLE_PLACE, git_place, head_of
from kitdesk.services.disk.regular_files import read_small

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from kitdesk.modelkit.layers.plan import PlannedLayer
    from kitdesk.operations.inputs.project import Project
    from kitdesk.services.container import Services
    from kitdesk.services.git.working_copy import WorkingCopyState

LARGEST_TIME = 253402300799
"""The last second of the year 9999."""
_MAX_CACHE = 1 << 20
FORMAT = 1


@dataclass(frozen=True, slots=True)
class CommitFinding:
    """What a pack notes, and what it only tells."""

    note: CommitNote
    state: WorkingCopyState
    wanted: bool = True
    """False where somebody said no: ``--no-commit``, the setting, another profile."""


def no_commit() -> CommitFinding:
    """Nothing is noted because somebody said so."""
    from kitdesk.services.git.working_copy import WorkingCopyState

    return CommitFinding(CommitNote(), WorkingCopyState(), wanted=False)


def find_commit(
    project: Project,
    layers: Sequence[PlannedLayer],
    layer_digests: Sequence[str],
    services: Services,
    report: Report = silent,
) -> CommitFinding:
    """Compare what was packed with its working copy; equal content at an equal commit is answered
    from the cache, without reading any object. Raises BadReference for a bad SOURCE_DATE_EPOCH.
    """
    from kitdesk.services.git.working_copy import WorkingCopyState

    if not services.settings.flag("commit_note"):
        return no_commit()
    created = source_date()
    key = _key(project, layer_digests)
    if not key:
        state = WorkingCopyState()
    else:
        cached = services.paths.cache / "git" / _name(project.folder)
        known = _read(cached, key)
        state = known if known is not None else _compare(project, layers, report)
        if known is None and not state.problem:
            _keep(cached, key, state)
    source = public_url(services.settings.project(project.folder).source) if state.commit else ""
    note = CommitNote(state.commit, state.modified_count > 0, source, created)
    return CommitFinding(note, state)


def source_date() -> str:
    """SOURCE_DATE_EPOCH as RFC 3339, "" where it is not set; raises BadReference for no number."""
    text = os.environ.get("SOURCE_DATE_EPOCH", "")
    if not text:
        return ""
    if not (text.isascii() and text.isdigit()) or int(text[:20]) > LARGEST_TIME:
        raise BadReference(
            "SOURCE_DATE_EPOCH is no time.", "Give it whole seconds since 1970, or unset it."
        )
    return datetime.fromtimestamp(int(text), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def fits(known: CommitNote, wanted: CommitFinding) -> bool:
    """Whether a version with the same content can stand for the one that is wanted.

    It differs at most in an older clean commit: the first one with these bytes.
    """
    note = wanted.note
    if known == note:
        return True
    if not wanted.wanted or known.created != note.created:
        return False
    if not note.commit:
        return bool(known.commit) and not known.modified
    return known.source == note.source and bool(known.commit) and not known.modified


def _compare(project: Project, layers: Sequence[PlannedLayer], report: Report) -> WorkingCopyState:
    from kitdesk.services.git.working_copy import working_copy_state

    name = project.kitfile_path.name if project.kitfile_path else ""
    return working_copy_state(
        project.folder,
        (member for layer in layers for member in layer.members),
        (layer.base for layer in layers),
        project.ignore.matches,
        (name, project.text),
        report,
    )


def _key(project: Project, layer_digests: Sequence[str]) -> str:
    """What the answer depends on; "" outside of any working copy."""
    try:
        place = git_place(project.folder)
        if place is None:
            return ""
        head = head_of(place)
        config: tuple[int, ...] = ()
        with contextlib.suppress(FileNotFoundError):
            facts = os.stat(place.common / "config")
            config = (facts.st_mtime_ns, facts.st_size, facts.st_ino)
    except UNREADABLE_PLACE:
        return "unreadable"
    text = repr((FORMAT, head, config, str(place.git), str(project.folder), [*layer_digests]))
    kitfile = hashlib.sha256(project.text).hexdigest()
    named = project.kitfile_path.name if project.kitfile_path else ""
    return hashlib.sha256(f"{text}\n{named}\n{kitfile}".encode("utf-8", "replace")).hexdigest()


def _name(folder: Path) -> str:
    return f"{hashlib.sha256(os.fsencode(folder)).hexdigest()[:40]}.json"


def _read(path: Path, key: str) -> WorkingCopyState | None:
    from kitdesk.services.git.working_copy import WorkingCopyState

    try:
        raw = loads_object(read_small(path, _MAX_CACHE))
        if raw.pop("key", "") != key:
            return None
        values: dict[str, Any] = {
            name: tuple(one) if isinstance(one, list) else one for name, one in raw.items()
        }
        known = {field.name for field in fields(WorkingCopyState)}
        return WorkingCopyState(**values) if values.keys() == known else None
    except (OSError, DiskFailure, BadJson, TypeError):
        return None


def _keep(path: Path, key: str, state: WorkingCopyState) -> None:
    with contextlib.suppress(OSError, ValueError):
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        text = json.dumps({"key": key, **asdict(state)})
        write_atomically(path, text.encode(), 0o600, sync=False)
