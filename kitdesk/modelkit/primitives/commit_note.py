"""From which commit a version was packed, as annotations of its manifest note it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

REVISION = "org.opencontainers.image.revision"
MODIFIED = "org.kitdesk.vcs.modified"
SOURCE = "org.opencontainers.image.source"
CREATED = "org.opencontainers.image.created"
_COMMIT = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_LONGEST = 500
"""Characters of an address that anybody reads."""


@dataclass(frozen=True, slots=True)
class CommitNote:
    """What a manifest says of its origin; everything may be missing."""

    commit: str = ""
    """Full id in hex, 40 or 64 digits; "" = not known."""
    modified: bool = False
    """Packed files differed from that commit."""
    source: str = ""
    """Address of the repository; "" = not told."""
    created: str = ""
    """RFC 3339; only where the packer was given a time, "" else."""

    @property
    def short(self) -> str:
        """The first seven digits of the commit."""
        return self.commit[:7]

    def annotations(self) -> dict[str, str]:
        """As the manifest holds it; nothing for what is not known."""
        found = {
            REVISION: self.commit,
            MODIFIED: "true" if self.commit and self.modified else "",
            SOURCE: self.source,
            CREATED: self.created,
        }
        return {name: text for name, text in found.items() if text}


def note_of(annotations: Mapping[str, str]) -> CommitNote:
    """Read the annotations of any manifest; what is no commit id is none."""
    commit = annotations.get(REVISION, "")
    if not _COMMIT.fullmatch(commit):
        commit = ""
    return CommitNote(
        commit,
        bool(commit) and annotations.get(MODIFIED) == "true",
        annotations.get(SOURCE, "")[:_LONGEST],
        annotations.get(CREATED, "")[:_LONGEST],
    )
