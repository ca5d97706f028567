"""push: send a version of the store to a registry or a folder remote."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kitdesk.cli.commands._transfer import record_argument, report_transfer
from kitdesk.cli.context import Context
from kitdesk.cli.remotes import open_address
from kitdesk.errors import BadReference
from kitdesk.modelkit.primitives.reference import Reference, parse
from kitdesk.operations.inputs.addresses import Address, FolderAddress, parse_address
from kitdesk.operations.push_pull import push

if TYPE_CHECKING:
    import argparse

NAME = "push"
HELP = "Send a version to a registry or folder."


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare its options."""
    parser.add_argument("reference", metavar="REF")
    parser.add_argument("destination", nargs="?", metavar="DEST")
    parser.add_argument("--force", action="store_true", help="move the tag if it is taken")
    record_argument(parser)
    parser.add_argument(
        "--move-fixed-tag", action="store_true", help="with --force: move a version tag, too"
    )


def run(context: Context) -> int:
    """Send a version of the store."""
    options = context.options
    source = parse(options.reference).or_latest()
    target = _destination(source, options.destination)
    digest = context.services.store.resolve(source)
    remote = open_address(context, target)
    tag = target.tag if isinstance(target, FolderAddress) else target.tag or target.digest
    try:
        done = push(
            digest,
            source.name,
            "" if tag.startswith("sha256:") else tag,
            remote,
            context.services,
            context.output.report,
            replace=options.force,
            move_fixed=options.move_fixed_tag,
            records=options.records,
        )
    finally:
        remote.close()
    report_transfer(context, done, "is already in" if done.existed else "pushed to", remote.address)
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
