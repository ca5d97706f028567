"""Records on their way: sent beside a version, fetched with it (ARCHITECTURE.md, 13)."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kitdesk.errors import KitDeskError
from kitdesk.modelkit.oci.manifest import MANIFEST_MEDIA_TYPE, Descriptor, decode
from kitdesk.modelkit.primitives import digest as digests
from kitdesk.modelkit.records.statement import MAX_BYTES, MAX_RECORDS, Record, read_record
from kitdesk.operations.records import RecordPolicy
from kitdesk.progress import Progress, Report, silent
from kitdesk.services.disk.files import os_errors_as

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kitdesk.services.container import Services
    from kitdesk.services.remotes.protocol import RemoteRepository

IN_TOTO = "application/vnd.in-toto+json"
_TYPE_NOTE = "in-toto.io/predicate-type"
_CREATED = "org.opencontainers.image.created"
_EMPTY = b"{}"
_EMPTY_TYPE = "application/vnd.oci.empty.v1+json"


def send_new_records(
    digest: str,
    remote: RemoteRepository,
    services: Services,
    policy: RecordPolicy = "auto",
    report: Report = silent,
) -> tuple[tuple[str, ...], str]:
    """As :func:`send_records`, asking nothing where all of them were sent there before."""
    mine = ",".join(sorted(one.digest for one in services.records.of(digest))).encode()
    mark = f"records sent to {remote.address}"
    if not mine or services.registry_cache.get_range(digest, mark) == mine:
        return (), ""
    sent, told = send_records(digest, remote, services, policy, report)
    if not told and policy != "never":
        services.registry_cache.put_range(digest, mark, mine)
    return sent, told


def send_records(
    digest: str,
    remote: RemoteRepository,
    services: Services,
    policy: RecordPolicy = "auto",
    report: Report = silent,
) -> tuple[tuple[str, ...], str]:
    """Send the records of a version that the remote has not; (digests sent, what to tell).

    The sentence is "" where nothing is worth telling. A refusal is told, never raised: the version
    itself is there. Raises Unreachable, Cancelled.
    """
    mine = services.records.of(digest)[:MAX_RECORDS]
    if policy == "never" or not mine:
        return (), ""
    try:
        api, listed = remote.referrers(digest, with_tag=policy == "always")
        if not api and policy == "auto":
            return (), (
                "The records are kept on this machine: the registry takes them only under a tag "
                "of their own (--records always)."
            )
        found = remote.resolve(digest)
        if found is None:
            return (), ""
        there = _their_blobs(listed, remote)
        sent = []
        for number, one in enumerate(mine):
            report(Progress("Sending records", number, len(mine)))
            if one.digest in there:
                continue
            data = services.records.read(digest, one.digest)
            if data and _attach(data, one, found, remote, services, api=api):
                sent.append(one.digest)
    except KitDeskError as error:
        return (), f"The records are kept on this machine alone: {error.title}"
    return tuple(sent), ""


def _attach(
    data: bytes,
    record: Record,
    subject: Descriptor,
    remote: RemoteRepository,
    services: Services,
    *,
    api: bool,
) -> bool:
    notes = {_TYPE_NOTE: record.predicate_type}
    if record.time:
        notes[_CREATED] = record.time
    manifest = {
        "schemaVersion": 2,
        "mediaType": MANIFEST_MEDIA_TYPE,
        "artifactType": IN_TOTO,
        "config": _entry(_EMPTY, _EMPTY_TYPE),
        "layers": [{**_entry(data, IN_TOTO), "annotations": {_TYPE_NOTE: record.predicate_type}}],
        "subject": {
            "mediaType": MANIFEST_MEDIA_TYPE,
            "digest": subject.digest,
            "size": subject.size,
        },
        "annotations": notes,
    }
    for blob, media_type in ((_EMPTY, _EMPTY_TYPE), (data, IN_TOTO)):
        _upload(Descriptor(media_type, digests.of_bytes(blob), len(blob)), blob, remote, services)
    text = json.dumps(manifest, separators=(",", ":")).encode()
    entry = {**_entry(text, MANIFEST_MEDIA_TYPE), "artifactType": IN_TOTO, "annotations": notes}
    return remote.attach(text, subject.digest, entry, api=api)


def _entry(data: bytes, media_type: str) -> dict[str, Any]:
    return {"mediaType": media_type, "digest": digests.of_bytes(data), "size": len(data)}


def _upload(blob: Descriptor, data: bytes, remote: RemoteRepository, services: Services) -> None:
    if remote.blob_exists(blob.digest):
        return
    aside = services.store.blobs.temp_dir
    with os_errors_as("writing a scratch file"):
        aside.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=aside, prefix="record-", suffix=".tmp") as scratch:
            scratch.write(data)
            scratch.flush()
            remote.upload(blob, Path(scratch.name), silent)


def fetch_records(
    digest: str, remote: RemoteRepository, services: Services, report: Report = silent
) -> tuple[str, ...]:
    """Fetch and keep the records that a remote has of a version; what is no record is left out.

    Never raises for what the remote says: a version without its records is still the version.
    """
    known = {one.digest for one in services.records.of(digest)}
    kept = []
    try:
        _api, listed = remote.referrers(digest)
        for layer in _layers(listed, remote, report):
            if layer.digest in known or layer.size > MAX_BYTES:
                continue
            try:
                data = remote.fetch_blob(layer)
            except KitDeskError:
                continue
            if read_record(data, digest) is not None:
                kept.append(services.records.keep(digest, data))
    except KitDeskError:
        pass
    return tuple(kept)


def _their_blobs(listed: Sequence[Descriptor], remote: RemoteRepository) -> set[str]:
    return {layer.digest for layer in _layers(listed, remote, silent)}


def _layers(
    listed: Sequence[Descriptor], remote: RemoteRepository, report: Report
) -> list[Descriptor]:
    """The one layer of each listed manifest that is an in-toto record by its own word."""
    found = []
    for number, one in enumerate(listed[:MAX_RECORDS]):
        report(Progress("Reading records", number, len(listed)))
        if one.size > MAX_BYTES:
            continue
        try:
            manifest = decode(remote.fetch_manifest(one.digest)[0])
        except KitDeskError:
            continue
        if manifest.artifact_type == IN_TOTO and len(manifest.layers) == 1:
            found.append(manifest.layers[0])
    return found
