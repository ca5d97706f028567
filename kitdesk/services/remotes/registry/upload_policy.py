"""How each registry wants its layers: in one PUT, or in pieces of at most so many bytes.

TRANSPORT.md, 4 and 5. What a host is found to refuse is remembered.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kitdesk.services.remotes.registry.cache import RegistryCache

CHUNK_BYTES = 64 << 20
"""As fast as one PUT, below the 100 MB that proxies often allow, a new token with each."""
MONOLITHIC_BYTES = 16 << 20
"""A blob of at most so many bytes goes in one PUT."""
AZURE = 16 << 20
MIN_CHUNK_BYTES = 1 << 20
"""Smaller pieces are not tried: then the host refuses layers as such."""
SHRINK = 4

ONE_PUT = (".ghcr.io", ".gcr.io", ".pkg.dev", ".public.ecr.aws")
"""Ends of the hosts (and of names below them) that take one PUT only; Amazon's are below."""
AMAZON = (".amazonaws.com", ".amazonaws.com.cn", ".on.aws")
AMAZON_PARTS = (".dkr.ecr.", ".dkr-ecr.", ".dkr.ecr-fips.", ".dkr-ecr-fips.")
IN_SMALL_PIECES = (".azurecr.io", ".azurecr.cn", ".azurecr.us", ".azurecr.de")


@dataclass(frozen=True, slots=True)
class UploadPolicy:
    """How blobs are sent to a host."""

    chunk: int
    """Bytes of one PATCH; 0: everything in one PUT."""
    single: int = MONOLITHIC_BYTES

    def is_monolithic(self, size: int) -> bool:
        """True if a blob of this size goes in one PUT."""
        return not self.chunk or size <= self.single

    def with_smaller_chunks(self, refused: int) -> UploadPolicy | None:
        """After ``refused`` bytes in one body were too many; None where that is hopeless."""
        chunk = (self.chunk or refused) // SHRINK
        return UploadPolicy(chunk, min(self.single, chunk)) if chunk >= MIN_CHUNK_BYTES else None

    def at_least(self, least: int) -> UploadPolicy:
        """Pieces as large as the registry asks for (``OCI-Chunk-Min-Length``)."""
        if self.chunk and least > self.chunk:
            return replace(self, chunk=least)
        return self


def policy_for(host: str, memory: RegistryCache | None = None) -> UploadPolicy:
    """The rule for a host: what was learned, what is known, what suits most."""
    name = host.partition(":")[0].lower()
    chunk = AZURE if name.endswith(IN_SMALL_PIECES) else CHUNK_BYTES
    amazon = name.endswith(AMAZON) and any(part in name for part in AMAZON_PARTS)
    if f".{name}".endswith(ONE_PUT) or amazon:
        chunk = 0
    known = memory.chunk(host) if memory is not None else None
    if known is not None:
        chunk = known
    return UploadPolicy(chunk, min(MONOLITHIC_BYTES, chunk) if chunk else MONOLITHIC_BYTES)
