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
    wanted_of,
)

if TYPE_CHECKING:
    from kitdesk.cli.dispatch import Context
    from kitdesk.operations.inputs.addresses import Address
    from kitdesk.services.remotes.protocol import Remote


def remote_options(context: Context) -> RemoteOptions:
    """The common options as the remotes take them."""
    options = context.options
    return options_of(
        context.library,
        options.plain_http,
        options.tls_ca,
        options.insecure,
        options.tls_cert,
        options.tls_key,
    )


def opened(context: Context, address: Address) -> Remote:
    """The remote of an address under the command's options."""
    return open_remote(address, remote_options(context))


def brought_here(context: Context, text: str) -> tuple[str, str, int]:
    """(digest, label, bytes fetched) of a version, pulled first when it is not in the store."""
    address = parse_address(text)
    library = context.library
    if not isinstance(address, FolderAddress):
        if not address.digest and not address.tag:
            context.output.say("No tag given: latest is used.")
        address = address.or_latest()
        digest = library.store.find(address)
        if digest is not None and library.store.has(digest):
            return digest, address.display, 0
        if not has_registry(address):
            return library.store.resolve(address), address.display, 0
    from kitdesk.operations.push_pull import pull

    remote = opened(context, address)
    try:
        pulled = pull(
            wanted_of(address),
            repository_of(address),
            remote,
            library,
            context.output.report,
        )
    finally:
        remote.close()
    return pulled.digest, pulled.reference, pulled.bytes
