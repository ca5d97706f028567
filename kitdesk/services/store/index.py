"""The JSON files of kit's store: reading them tolerantly, writing them whole (FORMAT.md, 6.2)."""

from __future__ import annotations

import base64
import json
import re
from typing import TYPE_CHECKING, Any, NamedTuple

from kitdesk.errors import DiskFailure, NotFound, StoreDamaged
from kitdesk.modelkit.oci.manifest import INDEX_MEDIA_TYPE, MANIFEST_MEDIA_TYPE
from kitdesk.modelkit.primitives.digest import is_digest
from kitdesk.modelkit.primitives.json_text import BadJson, loads_object, whole_number
from kitdesk.modelkit.primitives.reference import tag_problem
from kitdesk.services.disk.files import os_errors_as, write_atomically
from kitdesk.services.disk.regular_files import read_small

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

INDEX_NAME = re.compile(r"^([-A-Za-z0-9_]*={0,3})-index\.json$")


class IndexEntry(NamedTuple):
    """A manifest as an index names it."""

    digest: str
    size: int
    media_type: str = MANIFEST_MEDIA_TYPE

    def as_json(self) -> dict[str, str | int]:
        """In kit's key order."""
        return {"mediaType": self.media_type, "digest": self.digest, "size": self.size}


def encode_name(repository: str) -> str:
    """``B`` of a repository: URL-safe base64 with padding."""
    return base64.urlsafe_b64encode(repository.encode()).decode()


def decode_name(text: str) -> str | None:
    """Repository of a ``B``; None for a file that is not kit's."""
    try:
        return base64.urlsafe_b64decode(text.encode()).decode()
    except ValueError:  # no base64, or no text
        return None


def _record(raw: Any) -> IndexEntry | None:
    if not isinstance(raw, dict) or not isinstance(raw.get("digest"), str):
        return None
    size = whole_number(raw.get("size"), -1)
    if not is_digest(raw["digest"]) or size < 0:
        return None
    return IndexEntry(raw["digest"], size, str(raw.get("mediaType") or MANIFEST_MEDIA_TYPE))


def _load(path: Path) -> dict[str, Any]:
    try:
        with os_errors_as("reading the store"):
            return loads_object(read_small(path))
    except NotFound:
        return {}
    except (BadJson, DiskFailure) as error:
        raise StoreDamaged(
            f"{path.name} in the store is damaged.",
            "The versions it named cannot be listed; the others are not touched. "
            "kitdesk verify says which blobs are whole.",
            f"{path}: {error}",
        ) from error


def read_index(path: Path) -> tuple[IndexEntry, ...]:
    """Manifests of an ``index.json`` or ``B-index.json``; missing file = none."""
    entries = _load(path).get("manifests")
    if not isinstance(entries, list):
        return ()  # kit writes null where nothing is left
    return tuple(record for raw in entries if (record := _record(raw)))


def read_tags(path: Path) -> dict[str, IndexEntry]:
    """Tags of a ``B-tags.json``; names that are no tags are left out."""
    return {
        tag: record
        for tag, raw in _load(path).items()
        if (record := _record(raw)) and tag_problem(tag) is None
    }


def _dump(value: object) -> bytes:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()


def write_global(path: Path, records: tuple[IndexEntry, ...]) -> None:
    """Write ``index.json``; kit writes null where nothing is left."""
    manifests = [record.as_json() for record in records] or None
    document = {"schemaVersion": 2, "mediaType": INDEX_MEDIA_TYPE, "manifests": manifests}
    write_atomically(path, _dump(document))


def write_index(path: Path, records: tuple[IndexEntry, ...]) -> None:
    """Write ``B-index.json``; without manifests the file goes."""
    if not records:
        path.unlink(missing_ok=True)
        return
    manifests = [record.as_json() for record in records]
    write_atomically(path, _dump({"schemaVersion": 2, "manifests": manifests}))


def write_tags(path: Path, tags: Mapping[str, IndexEntry]) -> None:
    """Write ``B-tags.json``, keys sorted; without tags the file goes."""
    if not tags:
        path.unlink(missing_ok=True)
        return
    write_atomically(path, _dump({tag: tags[tag].as_json() for tag in sorted(tags)}))
