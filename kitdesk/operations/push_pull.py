"""push and pull: a version on its way between the store and a remote. Manifest last."""

from __future__ import annotations

import contextlib
import secrets
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING, Literal

from kitdesk.changes import Changes, Topic
from kitdesk.errors import BadModelKit, Conflict, StoreDamaged
from kitdesk.modelkit.oci import manifest as manifests
from kitdesk.modelkit.oci.manifest import Descriptor, Manifest, ManifestKind
from kitdesk.modelkit.primitives import digest as digests
from kitdesk.operations.folder_changes.checks import check_disk_space
from kitdesk.operations.inputs.addresses import name_of
from kitdesk.operations.inputs.fixed_tags import check_fixed
from kitdesk.operations.mounts import blobs_of, mount_sources
from kitdesk.operations.record_transfer import fetch_records, send_new_records
from kitdesk.operations.records import RecordPolicy
from kitdesk.progress import Cancelled, Progress, Report, silent
from kitdesk.services.disk.files import lock, os_errors_as
from kitdesk.services.store.blob_store import LAYER_MODE, RECORD_MODE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from kitdesk.services.container import Services
    from kitdesk.services.remotes.protocol import RemoteRepository
    from kitdesk.services.store.store import Store

ATTEMPTS = 3
"""How often a pull fetches again because a shared layer was removed under its hands."""
WORKERS = 4
"""Blobs under way at once (TRANSPORT.md, 3.3)."""
State = Literal["sent", "fetched", "existed", "resumed", "mounted"]
"""``mounted``: the registry had the blob in another repository and took it over by itself."""


@dataclass(frozen=True, slots=True)
class BlobResult:
    """What became of one blob."""

    digest: str
    size: int
    state: State
    skipped: int = 0
    """Bytes of it that did not go over the line this time."""


@dataclass(frozen=True, slots=True)
class TransferResult:
    """A finished push or pull."""

    digest: str
    reference: str
    blobs: tuple[BlobResult, ...]
    bytes: int
    """Bytes that really went over the line."""
    existed: bool
    """True when everything was there already."""
    changes: Changes
    records: tuple[str, ...] = ()
    """Digests of records that went with it."""
    told: str = ""
    """Why records stayed behind, one sentence; "" = nothing to tell."""


class _ProgressSum:
    """Bytes of several blobs side by side; what was there counts as skipped."""

    def __init__(self, step: str, total: int, report: Report) -> None:
        self._step, self._total, self._report = step, total, report
        self._done: dict[str, int] = {}
        self._skipped: dict[str, int] = {}
        self._lock = Lock()
        self.stopped = False

    def part(self, digest: str) -> Report:
        def tell(progress: Progress) -> None:
            self.set(digest, progress.done, progress.skipped)

        return tell

    def set(self, digest: str, done: int, skipped: int) -> None:
        with self._lock:
            self._done[digest], self._skipped[digest] = done, skipped
            done, skipped = sum(self._done.values()), sum(self._skipped.values())
        if self.stopped:
            raise Cancelled
        self._report(Progress(self._step, done, self._total, skipped))


def _run_parallel(
    blobs: tuple[Descriptor, ...],
    tally: _ProgressSum,
    remote: RemoteRepository,
    one: Callable[[Descriptor], BlobResult],
) -> tuple[BlobResult, ...]:
    """Each digest once, several at a time; the first failure stops the others at once."""
    unique = tuple({blob.digest: blob for blob in blobs}.values())
    with ThreadPoolExecutor(WORKERS, "transfer") as pool:
        jobs = [pool.submit(one, blob) for blob in unique]
        try:
            ended, _ = wait(jobs, return_when=FIRST_EXCEPTION)
            for job in sorted(ended, key=lambda job: isinstance(job.exception(), Cancelled)):
                job.result()  # raises: what a failure has stopped says Cancelled, the cause is told
            return tuple(job.result() for job in jobs)
        except BaseException:
            tally.stopped = True
            for job in jobs:
                job.cancel()
            remote.interrupt()
            raise


def push(
    digest: str,
    repository: str,
    tag: str,
    remote: RemoteRepository,
    services: Services,
    report: Report = silent,
    *,
    replace: bool = False,
    move_fixed: bool = False,
    records: RecordPolicy = "auto",
) -> TransferResult:
    """Send a version of the store's ``repository`` and give it ``tag`` there.

    Only missing blobs are sent. Raises Conflict when the tag points elsewhere and ``replace`` is
    not given, FixedTag without ``move_fixed``, Unreachable, Refused; what stops leaves no half.
    """
    store = services.store
    data = store.manifest_bytes(digest)
    manifest = manifests.decode(data)
    reference = f"{remote.address}:{tag}" if tag else f"{remote.address}@{digest}"
    there = remote.resolve(tag or digest)
    if there is not None and there.digest == digest:
        _record_transfer(services, remote, tag, digest)
        blobs = tuple(BlobResult(b.digest, b.size, "existed", b.size) for b in blobs_of(manifest))
        told = send_new_records(digest, remote, services, records, report)
        return TransferResult(digest, reference, blobs, 0, True, Changes(Topic.REMOTE), *told)
    if there is not None and not replace:
        raise Conflict(
            f"{reference} is already there with other contents: {there.digest}.",
            f"Yours is {digest}. Push under another tag, or replace it with --force.",
        )
    if there is not None and tag and not move_fixed:
        check_fixed(reference, tag, services.settings, remote=True)
    wanted = blobs_of(manifest)
    elsewhere = mount_sources(remote.address, services)
    tally = _ProgressSum("Pushing", sum(blob.size for blob in wanted), report)

    def send(blob: Descriptor) -> BlobResult:
        if remote.blob_exists(blob.digest):
            tally.set(blob.digest, blob.size, blob.size)
            return BlobResult(blob.digest, blob.size, "existed", blob.size)
        if blob.digest in elsewhere and remote.mount(blob, elsewhere[blob.digest]):
            tally.set(blob.digest, blob.size, blob.size)
            return BlobResult(blob.digest, blob.size, "mounted", blob.size)
        with store.blobs.open(blob.digest):  # says so when the store has lost it
            path = store.blobs.path(blob.digest)
            resumed = remote.upload(blob, path, tally.part(blob.digest))
        tally.set(blob.digest, blob.size, resumed)
        return BlobResult(blob.digest, blob.size, "resumed" if resumed else "sent", resumed)

    results = _run_parallel(wanted, tally, remote, send)
    remote.put_manifest(data, manifests.MANIFEST_MEDIA_TYPE, tag)
    _record_transfer(services, remote, tag, digest)
    before = there.digest if there else ""
    services.journal.append(
        "push", reference=reference, digest=digest, before=before, note=repository
    )
    sent = sum(blob.size - blob.skipped for blob in results) + len(data)
    changes = Changes(Topic.REMOTE | Topic.HISTORY)
    told = send_new_records(digest, remote, services, records, report)
    return TransferResult(digest, reference, results, sent, False, changes, *told)


