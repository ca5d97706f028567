"""tag, remove, versions, inspect, verify: what concerns versions and their names."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any

from kitdesk.cli.output import table
from kitdesk.cli.resolve import open_address
from kitdesk.errors import KitDeskError, Unreachable
from kitdesk.modelkit.primitives import digest as digests
from kitdesk.modelkit.primitives.digest import short
from kitdesk.modelkit.primitives.reference import Reference, parse
from kitdesk.operations import local_versions
from kitdesk.operations.inputs.addresses import FolderAddress, parse_address
from kitdesk.operations.inputs.remotes import has_registry, requested_tag
from kitdesk.operations.messages import count_words, size_words

if TYPE_CHECKING:
    from kitdesk.cli.dispatch import Context
    from kitdesk.operations.local_versions import InspectResult
    from kitdesk.operations.versions.listing import Version, VersionListing


def tag(context: Context) -> int:
    """One more name for a version."""
    done = local_versions.tag(
        parse(context.options.reference), parse(context.options.new), context.services
    )
    data = {"reference": done.reference, "digest": done.digest, "before": done.before or None}
    text = f"{done.reference} is {short(done.digest)}"
    if done.before and done.before != done.digest:
        text += f" (it was {short(done.before)})"
    context.output.result(data, text)
    return 0


def remove(context: Context) -> int:
    """Take a version away."""
    if context.options.remote or context.options.reference.startswith("oci:"):
        return _remove_remote(context)
    done = local_versions.remove(parse(context.options.reference), context.services)
    data = {"digest": done.digest, "untagged": done.untagged, "freed": done.freed}
    names = ", ".join(done.untagged) or short(done.digest)
    text = f"Removed {names}"
    text += f"; {size_words(done.freed)} came free." if done.freed else "; its data is still used."
    context.output.result(data, text)
    return 0


def _remove_remote(context: Context) -> int:
    from kitdesk.operations.delete_remote import delete_remote, plan_deletion

    address = parse_address(context.options.reference)
    remote = open_address(context, address)
    try:
        plan = plan_deletion(
            requested_tag(address), remote, context.services, context.output.report
        )
        others = ", ".join(tag for tag in plan.vanishing if tag != plan.wanted)
        if others and not digests.is_digest(plan.wanted):
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


def versions(context: Context) -> int:
    """The tree of versions."""
    from kitdesk.operations.versions.listing import local_versions, merged

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
    context.output.result(data, _versions_text(found, whole=not name))
    return 0


def _remote_tree(context: Context, address: Reference | FolderAddress) -> VersionListing:
    """What the remote has; when it does not answer, what it had when it last did."""
    from kitdesk.operations.versions.remote_listing import cached_versions, remote_versions

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


def _versions_text(found: tuple[Version, ...], *, whole: bool) -> str:
    if not found:
        return "No versions yet. kitdesk pack makes the first one."
    rows = []
    for one in found:
        places = [word for word, has in (("local", one.local), ("remote", one.remote)) if has]
        tags = ", ".join(t.name + (" (moved)" if t.moved_from else "") for t in one.tags)
        repository = parse_name(one.repository) if whole else ""
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


def parse_name(repository: str) -> str:
    """Repository as kit shows it."""
    return (
        repository.removeprefix("localhost/").replace("_", "<none>", 1)
        if repository == ("localhost/_")
        else repository.removeprefix("localhost/")
    )


def inspect(context: Context) -> int:
    """Everything that is written down about a version."""
    address = parse_address(context.options.reference)
    if isinstance(address, FolderAddress) or context.options.remote:
        found = _inspect_remote(context, address)
    else:
        found = local_versions.inspect(context.services.store.resolve(address), context.services)
    data = {
        "digest": found.digest,
        "manifest": json.loads(found.manifest_text),
        "config": json.loads(found.config_text),
        "kitfile": found.kitfile_text,
        "layers": [
            {
                "media_type": layer.media_type,
                "digest": layer.digest,
                "size": layer.size,
                "annotations": dict(layer.annotations),
                "data": base64.b64encode(layer.data).decode() if layer.data else None,
            }
            for layer in found.manifest.layers
        ],
    }
    layers = [
        (layer.media_type.rpartition("modelkit.")[2], size_words(layer.size), short(layer.digest))
        for layer in found.manifest.layers
    ]
    text = (
        f"{found.digest}\n{count_words(len(layers), 'layer')}, "
        f"{size_words(found.manifest.total_size)}\n{table(layers, frozenset({1}))}\n\n"
        f"{found.kitfile_text}"
    )
    context.output.result(data, text)
    return 0


def _inspect_remote(context: Context, address: Reference | FolderAddress) -> InspectResult:
    from kitdesk.modelkit.oci import manifest as manifests

    remote = open_address(context, address)
    try:
        data, found = remote.fetch_manifest(requested_tag(address))
        manifest = manifests.decode(data)
        return local_versions.inspected_remote(
            found.digest, data, manifest, remote.fetch_blob(manifest.config)
        )
    finally:
        remote.close()


def verify(context: Context) -> int:
    """Hash everything again."""
    address = parse_address(context.options.reference)
    if context.options.remote or isinstance(address, FolderAddress):
        shown = context.options.reference
        remote = open_address(context, address)
        try:
            done = local_versions.verify_remote(
                requested_tag(address), remote, context.services, context.output.report
            )
        finally:
            remote.close()
    else:
        reference = address.or_latest()
        shown = reference.display
        digest = context.services.store.resolve(reference)
        done = local_versions.verify(digest, context.services, context.output.report)
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
    text = "\n".join(bad) or f"{shown} is whole: every blob has its digest."
    context.output.result(data, text)
    return 0 if done.ok else 1
