"""verify: hash every blob of a version again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kitdesk.cli.context import Context
from kitdesk.cli.output import lines_of
from kitdesk.cli.remotes import open_address
from kitdesk.modelkit.primitives.digest import short
from kitdesk.operations.inputs.addresses import FolderAddress, parse_address
from kitdesk.operations.inputs.remotes import requested_tag
from kitdesk.operations.local_versions import verify, verify_remote

if TYPE_CHECKING:
    import argparse

NAME = "verify"
HELP = "Hash every blob of a version again."


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare its options."""
    parser.add_argument("reference", metavar="REF")
    parser.add_argument(
        "--remote", action="store_true", help="fetch and hash what the registry has"
    )


def run(context: Context) -> int:
    """Hash everything again."""
    address = parse_address(context.options.reference)
    if context.options.remote or isinstance(address, FolderAddress):
        shown = context.options.reference
        remote = open_address(context, address)
        try:
            done = verify_remote(
                requested_tag(address), remote, context.services, context.output.report
            )
        finally:
            remote.close()
    else:
        reference = address.or_latest()
        shown = reference.display
        digest = context.services.store.resolve(reference)
        done = verify(digest, context.services, context.output.report)
    data = {
        "ok": done.ok,
        "digest": done.digest,
        "layers": [
            {"digest": one.digest, "ok": not one.problem, "problem": one.problem or None}
            for one in done.layers
        ],
    }
    bad = [
        f"{one.media_type} {short(one.digest)} {one.problem}" for one in done.layers if one.problem
    ]
    text = lines_of(bad) or f"{shown} is whole: every blob has its digest."
    context.output.result(data, text)
    if done.ok:
        return 0
    context.output.problem(
        f"{shown} is damaged: {len(bad)} of {len(done.layers)} blobs.",
        "A good copy takes their place: pull the version again, or pack it again.",
    )
    return 1
