"""What a comparison says: plain values, from the verdict down to the single cell."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import Literal

Sign = Literal["A", "D", "M", "="]
"""Added, removed, changed, the same: the letter that stands beside every difference."""


class Verdict(enum.StrEnum):
    """The answer in one word."""

    SAME = "same"
    """Equal digests, or nothing differs that anybody packed."""
    PACKAGING = "packaging"
    """Every file has the same bytes; modes, compression or the kit version differ."""
    DIFFERENT = "different"


class FileKind(enum.StrEnum):
    """What happened to a file on the way from left to right."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    RENAMED = "renamed"
    MODE = "mode"


SIGN_OF: dict[FileKind, Sign] = {
    FileKind.ADDED: "A",
    FileKind.REMOVED: "D",
    FileKind.CHANGED: "M",
    FileKind.RENAMED: "M",
    FileKind.MODE: "M",
}


UNREAD = "0" * 64
"""Hash of a file of the folder that is there and could not be read: no file has it."""


@dataclass(frozen=True, slots=True)
class FileFacts:
    """One file on one side."""

    size: int
    """Bytes."""
    sha256: str | None
    """Hex digest of the content; None where only the bytes themselves could tell."""
    mode: int
    """Permission bits, 0 to 0o7777."""
    layer: str = ""
    """Kind of the layer that holds it: model, modelpart, code, dataset, docs or prompt."""


@dataclass(frozen=True, slots=True)
class FileChange:
    """A file that differs; ``left`` is None when added, ``right`` None when removed."""

    path: str
    kind: FileKind
    left: FileFacts | None
    right: FileFacts | None
    old_path: str = ""
    """Where a renamed file was before."""
    words: str = ""
    """What changed, in words: ``+11 −8 lines``. Empty until the content was looked at."""

    @property
    def sign(self) -> Sign:
        """The letter beside the row."""
        return SIGN_OF[self.kind]

    @property
    def layer(self) -> str:
        """Kind of the layer, from whichever side has the file."""
        facts = self.right or self.left
        return facts.layer if facts else ""


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A Kitfile value that differs; ``path`` reads like ``datasets[ratings].path``."""

    path: str
    kind: Literal["added", "removed", "changed"]
    left: object
    right: object


@dataclass(frozen=True, slots=True)
class Sentence:
    """One difference in the Kitfile's meaning; parts are (text, strong)."""

    sign: Sign
    parts: tuple[tuple[str, bool], ...]

    @property
    def text(self) -> str:
        """The sentence without emphasis."""
        return "".join(text for text, _ in self.parts)


@dataclass(frozen=True, slots=True)
class LayerChange:
    """One layer in both sides, or in one (then the other digest is empty)."""

    kind: str
    path: str
    verdict: Verdict
    left: str
    right: str


@dataclass(frozen=True, slots=True)
class SideFacts:
    """Who is compared: a folder has no digest."""

    name: str
    digest: str
    size: int
    """Sum of the layer sizes (of the files, for a folder), in bytes."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two versions, or a version and the folder, side by side."""

    verdict: Verdict
    headline: str
    """The verdict as one sentence, with full stop."""
    left: SideFacts
    right: SideFacts
    sentences: tuple[Sentence, ...] = ()
    fields: tuple[FieldChange, ...] = ()
    layers: tuple[LayerChange, ...] = ()
    files: tuple[FileChange, ...] = ()
    same: tuple[str, ...] = ()
    """Paths of the files that are equal."""
    problems: tuple[str, ...] = ()
    """What of the folder is gone or could not be read; one sentence each."""
    causes: tuple[str, ...] = ()
    """Why the digests differ although the contents do not; one sentence each."""
    unverified: tuple[str, ...] = ()
    """Remote files of equal size in a differing layer: only their bytes could tell."""
    requests: int = 0
    bytes: int = 0
    """Requests made and body bytes received for this comparison."""
