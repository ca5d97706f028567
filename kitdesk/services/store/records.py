"""What the store tells of its versions."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from kitdesk.modelkit.oci.manifest import ManifestKind

if TYPE_CHECKING:
    from datetime import datetime


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
