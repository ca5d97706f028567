"""A folder that holds an OCI image layout, as a remote: a shared drive or a stick (``oci:PATH``).

OCI image-spec, image layout: ``oci-layout``, ``index.json``, ``blobs/sha256/``. Tags stand in
the annotation ``org.opencontainers.image.ref.name``. Two writers are kept apart by a lock file.
"""

from __future__ import annotations

import contextlib
import json
from typing import TYPE_CHECKING, Any

from kitdesk.errors import KitDeskError, NotFound, Refused, StoreDamaged, Unreachable, WrongDigest
from kitdesk.modelkit.oci.manifest import (
    INDEX_MEDIA_TYPE,
    MANIFEST_MEDIA_TYPE,
    Descriptor,
    descriptor_from,
)
from kitdesk.modelkit.primitives import digest as digests
from kitdesk.modelkit.primitives.json_text import BadJson, loads_object, whole_number
from kitdesk.modelkit.primitives.reference import tag_problem
from kitdesk.progress import Progress, Report
from kitdesk.services.disk.files import BLOCK, WRITE, os_errors_as, write_atomically
from kitdesk.services.disk.regular_files import open_regular, read_small
from kitdesk.services.disk.shared_lock import shared_lock
from kitdesk.services.remotes.protocol import TransferStats
from kitdesk.services.store.blob_store import BlobStore

if TYPE_CHECKING:
    from pathlib import Path

REF_NAME = "org.opencontainers.image.ref.name"


MOST_UNTAGGED = 1000
"""Entries of an index that are looked through for records."""
LARGEST_RECORD = 64 << 10
"""Bytes of a record's manifest."""


