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
from kitdesk.progress import Progress, Report, silent
from kitdesk.services.disk.files import explained

if TYPE_CHECKING:
    from kitdesk.modelkit.kitfile.model import Kitfile
    from kitdesk.services.container import Library
    from kitdesk.services.remotes.protocol import Remote
    from kitdesk.services.store.store import Removed

CHANGES = Changes(Topic.LOCAL | Topic.FOLDER | Topic.HISTORY)


@dataclass(frozen=True, slots=True)
class Tagged:
    """A new or moved tag."""

    reference: str
    digest: str
    before: str
    """Digest the tag had; "" = it is new."""
    changes: Changes = CHANGES


@dataclass(frozen=True, slots=True)
class Inspected:
    """Everything written down about a version."""

    digest: str
    manifest: Manifest
    manifest_text: bytes
    config_text: bytes
    kitfile: Kitfile
    kitfile_text: str


@dataclass(frozen=True, slots=True)
class VerifiedLayer:
    """One blob after hashing it again."""

    digest: str
    media_type: str
    size: int
    problem: str
    """Empty = whole."""


@dataclass(frozen=True, slots=True)
class Verified:
    """A version after hashing all of it again."""

    digest: str
    layers: tuple[VerifiedLayer, ...]

    @property
    def ok(self) -> bool:
        """True when nothing is wrong."""
        return all(not layer.problem for layer in self.layers)


def tag(source: Reference, new: Reference, library: Library) -> Tagged:
    """Give a version one more name, in its own repository or another one of the store."""
    if not source.tag and not source.digest:
        raise BadReference(
            f"{source.display} names no version.", "Write a tag or digest: REPOSITORY:TAG."
        )
    if not new.tag:
        raise BadReference("The new name has no tag.", "Write it as REPOSITORY:TAG.")
    problem = tag_problem(new.tag)
    if problem:
        raise BadReference(problem)
    store = library.store
    digest = store.resolve(source)
    before = store.find_tag(new.name, new.tag) or ""
    store.add(new.name, digest, len(store.manifest_bytes(digest)), (new.tag,))
    library.tags_seen.note(f"local:{new.name}", {new.tag: digest}, meant=True)
    shown = name_of(new.name, new.tag)
    library.journal.append("tag", reference=shown, digest=digest, before=before)
    return Tagged(shown, digest, before)


def remove(reference: Reference, library: Library, *, whole: bool = False) -> Removed:
    """Take a version (or just one of its tags) out of the store; shared blobs stay."""
    if not reference.tag and not reference.digest:
        raise BadReference(
            f"{reference.display} names no version.", "Write a tag or digest: REPOSITORY:TAG."
        )
    removed = library.store.remove(reference, whole=whole)
    library.journal.append("remove", reference=reference.display, digest=removed.digest)
    return removed


def inspect(digest: str, library: Library) -> Inspected:
    """Manifest, config and Kitfile of a version of the store."""
    store = library.store
    data = store.manifest_bytes(digest)
    manifest = store.manifest(digest)
    config_text = store.config_bytes(manifest)
    return _inspected(digest, data, manifest, config_text)


def _inspected(digest: str, data: bytes, manifest: Manifest, config_text: bytes) -> Inspected:
    kitfile = modelpack.kitfile_of(manifest, config_text)
    return Inspected(digest, manifest, data, config_text, kitfile, config.to_yaml(kitfile))


def inspected_remote(digest: str, data: bytes, manifest: Manifest, config_text: bytes) -> Inspected:
    """The same of bytes that came from a remote."""
    return _inspected(digest, data, manifest, config_text)


def verify(digest: str, library: Library, report: Report = silent) -> Verified:
    """Hash manifest, config and every layer again; damage is in the result, not raised."""
    store = library.store
    found = [_one(Descriptor("manifest", digest, -1), library, report)]
    try:
        manifest = store.manifest(digest)
    except KitDeskError as error:
        if not found[0].problem:
            found = [VerifiedLayer(digest, "manifest", 0, str(error))]
        return Verified(digest, tuple(found))
    total = sum(layer.size for layer in manifest.layers)
    done = 0
    for blob in (manifest.config, *manifest.layers):

        def tell(part: Progress, base: int = done) -> None:
            report(Progress("Checking", base + part.done, total))

        found.append(_one(blob, library, tell))
        done += blob.size
    return Verified(digest, tuple(found))


def _one(blob: Descriptor, library: Library, report: Report) -> VerifiedLayer:
    size = blob.size if blob.size >= 0 else None
    problem = library.store.blobs.verify(blob.digest, size, report)
    return VerifiedLayer(blob.digest, blob.media_type, max(blob.size, 0), problem)


def verify_remote(
    wanted: str, remote: Remote, library: Library, report: Report = silent
) -> Verified:
    """Fetch every blob of a remote version, hash it, keep nothing."""
    data, found = remote.manifest(wanted)
    manifest = manifests.decode(data)
    results = [VerifiedLayer(found.digest, "manifest", found.size, "")]
    aside = library.store.blobs.aside
    with explained("fetching into a scratch file"):
        aside.mkdir(parents=True, exist_ok=True)
    for blob in (manifest.config, *manifest.layers):
        scratch = aside / f"verify-{os.getpid()}.tmp"
        problem = ""
        try:
            remote.download(blob, scratch, report)
        except (WrongDigest, NotFound, BadModelKit) as error:
            problem = error.title
        finally:
            scratch.unlink(missing_ok=True)
        results.append(VerifiedLayer(blob.digest, blob.media_type, blob.size, problem))
    return Verified(found.digest, tuple(results))
