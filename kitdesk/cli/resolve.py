"""Which version a command means: in the store, or fetched from a remote first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kitdesk.operations.inputs.addresses import FolderAddress, parse_address
from kitdesk.operations.inputs.remotes import (
    RemoteOptions,
    has_registry,
    open_remote,
    options_of,
    repository_of,
    requested_tag,
)

if TYPE_CHECKING:
    from kitdesk.cli.dispatch import Context
    from kitdesk.operations.inputs.addresses import Address
    from kitdesk.services.remotes.protocol import RemoteRepository


def remote_options(context: Context) -> RemoteOptions:
    """The common options as the remotes take them."""
    options = context.options
    return options_of(
        context.services,
        options.plain_http,
        options.tls_ca,
        options.insecure,
        options.tls_cert,
        options.tls_key,
    )


def open_address(context: Context, address: Address) -> RemoteRepository:
    """The remote of an address under the command's options."""
    return open_remote(address, remote_options(context))


def ensure_local(context: Context, text: str) -> tuple[str, str, int]:
    """(digest, label, bytes fetched) of a version, pulled first when it is not in the store."""
    address = parse_address(text)
    services = context.services
    if not isinstance(address, FolderAddress):
        if not address.digest and not address.tag:
            context.output.say("No tag given: latest is used.")
        address = address.or_latest()
        digest = services.store.find(address)
        if digest is not None and services.store.has(digest):
            return digest, address.display, 0
        if not has_registry(address):
            return services.store.resolve(address), address.display, 0
    from kitdesk.operations.push_pull import pull

    remote = open_address(context, address)
    try:
        pulled = pull(
            requested_tag(address),
            repository_of(address),
            remote,
            services,
            context.output.report,
        )
    finally:
        remote.close()
    return pulled.digest, pulled.reference, pulled.bytes
