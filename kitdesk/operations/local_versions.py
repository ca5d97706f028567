"""tag, remove, verify, inspect, history: the small verbs on versions of the store."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kitdesk.changes import Changes, Topic
from kitdesk.errors import BadModelKit, BadReference, KitDeskError, NotFound, WrongDigest
from kitdesk.modelkit.oci import config, modelpack
from kitdesk.modelkit.oci import manifest as manifests
from kitdesk.modelkit.oci.manifest import Descriptor, Manifest
from kitdesk.modelkit.primitives.reference import Reference, tag_problem
from kitdesk.operations.inputs.addresses import name_of
from kitdesk.operations.inputs.fixed_tags import check_fixed
from kitdesk.progress import Progress, Report, silent
from kitdesk.services.disk.files import os_errors_as

if TYPE_CHECKING:
    from kitdesk.modelkit.kitfile.model import Kitfile
    from kitdesk.services.container import Services
    from kitdesk.services.remotes.protocol import RemoteRepository
    from kitdesk.services.store.records import Removed

CHANGES = Changes(Topic.LOCAL | Topic.FOLDER | Topic.HISTORY)


@dataclass(frozen=True, slots=True)
class TagResult:
    """A new or moved tag."""

    reference: str
    digest: str
    before: str
    """Digest the tag had; "" = it is new."""
    changes: Changes = CHANGES


@dataclass(frozen=True, slots=True)
class InspectResult:
    """Everything written down about a version."""

    digest: str
    manifest: Manifest
    manifest_text: bytes
    config_text: bytes
    kitfile: Kitfile
    kitfile_text: str


@dataclass(frozen=True, slots=True)
class VerifyItem:
    """One blob after hashing it again."""

    digest: str
    media_type: str
    size: int
    problem: str
    """Empty = whole."""


@dataclass(frozen=True, slots=True)
class VerifyResult:
    """A version after hashing all of it again."""

    digest: str
    layers: tuple[VerifyItem, ...]

    @property
    def ok(self) -> bool:
        """True when nothing is wrong."""
        return all(not layer.problem for layer in self.layers)


def tag(
    source: Reference, new: Reference, services: Services, *, move_fixed: bool = False
) -> TagResult:
    """Give a version one more name, in its own repository or another one of the store.

    Raises BadReference, NotFound, FixedTag.
    """
    if not source.tag and not source.digest:
        raise BadReference(
            f"{source.display} names no version.", "Write a tag or digest: REPOSITORY:TAG."
        )
    if not new.tag:
        raise BadReference("The new name has no tag.", "Write it as REPOSITORY:TAG.")
    problem = tag_problem(new.tag)
    if problem:
        raise BadReference(problem)
    store = services.store
    digest = store.resolve(source)
    before = store.find_tag(new.name, new.tag) or ""
    if before not in ("", digest) and not move_fixed:
        check_fixed(name_of(new.name, new.tag), new.tag, services.settings, remote=False)
    store.add(new.name, digest, len(store.manifest_bytes(digest)), (new.tag,))
    services.tag_history.record(f"local:{new.name}", {new.tag: digest}, expected=True)
    shown = name_of(new.name, new.tag)
    services.journal.append("tag", reference=shown, digest=digest, before=before)
    return TagResult(shown, digest, before)


def remove(reference: Reference, services: Services, *, whole: bool = False) -> Removed:
    """Take a version (or just one of its tags) out of the store; shared blobs stay."""
    if not reference.tag and not reference.digest:
        raise BadReference(
            f"{reference.display} names no version.", "Write a tag or digest: REPOSITORY:TAG."
        )
    removed = services.store.remove(reference, whole=whole)
    if removed.digest and not any(
        one.digest == removed.digest for one in services.store.versions()
    ):
        services.records.remove(removed.digest)
    services.journal.append("remove", reference=reference.display, digest=removed.digest)
    return removed


def inspect(digest: str, services: Services) -> InspectResult:
    """Manifest, config and Kitfile of a version of the store."""
    store = services.store
    data = store.manifest_bytes(digest)
    manifest = store.manifest(digest)
    config_text = store.config_bytes(manifest)
    return _inspected(digest, data, manifest, config_text)


def _inspected(digest: str, data: bytes, manifest: Manifest, config_text: bytes) -> InspectResult:
    if not modelpack.is_modelpack(manifest) and not config.is_kitfile(config_text):
        raise BadModelKit(
            "The config of this version is no Kitfile.",
            "It may be the artifact of another program: ask whoever made it.",
            manifest.config.digest,
        )
    kitfile = modelpack.kitfile_of(manifest, config_text)
    return InspectResult(digest, manifest, data, config_text, kitfile, config.to_yaml(kitfile))


def inspected_remote(
    digest: str, data: bytes, manifest: Manifest, config_text: bytes
) -> InspectResult:
    """The same of bytes that came from a remote."""
    return _inspected(digest, data, manifest, config_text)


def verify(digest: str, services: Services, report: Report = silent) -> VerifyResult:
    """Hash manifest, config and every layer again; damage is in the result, not raised."""
    store = services.store
    found = [_one(Descriptor("manifest", digest, -1), services, report)]
    try:
        manifest = store.manifest(digest)
    except KitDeskError as error:
        if not found[0].problem:
            found = [VerifyItem(digest, "manifest", 0, str(error))]
        return VerifyResult(digest, tuple(found))
    total = sum(layer.size for layer in manifest.layers)
    done = 0
    for blob in (manifest.config, *manifest.layers):

        def tell(part: Progress, base: int = done) -> None:
            report(Progress("Checking", base + part.done, total))

        found.append(_one(blob, services, tell))
        done += blob.size
    return VerifyResult(digest, tuple(found))


def _one(blob: Descriptor, services: Services, report: Report) -> VerifyItem:
    size = blob.size if blob.size >= 0 else None
    problem = services.store.blobs.verify(blob.digest, size, report)
    return VerifyItem(blob.digest, blob.media_type, max(blob.size, 0), problem)


def verify_remote(
    wanted: str, remote: RemoteRepository, services: Services, report: Report = silent
) -> VerifyResult:
    """Fetch every blob of a remote version, hash it, keep nothing."""
    data, found = remote.fetch_manifest(wanted)
    manifest = manifests.decode(data)
    results = [VerifyItem(found.digest, "manifest", found.size, "")]
    aside = services.store.blobs.temp_dir
    with os_errors_as("fetching into a scratch file"):
        aside.mkdir(mode=0o700, parents=True, exist_ok=True)
    for blob in (manifest.config, *manifest.layers):
        scratch = aside / f"verify-{os.getpid()}.tmp"
        problem = ""
        try:
            remote.download(blob, scratch, report)
        except (WrongDigest, NotFound, BadModelKit) as error:
            problem = error.title
        finally:
            scratch.unlink(missing_ok=True)
        results.append(VerifyItem(blob.digest, blob.media_type, blob.size, problem))
    return VerifyResult(found.digest, tuple(results))
