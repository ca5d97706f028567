"""Where the members of a layer belong in the folder (FORMAT.md, 5, 5.2 and 7)."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping, Set
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from kitdesk.compare.values import FileFacts
from kitdesk.errors import BadModelKit, UnsafeArchive
from kitdesk.modelkit.oci import modelpack
from kitdesk.modelkit.oci.manifest import FILEPATH_ANNOTATION, is_raw, kind_of_layer
from kitdesk.modelkit.primitives.go_paths import clean, is_below
from kitdesk.modelkit.tar.writer import safe_path

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from kitdesk.modelkit.kitfile.model import Entry
    from kitdesk.modelkit.oci.manifest import Descriptor, Manifest
    from kitdesk.services.layers.table import LayerFile


File = TypeVar("File")


class VersionFile(NamedTuple):
    """A file of a version and where its bytes are (a tuple: there are many)."""

    facts: FileFacts
    layer: Descriptor
    member: LayerFile


class LayerFileMap(Mapping[str, VersionFile]):
    """The files of a layer by path; each is made when it is asked for, since there are many."""

    def __init__(
        self, layer: Descriptor, kind: str, listed: Sequence[LayerFile], numbers: dict[str, int]
    ) -> None:
        self.layer = layer
        self._kind = kind
        self._listed = listed
        self._numbers = numbers

    def member(self, path: str) -> LayerFile:
        """The file as the layer lists it; raises KeyError."""
        return self._listed[self._numbers[path]]

    def __getitem__(self, path: str) -> VersionFile:
        one = self.member(path)
        facts = FileFacts(one.size, one.sha256 or None, one.mode, self._kind)
        return VersionFile(facts, self.layer, one)

    def __contains__(self, path: object) -> bool:
        return path in self._numbers

    def __iter__(self) -> Iterator[str]:
        return iter(self._numbers)

    def __len__(self) -> int:
        return len(self._numbers)


class OverlayMapping(Mapping[str, File]):
    """Several layers one over the other: the later one wins; ``without``: paths not looked at."""

    def __init__(
        self, parts: Sequence[Mapping[str, File]], without: Set[str] = frozenset()
    ) -> None:
        self._parts = [part for part in parts if part]
        self._without = without

    def shares(self) -> Iterator[tuple[Mapping[str, File], Iterable[str]]]:
        """Each part with the paths that it gives."""
        for number, part in enumerate(self._parts):
            later = self._parts[number + 1 :]
            if later or self._without:
                yield part, [path for path in part if self._gives(path, later)]
            else:
                yield part, part

    def _gives(self, path: str, rivals: Sequence[Mapping[str, File]]) -> bool:
        return path not in self._without and not any(path in one for one in rivals)

    def __getitem__(self, path: str) -> File:
        if path not in self._without:
            for part in reversed(self._parts):
                if path in part:
                    return part[path]
        raise KeyError(path)

    def __contains__(self, path: object) -> bool:
        return path not in self._without and any(path in part for part in self._parts)

    def __iter__(self) -> Iterator[str]:
        for _part, paths in self.shares():
            yield from paths

    def __len__(self) -> int:
        return sum(1 for _path in self)


@dataclass(frozen=True, slots=True)
class VersionLayer:
    """One layer of a version and what it writes where."""

    layer: Descriptor
    entry: Entry | None
    files: Mapping[str, VersionFile]
    folders: dict[str, int]
    """Path -> mode."""


def place_members(
    manifest: Manifest, layer: Descriptor, entry: Entry | None, listed: Sequence[LayerFile]
) -> VersionLayer:
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
    numbers: dict[str, int] = {}
    folders: dict[str, int] = {}
    for number, one in enumerate(listed):
        if ".." in one.path and ".." not in base:
            raise UnsafeArchive(
                f"A layer of this version holds {one.path!r}, a name with two dots in a row.",
                "Nothing was written. kit packs no such name, and refuses to unpack it.",
            )
        if one.kind == "dir":
            folders.setdefault(one.path, one.mode)
        else:
            numbers[one.path] = number
    return VersionLayer(layer, entry, LayerFileMap(layer, kind, listed, numbers), folders)


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
