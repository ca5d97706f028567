"""Which version a promotion means, where a name can be two."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kitdesk.errors import Conflict
from kitdesk.modelkit.primitives.digest import short
from kitdesk.operations.diffing.sides import RemoteFactory
from kitdesk.operations.inputs.addresses import Address, FolderAddress, VersionSide
from kitdesk.operations.inputs.remotes import repository_of
from kitdesk.operations.metrics import ScoredVersion, score, score_remote
from kitdesk.operations.tag_checks import digest_at
from kitdesk.progress import Report

if TYPE_CHECKING:
    from kitdesk.services.container import Services
    from kitdesk.services.remotes.protocol import RemoteRepository


def version_meant(
    source: Address,
    target: Address,
    remote: RemoteRepository,
    services: Services,
    report: Report,
    opener: RemoteFactory,
) -> ScoredVersion:
    """The version that is meant: in the target's repository, else where its name says."""
    here = None
    if not isinstance(source, FolderAddress):
        here = services.store.find(source)
    if repository_of(source) == repository_of(target):
        wanted = _wanted(source)
        there = digest_at(remote, wanted)
        if there and here and there != here:
            raise Conflict(
                f"{wanted} is one version on this machine and another one in the registry.",
                f"Name the one you mean by its digest: {here} is here, {there} is there.",
            )
        if there:
            return score_remote(there, _label(source), remote, services, report)
    shown = source.text if isinstance(source, FolderAddress) else source.display
    return score(VersionSide(source, "any", shown), services, report, opener=opener)


def _wanted(source: Address) -> str:
    if isinstance(source, FolderAddress):
        return source.tag or "latest"
    return source.digest or source.tag or "latest"


def _label(source: Address) -> str:
    wanted = _wanted(source)
    return short(wanted) if wanted.startswith("sha256:") else wanted
