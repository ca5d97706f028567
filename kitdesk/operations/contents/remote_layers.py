"""Files of a layer that is only in a remote, by their headers; a listing is kept by the digest."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from kitdesk.errors import KitDeskError
from kitdesk.modelkit.oci import manifest as manifests
from kitdesk.modelkit.primitives import digest as digests
from kitdesk.modelkit.primitives.json_text import loads, whole_number
from kitdesk.progress import Report, silent
from kitdesk.services.remotes.tar_chain import WINDOW, RemoteFile
from kitdesk.services.remotes.tar_listing import Listing, list_files

if TYPE_CHECKING:
    from kitdesk.modelkit.oci.manifest import Descriptor
    from kitdesk.services.container import Services
    from kitdesk.services.remotes.protocol import RemoteRepository

FORM = 1
"""Raised when a kept listing would be read wrongly."""


class RangeReadUnavailable(KitDeskError):
    """A remote layer cannot be looked into without fetching it whole."""

    code = "cannot-peek"


def range_listing(
    layer: Descriptor, remote: RemoteRepository, services: Services, report: Report = silent
) -> Listing:
    """Walk a plain layer's headers within the budget of TRANSPORT.md, 3.4, but once for ever.

    A listing that the budget ended has ``whole`` False and is not kept. Raises CannotPeek for a
    compressed or raw layer and for a registry without Range, UnsafeArchive, Unreachable.
    """
    kind = manifests.compression_of(layer.media_type)
    if kind != "none" or manifests.is_raw(layer.media_type):
        what = "a single file" if kind == "none" else f"compressed ({kind})"
        raise RangeReadUnavailable(
            f"The layer is {what} and cannot be looked into from here.",
            "Pull the version, then everything can be seen.",
        )
    kept = services.registry_cache.get_range(layer.digest, "")
    if kept is not None and (known := _read(kept)) is not None:
        return known
    first = remote.fetch_range(layer, 0, min(WINDOW, layer.size))
    if first is None:
        raise RangeReadUnavailable(
            f"{remote.address.partition('/')[0]} sends whole layers only.",
            "Pull the version, then everything can be seen.",
        )

    def read_range(start: int, end: int) -> bytes:
        if (start, end) == (0, len(first)):
            return first
        return remote.fetch_range(layer, start, end) or b""

    found = list_files(read_range, layer.size, report)
    if found.whole:
        services.registry_cache.put_range(layer.digest, "", _written(found))
    return found


def is_listed(layer: Descriptor, services: Services) -> bool:
    """Whether :func:`range_listing` would ask nobody."""
    return services.registry_cache.get_range(layer.digest, "") is not None


def part_of(
    layer: Descriptor, offset: int, size: int, remote: RemoteRepository, services: Services
) -> bytes:
    """``size`` bytes of a plain layer: one request, and none the second time.

    They have no digest of their own, so nothing vouches for them but the registry. Raises
    CannotPeek where it does not send them.
    """
    if not size:
        return b""
    kept = services.registry_cache.get_range(layer.digest, f"{offset}+{size}")
    if kept is not None and len(kept) == size:
        return kept
    data = remote.fetch_range(layer, offset, offset + size)
    if data is None or len(data) != size:
        raise RangeReadUnavailable(
            f"{remote.address.partition('/')[0]} sent another part than was asked for.",
            "Pull the version, then everything can be seen.",
            digests.short(layer.digest),
        )
    services.registry_cache.put_range(layer.digest, f"{offset}+{size}", data)
    return data


def _written(found: Listing) -> bytes:
    rows = [[one.path, one.mode, one.size, one.offset] for one in found.files]
    return json.dumps([FORM, rows]).encode()


def _read(data: bytes) -> Listing | None:
    try:
        form, rows = loads(data)
        files = tuple(RemoteFile(str(p), *map(whole_number, (m, s, o))) for p, m, s, o in rows)
    except (ValueError, TypeError):
        return None
    return Listing(files, whole=True) if form == FORM else None
