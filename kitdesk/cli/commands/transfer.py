"""push and pull."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kitdesk.cli.resolve import open_address
from kitdesk.errors import BadReference
from kitdesk.modelkit.primitives.reference import Reference, parse
from kitdesk.operations.inputs.addresses import FolderAddress, parse_address
from kitdesk.operations.inputs.remotes import repository_of, requested_tag
from kitdesk.operations.messages import count_words, size_words

if TYPE_CHECKING:
    from pathlib import Path

    from kitdesk.cli.dispatch import Context
    from kitdesk.operations.inputs.addresses import Address
    from kitdesk.operations.push_pull import TransferResult


def push(context: Context) -> int:
    """Send a version of the store."""
    from kitdesk.operations.push_pull import push as verb

    options = context.options
    source = parse(options.reference).or_latest()
    target = _destination(source, options.destination)
    digest = context.services.store.resolve(source)
    remote = open_address(context, target)
    tag = target.tag if isinstance(target, FolderAddress) else target.tag or target.digest
    try:
        done = verb(
            digest,
            source.name,
            "" if tag.startswith("sha256:") else tag,
            remote,
            context.services,
            context.output.report,
            replace=options.force,
        )
    finally:
        remote.close()
    _tell(context, done, "is already in" if done.existed else "pushed to", remote.address)
    return 0


def pack_and_push(
    context: Context, folder: Path, reference: Reference | None, kitfile_text: bytes | None
) -> int:
    """Pack a folder and send it, in one pass where that can be."""
    from kitdesk.modelkit.kitfile.model import Profile
    from kitdesk.operations.pack_and_push import pack_and_push as verb

    options = context.options
    if reference is None:
        raise BadReference("Where to?", "Name it with -t HOST/REPOSITORY:TAG.")
    remote = open_address(context, reference)
    try:
        done = verb(
            folder,
            reference,
            remote,
            context.services,
            context.output.report,
            kitfile_text=kitfile_text,
            profile=Profile(options.profile),
            compression=options.compression,
            replace_tag=options.force,
        )
    finally:
        remote.close()
    for warning in done.warnings:
        context.output.warn(warning)
    _tell(context, done.sent, "is already in" if done.sent.existed else "pushed to", remote.address)
    return 0


def _destination(source: Reference, text: str | None) -> Address:
    """Where to: the reference's own registry, or DEST (with the source's tag if it has none)."""
    if text is None:
        return source
    target = parse_address(text)
    if isinstance(target, FolderAddress):
        return target if target.tag else FolderAddress(target.path, source.tag)
    if target.tag or target.digest:
        return target
    if not source.tag:
        raise BadReference("The destination has no tag.", f"Write it as {text}:TAG.")
    return target.with_tag(source.tag)


def pull(context: Context) -> int:
    """Fetch a version into the store."""
    from kitdesk.operations.push_pull import pull as verb

    address = parse_address(context.options.reference)
    if isinstance(address, Reference) and not (address.tag or address.digest):
        context.output.say("No tag given: latest is used.")
        address = address.or_latest()
    remote = open_address(context, address)
    try:
        done = verb(
            requested_tag(address),
            repository_of(address),
            remote,
            context.services,
            context.output.report,
        )
    finally:
        remote.close()
    _tell(context, done, "is already here, from" if done.existed else "pulled from", remote.address)
    return 0


def _tell(context: Context, done: TransferResult, verb: str, where: str) -> None:
    data: dict[str, Any] = {
        "digest": done.digest,
        "reference": done.reference,
        "blobs": done.blobs,
        "bytes": done.bytes,
    }
    kept = [blob for blob in done.blobs if blob.state in {"existed", "mounted"}]
    text = f"{done.reference} {verb} {where}\n{done.digest}"
    if not done.existed:
        text += f"\n{size_words(done.bytes)} moved"
        if kept:
            saved = size_words(sum(blob.size for blob in kept))
            text += f"; {count_words(len(kept), 'blob')} ({saved}) were there already"
    context.output.result(data, text)
