"""pack and push in one pass: layers go to the registry while they are read, and are stored nowhere.

For a machine that trains and publishes: two gigabytes less on its disk, and the time of one. A
layer that is known (packed before, here or there) is not read. Where the one pass cannot be - a
registry that wants one PUT, compression, a tag that is taken, a folder as remote - it is pack, then
push, and the version is in the store as after ``pack``.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from kitdesk import __version__
from kitdesk.changes import Changes, Topic
from kitdesk.errors import BadReference
from kitdesk.modelkit.kitfile.model import Profile
from kitdesk.modelkit.oci import config
from kitdesk.modelkit.oci import manifest as manifests
from kitdesk.modelkit.oci.manifest import Descriptor
from kitdesk.modelkit.primitives import digest as digests
from kitdesk.operations.inputs.fixed_tags import is_fixed
from kitdesk.operations.inputs.project import open_project, plan_layers
from kitdesk.operations.messages import left_out_sentence
from kitdesk.operations.pack import assemble, check_tags, is_unexpected, noted_commit, pack
from kitdesk.operations.push_pull import BlobResult, TransferResult, push
from kitdesk.operations.record_transfer import send_records
from kitdesk.operations.records import RecordPolicy, keep_pack_record, one_line
from kitdesk.progress import Progress, Report, silent
from kitdesk.services.disk.files import os_errors_as
from kitdesk.services.history.journal import now
from kitdesk.services.layers.pack_cache import PackCache
from kitdesk.services.layers.writer import WrittenLayer, write_layer
from kitdesk.services.store.blob_store import BlobStore

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Any

    from kitdesk.modelkit.primitives.reference import Reference
    from kitdesk.services.container import Services
    from kitdesk.services.layers.tar_sink import Compression
    from kitdesk.services.remotes.protocol import RemoteRepository
    from kitdesk.services.remotes.registry.repository import RegistryRepository


@dataclass(frozen=True, slots=True)
class PackAndPushResult:
    """A version that is in the registry."""

    sent: TransferResult
    warnings: tuple[str, ...]
    streamed: bool
    """False: it was packed into the store first, and is there too."""


def pack_and_push(
    folder: Path,
    reference: Reference,
    remote: RemoteRepository,
    services: Services,
    report: Report = silent,
    *,
    kitfile_text: bytes | None = None,
    profile: Profile = Profile.CURRENT,
    compression: Compression = "none",
    replace_tag: bool = False,
    commit: bool = True,
    move_fixed: bool = False,
    note: str = "",
    records: RecordPolicy = "auto",
) -> PackAndPushResult:
    """Pack a folder into ``remote`` under the tags of ``reference``.

    Raises what pack and push raise. Nothing has a name in the registry before everything is there.
    """
    tags = check_tags(reference.or_latest())
    if not tags:
        raise BadReference("The version has no tag.", "Write it as HOST/REPOSITORY:TAG.")
    taken = any(
        remote.resolve(tag) is not None
        and (not replace_tag or is_fixed(tag, services.settings, remote=True))
        for tag in tags
    )
    blobs = None if taken or compression != "none" else _streaming(services, remote)
    if blobs is not None:
        from kitdesk.services.remotes.registry.streamed_upload import ChunkedUploadUnsupported

        try:
            return _in_one_pass(
                folder,
                tags,
                remote,
                services,
                blobs,
                report,
                kitfile_text,
                profile,
                commit and profile is Profile.CURRENT,
                note,
                records,
            )
        except ChunkedUploadUnsupported:
            blobs.registry.takes_one_put()
    packed = pack(
        folder,
        reference,
        services,
        report,
        kitfile_text=kitfile_text,
        profile=profile,
        compression=compression,
        commit=commit,
        move_fixed=move_fixed,
        note=note,
    )
    results = [
        push(
            packed.digest,
            reference.name,
            tag,
            remote,
            services,
            report,
            replace=replace_tag,
            move_fixed=move_fixed,
            records=records,
        )
        for tag in tags
    ]
    return PackAndPushResult(results[0], packed.warnings, streamed=False)


class _StreamedBlobs(BlobStore):
    """The store's blobs for reading, the registry for writing."""

    def __init__(self, base: BlobStore, registry: RegistryRepository) -> None:
        self.__dict__.update(vars(base))
        self.registry = registry
        self.there: set[str] = set()
        """Blobs that were found in the registry, or put there."""

    def writer(self, mode: int = 0, *, behind: bool = False) -> Any:
        """A blob that ends in the registry."""
        del mode, behind
        from kitdesk.services.remotes.registry.streamed_upload import ChunkedUploadUnsupported

        stream = self.registry.stream()
        if stream is None:
            raise ChunkedUploadUnsupported
        return stream

    def is_whole(self, digest: str, size: int) -> bool:
        """A layer that is in the registry or here need not be read."""
        if self.registry.blob_exists(digest):
            self.there.add(digest)
            return True
        return super().is_whole(digest, size)


