"""pull: fetch a version into the store."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kitdesk.cli.commands._transfer import report_transfer
from kitdesk.cli.context import Context
from kitdesk.cli.leftovers import sweep_leftovers
from kitdesk.cli.remotes import open_address
from kitdesk.modelkit.primitives.reference import Reference
from kitdesk.operations.inputs.addresses import parse_address
from kitdesk.operations.inputs.remotes import repository_of, requested_tag
from kitdesk.operations.push_pull import pull

if TYPE_CHECKING:
    import argparse

NAME = "pull"
HELP = "Fetch a version into the local store."


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare its options."""
    parser.add_argument("reference", metavar="REF")


def run(context: Context) -> int:
    """Fetch a version into the store."""
    sweep_leftovers(context)
    address = parse_address(context.options.reference)
    if isinstance(address, Reference) and not (address.tag or address.digest):
        context.output.say("No tag given: latest is used.")
        address = address.or_latest()
    remote = open_address(context, address)
    try:
        done = pull(
            requested_tag(address),
            repository_of(address),
            remote,
            context.services,
            context.output.report,
        )
    finally:
        remote.close()
    report_transfer(
        context, done, "is already here, from" if done.existed else "pulled from", remote.address
    )
    return 0
