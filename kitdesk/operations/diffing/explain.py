"""Why did the digest change, although no file did? Every reason that can be told, in sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kitdesk.compare.values import FileChange, FileKind
from kitdesk.modelkit.oci.manifest import (
    CLI_VERSION_ANNOTATION,
    CREATED_ANNOTATION,
    Manifest,
    compression_of,
)
from kitdesk.modelkit.oci.modelpack import is_modelpack

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kitdesk.operations.diffing.sides import ComparisonSide, SideLayer
    from kitdesk.services.container import Services
    from kitdesk.services.layers.table import LayerFileTable


def explain_difference(
    old: ComparisonSide,
    new: ComparisonSide,
    files: tuple[FileChange, ...],
    services: Services,
) -> tuple[str, ...]:
    """Name what makes the bytes of two sides differ whose contents are equal."""
    found = list(_modes(files))
    if old.manifest is None or new.manifest is None:
        return tuple(found)
    found += _layers(old, new, services)
    order = [[layer.digest for layer in side.layers] for side in (old.manifest, new.manifest)]
    if order[0] != order[1] and sorted(order[0]) == sorted(order[1]):
        found.append("The layers stand in another order.")
    found += _manifests(old.manifest, new.manifest)
    return tuple(dict.fromkeys(found)) or ("The manifests were written by different programs.",)


def _modes(files: tuple[FileChange, ...]) -> Iterator[str]:
    modes = [change for change in files if change.kind is FileKind.MODE]
    if not modes:
        return
    first = modes[0]
    more = f" and {len(modes) - 1:,} more" if len(modes) > 1 else ""
    bits = ""
    if first.left is not None and first.right is not None and not more:
        bits = f": {first.left.mode:04o}, then {first.right.mode:04o}"
    yield f"The mode of {first.path}{more} differs{bits}."


def _manifests(left: Manifest, right: Manifest) -> Iterator[str]:
    versions = [side.annotations.get(CLI_VERSION_ANNOTATION, "unknown") for side in (left, right)]
    if versions[0] != versions[1]:
        yield f"They were packed by {versions[0]} and by {versions[1]}."
    if is_modelpack(left) != is_modelpack(right):
        yield "One is a ModelPack, the other a ModelKit."
    elif left.artifact_type != right.artifact_type:
        yield "They were written in the manner of different kit versions."
    times = [side.annotations.get(CREATED_ANNOTATION) for side in (left, right)]
    if times[0] != times[1]:
        yield "One manifest notes another time of packing."


def _layers(old: ComparisonSide, new: ComparisonSide, services: Services) -> Iterator[str]:
    right = {(part.kind, part.path): part for part in new.parts}
    for part in old.parts:
        other = right.get((part.kind, part.path))
        if other is None or other.digest == part.digest:
            continue
        if part.descriptor is None or other.descriptor is None:
            continue
        name = part.path or "."
        pair = (part.descriptor, other.descriptor)
        kinds = [compression_of(one.media_type) for one in pair]
        if kinds[0] != kinds[1]:
            yield f"The compression of {name} differs: {kinds[0]}, then {kinds[1]}."
            continue
        if kinds[0] != "none" and _diff_id(old, part) == _diff_id(new, other) != "":
            yield f"{name} was compressed by another program or at another level."
            continue
        lists = [services.layers.cached(one) for one in pair]
        if lists[0] is not None and lists[1] is not None:
            yield from _lists(name, lists[0], lists[1])


def _diff_id(side: ComparisonSide, part: SideLayer) -> str:
    ids = {entry.digest: entry.diff_id for entry in side.kitfile.entries()}
    return ids.get(part.digest, "")


def _lists(name: str, left: LayerFileTable, right: LayerFileTable) -> Iterator[str]:
    folders = [{one.path: one.mode for one in side if one.kind == "dir"} for side in (left, right)]
    both = folders[0].keys() & folders[1].keys()
    changed = sorted(path for path in both if folders[0][path] != folders[1][path])
    for path in changed[:1]:
        more = f" and {len(changed) - 1:,} more folders" if len(changed) > 1 else ""
        bits = f"{folders[0][path]:04o}, then {folders[1][path]:04o}"
        yield f"The mode of the folder {path}{more} differs: {bits}."
    one_sided = sorted(folders[0].keys() ^ folders[1].keys())
    if one_sided:
        yield (
            f"The folder {one_sided[0]} itself is packed in one of them only: "
            "it is empty there, or .kitignore differs."
        )
    names = [[one.path for one in side] for side in (left, right)]
    files = [{one.path for one in side if one.kind == "file"} for side in (left, right)]
    if names[0] != names[1] and sorted(names[0]) == sorted(names[1]):
        yield f"The files of {name} stand in another order."
    elif files[0] != files[1]:
        yield "Files went from one layer to another: the layer paths or .kitignore differ."
    elif names[0] == names[1] and not changed:
        modes = [[one.mode for one in side] for side in (left, right)]
        if modes[0] == modes[1]:
            yield f"The headers of {name} were written by another program."
