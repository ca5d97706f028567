"""KitDesk's own record: what was done, when, which digests. One JSON object a line, fsynced."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from kitdesk.modelkit.primitives import digest as digests
from kitdesk.modelkit.primitives.json_text import BadJson, loads_object
from kitdesk.services.config.records_kept import RecordWarnings
from kitdesk.services.disk.files import locked, write_atomically
from kitdesk.services.disk.folder_identity import FolderIdentity, FolderKey, key_of
from kitdesk.services.disk.regular_files import open_regular, read_small

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

LARGEST = 512 << 20
"""Bytes of a history: two million lines."""
_PLACING = frozenset({"pack", "rollback", "unpack", "undo", "recognise"})
"""Verbs after which a folder is at the digest that the entry names."""


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """One thing that was done."""

    time: str
    """RFC 3339, UTC."""
    verb: str
    project: str = ""
    """Path that the folder had, without links; empty where none was concerned."""
    reference: str = ""
    digest: str = ""
    before: str = ""
    """Digest that the folder or the tag was at before."""
    who: str = ""
    undo: str | None = None
    """Id of the safe copy that can bring back what this replaced."""
    note: str = ""
    device: int = 0
    inode: int = 0
    born: int = 0
    """Identity of the folder: it may be moved, and another one may get its path."""

    def is_of(self, key: FolderKey) -> bool:
        """True if this was done to the folder of that key."""
        numbers = self.device, self.inode, self.born
        if not self.project or not all(isinstance(number, int) for number in numbers):
            return False
        return key.is_named_by(self.project, FolderIdentity(*numbers))


_NAMES = frozenset(field.name for field in fields(JournalEntry))
_NUMBERS = frozenset(("device", "inode", "born"))


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

    def __init__(self, data: Path, warnings: RecordWarnings | None = None) -> None:
        self._warnings = warnings or RecordWarnings()
        self._path = data / "journal.jsonl"
        self._lock = data / "journal.lock"
        self._kitfiles = data / "kitfiles"
        self.problem = ""
        """One sentence while lines cannot be written, for whoever shows a state, not a deed."""
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
        """Write one line and wait until it is on the disk; where that fails it is a warning."""
        key = key_of(project) if project else FolderKey("", "", FolderIdentity())
        entry = JournalEntry(
            now(),
            verb,
            key.real,
            reference,
            digest,
            before,
            user(),
            undo,
            note,
            *key.identity,
        )
        line = json.dumps(asdict(entry), ensure_ascii=False) + "\n"
        with self._warnings.instead_of_failing("This is done, but not in the history"):
            self.problem = "History is not remembered."
            self._write(line.encode("utf-8", "surrogatepass"))
            self.problem = ""
        return entry

    def _write(self, line: bytes) -> None:
        with locked(self._lock):
            if self._path.exists() and not self._ends_whole():
                line = b"\n" + line  # a crash cut the last line: keep it, start a new one
            flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | getattr(os, "O_NONBLOCK", 0)
            with os.fdopen(os.open(self._path, flags, 0o600), "ab") as out:
                out.write(line)
                out.flush()
                os.fsync(out.fileno())

    def _ends_whole(self) -> bool:
        with open_regular(self._path) as text:
            size = text.seek(0, os.SEEK_END)
            text.seek(max(0, size - 1))
            return text.read(1) in (b"", b"\n")

    def entries(self, project: Path | None = None) -> tuple[JournalEntry, ...]:
        """All entries (of one project), newest first."""
        key = key_of(project) if project else None
        lines = [line for line in self._newest_first() if line.strip()]
        found = [_parse(line) for line in lines]
        bad = found.count(None)
        if bad:
            words = "a line" if bad == 1 else f"{bad:,} lines"
            self._warnings.add(f"The history has {words} that cannot be read: left out.")
        return tuple(one for one in found if one and (key is None or one.is_of(key)))

    def version_of(self, project: Path) -> str:
        """Digest the folder was last packed as, or taken to; "" when it never was."""
        key = key_of(project)
        for line in self._newest_first():
            entry = _parse(line)
            if entry and entry.digest and entry.verb in _PLACING and entry.is_of(key):
                return entry.digest
        return ""

    def _newest_first(self) -> Iterable[bytes]:
        data = b""
        with self._warnings.instead_of_failing("The history cannot be read"):
            if self._path.exists():
                data = read_small(self._path, LARGEST)
        return reversed(data.split(b"\n"))

    def keep_kitfile(self, digest: str, text: bytes) -> None:
        """Remember the Kitfile's own text for a manifest: kit drops comments when it packs."""
        path = self._kitfiles / digests.hex_of(digest)
        with self._warnings.instead_of_failing("The Kitfile's own text could not be kept"):
            if not path.exists():
                write_atomically(path, text, 0o600)

    def kitfile(self, digest: str) -> bytes | None:
        """The original text that was packed as this manifest, if KitDesk packed it here."""
        text, path = None, self._kitfiles / digests.hex_of(digest)
        with self._warnings.instead_of_failing("The Kitfile's own text cannot be read"):
            if path.exists():
                text = read_small(path)
        return text


def _parse(line: bytes) -> JournalEntry | None:
    try:
        raw = loads_object(line.decode("utf-8", "surrogateescape"))
    except BadJson:
        return None
    values = {key: value for key, value in raw.items() if key in _NAMES}
    right = all(
        isinstance(value, int if key in _NUMBERS else str)
        for key, value in values.items()
        if key != "undo"
    )
    if not right or not {"time", "verb"} <= values.keys():
        return None
    undo = values.get("undo")
    return JournalEntry(**values) if undo is None or isinstance(undo, str) else None
