"""inspect: everything that is written down about a version."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

from kitdesk.cli.context import Context
from kitdesk.cli.output import table
from kitdesk.cli.remotes import open_address
from kitdesk.modelkit.oci import manifest as manifests
from kitdesk.modelkit.primitives.digest import short
from kitdesk.modelkit.primitives.json_text import loads
from kitdesk.modelkit.primitives.reference import Reference
from kitdesk.operations.inputs.addresses import FolderAddress, parse_address
from kitdesk.operations.inputs.remotes import requested_tag
from kitdesk.operations.local_versions import InspectResult, inspect, inspected_remote
from kitdesk.operations.messages import count_words, size_words

if TYPE_CHECKING:
    import argparse

NAME = "inspect"
HELP = "Show manifest, config and Kitfile of a version."


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare its options."""
    parser.add_argument("reference", metavar="REF")
    parser.add_argument("--remote", action="store_true", help="ask the registry")


def run(context: Context) -> int:
    """Everything that is written down about a version."""
    address = parse_address(context.options.reference)
    if isinstance(address, FolderAddress) or context.options.remote:
        found = _inspect_remote(context, address)
    else:
        found = inspect(context.services.store.resolve(address), context.services)
    data = {
        "digest": found.digest,
        "manifest": loads(found.manifest_text),
        "config": loads(found.config_text),
        "kitfile": found.kitfile_text,
        "layers": [
            {
                "media_type": layer.media_type,
                "digest": layer.digest,
                "size": layer.size,
                "annotations": dict(layer.annotations),
                "data": base64.b64encode(layer.data).decode() if layer.data else None,
            }
            for layer in found.manifest.layers
        ],
    }
    layers = [
        (layer.media_type.rpartition("modelkit.")[2], size_words(layer.size), short(layer.digest))
        for layer in found.manifest.layers
    ]
    text = (
        f"{found.digest}\n{count_words(len(layers), 'layer')}, "
        f"{size_words(found.manifest.total_size)}\n{table(layers, frozenset({1}))}\n\n"
        f"{found.kitfile_text}"
    )
    context.output.result(data, text)
    return 0


def _inspect_remote(context: Context, address: Reference | FolderAddress) -> InspectResult:
    remote = open_address(context, address)
    try:
        data, found = remote.fetch_manifest(requested_tag(address))
        manifest = manifests.decode(data)
        return inspected_remote(found.digest, data, manifest, remote.fetch_blob(manifest.config))
    finally:
        remote.close()
