"""Delete a version from a remote: first what would go with it, then the deed.

Registries delete by digest, and every tag of the digest vanishes with it (transport.md section 1);
a folder remote can untie one tag.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kitdesk.errors import Conflict, NotFound
from kitdesk.modelkit.digest import is_digest
from kitdesk.progress import Progress, Report, silent

if TYPE_CHECKING:
    from kitdesk.services.library import Library
    from kitdesk.services.remote import Remote


@dataclass(frozen=True, slots=True)
class RemoteRemoval:
    """What a deletion would take away."""

    address: str
    wanted: str
    """The tag or digest that was asked for."""
    digest: str
    tags: tuple[str, ...]
    """Every tag that vanishes with it, in the remote's order."""
    only_tag: bool = False
    """True where the remote can untie the tag alone and the version keeps its other ones."""


def plan_removal(
    wanted: str, remote: Remote, report: Report = silent, *, unties: bool = False
) -> RemoteRemoval:
    """Look at every tag: which of them point at what ``wanted`` (a tag or digest) points at.

    ``unties``: the remote is a folder, where a tag goes alone. Raises NotFound, Unreachable ...
    """
    found = remote.find(wanted)
    if found is None:
        raise NotFound(f"{remote.address} has no {wanted}.", "Somebody may have deleted it.")
    if unties and not is_digest(wanted):
        return RemoteRemoval(remote.address, wanted, found.digest, (wanted,), only_tag=True)
    tags = []
    names = remote.tags()
    for number, name in enumerate(names):
        report(Progress("Looking at the tags", number, len(names)))
        at = remote.find(name)
        if at is not None and at.digest == found.digest:
            tags.append(name)
    return RemoteRemoval(remote.address, wanted, found.digest, tuple(tags))


def check_alone(plan: RemoteRemoval) -> None:
    """Raise Conflict if deleting the tag would take others with it that nobody named."""
    others = [tag for tag in plan.tags if tag != plan.wanted]
    if others and not is_digest(plan.wanted):
        raise Conflict(
            f"{plan.wanted} shares its version with {', '.join(others)}: "
            "deleting it would delete them all.",
            f"To delete the version with all its tags: {plan.address}@{plan.digest}",
        )


def carry_out(plan: RemoteRemoval, remote: Remote, library: Library) -> None:
    """Delete; raises Refused where the remote does not allow it."""
    remote.delete(plan.wanted if plan.only_tag else plan.digest)
    if plan.only_tag:
        reference = f"{plan.address}:{plan.wanted}"
    else:
        reference = f"{plan.address}@{plan.digest}"
    library.journal.append("remove", reference=reference, digest=plan.digest)
