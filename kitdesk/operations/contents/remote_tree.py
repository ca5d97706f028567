"""The files of a version that only a remote has, from manifest, config and headers: no pull."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kitdesk.operations.contents.remote import (
    fetch_layer_list,
    list_layer_files,
    open_version,
)
from kitdesk.operations.contents.remote_layers import RangeReadUnavailable
from kitdesk.operations.contents.trees import VersionContents, assemble
from kitdesk.operations.messages import size_words
from kitdesk.progress import Report, silent

if TYPE_CHECKING:
    from kitdesk.modelkit.oci.manifest import Descriptor
    from kitdesk.services.container import Services
    from kitdesk.services.layers.table import LayerFileTable
    from kitdesk.services.remotes.protocol import RemoteRepository

MAX_ASIDE_BYTES = 32 << 20
"""A layer that cannot be read by Range is fetched aside up to this many bytes, and not kept."""


def remote_contents(
    digest: str, remote: RemoteRepository, services: Services, report: Report = silent
) -> tuple[VersionContents, int]:
    """(what the version holds, bytes of it that are not in the store). Nothing is kept there.

    Hashes are unknown for files that only headers were read of. Raises RangeReadUnavailable where
    a large layer cannot be looked into, Unreachable, UnsafeArchive, BadModelKit.
    """
    version = open_version(digest, remote, services)

    def list_layer(layer: Descriptor) -> LayerFileTable:
        if services.store.blobs.size(layer.digest) is not None or layer.data is not None:
            return services.layers.list_files(layer, report)
        try:
            found = list_layer_files(layer, remote, services, report)
        except RangeReadUnavailable:
            if layer.size > MAX_ASIDE_BYTES:
                raise
            return fetch_layer_list(layer, remote, services, report)
        if not found.whole:
            raise RangeReadUnavailable(
                f"A layer of {size_words(layer.size)} has too many files to be looked into from "
                "here.",
                "Pull the version, then everything can be seen.",
            )
        return found.files

    tree = assemble(digest, version.manifest, version.kitfile, services, list_layer)
    blobs = {blob.digest: blob.size for blob in (*version.manifest.layers, version.manifest.config)}
    missing = sum(size for name, size in blobs.items() if services.store.blobs.size(name) is None)
    return tree, missing
