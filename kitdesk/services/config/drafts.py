"""Drafts: what was typed and not saved, one for each project folder, private to its author.

A draft belongs to the folder itself (device and inode); the path is a hint for a folder that was
made anew. It is written aside, put on the disk and renamed, so that a kill leaves the former one.
"""

from __future__ import annotations

import contextlib
import json
import os
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from kitdesk.services.disk.files import write_atomically

KEPT_DAYS = 30
"""Days for which a text that was not taken is kept."""
MAX_DRAFT = 64 << 20
"""Bytes; a larger file is no draft."""
MAX_DRAFTS = 4096
"""Files of the folder that are looked through for a path."""

Identity = tuple[int, int]
"""Device and inode of a folder."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A text that was typed into the Kitfile of a folder."""

    folder: str
    """Absolute path of the folder when it was written."""
    kitfile: str
    """Name of the file in it."""
    text: str
    base: str
    """The text that it grew from."""
    time: str
    """RFC 3339, UTC."""

    @property
    def typed(self) -> datetime:
        """When it was written."""
        return datetime.fromisoformat(self.time)


def identity_of(folder: Path) -> Identity | None:
    """Device and inode; None where the folder is not there."""
    try:
        found = folder.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def now() -> str:
    """The time as a draft has it."""
    return datetime.now(UTC).isoformat(timespec="seconds")


class DraftStore:
    """Raises OSError where the data folder cannot be written; reading never fails."""

    def __init__(self, data: Path) -> None:
        self._folder = data / "drafts"

    def _path(self, folder: Identity, ending: str) -> Path:
        return self._folder / f"{folder[0]:x}-{folder[1]:x}.{ending}"

    def write(self, folder: Identity, draft: Draft) -> None:
        """Replace the folder's draft; it is on the disk when this returns."""
        self._write(self._path(folder, "json"), draft)

    def keep(self, folder: Identity, draft: Draft) -> None:
        """Keep a text that was not taken, beside the draft; the former one of the folder goes."""
        self._write(self._path(folder, "kept"), draft)

    def _write(self, path: Path, draft: Draft) -> None:
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._folder.chmod(0o700)
        data = json.dumps(asdict(draft)).encode()  # ASCII: any path and any character can be said
        write_atomically(path, data, 0o600)

    def drop(self, folder: Identity) -> None:
        """The text was saved, or is not wanted."""
        self._path(folder, "json").unlink(missing_ok=True)

    def drop_path(self, folder: Path) -> None:
        """The same for drafts that were found by the path."""
        for path, draft in self._all():
            if draft.folder == str(folder):
                path.unlink(missing_ok=True)

    def find(self, folder: Identity, path: Path) -> Draft | None:
        """The folder's draft; else the newest one of a folder that had this path."""
        mine = _read(self._path(folder, "json"))
        if mine is not None and (mine.folder == str(path) or not _is_itself(mine, folder)):
            return mine
        same = [draft for _, draft in self._all() if draft.folder == str(path)]
        return max(same, key=_time, default=None)

    def kept(self, folder: Identity) -> Draft | None:
        """The text that was not taken, for thirty days."""
        path = self._path(folder, "kept")
        draft = _read(path)
        if draft is not None and datetime.now(UTC) - draft.typed > timedelta(days=KEPT_DAYS):
            with contextlib.suppress(OSError):
                path.unlink()
            return None
        return draft

    def drop_kept(self, folder: Identity) -> None:
        """It was brought back."""
        self._path(folder, "kept").unlink(missing_ok=True)

    def _all(self) -> list[tuple[Path, Draft]]:
        found: list[tuple[Path, Draft]] = []
        try:
            with os.scandir(self._folder) as entries:
                paths = [Path(e.path) for _, e in zip(range(MAX_DRAFTS), entries, strict=False)]
        except OSError:
            return found
        for path in paths:
            draft = _read(path) if path.suffix == ".json" else None
            if draft is not None:
                found.append((path, draft))
        return found


def _time(draft: Draft) -> str:
    return draft.time


def _is_itself(draft: Draft, folder: Identity) -> bool:
    """True if the path that the draft names is another folder now: the inode was given anew."""
    there = identity_of(Path(draft.folder))
    return there is not None and there != folder


def _read(path: Path) -> Draft | None:
    """A draft; None where there is none that could be read."""
    try:
        with path.open("rb") as source:
            data = source.read(MAX_DRAFT + 1)
        raw: Any = json.loads(data)
    except (OSError, ValueError, RecursionError):
        return None
    if not isinstance(raw, dict) or len(data) > MAX_DRAFT:
        return None
    values = {name: raw.get(name) for name in ("folder", "kitfile", "text", "base", "time")}
    if not all(isinstance(value, str) for value in values.values()):
        return None
    draft = Draft(**values)  # type: ignore[arg-type]  # looked at above
    try:
        if draft.typed.tzinfo is None:
            draft = replace(draft, time=draft.typed.replace(tzinfo=UTC).isoformat())
    except ValueError:
        return None
    return draft
