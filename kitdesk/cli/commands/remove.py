"""remove: delete a version, or one of its tags, here or in a registry."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kitdesk.cli.context import Context
from kitdesk.cli.remotes import open_address
from kitdesk.errors import KitDeskError
from kitdesk.modelkit.primitives.digest import is_digest, short
from kitdesk.modelkit.primitives.reference import parse
from kitdesk.operations.delete_remote import delete_remote, plan_deletion
from kitdesk.operations.inputs.addresses import parse_address
from kitdesk.operations.inputs.remotes import requested_tag
from kitdesk.operations.local_versions import remove
from kitdesk.operations.messages import size_words

if TYPE_CHECKING:
    import argparse

NAME = "remove"
HELP = "Delete a version, or one of its tags."


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare its options."""
    parser.add_argument("reference", metavar="REF")
    parser.add_argument("--remote", action="store_true", help="in the registry instead")


def run(context: Context) -> int:
    """Take a version away."""
    if context.options.remote or context.options.reference.startswith("oci:"):
        return _remove_remote(context)
    done = remove(parse(context.options.reference), context.services)
    data = {"digest": done.digest, "untagged": done.untagged, "freed": done.freed}
    names = ", ".join(done.untagged) or short(done.digest)
    text = f"Removed {names}"
    text += f"; {size_words(done.freed)} came free." if done.freed else "; its data is still used."
    context.output.result(data, text)
    return 0


def _remove_remote(context: Context) -> int:
    address = parse_address(context.options.reference)
    remote = open_address(context, address)
    try:
        plan = plan_deletion(
            requested_tag(address), remote, context.services, context.output.report
        )
        others = ", ".join(tag for tag in plan.vanishing if tag != plan.wanted)
        if others and not is_digest(plan.wanted):
            raise KitDeskError(
                f"{plan.wanted} shares its version with {others}: "
                "deleting it would delete them all.",
                f"To delete the version with all its tags: {remote.address}@{plan.digest}",
            )
        done = delete_remote(plan, remote, context.services)
    finally:
        remote.close()
    context.output.result(
        {"digest": done.digest, "untagged": list(done.untagged)},
        f"Removed {', '.join(done.untagged) or plan.wanted} from {remote.address}",
    )
    return 0
