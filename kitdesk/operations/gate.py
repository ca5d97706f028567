"""gate: may a version have a name? Its numbers against the thresholds of the project."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kitdesk.errors import BadReference, KitDeskError
from kitdesk.modelkit.metrics.gate import GateResult, Incumbent, judge
from kitdesk.operations.diffing.sides import RemoteFactory
from kitdesk.operations.inputs.addresses import FolderAddress, VersionSide
from kitdesk.operations.inputs.remotes import has_registry, open_remote
from kitdesk.operations.metrics import ScoredVersion, score, score_remote
from kitdesk.progress import Report, silent

if TYPE_CHECKING:
    from kitdesk.modelkit.metrics.rules import Gate
    from kitdesk.modelkit.primitives.reference import Reference
    from kitdesk.operations.inputs.addresses import Address, Side
    from kitdesk.services.container import Services
    from kitdesk.services.remotes.protocol import RemoteRepository


@dataclass(frozen=True, slots=True)
class GateCheck:
    """A version, judged."""

    version: ScoredVersion
    result: GateResult

    @property
    def ok(self) -> bool:
        """True when it passes."""
        return self.result.ok


def gate(
    side: Side,
    rules: Gate,
    services: Services,
    report: Report = silent,
    *,
    opener: RemoteFactory = open_remote,
) -> GateCheck:
    """Judge a version where it is. The versions it is compared with are asked of its repository.

    Raises NotFound and what reading the version raises; an incumbent that cannot be asked is a
    failed test with its reason.
    """
    if not isinstance(side, VersionSide):
        raise BadReference(
            f"{side.text} is a folder, and a gate judges versions.", "Pack it first: kitdesk pack"
        )
    version = score(side, services, report, opener=opener)
    return GateCheck(version, judged(version, rules, side.address, services, report, opener))


def judged(
    version: ScoredVersion,
    rules: Gate,
    address: Address,
    services: Services,
    report: Report = silent,
    opener: RemoteFactory = open_remote,
) -> GateResult:
    """The tests of a version that was scored, against the tags of the repository of ``address``."""
    incumbents = _incumbents(rules, address, services, report, opener)
    return judge(rules, version.digest, version.metrics, version.commit, incumbents)


def _incumbents(
    rules: Gate, address: Address, services: Services, report: Report, opener: RemoteFactory
) -> dict[str, Incumbent]:
    if not rules.incumbents:
        return {}
    if not isinstance(address, FolderAddress) and not has_registry(address):
        return {tag: _stored(address, tag, services, report) for tag in rules.incumbents}
    try:
        remote = opener(address)
    except KitDeskError as error:
        return {tag: Incumbent(problem=error.title) for tag in rules.incumbents}
    try:
        return {tag: incumbent_at(tag, remote, services, report) for tag in rules.incumbents}
    finally:
        remote.close()


def incumbent_at(
    tag: str, remote: RemoteRepository, services: Services, report: Report = silent
) -> Incumbent:
    """The version that a tag of a remote names now; a failure is its ``problem``."""
    try:
        found = remote.resolve(tag)
        if found is None:
            return Incumbent()
        scored = score_remote(found.digest, tag, remote, services, report)
    except KitDeskError as error:
        return Incumbent(problem=error.title)
    return Incumbent(found.digest, _own_name(scored, tag), scored.metrics)


def _stored(address: Reference, tag: str, services: Services, report: Report) -> Incumbent:
    try:
        reference = address.with_tag(tag)
        digest = services.store.find(reference)
        if digest is None:
            return Incumbent()
        scored = score(VersionSide(reference, "local", reference.display), services, report)
    except KitDeskError as error:
        return Incumbent(problem=error.title)
    return Incumbent(digest, _own_name(scored, tag), scored.metrics)


def _own_name(scored: ScoredVersion, tag: str) -> str:
    """The package's own version, which says more than the tag that was asked for."""
    return scored.package_version if scored.package_version != tag else ""
