"""Delete a version in a remote: first what would vanish, then the deed.

A registry deletes by digest, and every tag on that digest goes with it (TRANSPORT.md, 7.5). So the
plan looks at all tags, and whoever carries it out has seen them.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kitdesk.changes import Changes, Topic
from kitdesk.errors import Conflict
from kitdesk.modelkit.primitives import digest as digests
from kitdesk.operations.inputs.addresses import OCI
from kitdesk.operations.versions.remote_listing import LOOKUPS
from kitdesk.progress import Progress, Report, silent

if TYPE_CHECKING:
    from kitdesk.services.container import Services
    from kitdesk.services.remotes.protocol import RemoteRepository


@dataclass(frozen=True, slots=True)
class DeletionPlan:
    """What a deletion would take away."""

    address: str
    wanted: str
    """The tag or digest that was named."""
    digest: str
    vanishing: tuple[str, ...]
    """Every tag that goes; the wanted one first."""
    unties: bool
    """True where only the tag goes and the version stays (a folder, asked for a tag)."""
    local: bool
    """True if the version is also in the store: then it is not lost."""


@dataclass(frozen=True, slots=True)
class DeleteRemoteResult:
    """A finished deletion."""

    address: str
    digest: str
    untagged: tuple[str, ...]
    changes: Changes = Changes(Topic.REMOTE | Topic.HISTORY)


def plan_deletion(
    wanted: str, remote: RemoteRepository, services: Services, report: Report = silent
) -> DeletionPlan:
    """Look up what deleting a tag or digest takes away: a HEAD for every tag there is.

    Raises NotFound, Unreachable, Refused, AuthRequired.
    """
    found = remote.resolve(wanted)
    if found is None:
        _, found = remote.fetch_manifest(wanted)  # raises, and says what there is
    names = remote.tags()
    tags: list[str] = []
    unties = remote.address.startswith(OCI) and not digests.is_digest(wanted)
    if unties:
        tags = [wanted]
    else:
        with ThreadPoolExecutor(LOOKUPS, "lookup") as pool:
            for number, (name, at) in enumerate(
                zip(names, pool.map(remote.resolve, names), strict=True)
            ):
                report(Progress("Looking what goes with it", number, len(names)))
                if at is not None and at.digest == found.digest:
                    tags.append(name)
        tags.sort(key=lambda name: name != wanted)
    local = services.store.has(found.digest)
    return DeletionPlan(remote.address, wanted, found.digest, tuple(tags), unties, local)


def delete_remote(
    plan: DeletionPlan, remote: RemoteRepository, services: Services
) -> DeleteRemoteResult:
    """Carry the plan out.

    Raises Conflict when the tag has moved since (nothing is deleted then), Refused where the
    registry forbids deleting, Unreachable, AuthRequired.
    """
    now = remote.resolve(plan.wanted)
    if now is None or now.digest != plan.digest:
        raise Conflict(
            f"{plan.wanted} has changed in {plan.address} since you looked.",
            "Look again, then delete. Nothing was deleted.",
            f"{now.digest if now else 'gone'} instead of {plan.digest}",
        )
    remote.delete(plan.wanted if plan.unties else plan.digest)
    services.tag_history.forget(plan.address, plan.vanishing)
    known = services.registry_cache.tags(plan.address)
    if known is not None:
        left = {tag: at for tag, at in known.tags.items() if tag not in plan.vanishing}
        services.registry_cache.keep_tags(plan.address, left)
    mark = "@" if digests.is_digest(plan.wanted) else ":"
    services.journal.append(
        "remove", reference=f"{plan.address}{mark}{plan.wanted}", digest=plan.digest
    )
    return DeleteRemoteResult(plan.address, plan.digest, plan.vanishing)
