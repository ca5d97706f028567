"""What a version is that only the remote has: nothing is pulled, its files are read by Range."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kitdesk.errors import KitDeskError
from kitdesk.modelkit.oci import config
from kitdesk.operations.contents.remote import (
    RemoteSource,
    RemoteVersion,
    open_version,
    unreadable_reason,
)
from kitdesk.operations.contents.remote_layers import RangeReadUnavailable
from kitdesk.operations.messages import size_words
from kitdesk.session.loaders.about import FILES_SHOWN, README_LIMIT, facts_of, readme_of
from kitdesk.session.state.pages import LayerItem, VersionDetails
from kitdesk.session.state.project import VersionRow

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kitdesk.modelkit.kitfile.model import Entry
    from kitdesk.modelkit.oci.manifest import Descriptor
    from kitdesk.operations.contents.placement import VersionFile
    from kitdesk.progress import Report
    from kitdesk.services.container import Services
    from kitdesk.services.remotes.protocol import RemoteRepository

UNASKED = 1 << 20
"""Bytes of a layer that is looked into without being asked; docs of any size are."""


def about_remote(
    row: VersionRow,
    address: str,
    services: Services,
    remote: RemoteRepository,
    report: Report,
    *,
    deep: bool,
) -> VersionDetails:
    """Its facts. ``deep``: list the files of every layer whose headers can be read by Range, within
    the budget; else of small layers and docs only.
    """
    version = open_version(row.digest, remote, services)
    layers: list[LayerItem] = []
    files: dict[str, VersionFile] = {}
    for layer, entry in version.pairs():
        line, found = _layer(version, layer, entry, report, deep=deep)
        layers.append(line)
        files.update(found)
    text = config.to_yaml(version.kitfile)
    reference = f"{address}:{row.tags[0]}" if row.tags else f"{address}@{row.digest}"
    return facts_of(
        row,
        version.data,
        version.manifest,
        version.kitfile,
        text,
        tuple(layers),
        _readme(version, files),
        reference,
        address,
        services,
    )


def _layer(
    version: RemoteVersion,
    layer: Descriptor,
    entry: Entry | None,
    report: Report,
    *,
    deep: bool,
) -> tuple[LayerItem, Mapping[str, VersionFile]]:
    kind, path = (entry.kind, entry.path) if entry else ("code", "")
    name = (entry.name if entry else "") or path or "."
    here = version.services.store.blobs.size(layer.digest) == layer.size
    most = None if deep or kind == "docs" else UNASKED
    found: Mapping[str, VersionFile] = {}
    note, unlisted = "", False
    try:
        found, whole = version.files(layer, entry, report, most=most)
    except RangeReadUnavailable as error:
        note = unreadable_reason(layer) or ("" if most is not None else error.title)
        unlisted = not note
    else:
        if not whole:
            note = f"The first {len(found):,} files; pull the version to see them all."
    shown = tuple((path, file.facts.size) for path, file in list(found.items())[:FILES_SHOWN])
    line = LayerItem(
        kind,
        name,
        path,
        layer.size,
        shown,
        len(found),
        here,
        note=note,
        unlisted=unlisted,
    )
    return line, found


def _readme(version: RemoteVersion, files: dict[str, VersionFile]) -> tuple[str | None, str]:
    name = readme_of(files)
    if not name:
        return None, ""
    try:
        data = RemoteSource(files[name], version).read(README_LIMIT)
    except KitDeskError:
        return None, ""
    note = f"{size_words(len(data))}, read from the registry without a pull"
    return data.decode("utf-8", "replace"), note
