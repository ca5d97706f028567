"""promote: let a tag of a remote name another version, after its gate; and back again.

No registry that was tried honours ``If-Match``, so two people can move one tag at the same moment.
The tag is asked for before (it must be what the caller saw), at once after, and once more a second
later: whoever was overtaken is told, and nothing is put a second time (ARCHITECTURE.md, 12).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from kitdesk.changes import Changes, Topic
from kitdesk.errors import BadReference, Conflict, NotFound
from kitdesk.modelkit.metrics.gate import GateResult, Incumbent
from kitdesk.modelkit.metrics.promotion import PromotionState
from kitdesk.modelkit.metrics.values import VersionMetrics
from kitdesk.modelkit.oci import manifest as manifests
from kitdesk.modelkit.primitives.digest import short
from kitdesk.operations.diffing.sides import RemoteFactory
from kitdesk.operations.gate import incumbent_at, judged
from kitdesk.operations.inputs.addresses import Address, FolderAddress
from kitdesk.operations.inputs.fixed_tags import check_fixed
from kitdesk.operations.inputs.remotes import has_registry, open_remote, repository_of
from kitdesk.operations.metrics import ScoredVersion, score_remote
from kitdesk.operations.promotion_source import version_meant
from kitdesk.operations.push_pull import push
from kitdesk.operations.records import keep_test_record
from kitdesk.operations.tag_checks import confirm_tag, digest_at
from kitdesk.progress import Progress, Report, silent

if TYPE_CHECKING:
    from kitdesk.modelkit.metrics.rules import Gate
    from kitdesk.services.container import Services
    from kitdesk.services.remotes.protocol import RemoteRepository

VERB = "promote"


@dataclass(frozen=True, slots=True)
class PromotionPlan:
    """What a promotion would do; nothing is done yet."""

    target: Address
    """Repository and tag."""
    source: Address
    now: Incumbent
    """What the tag names now; digest "" = the tag is not there."""
    then: ScoredVersion
    gate: GateResult | None
    """None: the project has no gate for this tag."""
    is_back: bool = False
    """Returns the tag to where the last promotion found it; a new one (no digest) is deleted."""

    @property
    def tag(self) -> str:
        """The tag alone."""
        return self.target.tag

    @property
    def shown(self) -> str:
        """``HOST/REPOSITORY:TAG``."""
        return shown_address(self.target)


@dataclass(frozen=True, slots=True)
class PromoteResult:
    """What a promotion did."""

    tag: str
    before: str
    """Digest that the tag had; "" = it was not there."""
    after: str
    """Digest that it has now, as far as that was seen; "" = it is not there."""
    state: PromotionState
    gate: GateResult | None
    sentence: str
    record: str = ""
    """Digest of the record that was kept."""
    blobs_sent: int = 0
    changes: Changes = Changes(Topic.REMOTE | Topic.HISTORY)


def plan_promotion(
    source: Address,
    target: Address,
    gate: Gate | None,
    services: Services,
    report: Report = silent,
    *,
    opener: RemoteFactory = open_remote,
) -> PromotionPlan:
    """Look at the tag and the version, and judge it. Raises NotFound, Unreachable, Conflict where
    a tag names one version here and another one there, BadReference for a target that is no remote.
    """
    _check_target(target)
    remote = opener(target)
    try:
        now = incumbent_at(target.tag, remote, services, report)
        if now.problem:
            raise NotFound(f"What {target.tag} names now is not known: {now.problem}")
        then = version_meant(source, target, remote, services, report, opener)
    finally:
        remote.close()
    result = judged(then, gate, target, services, report, opener) if gate else None
    return PromotionPlan(target, source, now, then, result)


def plan_back(
    target: Address,
    services: Services,
    report: Report = silent,
    *,
    opener: RemoteFactory = open_remote,
) -> PromotionPlan:
    """Where the tag was before the last promotion, as the history of this machine tells it.

    Raises NotFound where no promotion is known, Conflict when the tag has moved since.
    """
    _check_target(target)
    shown = shown_address(target)
    last = next(
        (
            one
            for one in services.journal.entries()
            if one.verb == VERB and one.reference == shown and one.digest
        ),
        None,
    )
    if last is None:
        raise NotFound(
            f"No promotion to {shown} is known on this machine.",
            "Promote the version that should be there: kitdesk promote REF TAG",
        )
    remote = opener(target)
    try:
        now = incumbent_at(target.tag, remote, services, report)
        if now.problem:
            raise NotFound(f"What {target.tag} names now is not known: {now.problem}")
        if now.digest != last.digest:
            raise Conflict(
                f"{target.tag} has moved since that promotion.",
                "Look what it names now. Nothing was moved.",
                f"{now.digest or 'gone'} instead of {last.digest}",
            )
        if last.before:
            then = score_remote(last.before, short(last.before), remote, services, report)
            then = replace(then, name=then.package_version or then.name)
        else:
            then = ScoredVersion("", "", VersionMetrics())
    finally:
        remote.close()
    return PromotionPlan(target, target, now, then, None, is_back=True)


def promote(
    plan: PromotionPlan,
    services: Services,
    report: Report = silent,
    *,
    opener: RemoteFactory = open_remote,
    expect: str | None = None,
    force: bool = False,
    move_fixed: bool = False,
    note: str = "",
) -> PromoteResult:
    """Carry a plan out. ``expect``: digest that the caller saw at the tag ("" = none), if not the
    plan's; ``force`` goes past a failed gate; ``note`` is the one line "why".

    Raises FixedTag, Refused, Unreachable; being overtaken is a state of the result.
    """
    digest = plan.then.digest
    before = plan.now.digest if expect is None else expect
    refused = plan.gate is not None and not plan.gate.ok and not force
    if refused and not plan.is_back:
        sentence = f"{plan.then.name} does not pass the gate: {plan.tag} was not moved."
        return _result(plan, before, before, PromotionState.REFUSED, sentence)
    remote = opener(plan.target)
    try:
        there = digest_at(remote, plan.tag)
        if there == digest and there:
            sentence = f"{plan.tag} names {plan.then.name} already."
            return _result(plan, there, there, PromotionState.ALREADY, sentence)
        if there != before:
            sentence = (
                f"{plan.tag} names {_named(there)} and not {_named(before)} any more: "
                "somebody was faster. Nothing was sent."
            )
            return _result(plan, before, there, PromotionState.OVERTAKEN, sentence)
        if there and not move_fixed:
            check_fixed(plan.shown, plan.tag, services.settings, remote=True)
        sent = _move(plan, remote, services, report)
        seen = confirm_tag(remote, plan.tag, digest, report)
    finally:
        remote.close()
    if seen != digest:
        sentence = (
            f"{plan.tag} was moved to {plan.then.name or 'nothing'}, and names {_named(seen)} now: "
            "somebody else moved it at the same moment. It was not moved again."
        )
        return _result(plan, before, seen, PromotionState.OVERTAKEN, sentence, sent)
    services.tag_history.record(remote.address, {plan.tag: digest}, expected=True)
    services.journal.append(VERB, reference=plan.shown, digest=digest, before=before, note=note)
    record = _keep_record(plan, before, services, note)
    sentence = (
        f"{plan.tag} names {plan.then.name} now."
        if digest
        else f"{plan.tag} is gone: it was new at the last promotion."
    )
    done = _result(plan, before, digest, PromotionState.MOVED, sentence, sent)
    return replace(done, record=record)


def _keep_record(plan: PromotionPlan, before: str, services: Services, note: str) -> str:
    if not plan.then.digest:
        return ""
    moved = {"tag": plan.shown, "before": before, "after": plan.then.digest}
    return keep_test_record(
        repository_of(plan.target),
        plan.then.digest,
        plan.gate,
        services,
        promotion=moved,
        note=note,
    )


def shown_address(address: Address) -> str:
    """A remote's repository and tag as the history writes them."""
    if isinstance(address, FolderAddress):
        return address.text
    return f"{address.registry}/{address.repository}:{address.tag}"


