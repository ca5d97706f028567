"""Which layer of a manifest belongs to which entry of its Kitfile (FORMAT.md, 5 and 9)."""

from __future__ import annotations

from collections import defaultdict, deque
from typing import TYPE_CHECKING

from kitdesk.modelkit.kitfile.model import Entry, Kitfile, LayerKind
from kitdesk.modelkit.oci.manifest import FILEPATH_ANNOTATION, Descriptor, Manifest, kind_of_layer
from kitdesk.modelkit.primitives.go_paths import clean
from kitdesk.modelkit.primitives.reference import is_modelkit_reference

if TYPE_CHECKING:
    from collections.abc import Iterable

LayerMatch = tuple[tuple[Descriptor, Entry | None], ...]


def match_layers(kitfile: Kitfile, manifest: Manifest) -> LayerMatch:
    """Return every layer with its entry, or None where no entry can be told.

    First by the digest that entries carry, among equal ones by kind and order; then, for kits that
    note no digests (before 0.5) and for ModelPacks, by path annotation; last, where exactly as many
    entries as layers of a kind are left, by their order. Datasets that stay remote have no layer.
    """
    left = _Entries(entry for entry in kitfile.entries() if has_layer(entry))
    found: dict[int, Entry] = {}

    def match(index: int, key: str, *, digest: bool, kind: LayerKind | None) -> None:
        entry = left.take(key, digest=digest, kind=kind)
        if entry is not None:
            found[index] = entry

    kinds = [kind_of_layer(layer) for layer in manifest.layers]
    for strict in (True, False):
        for index, layer in enumerate(manifest.layers):
            if index not in found:
                match(index, layer.digest, digest=True, kind=kinds[index] if strict else None)
    for index, layer in enumerate(manifest.layers):
        path = layer.annotations.get(FILEPATH_ANNOTATION)
        if index not in found and path is not None:
            match(index, clean(path), digest=False, kind=kinds[index])
    _by_order(manifest, left.rest(), found)
    return tuple((layer, found.get(index)) for index, layer in enumerate(manifest.layers))


class _Entries:
    """Entries that wait for their layer, found by digest or path without asking each of them: there
    may be 100,000. The first that fits is taken, in the order of the Kitfile.
    """

    def __init__(self, entries: Iterable[Entry]) -> None:
        self._entries = list(entries)
        self._taken: set[int] = set()
        self._waiting: dict[tuple[bool, str, LayerKind | None], deque[int]] = defaultdict(deque)
        for number, entry in enumerate(self._entries):
            for kind in (entry.kind, None):
                self._waiting[True, entry.digest, kind].append(number)
                if not entry.digest:
                    self._waiting[False, clean(entry.path), kind].append(number)

    def take(self, key: str, *, digest: bool, kind: LayerKind | None) -> Entry | None:
        """The next one with this digest or (without a digest) path; ``kind`` None: of any kind."""
        waiting = self._waiting.get((digest, key, kind), deque())
        while waiting:
            number = waiting.popleft()
            if number not in self._taken:
                self._taken.add(number)
                return self._entries[number]
        return None

    def rest(self) -> list[Entry]:
        """Those that nobody has taken."""
        return [one for number, one in enumerate(self._entries) if number not in self._taken]


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


def has_layer(entry: Entry) -> bool:
    """Whether kit makes a layer of it: no model without files of its own, no remote dataset."""
    if entry.remote_path:
        return False
    if entry.kind == "model":
        return bool(entry.path) and not is_modelkit_reference(entry.path)
    return True
