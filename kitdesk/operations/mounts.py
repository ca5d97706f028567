"""Which blobs of a version another repository of the same host has already."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from kitdesk.errors import KitDeskError
from kitdesk.operations.inputs.addresses import OCI

if TYPE_CHECKING:
    from kitdesk.modelkit.oci.manifest import Descriptor, Manifest
    from kitdesk.services.container import Services

MOUNTS = 200
"""Versions on the same host that are looked at for blobs to take over."""


def mount_sources(address: str, services: Services) -> dict[str, str]:
    """Blob -> another repository of the same host that should have it.

    Told by the tags seen there and the manifests of the store: nothing is asked.
    """
    host, _, own = address.partition("/")
    if address.startswith(OCI):
        return {}
    store, found, looked = services.store, dict[str, str](), 0
    for place, tags in services.tag_history.places().items():
        other, _, repository = place.partition("/")
        if other != host or repository == own or place.startswith(OCI):
            continue
        for digest in {seen.digest for seen in tags.values()}:
            if looked >= MOUNTS or store.blobs.size(digest) is None:
                continue
            looked += 1
            with contextlib.suppress(KitDeskError):
                for blob in blobs_of(store.manifest(digest)):
                    found.setdefault(blob.digest, repository)
    return found


def blobs_of(manifest: Manifest) -> tuple[Descriptor, ...]:
    """Layers and config."""
    return (*manifest.layers, manifest.config)
