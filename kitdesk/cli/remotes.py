"""The remote that a command means, under its common options."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kitdesk.cli.context import Context
from kitdesk.operations.inputs.addresses import Address, FolderAddress
from kitdesk.operations.inputs.remotes import RemoteOptions, open_remote, options_of

if TYPE_CHECKING:
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
    """The remote of an address that the command names, under its options."""
    if not isinstance(address, FolderAddress):
        context.services.credentials.use_environment_for(address.registry)
    return open_remote(address, remote_options(context))