def _streaming(services: Services, remote: RemoteRepository) -> _StreamedBlobs | None:
    from kitdesk.services.remotes.registry.repository import RegistryRepository

    if not isinstance(remote, RegistryRepository) or remote.stream() is None:
        return None
    return _StreamedBlobs(services.store.blobs, remote)


def _in_one_pass(
    folder: Path,
    tags: tuple[str, ...],
    remote: RemoteRepository,
    services: Services,
    blobs: _StreamedBlobs,
    report: Report,
    kitfile_text: bytes | None,
    profile: Profile,
    commit: bool,
    note: str,
    records: RecordPolicy,
) -> PackAndPushResult:
    note, started = one_line(note), now()
    project = open_project(folder, services.store, profile, kitfile_text)
    plan = plan_layers(project, profile)
    cache = PackCache(services.paths.cache)
    total = sum(layer.size for layer in plan.layers)
    written, results, done = [], [], 0
    for layer in plan.layers:

        def tell(part: Progress, base: int = done) -> None:
            skipped = part.skipped and base + part.skipped
            report(Progress("Packing and sending", base + part.done, total, skipped))

        one = write_layer(project.folder, layer, blobs, "none", tell, cache, layer.size)
        written.append(one)
        results.append(_result(one, remote, services, blobs, tell))
        done += layer.size
    noted = noted_commit(project, plan.layers, written, services, report, wanted=commit)
    kitfile, manifest = assemble(project.kitfile, written, f"kitdesk-{__version__}", noted.note)
    data = config.encode(kitfile)
    about = Descriptor(manifest.config.media_type, digests.of_bytes(data), len(data))
    results.append(_small(data, about, remote, services))
    text = manifests.encode(replace(manifest, config=about), profile)
    digest = digests.of_bytes(text)
    for tag in tags:
        remote.put_manifest(text, manifests.MANIFEST_MEDIA_TYPE, tag)
    if project.kitfile_path is not None:
        services.journal.keep_kitfile(digest, project.text)
    services.tag_history.record(remote.address, dict.fromkeys(tags, digest), expected=True)
    services.registry_cache.keep_records({digest: text, about.digest: data})
    where = f"{remote.address}:{tags[0]}"
    services.journal.append("push", reference=where, digest=digest, before="", note=note)
    keep_pack_record(
        remote.address,
        digest,
        kitfile,
        noted.state,
        services,
        folder=project.folder,
        parent=services.journal.version_of(project.folder),
        started=started,
        options={"profile": profile.value, "compression": "none"},
        note=note,
    )
    _sent, told = send_records(digest, remote, services, records, report)
    sent = sum(one.size - one.skipped for one in results) + len(text)
    changes = Changes(Topic.REMOTE | Topic.HISTORY)
    warnings = (
        *plan.warnings,
        *(left_out_sentence(one) for one in plan.left_out if is_unexpected(one)),
        *filter(None, (noted.state.problem, told)),
    )
    found = TransferResult(digest, where, tuple(results), sent, False, changes)
    return PackAndPushResult(found, warnings, streamed=True)


def _result(
    one: WrittenLayer,
    remote: RemoteRepository,
    services: Services,
    blobs: _StreamedBlobs,
    report: Report,
) -> BlobResult:
    """What became of a layer; one that is only in the store is sent from there."""
    blob = one.descriptor
    if not one.cached:
        return BlobResult(blob.digest, blob.size, "sent")
    if blob.digest in blobs.there:
        return BlobResult(blob.digest, blob.size, "existed", blob.size)
    skipped = remote.upload(blob, services.store.blobs.path(blob.digest), report)
    return BlobResult(blob.digest, blob.size, "resumed" if skipped else "sent", skipped)


def _small(
    data: bytes, blob: Descriptor, remote: RemoteRepository, services: Services
) -> BlobResult:
    """The config, through a file that lives as long as its upload."""
    if remote.blob_exists(blob.digest):
        return BlobResult(blob.digest, blob.size, "existed", blob.size)
    aside = services.store.blobs.temp_dir
    path = aside / f"config-{os.getpid()}.tmp"
    with os_errors_as("writing a scratch file"):
        aside.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.write_bytes(data)
        try:
            remote.upload(blob, path, silent)
        finally:
            path.unlink(missing_ok=True)
    return BlobResult(blob.digest, blob.size, "sent")
