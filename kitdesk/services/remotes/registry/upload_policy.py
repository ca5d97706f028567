"""How each registry wants its layers: in one PUT, or in pieces of at most so many bytes.

transport.md, end of section 4 and section 5. What a host is found to refuse is remembered.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kitdesk.services.remotes.registry.cache import Memory

PIECE = 64 << 20
"""As fast as one PUT, below the 100 MB that proxies often allow, a new token with each."""
SINGLE = 16 << 20
"""A blob of at most so many bytes goes in one PUT."""
AZURE = 16 << 20
LEAST = 1 << 20
"""Smaller pieces are not tried: then the host refuses layers as such."""
SHRINK = 4

ONE_PUT = re.compile(
    r"(.*\.)?(ghcr\.io|gcr\.io|pkg\.dev|public\.ecr\.aws)"
    r"|.*\.dkr[.-]ecr(-fips)?\..*\.(amazonaws\.com(\.cn)?|on\.aws)"
)
IN_SMALL_PIECES = re.compile(r".*\.azurecr\.(io|cn|us|de)")


@dataclass(frozen=True, slots=True)
class Rule:
    """How blobs are sent to a host."""

    piece: int
    """Bytes of one PATCH; 0: everything in one PUT."""
    single: int = SINGLE

    def whole(self, size: int) -> bool:
        """True if a blob of this size goes in one PUT."""
        return not self.piece or size <= self.single

    def smaller(self, refused: int) -> Rule | None:
        """After ``refused`` bytes in one body were too many; None where that is hopeless."""
        piece = (self.piece or refused) // SHRINK
        return Rule(piece, min(self.single, piece)) if piece >= LEAST else None

    def at_least(self, least: int) -> Rule:
        """Pieces as large as the registry asks for (``OCI-Chunk-Min-Length``)."""
        if self.piece and least > self.piece:
            return replace(self, piece=least)
        return self


def rule_of(host: str, memory: Memory | None = None) -> Rule:
    """The rule for a host: what was learned, what is known, what suits most."""
    name = host.partition(":")[0].lower()
    piece = AZURE if IN_SMALL_PIECES.fullmatch(name) else PIECE
    if ONE_PUT.fullmatch(name):
        piece = 0
    known = memory.piece(host) if memory is not None else None
    if known is not None:
        piece = known
    return Rule(piece, min(SINGLE, piece) if piece else SINGLE)
