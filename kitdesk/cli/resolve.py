"""Which version a command means: in the store, or fetched from a remote first."""

from __future__ import annotations

from kitdesk.cli.context import Context
from kitdesk.cli.remotes import open_address
from kitdesk.operations.inputs.addresses import FolderAddress, parse_address
from kitdesk.operations.inputs.remotes import has_registry, repository_of, requested_tag
from kitdesk.operations.push_pull import pull


def find_local(context: Context, text: str) -> tuple[str, str] | None:
    """(digest, label) of a version that the store has whole; None where it must be fetched.

    Raises NotFound where it is neither here nor anywhere that could be asked.
    """
    address = parse_address(text)
    services = context.services
    if isinstance(address, FolderAddress):
        return None
    if not address.digest and not address.tag:
        context.output.say("No tag given: latest is used.")
    address = address.or_latest()
    digest = services.store.find(address)
    if digest is not None and services.store.has(digest):
        return digest, address.display
    return None if has_registry(address) else (services.store.resolve(address), address.display)


def ensure_local(context: Context, text: str) -> tuple[str, str, int]:
    """(digest, label, bytes fetched) of a version, pulled first when it is not in the store."""
    local = find_local(context, text)
    return (*local, 0) if local is not None else fetch(context, text)


def fetch(context: Context, text: str) -> tuple[str, str, int]:
    """The same of a version that :func:`find_local` has not found."""
    address = parse_address(text)
    if not isinstance(address, FolderAddress):
        address = address.or_latest()
    remote = open_address(context, address)
    try:
        pulled = pull(
            requested_tag(address),
            repository_of(address),
            remote,
            context.services,
            context.output.report,
        )
    finally:
        remote.close()
    return pulled.digest, pulled.reference, pulled.bytes
