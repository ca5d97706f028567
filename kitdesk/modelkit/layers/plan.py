"""What a pack will write and leave out: the values of a layer plan."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from kitdesk.modelkit.kitfile.model import Entry, Kitfile, Profile
from kitdesk.modelkit.oci import manifest
from kitdesk.modelkit.primitives.go_paths import clean, go_strip, is_below
from kitdesk.modelkit.tar import writer as tar_writer
from kitdesk.modelkit.tar.member import FileEntry

if TYPE_CHECKING:
    from kitdesk.modelkit.layers.ignore import Ignore


@dataclass(frozen=True, slots=True)
class PlannedLayer:
    """One layer to be written."""

    entry: Entry
    """The very object that stands in the Kitfile."""
    base: str
    """The cleaned path of the entry."""
    members: tuple[FileEntry, ...]
    """In the order of the tar."""

    @property
    def size(self) -> int:
        """Bytes of the plain tar."""
        return tar_writer.tar_size(self.members)

    def media_type(self, compression: str) -> str:
        """Return kit's media type; ``compression`` is none, gzip, gzip-fastest or zstd."""
        return manifest.layer_media_type(self.entry.kind, compression)


class ExclusionReason(enum.StrEnum):
    """Why a file is in no layer."""

    LINK = "link"
    """A symbolic link: kit packs none."""
    SPECIAL = "special"
    """A pipe, socket or device."""
    DOTS = "dots"
    """Its name, or a folder's above it, holds ``..``: kit's path test drops it."""
    OTHER_LAYER = "other-layer"
    """Its path starts with the text of another layer's path: kit 1.11 drops it from both."""
    NO_LAYER = "no-layer"
    """No entry of the Kitfile names it or a folder above it."""
    IGNORED = "ignored"
    """``.kitignore`` names it."""


class ExcludedFile(NamedTuple):
    """A file or folder that no layer holds."""

    path: str
    """Folders end with ``/`` and stand for all below."""
    reason: ExclusionReason
    size: int
    """Bytes of all regular files it stands for; 0 for folders that were not entered."""
    rule: tuple[int, str] | None = None
    """Line and text of the deciding pattern in ``.kitignore``."""


class LayerPlan(NamedTuple):
    """What a pack will write and what it will not."""

    layers: tuple[PlannedLayer, ...]
    left_out: tuple[ExcludedFile, ...]
    warnings: tuple[str, ...]


class LayerMatcher:
    """Decides whether a path belongs to a layer (FORMAT.md, 3.1, 3.2)."""

    def __init__(
        self,
        kitfile: Kitfile,
        ignore: Ignore,
        profile: Profile,
        parent_paths: tuple[str, ...] = (),
    ) -> None:
        self.ignore = ignore
        self.by_text = profile is not Profile.CURRENT
        named = [
            entry.path
            for entry in kitfile.entries()
            if not entry.remote_path and (entry.path or entry.kind != "model")
        ]
        self._rivals: dict[str, tuple[str, ...]] = {}
        self.others = tuple({clean(go_strip(path)): None for path in (*named, *parent_paths)})

    def of_other_layer(self, path: str, base: str) -> bool:
        """Whether another layer takes ``path`` away from the layer at ``base``.

        Kit up to 1.11 compares texts, so that ``data-raw`` counts as part of ``data``; the profile
        ``current`` compares paths, as later kit does.
        """
        rivals = self._rivals_at(base)
        if not rivals:
            return False
        path = go_strip(path)
        if self.by_text:
            return path.startswith(rivals)
        return any(is_below(path, other) for other in rivals)

    def has_rivals(self, base: str) -> bool:
        """Whether other layers can take anything away from the layer at ``base``."""
        return bool(self._rivals_at(base))

    def _rivals_at(self, base: str) -> tuple[str, ...]:
        rivals = self._rivals.get(base)
        if rivals is None:
            rivals = self._rivals[base] = self._rivals_of(go_strip(base))
        return rivals

    def _rivals_of(self, base: str) -> tuple[str, ...]:
        """Return the layer paths that can take something away from the layer at ``base``."""
        if self.by_text:
            return tuple(other for other in self.others if not base.startswith(other))
        return tuple(other for other in self.others if not is_below(base, other))
