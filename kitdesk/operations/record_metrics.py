"""metrics --record: numbers that were found after packing, written down against a version."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kitdesk.changes import Changes, Topic
from kitdesk.errors import BadReference
from kitdesk.modelkit.metrics.reading import LONGEST_NAME, finite
from kitdesk.modelkit.metrics.values import LARGEST_NAMES
from kitdesk.operations.inputs.addresses import FolderAddress, reference_of
from kitdesk.operations.inputs.remotes import has_registry, open_remote, repository_of
from kitdesk.operations.record_transfer import send_new_records
from kitdesk.operations.records import RecordPolicy, keep_test_record, one_line
from kitdesk.operations.tag_checks import digest_at
from kitdesk.progress import Report, silent

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kitdesk.operations.diffing.sides import RemoteFactory
    from kitdesk.operations.inputs.addresses import Address
    from kitdesk.services.container import Services


@dataclass(frozen=True, slots=True)
class RecordMetricsResult:
    """Numbers that are recorded now."""

    digest: str
    """Of the version."""
    record: str
    metrics: tuple[tuple[str, float], ...]
    sent: bool
    told: str = ""
    """Why the record stayed here, one sentence."""
    changes: Changes = Changes(Topic.LOCAL | Topic.REMOTE | Topic.HISTORY)


def parse_pairs(words: Sequence[str]) -> tuple[tuple[str, float], ...]:
    """``NAME=VALUE`` as a person writes it; raises BadReference for what is no finite number."""
    found: dict[str, float] = {}
    for word in words:
        name, equals, text = word.partition("=")
        name = " ".join(name.split())
        try:
            value = finite(float(text)) if equals and len(text) < LONGEST_NAME else None
        except ValueError:
            value = None
        if value is None or not name or len(name) > LONGEST_NAME or not name.isprintable():
            raise BadReference(
                f"“{word[:LONGEST_NAME]}” names no number.", "Write NAME=VALUE, like ctr=0.041."
            )
        found[name] = value
    if not found or len(found) > LARGEST_NAMES:
        raise BadReference("There is no number to record.", "Write NAME=VALUE, like ctr=0.041.")
    return tuple(found.items())


def record_metrics(
    address: Address,
    metrics: Sequence[tuple[str, float]],
    services: Services,
    report: Report = silent,
    *,
    opener: RemoteFactory = open_remote,
    source: str = "",
    note: str = "",
    policy: RecordPolicy = "auto",
    remote_only: bool = False,
) -> RecordMetricsResult:
    """Record numbers against a version of the store, or of the remote that its name says.

    The record is kept here, and sent where the version has a registry. Raises NotFound,
    BadReference, Unreachable when the version is in the registry alone.
    """
    note, source = one_line(note), one_line(source)
    has_remote = isinstance(address, FolderAddress) or has_registry(address)
    here = None
    if not isinstance(address, FolderAddress) and not remote_only:
        address = address.or_latest()
        here = services.store.find(address)
        if here is None and not has_remote:
            here = services.store.resolve(address)
    name = repository_of(address)
    remote = opener(address) if has_remote else None
    try:
        digest = here or ""
        if not digest and remote is not None:
            wanted = address.tag or getattr(address, "digest", "") or "latest"
            digest = digest_at(remote, wanted) or remote.fetch_manifest(wanted)[1].digest
        record = keep_test_record(
            name, digest, None, services, metrics=metrics, source=source, note=note
        )
        shown = reference_of(name, digest=digest).display
        services.journal.append("record", reference=shown, digest=digest, note=note)
        sent: tuple[str, ...] = ()
        told = ""
        if remote is not None:
            sent, told = send_new_records(digest, remote, services, policy, report)
    finally:
        if remote is not None:
            remote.close()
    return RecordMetricsResult(digest, record, tuple(metrics), record in sent, told)
