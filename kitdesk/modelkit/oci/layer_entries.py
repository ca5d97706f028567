"""Which layer of a manifest belongs to which entry of its Kitfile (FORMAT.md, 5 and 9)."""

from __future__ import annotations

from kitdesk.modelkit.kitfile.model import Entry, Kitfile, LayerKind
from kitdesk.modelkit.oci.manifest import FILEPATH_ANNOTATION, Descriptor, Manifest, kind_of_layer
from kitdesk.modelkit.primitives.go_paths import clean
from kitdesk.modelkit.primitives.reference import is_modelkit_reference

LayerMatch = tuple[tuple[Descriptor, Entry | None], ...]


def match_layers(kitfile: Kitfile, manifest: Manifest) -> LayerMatch:
    """Return every layer with its entry, or None where no entry can be told.

    First by the digest that entries carry, among equal ones by kind and order; then, for kits that
    note no digests (before 0.5) and for ModelPacks, by path annotation; last, where exactly as many
    entries as layers of a kind are left, by their order. Datasets that stay remote have no layer.
    """
    left = [entry for entry in kitfile.entries() if has_layer(entry)]
    found: dict[int, Entry] = {}

    def take(index: int, entry: Entry) -> None:
        found[index] = entry
        # entries may be equal in every field: take away this one, not its twin
        del left[next(i for i, other in enumerate(left) if other is entry)]

    for strict in (True, False):
        for index, layer in enumerate(manifest.layers):
            if index in found:
                continue
            for entry in left:
                if entry.digest == layer.digest and (not strict or _fits(entry, layer)):
                    take(index, entry)
                    break
    for index, layer in enumerate(manifest.layers):
        path = layer.annotations.get(FILEPATH_ANNOTATION)
        if index in found or path is None:
            continue
        for entry in left:
            if not entry.digest and clean(entry.path) == clean(path) and _fits(entry, layer):
                take(index, entry)
                break
    _by_order(manifest, left, found)
    return tuple((layer, found.get(index)) for index, layer in enumerate(manifest.layers))


def _by_order(manifest: Manifest, left: list[Entry], found: dict[int, Entry]) -> None:
    kinds: set[LayerKind] = {entry.kind for entry in left}
    for kind in kinds:
        entries = [entry for entry in left if entry.kind == kind and not entry.digest]
        indexes = [
            index
            for index, layer in enumerate(manifest.layers)
            if index not in found
            and kind_of_layer(layer) == kind
            and FILEPATH_ANNOTATION not in layer.annotations
        ]
        if len(entries) == len(indexes):
            found.update(zip(indexes, entries, strict=True))


def _fits(entry: Entry, layer: Descriptor) -> bool:
    return kind_of_layer(layer) in (entry.kind, None)


def has_layer(entry: Entry) -> bool:
    """Whether kit makes a layer of it: no model without files of its own, no remote dataset."""
    if entry.remote_path:
        return False
    if entry.kind == "model":
        return bool(entry.path) and not is_modelkit_reference(entry.path)
    return True
