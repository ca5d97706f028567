"""Where the members of a layer belong in the folder (format document, 5, 5.2 and 7)."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from kitdesk.compare.values import FileFacts
from kitdesk.errors import BadModelKit, UnsafeArchive
from kitdesk.modelkit import modelpack
from kitdesk.modelkit.manifest import FILEPATH_ANNOTATION, is_raw, kind_of_layer
from kitdesk.modelkit.paths import clean, is_below
from kitdesk.modelkit.tar import safe_path

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kitdesk.modelkit.manifest import Descriptor, Manifest
    from kitdesk.modelkit.values import Entry
    from kitdesk.services.layer_files import LayerFile


class VersionFile(NamedTuple):
    """A file of a version and where its bytes are (a tuple: there are many)."""

    facts: FileFacts
    layer: Descriptor
    member: LayerFile


@dataclass(frozen=True, slots=True)
class VersionPart:
    """One layer of a version and what it writes where."""

    layer: Descriptor
    entry: Entry | None
    files: dict[str, VersionFile]
    folders: dict[str, int]
    """Path -> mode."""


def placed(
    manifest: Manifest, layer: Descriptor, entry: Entry | None, listed: Sequence[LayerFile]
) -> VersionPart:
    """Say which member goes where.

    Raises UnsafeArchive for a path that leads outside, BadModelKit for a layer without a path.
    """
    base = _base(manifest, layer, entry)
    kind = entry.kind if entry else (kind_of_layer(layer) or "")
    if is_raw(layer.media_type):
        listed = [one._replace(path=one.path or base) for one in listed]
        if not all(one.path for one in listed):
            raise BadModelKit(
                "A layer of this version does not say which file it is.",
                "Ask whoever made it to name the paths of its layers.",
                layer.digest,
            )
    elif base and _is_relative(manifest, entry) and not _starts_with(base, listed):
        parent = posixpath.dirname(base)
        listed = [one._replace(path=posixpath.join(parent, one.path)) for one in listed]
    files: dict[str, VersionFile] = {}
    folders: dict[str, int] = {}
    for one in listed:
        if ".." in one.path and ".." not in base:
            raise UnsafeArchive(
                f"A layer of this version holds {one.path!r}, a name with two dots in a row.",
                "Nothing was written. kit packs no such name, and refuses to unpack it.",
            )
        if one.kind == "dir":
            folders.setdefault(one.path, one.mode)
        else:
            facts = FileFacts(one.size, one.sha256 or None, one.mode, kind)
            files[one.path] = VersionFile(facts, layer, one)
    return VersionPart(layer, entry, files, folders)


def _base(manifest: Manifest, layer: Descriptor, entry: Entry | None) -> str:
    """Cleaned path of the layer; the Kitfile's word goes before the annotation's."""
    path = entry.path if entry is not None else layer.annotations.get(FILEPATH_ANNOTATION, "")
    if not path and modelpack.is_modelpack(manifest):
        path = layer.annotations.get(FILEPATH_ANNOTATION, "")
    if not path:
        return ""
    return safe_path(path) if modelpack.is_modelpack(manifest) else clean(path)


def _is_relative(manifest: Manifest, entry: Entry | None) -> bool:
    """True where members may be named from the layer path's parent: kits before 0.5, which note no
    digests, and ModelPacks of other makers.
    """
    if modelpack.is_modelpack(manifest):
        return True
    return entry is not None and not entry.digest and not entry.diff_id


def _starts_with(base: str, listed: Sequence[LayerFile]) -> bool:
    """Whether the members are named from the top of the folder already: at, below, above base."""
    return all(
        is_below(one.path, base) or (one.kind == "dir" and is_below(base, one.path))
        for one in listed
    )
