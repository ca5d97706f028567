"""KitDesk's own record: what was done, when, which digests. One JSON object a line, fsynced."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from kitdesk.modelkit.primitives import digest as digests
from kitdesk.services.disk.files import locked, write_atomically

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

_PLACING = frozenset({"pack", "rollback", "unpack", "undo", "recognise"})
"""Verbs after which a folder is at the digest that the entry names."""


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """One thing that was done."""

    time: str
    """RFC 3339, UTC."""
    verb: str
    project: str = ""
    """Absolute path of the folder; empty where none was concerned."""
    reference: str = ""
    digest: str = ""
    before: str = ""
    """Digest that the folder or the tag was at before."""
    who: str = ""
    undo: str | None = None
    """Id of the safe copy that can bring back what this replaced."""
    note: str = ""


_NAMES = frozenset(field.name for field in fields(JournalEntry))


def now() -> str:
    """The time as the journal writes it."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def user() -> str:
    """Name of whoever runs this; never fails (a container may have no such user)."""
    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):  # as getpass, which takes 1 ms to load
        if os.environ.get(name):
            return os.environ[name]
    try:
        import pwd

        return pwd.getpwuid(os.getuid()).pw_name
    except (KeyError, OSError, ImportError):
        return str(os.getuid()) if hasattr(os, "getuid") else "unknown"


class Journal:
    """Append-only; reading skips a line that a crash cut."""

    def __init__(self, data: Path) -> None:
        self._path = data / "journal.jsonl"
        self._lock = data / "journal.lock"
        self._kitfiles = data / "kitfiles"
        self.problem = ""
        """Why it cannot be written, one sentence; "" while it can."""

    def append(
        self,
        verb: str,
        *,
        project: Path | None = None,
        reference: str = "",
        digest: str = "",
        before: str = "",
        undo: str | None = None,
        note: str = "",
    ) -> JournalEntry:
        """Write one line and wait until it is on the disk; see :attr:`problem`."""
        entry = JournalEntry(
            now(),
            verb,
            str(project.absolute()) if project else "",
            reference,
            digest,
            before,
            user(),
            undo,
            note,
        )
        line = json.dumps(asdict(entry), ensure_ascii=False) + "\n"
        try:
            with locked(self._lock), self._path.open("ab+") as out:
                if out.tell() and not self._ends_whole():
                    out.write(b"\n")  # a crash cut the last line: keep it, start a new one
                out.write(line.encode("utf-8", "surrogateescape"))
                out.flush()
                os.fsync(out.fileno())
        except OSError as error:
            self._note(error)
        return entry

    def _note(self, error: OSError) -> None:
        """What was done is done: that it is not remembered stops nothing."""
        self.problem = f"History is not remembered: {error.strerror or error}."

    def _ends_whole(self) -> bool:
        with self._path.open("rb") as text:
            text.seek(-1, os.SEEK_END)
            return text.read(1) == b"\n"

    def entries(self, project: Path | None = None) -> tuple[JournalEntry, ...]:
        """All entries (of one project), newest first."""
        wanted = str(project.absolute()) if project else None
        found = (_parse(line) for line in self._newest_first())
        return tuple(one for one in found if one and wanted in (None, one.project))

    def version_of(self, project: Path) -> str:
        """Digest the folder was last packed as, or taken to; "" when it never was."""
        wanted = str(project.absolute())
        for line in self._newest_first():
            entry = _parse(line)
            if entry and entry.project == wanted and entry.digest and entry.verb in _PLACING:
                return entry.digest
        return ""

    def _newest_first(self) -> Iterable[bytes]:
        try:
            return reversed(self._path.read_bytes().splitlines())
        except OSError:
            return ()

    def keep_kitfile(self, digest: str, text: bytes) -> None:
        """Remember the Kitfile's own text for a manifest: kit drops comments when it packs."""
        path = self._kitfiles / digests.hex_of(digest)
        try:
            if not path.exists():
                write_atomically(path, text)
        except OSError as error:
            self._note(error)

    def kitfile(self, digest: str) -> bytes | None:
        """The original text that was packed as this manifest, if KitDesk packed it here."""
        try:
            return (self._kitfiles / digests.hex_of(digest)).read_bytes()
        except OSError:
            return None


def _parse(line: bytes) -> JournalEntry | None:
    try:
        raw: Any = json.loads(line.decode("utf-8", "surrogateescape"))
    except ValueError:
        return None
    if not isinstance(raw, dict):
        return None
    try:
        return JournalEntry(**{key: value for key, value in raw.items() if key in _NAMES})
    except TypeError:
        return None
