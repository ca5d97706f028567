"""versions: one tree of what is here and what a registry has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kitdesk.cli.context import Context
from kitdesk.cli.output import table
from kitdesk.cli.remotes import open_address
from kitdesk.errors import KitDeskError, Unreachable
from kitdesk.modelkit.primitives.digest import short
from kitdesk.modelkit.primitives.reference import Reference
from kitdesk.operations.inputs.addresses import FolderAddress, parse_address
from kitdesk.operations.inputs.remotes import has_registry
from kitdesk.operations.leftovers import leftovers
from kitdesk.operations.messages import size_words
from kitdesk.operations.versions.listing import Version, VersionListing, local_versions, merged
from kitdesk.operations.versions.remote_listing import cached_versions, remote_versions

if TYPE_CHECKING:
    import argparse

NAME = "versions"
HELP = "List versions, local and remote."


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare its options."""
    parser.add_argument("repository", nargs="?")
    parser.add_argument("--remote", action="store_true", help="ask the registry as well")


def run(context: Context) -> int:
    """The tree of versions."""
    services, name = context.services, context.options.repository
    address = parse_address(name) if name else None
    repository = address.name if isinstance(address, Reference) else None
    tree = local_versions(services, repository if name else None)
    found, stale = tree.versions if not isinstance(address, FolderAddress) else (), False
    wants_remote = context.options.remote or isinstance(address, FolderAddress)
    if wants_remote and address is not None:
        there = _remote_tree(context, address)
        found, stale = merged(found, there.versions), there.stale
        for damage in there.damage:
            context.output.warn(damage)
    elif wants_remote:
        raise KitDeskError(
            "Which registry?", "Name the repository: kitdesk versions HOST/REPOSITORY --remote"
        )
    elif isinstance(address, Reference) and has_registry(address):
        stale = True  # the registry was not asked
    for damage in tree.damage:
        context.output.warn(damage)
    data = {
        "repository": name or "",
        "stale": stale,
        "versions": [_version_data(version) for version in found],
    }
    if not name:
        _say_leftovers(context)
    context.output.result(data, _text(found, whole=not name))
    return 0


def _say_leftovers(context: Context) -> None:
    """What killed jobs have left in the store and beside projects."""
    left = leftovers(context.services)
    if left.items:
        context.output.say(
            f"{size_words(left.bytes)} are left of jobs that were killed; "
            "the next pack, pull or rollback removes them."
        )
    if left.downloads:
        context.output.say(
            f"{size_words(left.downloads)} are of pulls that were cut: the same pull goes on there."
        )


def _remote_tree(context: Context, address: Reference | FolderAddress) -> VersionListing:
    """What the remote has; when it does not answer, what it had when it last did."""
    remote = open_address(context, address)
    try:
        return remote_versions(remote, context.services, context.output.report)
    except Unreachable as error:
        known = cached_versions(remote.address, context.services)
        if known is None or known.asked is None:
            raise
        when = known.asked.astimezone().strftime("%Y-%m-%d %H:%M")
        context.output.warn(f"{error.title} This is what it had at {when}.")
        return known
    finally:
        remote.close()


def _version_data(version: Version) -> dict[str, Any]:
    return {
        "repository": version.repository,
        "digest": version.digest,
        "tags": [
            {
                "name": tag.name,
                "local": tag.local,
                "remote": tag.remote,
                "moved_from": tag.moved_from,
            }
            for tag in version.tags
        ],
        "local": version.local,
        "remote": version.remote,
        "size": version.size,
        "created": version.created,
        "name": version.name,
        "version": version.version,
    }


def _text(found: tuple[Version, ...], *, whole: bool) -> str:
    if not found:
        return "No versions yet. kitdesk pack makes the first one."
    rows = []
    for one in found:
        places = [word for word, has in (("local", one.local), ("remote", one.remote)) if has]
        tags = ", ".join(t.name + (" (moved)" if t.moved_from else "") for t in one.tags)
        repository = _shown_name(one.repository) if whole else ""
        rows.append(
            (
                *((repository,) if whole else ()),
                tags or "<none>",
                short(one.digest),
                size_words(one.size) if one.size is not None else "",
                " and ".join(places),
                one.name,
            )
        )
    return table(rows, frozenset({3 if whole else 2}))


def _shown_name(repository: str) -> str:
    """Repository as kit shows it."""
    return (
        repository.removeprefix("localhost/").replace("_", "<none>", 1)
        if repository == ("localhost/_")
        else repository.removeprefix("localhost/")
    )