def _record_transfer(services: Services, remote: RemoteRepository, tag: str, digest: str) -> None:
    if tag:
        services.tag_history.record(remote.address, {tag: digest}, expected=True)


@contextlib.contextmanager
def _exclusive_partial(part: Path) -> Iterator[Path]:
    """The part file of a blob for us alone: another one while another program is fetching it."""
    beside = part.with_name(f"{part.name}.lock")
    with os_errors_as("writing into the store"), beside.open("ab") as handle:
        try:
            lock(handle.fileno(), wait=False)
        except OSError:
            own = part.with_name(f"{part.stem}-{secrets.token_hex(6)}.part")
            try:
                yield own
            finally:
                own.unlink(missing_ok=True)
            return
        yield part
        with contextlib.suppress(OSError):
            beside.unlink()


def pull(
    wanted: str,
    repository: str,
    remote: RemoteRepository,
    services: Services,
    report: Report = silent,
) -> TransferResult:
    """Fetch a tag or digest into the store's ``repository``; a cut pull goes on where it stopped.

    A damaged blob of the store is fetched anew. The version is added when all of it is whole.
    Raises NotFound, BadModelKit (not a ModelKit), WrongDigest, Unreachable, DiskFull.
    """
    store = services.store
    data, _descriptor = remote.fetch_manifest(wanted)
    kind = manifests.kind_of(data)
    if kind is not ManifestKind.MODELKIT:
        raise BadModelKit(
            f"{remote.address}:{wanted} is not a ModelKit.",
            "A ModelPack or an index cannot be kept in a store that an older kit shares."
            if kind is not ManifestKind.FOREIGN
            else "It may be a container image.",
        )
    manifest = manifests.decode(data)
    tags = () if digests.is_digest(wanted) else (wanted,)
    before = store.find_tag(repository, tags[0]) if tags else None
    for attempt in range(ATTEMPTS):
        results = _fetch(manifest, remote, store, report)
        digest = store.blobs.put(data)
        try:
            store.add(repository, digest, len(data), tags, complete=True)
            break
        except StoreDamaged:  # another process removed a version that shared a layer: once more
            if attempt + 1 == ATTEMPTS:
                raise
    services.tag_history.record(remote.address, dict.fromkeys(tags, digest))
    fetched_records = fetch_records(digest, remote, services, report)
    reference = name_of(repository, tags[0] if tags else digest)
    fetched = sum(blob.size - blob.skipped for blob in results) + len(data)
    existed = before == digest and fetched == len(data)
    if not existed:
        services.journal.append("pull", reference=reference, digest=digest, before=before or "")
    changes = Changes(Topic.LOCAL | Topic.HISTORY)
    return TransferResult(digest, reference, results, fetched, existed, changes, fetched_records)


def _fetch(
    manifest: Manifest, remote: RemoteRepository, store: Store, report: Report
) -> tuple[BlobResult, ...]:
    """Fetch what is missing or damaged; raises DiskFull before anything is fetched."""
    needed = blobs_of(manifest)
    sizes = {blob.digest: blob.size for blob in needed}
    here = {name for name, size in sizes.items() if store.blobs.is_whole(name, size)}
    missing = sum(size for name, size in sizes.items() if name not in here)
    tally = _ProgressSum("Pulling", sum(blob.size for blob in needed), report)
    aside = store.blobs.temp_dir
    with os_errors_as("writing into the store"):
        aside.mkdir(mode=0o700, parents=True, exist_ok=True)
        parts = {name: aside / f"{digests.hex_of(name)}.part" for name in sizes}
        begun = sum(part.stat().st_size for part in parts.values() if part.exists())
        check_disk_space(store.root, max(0, missing - begun), "in the store")

    def fetch(blob: Descriptor) -> BlobResult:
        if blob.digest in here:
            tally.set(blob.digest, blob.size, blob.size)
            return BlobResult(blob.digest, blob.size, "existed", blob.size)
        with _exclusive_partial(parts[blob.digest]) as part:
            resumed = remote.download(blob, part, tally.part(blob.digest))
            mode = RECORD_MODE if blob is manifest.config else LAYER_MODE
            store.blobs.commit_file(part, blob.digest, mode)
        return BlobResult(blob.digest, blob.size, "resumed" if resumed else "fetched", resumed)

    return _run_parallel(needed, tally, remote, fetch)
