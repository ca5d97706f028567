"""What the store tells of its versions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kitdesk.modelkit.manifest import ManifestKind

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class StoredVersion:
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
    """A ModelKit, a ModelPack, or an index of kits; anything else is not listed (format, 5)."""


@dataclass(frozen=True, slots=True)
class Removed:
    """What a removal did."""

    untagged: tuple[str, ...]
    digest: str
    freed: int
    """Bytes; 0 when only a tag went."""
