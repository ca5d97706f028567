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
from kitdesk.operations.contents.file_table import ListedFiles
from kitdesk.operations.contents.placement import OverlayMapping
from kitdesk.operations.contents.remote_layers import RangeReadUnavailable
from kitdesk.operations.contents.trees import folder_facts
from kitdesk.operations.diffing.folder_problems import FolderProblems
from kitdesk.operations.diffing.readable_folder import read_layers
from kitdesk.operations.inputs.addresses import FolderAddress, FolderSide, Side, VersionSide
from kitdesk.operations.inputs.remotes import has_registry, open_remote, requested_tag
from kitdesk.progress import Report, silent
from kitdesk.services.remotes.protocol import RemoteRepository

if TYPE_CHECKING:
    from pathlib import Path

    from kitdesk.modelkit.kitfile.model import Kitfile
    from kitdesk.services.container import Services
    from kitdesk.services.layers.table import LayerFileTable

RemoteFactory = Callable[[Any], RemoteRepository]


@dataclass(frozen=True, slots=True)
class SideLayer:
    """One layer of a side; ``descriptor`` is None in a folder."""

    kind: str
    path: str
    descriptor: Descriptor | None

    @property
    def digest(self) -> str:
        """Of the blob; "" in a folder."""
        return self.descriptor.digest if self.descriptor else ""


@dataclass(slots=True)
class ComparisonSide:
    """What is known of a side before its files are looked at."""

    facts: SideFacts
    kitfile: Kitfile
    parts: tuple[SideLayer, ...]
    manifest: Manifest | None = None
    folder_files: Mapping[SideLayer, Mapping[str, FileFacts]] = field(default_factory=dict)
    remote: RemoteRepository | None = None
    folder: Path | None = None
    """Top of the project, where this side is a folder."""
    problems: FolderProblems = field(default_factory=FolderProblems)
    """What of a folder is gone or could not be read."""

    @property
    def is_folder(self) -> bool:
        """True for the project folder."""
        return self.manifest is None

    def meaning(self) -> dict[str, Any]:
        """The Kitfile as plain data without digests."""
        return config.values(self.kitfile)


@contextlib.contextmanager
def open_side(
    side: Side,
    services: Services,
    opener: RemoteFactory = open_remote,
    report: Report = silent,
    stand_in: Kitfile | None = None,
) -> Iterator[ComparisonSide]:
    """Load a side; a remote stays open inside. Raises NotFound, BadKitfile, Unreachable ...

    ``stand_in`` says which layers a folder has whose own Kitfile is gone or broken and that was
    never packed: those of the other side.
    """
    if isinstance(side, FolderSide):
        yield _folder(side, services, report, stand_in)
        return
    digest = None if side.place == "remote" else _local(side, services)
    if digest is not None:
        manifest, kitfile = services.store.manifest(digest), services.store.kitfile(digest)
        yield version_side(version_name(side), digest, manifest, kitfile, None)
        return
    if side.place == "local" or (
        not isinstance(side.address, FolderAddress) and not has_registry(side.address)
    ):
        raise _missing(side, services)
    remote = opener(side.address)
    try:
        data, found = remote.fetch_manifest(requested_tag(side.address))
        manifest = manifests.decode(data)
        kitfile = modelpack.kitfile_of(manifest, remote.fetch_blob(manifest.config))
        yield version_side(version_name(side), found.digest, manifest, kitfile, remote)
    finally:
        remote.close()


@contextlib.contextmanager
def open_sides(
    left: Side,
    right: Side,
    services: Services,
    opener: RemoteFactory = open_remote,
    report: Report = silent,
) -> Iterator[tuple[ComparisonSide, ComparisonSide]]:
    """Load both; a version first, because a folder with a broken Kitfile is read by its layers."""
    with contextlib.ExitStack() as stack:
        sides: dict[int, ComparisonSide] = {}
        order = sorted((0, 1), key=lambda at: isinstance((left, right)[at], FolderSide))
        for at in order:
            other = sides.get(1 - at)
            stand_in = other.kitfile if other is not None else None
            side = (left, right)[at]
            sides[at] = stack.enter_context(open_side(side, services, opener, report, stand_in))
        yield sides[0], sides[1]


def version_name(side: VersionSide) -> str:
    """How a version is shown: its tag, else its short digest."""
    address = side.address
    if isinstance(address, FolderAddress):
        return address.tag or address.text
    return (
        address.tag or digests.short(address.digest)
        if address.digest
        else (address.tag or address.display)
    )


def _local(side: VersionSide, services: Services) -> str | None:
    if isinstance(side.address, FolderAddress):
        return None
    return services.store.find(side.address)


def _missing(side: VersionSide, services: Services) -> NotFound:
    assert not isinstance(side.address, FolderAddress)
    try:
        services.store.resolve(side.address)
    except NotFound as error:
        return error
    return NotFound(f"{side.text} is not on this machine.")


def version_side(
    name: str, digest: str, manifest: Manifest, kitfile: Kitfile, remote: RemoteRepository | None
) -> ComparisonSide:
    """A version whose manifest and config are known; ``remote``: only that has its layers."""
    parts = tuple(
        SideLayer(
            entry.kind if entry else (manifests.kind_of_layer(layer) or "code"),
            clean(entry.path) if entry else "",
            layer,
        )
        for layer, entry in pair_layers(kitfile, manifest)
    )
    facts = SideFacts(name, digest, manifest.total_size)
    return ComparisonSide(facts, kitfile, parts, manifest, remote=remote)


def _folder(
    side: FolderSide, services: Services, report: Report, other: Kitfile | None
) -> ComparisonSide:
    project, layers, problems = read_layers(side.path, services, other)
    found = folder_facts(project.folder, layers, services.hashes, report, problems.skip_file)
    files: dict[SideLayer, Mapping[str, FileFacts]] = {}
    for layer, table in zip(layers, found, strict=True):
        part = SideLayer(layer.entry.kind, layer.base, None)
        files[part] = OverlayMapping([files[part], table]) if part in files else table
    size = sum(layer.size for layer in layers)  # as it would be packed
    name = "this folder" if side.text in {".", ""} else side.text
    return ComparisonSide(
        SideFacts(name, "", size),
        project.kitfile,
        tuple(files),
        None,
        folder_files=files,
        folder=project.folder,
        problems=problems,
    )


def layer_files(
    side: ComparisonSide,
    part: SideLayer,
    services: Services,
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
    listed = list_layer(side, part.descriptor, services, report, exact=exact)
    return ListedFiles(listed, part.kind, part.path)


def list_layer(
    side: ComparisonSide,
    layer: Descriptor,
    services: Services,
    report: Report = silent,
    *,
    exact: bool = False,
) -> LayerFileTable:
    """Files of a layer of a version, as :func:`layer_files` says; offsets are in the plain tar."""
    if side.remote is None or services.store.blobs.size(layer.digest) is not None:
        return services.layers.list_files(layer, report)
    if not exact:
        with contextlib.suppress(RangeReadUnavailable):
            found = remote.list_layer_files(layer, side.remote, services, report)
            if found.whole:
                return found.files
    return remote.fetch_layer_list(layer, side.remote, services, report)
