"""metrics: what versions score, side by side; of a folder, the store or a remote."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from kitdesk.errors import BadModelKit, KitDeskError, UnsafeArchive
from kitdesk.modelkit.metrics.comparing import MetricsTable, side_by_side
from kitdesk.modelkit.metrics.reading import from_parameters, merged
from kitdesk.modelkit.metrics.rules import NO_RULES, Rules
from kitdesk.modelkit.metrics.values import Source, VersionMetrics
from kitdesk.modelkit.oci import modelpack
from kitdesk.modelkit.primitives import digest as digests
from kitdesk.modelkit.primitives.commit_note import CommitNote, note_of
from kitdesk.modelkit.primitives.json_value import MISSING
from kitdesk.operations.contents.metric_files import metrics_in_files
from kitdesk.operations.contents.remote import open_version
from kitdesk.operations.contents.remote_layers import RangeReadUnavailable
from kitdesk.operations.contents.source import source_of
from kitdesk.operations.contents.trees import folder_layers, version_contents
from kitdesk.operations.diffing.sides import RemoteFactory, version_name
from kitdesk.operations.inputs.addresses import FolderAddress, FolderSide, Side
from kitdesk.operations.inputs.project import open_project
from kitdesk.operations.inputs.remotes import has_registry, open_remote, requested_tag
from kitdesk.operations.record_transfer import fetch_records
from kitdesk.operations.versions.remote_listing import records_here
from kitdesk.progress import Progress, Report, silent

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from kitdesk.modelkit.kitfile.model import Kitfile
    from kitdesk.modelkit.oci.manifest import Manifest
    from kitdesk.operations.versions.listing import Version
    from kitdesk.services.container import Services
    from kitdesk.services.remotes.protocol import RemoteRepository


@dataclass(frozen=True, slots=True)
class ScoredVersion:
    """One version (or the folder) with what it scores."""

    name: str
    """How it is shown: its tag, else its short digest; "this folder"."""
    digest: str
    """"" for a folder."""
    metrics: VersionMetrics
    commit: CommitNote = CommitNote()
    package_version: str = ""
    """What its Kitfile calls itself."""
    tags: tuple[str, ...] = ()
    """Of a listed version; () where nobody asked."""


@dataclass(frozen=True, slots=True)
class MetricsResult:
    """Several versions side by side, in the order in which they were named."""

    versions: tuple[ScoredVersion, ...]
    table: MetricsTable = field(default_factory=lambda: MetricsTable((), ()))


def metrics(
    sides: Sequence[Side],
    services: Services,
    report: Report = silent,
    *,
    rules: Rules = NO_RULES,
    opener: RemoteFactory = open_remote,
) -> MetricsResult:
    """What some versions score, from all sources. Raises NotFound, BadKitfile, Unreachable ..."""
    found = []
    for number, side in enumerate(sides):
        report(Progress("Reading metrics", number, len(sides)))
        found.append(score(side, services, report, opener=opener))
    return beside(found, rules)


def beside(versions: Iterable[ScoredVersion], rules: Rules = NO_RULES) -> MetricsResult:
    """The table of versions that were scored."""
    found = tuple(versions)
    return MetricsResult(found, side_by_side([one.metrics for one in found], rules.direction))


def score(
    side: Side,
    services: Services,
    report: Report = silent,
    *,
    opener: RemoteFactory = open_remote,
) -> ScoredVersion:
    """What one version scores, where it is: the store first, unless the side says ``remote``."""
    if isinstance(side, FolderSide):
        return _of_folder(side, services)
    address = side.address
    here = None
    if side.place != "remote" and not isinstance(address, FolderAddress):
        here = services.store.find(address)
    if here is not None:
        return _of_stored(here, version_name(side), services, report)
    if not isinstance(address, FolderAddress) and (
        side.place == "local" or not has_registry(address)
    ):
        return _of_stored(services.store.resolve(address), version_name(side), services, report)
    remote = opener(address)
    try:
        return score_remote(requested_tag(address), version_name(side), remote, services, report)
    finally:
        remote.close()


def score_remote(
    wanted: str, name: str, remote: RemoteRepository, services: Services, report: Report = silent
) -> ScoredVersion:
    """The same of a tag or digest of an open remote; its metrics files are read by Range."""
    version = open_version(wanted, remote, services)
    problems: list[str] = []
    paths: dict[str, None] = {}
    for layer, entry in version.pairs():
        try:
            listed, whole = version.files(layer, entry, report)
        except (RangeReadUnavailable, UnsafeArchive, BadModelKit) as error:
            problems.append(f"Metrics files of one layer are not read: {error.title}")
            continue
        paths.update(dict.fromkeys(listed))
        if not whole:
            problems.append("The list of files of one layer is not read to its end.")
    digest = digests.of_bytes(version.data)
    fetch_records(digest, remote, services, report)
    files = metrics_in_files(paths, lambda path, limit: version.source(path, report).read(limit))
    files = replace(files, problems=(*files.problems, *dict.fromkeys(problems)))
    return _scored(name, digest, version.kitfile, version.manifest, files, services)


def known_metrics(versions: Iterable[Version], services: Services) -> Mapping[str, ScoredVersion]:
    """Metrics of listed versions by digest, from what their listing has read: nothing is asked.

    Only the Kitfile counts here; metrics files are read when a version is looked at.
    """
    rows = tuple(versions)
    records = records_here(services, (one.digest for one in rows))
    found = {}
    for one in rows:
        pair = records(one.digest)
        if pair is None:
            continue
        manifest, raw = pair
        try:
            kitfile = modelpack.kitfile_of(manifest, raw)
        except KitDeskError:
            continue
        tags = tuple(place.name for place in one.tags)
        name = tags[0] if tags else digests.short(one.digest)
        scored = _scored(name, one.digest, kitfile, manifest, VersionMetrics(), services)
        found[one.digest] = replace(scored, tags=tags)
    return found


def _scored(
    name: str,
    digest: str,
    kitfile: Kitfile,
    manifest: Manifest,
    files: VersionMetrics,
    services: Services,
) -> ScoredVersion:
    later, run = _of_records(digest, services)
    found = merged((later, _of_kitfile(kitfile), files, run))
    note = note_of(manifest.annotations)
    return ScoredVersion(name, digest, found, note, kitfile.package.version)


def _of_records(digest: str, services: Services) -> tuple[VersionMetrics, VersionMetrics]:
    """(numbers recorded after packing, numbers of the run that its pack record tells)."""
    known = services.records.of(digest)
    later = [v for one in known for v in one.metrics if v.source is Source.RECORDED]
    newest = {value.name: value for value in reversed(later)}
    run = [v for one in known for v in one.metrics if v.source is Source.RUN]
    return VersionMetrics(tuple(newest.values())), VersionMetrics(tuple(run))


def _of_kitfile(kitfile: Kitfile) -> VersionMetrics:
    return from_parameters(kitfile.model.entry.parameters if kitfile.model else MISSING)


def _of_stored(digest: str, name: str, services: Services, report: Report) -> ScoredVersion:
    manifest = services.store.manifest(digest)
    tree = version_contents(services, digest, report, hashed=False)

    def read(path: str, limit: int) -> bytes:
        file = tree.files[path]
        return services.layers.read(file.layer, file.member, limit)

    return _scored(
        name, digest, tree.kitfile, manifest, metrics_in_files(tree.files, read), services
    )


def _of_folder(side: FolderSide, services: Services) -> ScoredVersion:
    project = open_project(side.path, services.store)
    paths = [path for layer in folder_layers(project) for path in layer.paths]
    place = FolderSide(project.folder, side.text)

    def read(path: str, limit: int) -> bytes:
        return source_of(place, path, services).read(limit)

    sources = (_of_kitfile(project.kitfile), metrics_in_files(paths, read))
    name = "this folder" if side.text in {".", ""} else side.text
    version = project.kitfile.package.version
    return ScoredVersion(name, "", merged(sources), package_version=version)
