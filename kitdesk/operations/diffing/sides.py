"""One side of a comparison, loaded as far as it is needed: folder, local or remote version."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from kitdesk.compare.values import FileFacts, SideFacts
from kitdesk.errors import NotFound
from kitdesk.modelkit.oci import config, modelpack
from kitdesk.modelkit.oci import manifest as manifests
from kitdesk.modelkit.oci.manifest import Descriptor, Manifest, pair_layers
from kitdesk.modelkit.primitives import digest as digests
from kitdesk.modelkit.primitives.go_paths import clean
from kitdesk.operations.contents import remote
from kitdesk.operations.contents.file_table import ListedFacts
from kitdesk.operations.contents.placement import Layered
from kitdesk.operations.contents.remote_layers import CannotPeek
from kitdesk.operations.contents.trees import folder_facts, folder_parts
from kitdesk.operations.inputs.addresses import FolderAddress, FolderSide, Side, VersionSide
from kitdesk.operations.inputs.project import open_project
from kitdesk.operations.inputs.remotes import has_registry, open_remote, wanted_of
from kitdesk.progress import Report, silent
from kitdesk.services.remotes.protocol import Remote

if TYPE_CHECKING:
    from kitdesk.modelkit.kitfile.model import Kitfile
    from kitdesk.services.container import Library
    from kitdesk.services.layers.table import LayerList

Opener = Callable[[Any], Remote]


@dataclass(frozen=True, slots=True)
class Part:
    """One layer of a side; ``descriptor`` is None in a folder."""

    kind: str
    path: str
    descriptor: Descriptor | None

    @property
    def digest(self) -> str:
        """Of the blob; "" in a folder."""
        return self.descriptor.digest if self.descriptor else ""


@dataclass(slots=True)
class LoadedSide:
    """What is known of a side before its files are looked at."""

    facts: SideFacts
    kitfile: Kitfile
    parts: tuple[Part, ...]
    manifest: Manifest | None = None
    folder_files: Mapping[Part, Mapping[str, FileFacts]] = field(default_factory=dict)
    remote: Remote | None = None

    @property
    def is_folder(self) -> bool:
        """True for the project folder."""
        return self.manifest is None

    def meaning(self) -> dict[str, Any]:
        """The Kitfile as plain data without digests."""
        return config.values(self.kitfile)


@contextlib.contextmanager
def loaded(
    side: Side, library: Library, opener: Opener = open_remote, report: Report = silent
) -> Iterator[LoadedSide]:
    """Load a side; a remote stays open inside. Raises NotFound, BadKitfile, Unreachable ..."""
    if isinstance(side, FolderSide):
        yield _folder(side, library, report)
        return
    digest = None if side.place == "remote" else _local(side, library)
    if digest is not None:
        manifest, kitfile = library.store.manifest(digest), library.store.kitfile(digest)
        yield _version(_name(side), digest, manifest, kitfile, None)
        return
    if side.place == "local" or (
        not isinstance(side.address, FolderAddress) and not has_registry(side.address)
    ):
        raise _missing(side, library)
    remote = opener(side.address)
    try:
        data, found = remote.manifest(wanted_of(side.address))
        manifest = manifests.decode(data)
        kitfile = modelpack.kitfile_of(manifest, remote.read(manifest.config))
        yield _version(_name(side), found.digest, manifest, kitfile, remote)
    finally:
        remote.close()


def _name(side: VersionSide) -> str:
    address = side.address
    if isinstance(address, FolderAddress):
        return address.tag or address.text
    return (
        address.tag or digests.short(address.digest)
        if address.digest
        else (address.tag or address.display)
    )


def _local(side: VersionSide, library: Library) -> str | None:
    if isinstance(side.address, FolderAddress):
        return None
    return library.store.find(side.address)


def _missing(side: VersionSide, library: Library) -> NotFound:
    assert not isinstance(side.address, FolderAddress)
    try:
        library.store.resolve(side.address)
    except NotFound as error:
        return error
    return NotFound(f"{side.text} is not on this machine.")


def _version(
    name: str, digest: str, manifest: Manifest, kitfile: Kitfile, remote: Remote | None
) -> LoadedSide:
    parts = tuple(
        Part(
            entry.kind if entry else (manifests.kind_of_layer(layer) or "code"),
            clean(entry.path) if entry else "",
            layer,
        )
        for layer, entry in pair_layers(kitfile, manifest)
    )
    facts = SideFacts(name, digest, manifest.total_size)
    return LoadedSide(facts, kitfile, parts, manifest, remote=remote)


def _folder(side: FolderSide, library: Library, report: Report) -> LoadedSide:
    project = open_project(side.path, library.store)
    layers = folder_parts(project)
    found = folder_facts(project.folder, layers, library.hashes, report)
    files: dict[Part, Mapping[str, FileFacts]] = {}
    for layer, table in zip(layers, found, strict=True):
        part = Part(layer.entry.kind, layer.base, None)
        files[part] = Layered([files[part], table]) if part in files else table
    size = sum(layer.size for layer in layers)  # as it would be packed
    name = "this folder" if side.text in {".", ""} else side.text
    return LoadedSide(
        SideFacts(name, "", size), project.kitfile, tuple(files), None, folder_files=files
    )


def part_files(
    side: LoadedSide,
    part: Part,
    library: Library,
    report: Report = silent,
    *,
    exact: bool = False,
) -> Mapping[str, FileFacts]:
    """Files of one layer.

    Of a large layer that is only in the remote the headers alone are read, by Range, and hashes
    stay unknown; ``exact``, compression, or a registry without Range fetch it (it is not kept).
    """
    if part.descriptor is None:
        return side.folder_files[part]
    listed = _listed(side, part.descriptor, library, report, exact=exact)
    return ListedFacts(listed, part.kind, part.path)


def _listed(
    side: LoadedSide, layer: Descriptor, library: Library, report: Report, *, exact: bool
) -> LayerList:
    if side.remote is None or library.store.blobs.size(layer.digest) is not None:
        return library.layers.list(layer, report)
    if not exact:
        with contextlib.suppress(CannotPeek):
            found = remote.listed(layer, side.remote, library, report)
            if found.whole:
                return found.files
    return remote.fetched(layer, side.remote, library, report)
