"""Parts of a result that belong to one kind of file: cells, pixels, members, packages, imports."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from kitdesk.compare.content.lines import TextRow

Sign = Literal["A", "D", "M", "="]
"""Added, removed, changed, the same."""


@dataclass(frozen=True, slots=True)
class CellChange:
    """A notebook cell; places from 0, None where a side has none."""

    sign: Sign
    type: str
    left: int | None
    right: int | None
    source: bool = False
    """Its source differs."""
    outputs: bool = False
    """Its outputs differ (execution counts aside)."""
    rows: tuple[TextRow, ...] = ()
    old_outputs: tuple[str, ...] = ()
    new_outputs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NotebookDiff:
    """Cells aligned by id, else by source."""

    left: int | None
    right: int | None
    added: int
    removed: int
    changed: int
    moved: int
    outputs: int
    same: int
    cells: tuple[CellChange, ...]


@dataclass(frozen=True, slots=True)
class ImageDiff:
    """Pixels of the first frames, when the sizes agree; box = left, top, right, bottom."""

    compared: int
    changed: int
    max_delta: int
    box: tuple[int, int, int, int] | None


@dataclass(frozen=True, slots=True)
class MemberChange:
    """A member of an archive; sizes in bytes."""

    path: str
    sign: Sign
    left: int | None
    right: int | None


@dataclass(frozen=True, slots=True)
class ArchiveDiff:
    """Members that differ."""

    members: tuple[MemberChange, ...]
    count: int


@dataclass(frozen=True, slots=True)
class PackageChange:
    """A package whose requirement differs; texts are specifiers, empty = any version."""

    name: str
    sign: Sign
    left: str | None
    right: str | None
    change: str


@dataclass(frozen=True, slots=True)
class PackagesDiff:
    """Requirements that differ."""

    packages: tuple[PackageChange, ...]


@dataclass(frozen=True, slots=True)
class ImportsDiff:
    """Every name a pickle would import, sorted; ``dangerous`` those that can do harm."""

    left: tuple[str, ...]
    right: tuple[str, ...]
    dangerous: tuple[str, ...]
