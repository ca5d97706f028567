"""The small door behind which every remote stands: a registry's repository or a folder."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from pathlib import Path

    from kitdesk.modelkit.oci.manifest import Descriptor
    from kitdesk.progress import Report


@dataclass(slots=True)
class TransferStats:
    """What was asked and received so far."""

    requests: int = 0
    bytes: int = 0
    """Bytes of response bodies."""


def is_loopback(host: str) -> bool:
    """True for a registry on this machine, which is spoken to without TLS unless asked.

    ``localhost`` and names below it (RFC 6761, 6.3), and addresses; never a name that merely looks
    like an address, which somebody's name server answers.
    """
    try:
        name = (urlsplit(f"//{host}").hostname or "").removesuffix(".")
    except ValueError:
        return False
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


class RemoteRepository(Protocol):
    """One repository somewhere. All methods may block: call them on a worker thread."""

    address: str
    """registry/repository or ``oci:PATH``."""
    traffic: TransferStats

    def tags(self) -> tuple[str, ...]:
        """All tags, in the remote's order. Raises Unreachable, Refused, AuthRequired."""

    def resolve(self, reference: str) -> Descriptor | None:
        """Descriptor of a tag or digest, None when it is not there."""

    def fetch_manifest(self, reference: str) -> tuple[bytes, Descriptor]:
        """Exact bytes of a manifest, checked against its digest; raises NotFound."""

    def blob_exists(self, digest: str) -> bool:
        """True if the blob is there."""

    def fetch_blob(self, layer: Descriptor) -> bytes:
        """A small blob (a config), checked."""

    def fetch_range(self, layer: Descriptor, start: int, end: int) -> bytes | None:
        """Bytes ``start`` to ``end`` (exclusive) of a blob; None when the remote serves no ranges.

        Unchecked: a part of a blob has no digest.
        """

    def download(self, layer: Descriptor, part: Path, report: Report) -> int:
        """Bring a blob into ``part``, going on where an earlier try stopped, checked.

        Returns the bytes that were already there.
        """

    def upload(self, layer: Descriptor, source: Path, report: Report) -> int:
        """Send a blob; returns the bytes of it that an earlier try had sent already."""

    def mount(self, layer: Descriptor, other: str) -> bool:
        """Take a blob over from another repository of the same host; False: it must be sent."""

    def put_manifest(self, data: bytes, media_type: str, tag: str) -> None:
        """Store a manifest under a tag (or, for "", under its digest)."""

    def referrers(self, subject: str, *, with_tag: bool = True) -> tuple[bool, list[Descriptor]]:
        """(whether records need no tag of their own here, manifests that are about a version).

        ``with_tag``: also those that stand under a tag of their own.
        """

    def attach(self, data: bytes, subject: str, entry: dict[str, object], *, api: bool) -> bool:
        """Put the manifest of a record; ``api`` False lists it under a tag of its own."""

    def delete(self, reference: str) -> None:
        """Delete a digest with all its tags, or untie a tag where the remote can."""

    def interrupt(self) -> None:
        """Cut what other threads are doing with it; it is of no use afterwards."""

    def close(self) -> None:
        """Let connections go."""