def _check_target(target: Address) -> None:
    if not isinstance(target, FolderAddress) and not has_registry(target):
        raise BadReference(
            f"{target.display} names no registry.",
            "A promotion moves a tag there: HOST/REPOSITORY:TAG. kitdesk tag names versions here.",
        )
    if not target.tag:
        raise BadReference("The target has no tag.", "Write it as HOST/REPOSITORY:TAG.")


def _move(plan: PromotionPlan, remote: RemoteRepository, services: Services, report: Report) -> int:
    """Put the same bytes at the tag; blobs go only where the repository lacks the version."""
    digest = plan.then.digest
    if not digest:
        remote.delete(plan.tag)
        return 0
    sent = 0
    if digest_at(remote, digest) != digest:
        if not services.store.has(digest):
            raise NotFound(
                f"{plan.then.name} is neither in {remote.address} nor on this machine.",
                "Pull it first, then promote it.",
            )
        report(Progress("Sending the version"))
        done = push(digest, repository_of(plan.source), "", remote, services, report)
        sent = sum(one.state in ("sent", "resumed") for one in done.blobs)
    data, found = remote.fetch_manifest(digest)
    report(Progress(f"Moving {plan.tag}"))
    remote.put_manifest(data, found.media_type or manifests.MANIFEST_MEDIA_TYPE, plan.tag)
    return sent


def _named(digest: str) -> str:
    return short(digest) if digest else "nothing"


def _result(
    plan: PromotionPlan,
    before: str,
    after: str,
    state: PromotionState,
    sentence: str,
    sent: int = 0,
) -> PromoteResult:
    return PromoteResult(plan.tag, before, after, state, plan.gate, sentence, blobs_sent=sent)