class FolderRemote:
    """One image layout; the folder is made at the first push."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.address = f"oci:{path}"
        self.traffic = TransferStats()
        self._blobs = BlobStore(path, path / ".kitdesk")
        self._index = path / "index.json"
        self._lock = path / ".kitdesk" / "lock"

    def _entries(self) -> list[dict[str, Any]]:
        self.traffic.requests += 1
        try:
            with os_errors_as("reading the folder remote"):
                entries = loads_object(read_small(self._index)).get("manifests")
        except NotFound:
            return []
        except BadJson as error:
            raise StoreDamaged(
                f"index.json in {self.path} is damaged.", "Nothing was changed there.", str(error)
            ) from error
        if not isinstance(entries, list):
            return []
        return [e for e in entries if isinstance(e, dict) and isinstance(e.get("digest"), str)]

    def tags(self) -> tuple[str, ...]:
        """Every ref name. Raises Unreachable when the stick or share is not there."""
        if not self.path.parent.is_dir():
            raise Unreachable(
                f"{self.path.parent} is not there.", "Plug the stick in, or connect the share."
            )
        names = (_tag_of(entry) for entry in self._entries())
        return tuple(dict.fromkeys(name for name in names if tag_problem(name) is None))

    def resolve(self, reference: str) -> Descriptor | None:
        """Look a tag or digest up in the index."""
        for entry in self._entries():
            known = (_tag_of(entry), entry["digest"])
            if reference in known and digests.is_digest(entry["digest"]):
                media_type = str(entry.get("mediaType") or MANIFEST_MEDIA_TYPE)
                return Descriptor(media_type, entry["digest"], whole_number(entry.get("size")))
        return None

    def fetch_manifest(self, reference: str) -> tuple[bytes, Descriptor]:
        """Read a manifest."""
        found = self.resolve(reference)
        if found is None:
            known = ", ".join(self.tags()[:8])
            raise NotFound(
                f"{reference} is not in {self.address}.",
                f"There is: {known}." if known else "Nothing has been pushed there yet.",
            )
        data = self._blobs.read(found.digest)
        self.traffic.bytes += len(data)
        return data, found

    def blob_exists(self, digest: str) -> bool:
        """True if the blob's file is there."""
        self.traffic.requests += 1
        return self._blobs.size(digest) is not None

    def fetch_blob(self, layer: Descriptor) -> bytes:
        """A small blob, checked."""
        self.traffic.requests += 1
        data = self._blobs.read(layer.digest)
        self.traffic.bytes += len(data)
        return data

    def fetch_range(self, layer: Descriptor, start: int, end: int) -> bytes | None:
        """A part of a blob's file."""
        self.traffic.requests += 1
        with os_errors_as("reading the folder remote"), self._blobs.open(layer.digest) as source:
            source.seek(start)
            data = source.read(end - start)
        self.traffic.bytes += len(data)
        return data

    def download(self, layer: Descriptor, part: Path, report: Report) -> int:
        """Copy a blob and check it; a copy from a folder is fast, so it begins anew."""
        import hashlib

        state, done = hashlib.sha256(), 0
        with os_errors_as("copying from the folder remote"):
            with self._blobs.open(layer.digest) as source, part.open("wb", buffering=WRITE) as out:
                while block := source.read(BLOCK):
                    state.update(block)
                    done += len(block)
                    for at in range(0, len(block), WRITE):
                        out.write(block[at : at + WRITE])
                    report(Progress("Fetching", done, layer.size))
        self.traffic.bytes += done
        if f"sha256:{state.hexdigest()}" != layer.digest:
            part.unlink()
            raise WrongDigest(
                f"A layer in {self.address} has been altered.", "Ask for it to be pushed again."
            )
        return 0

    def upload(self, layer: Descriptor, source: Path, report: Report) -> int:
        """Copy a blob there, checked on the way."""
        with (
            os_errors_as("copying into the folder remote"),
            open_regular(source, buffering=0) as data,
        ):
            with self._blobs.writer(0o644) as out:
                while block := data.read(BLOCK):
                    out.write(block)
                    report(Progress("Sending", out.size, layer.size))
                if out.digest != layer.digest:
                    raise WrongDigest(
                        "A layer in the store has been altered.", "Pack or pull the version again."
                    )
                out.commit()
        return 0

    def mount(self, layer: Descriptor, other: str) -> bool:
        """A folder holds one repository."""
        return self.blob_exists(layer.digest) and not other

    def put_manifest(self, data: bytes, media_type: str, tag: str) -> None:
        """Write the manifest, then name it in the index, in one step."""
        with os_errors_as("writing into the folder remote"), shared_lock(self._lock):
            layout = self.path / "oci-layout"
            if not layout.exists():
                write_atomically(layout, b'{"imageLayoutVersion":"1.0.0"}')
            self._blobs.tidy()
            digest = self._blobs.put(data, 0o644)
            entry: dict[str, Any] = {"mediaType": media_type, "digest": digest, "size": len(data)}
            if tag:
                entry["annotations"] = {REF_NAME: tag}
            rest = [
                old
                for old in self._entries()
                if _tag_of(old) != tag or (not tag and old["digest"] != digest)
            ]
            self._write([*rest, entry])

    def referrers(self, subject: str, *, with_tag: bool = True) -> tuple[bool, list[Descriptor]]:
        """Untagged entries of the index whose manifests name the version as their subject."""
        del with_tag
        found = []
        for entry in [one for one in self._entries() if not _tag_of(one)][:MOST_UNTAGGED]:
            with contextlib.suppress(KitDeskError, BadJson):
                made = descriptor_from(entry)
                if made.size > LARGEST_RECORD:
                    continue
                about = loads_object(self._blobs.read(made.digest)).get("subject")
                if isinstance(about, dict) and about.get("digest") == subject:
                    found.append(made)
        return True, found

    def attach(self, data: bytes, subject: str, entry: dict[str, object], *, api: bool) -> bool:
        """An untagged entry of the index."""
        del subject, entry, api
        self.put_manifest(data, MANIFEST_MEDIA_TYPE, "")
        return True

    def _write(self, entries: list[dict[str, Any]]) -> None:
        document = {"schemaVersion": 2, "mediaType": INDEX_MEDIA_TYPE, "manifests": entries}
        write_atomically(self._index, json.dumps(document, separators=(",", ":")).encode())

    def delete(self, reference: str) -> None:
        """Untie a tag, or drop a digest with all its tags; blobs stay (others may need them)."""
        with os_errors_as("writing into the folder remote"), shared_lock(self._lock):
            entries = self._entries()
            rest = [e for e in entries if reference not in (e["digest"], _tag_of(e))]
            if len(rest) == len(entries):
                raise Refused(f"{reference} is not in {self.address}.")
            self._write(rest)

    def interrupt(self) -> None:
        """Nothing waits for anybody."""

    def close(self) -> None:
        """Nothing is open."""


def _tag_of(entry: dict[str, Any]) -> str:
    """The ref name of an index's entry, "" where it has none."""
    notes = entry.get("annotations")
    name = notes.get(REF_NAME) if isinstance(notes, dict) else None
    return name if isinstance(name, str) else ""
