"""What the store tells of its versions."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import NamedTuple

from kitdesk.modelkit.oci.manifest import ManifestKind

LATEST = 253402300799
"""The last second of the year 9999: a disk may hold later times, a calendar does not."""


class StoredVersion(NamedTuple):
    """One manifest in one repository of the store."""

    repository: str
    """``registry/repository``."""
    digest: str
    tags: tuple[str, ...]
    size: int
    """Sum of the layer sizes in bytes."""
    when: datetime
    """When it came into the store."""
    kind: ManifestKind = ManifestKind.MODELKIT
    """A ModelKit, a ModelPack, or an index of kits; anything else is not listed (FORMAT.md, 5)."""


class Removed(NamedTuple):
    """What a removal did."""

    untagged: tuple[str, ...]
    digest: str
    freed: int
    """Bytes; 0 when only a tag went."""


def time_of(seconds: float) -> datetime:
    """A file's time as a date, the nearest one where no calendar has it."""
    return datetime.fromtimestamp(min(max(seconds, 0), LATEST), UTC)
