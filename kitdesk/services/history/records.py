"""Records on this machine: ``DATA/records/SUBJECT/RECORD.json``, the bytes as they are sent."""

from __future__ import annotations

import contextlib
import os
import shutil
from typing import TYPE_CHECKING

from kitdesk.errors import DiskFailure
from kitdesk.modelkit.primitives import digest as digests
from kitdesk.modelkit.records.statement import MAX_BYTES, MAX_RECORDS, Record, is_same, read_record
from kitdesk.services.config.records_kept import RecordWarnings
from kitdesk.services.disk.files import private_folder, write_atomically
from kitdesk.services.disk.regular_files import read_small

if TYPE_CHECKING:
    from pathlib import Path


class RecordStore:
    """Never in kit's store, whose older programs take nothing but kits."""

    def __init__(self, data: Path, warnings: RecordWarnings | None = None) -> None:
        self._root = data / "records"
        self._warnings = warnings or RecordWarnings()

    def keep(self, subject: str, data: bytes) -> str:
        """Keep a record; its digest, or that of the newest one if it says the same.

        Where it cannot be written that is a warning: what was done is done.
        """
        made = read_record(data, subject)
        for known in self.of(subject) if made else ():
            if made is not None and known.kind == made.kind:
                if is_same(self.read(subject, known.digest), data):
                    return known.digest
                break
        digest = digests.of_bytes(data)
        folder = self._folder(subject)
        with self._warnings.instead_of_failing("The record of this could not be kept"):
            private_folder(folder)
            write_atomically(folder / f"{digests.hex_of(digest)}.json", data, 0o600)
        return digest

    def of(self, subject: str) -> tuple[Record, ...]:
        """What is known of a version, newest first; what is no record is left out."""
        found = []
        for name in self._names(subject):
            record = read_record(self.read(subject, f"sha256:{name}"), subject)
            if record is not None:
                found.append(record)
        return tuple(sorted(found, key=lambda one: (one.time, one.digest), reverse=True))

    def read(self, subject: str, digest: str) -> bytes:
        """The bytes of a record; none where they are gone or are not what their name says."""
        path = self._folder(subject) / f"{digests.hex_of(digest)}.json"
        with contextlib.suppress(OSError, DiskFailure):
            data = read_small(path, MAX_BYTES)
            if digests.of_bytes(data) == digest:
                return data
        return b""

    def remove(self, subject: str) -> None:
        """Let the records of a version go with it."""
        with self._warnings.instead_of_failing("Its records could not be removed"):
            if self._folder(subject).is_dir():
                shutil.rmtree(self._folder(subject))

    def _folder(self, subject: str) -> Path:
        return self._root / digests.hex_of(subject)

    def _names(self, subject: str) -> list[str]:
        try:
            names = [name.removesuffix(".json") for name in os.listdir(self._folder(subject))]
        except OSError:
            return []
        known = [name for name in names if digests.is_digest(f"sha256:{name}")]
        return sorted(known)[: MAX_RECORDS * 4]
