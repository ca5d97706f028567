"""Whether a version passes a gate: one test a threshold, each with a sentence."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from decimal import Context, Decimal
from typing import TYPE_CHECKING

from kitdesk.modelkit.metrics.values import Better

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from kitdesk.modelkit.metrics.rules import Gate, Limit
    from kitdesk.modelkit.metrics.values import MetricValue, VersionMetrics
    from kitdesk.modelkit.primitives.commit_note import CommitNote

_EXACT = Context(prec=1300)
"""Digits that a sum of two binary floats with all their places can need."""


class Verdict(enum.StrEnum):
    """How one test ended."""

    PASS = "pass"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Incumbent:
    """The version that a tag names now, for ``not_worse_than``."""

    digest: str = ""
    """"" = the tag is not there, or nobody could ask."""
    name: str = ""
    """How it is shown: its version tag, else its short digest."""
    metrics: VersionMetrics | None = None
    problem: str = ""
    """Why it is not known (the registry did not answer); "" = it is known, or there is none."""


@dataclass(frozen=True, slots=True)
class GateTest:
    """One test."""

    name: str
    """``rmse max``, ``rmse not_worse_than``, ``commit``."""
    metric: str
    """"" for a test of something else."""
    verdict: Verdict
    value: MetricValue | None
    limit: Decimal | None
    """The number that counted; None where there was none to compare with."""
    against: str
    """Tag that it was compared with; "" = none."""
    sentence: str


@dataclass(frozen=True, slots=True)
class GateResult:
    """All tests of a gate."""

    gate: str
    tests: tuple[GateTest, ...]

    @property
    def ok(self) -> bool:
        """True when every test passed."""
        return all(one.verdict is Verdict.PASS for one in self.tests)


def judge(
    gate: Gate,
    digest: str,
    metrics: VersionMetrics,
    commit: CommitNote,
    incumbents: Mapping[str, Incumbent],
) -> GateResult:
    """Test one version. Numbers are compared as they are written (decimal), not as binary ones."""
    tests: list[GateTest] = []
    for limit in gate.limits:
        tests += _limit_tests(limit, digest, metrics.find(limit.metric), incumbents)
    if gate.clean_commit:
        tests.append(_commit_test(commit))
    return GateResult(gate.name, tuple(tests))


def _limit_tests(
    limit: Limit, digest: str, value: MetricValue | None, incumbents: Mapping[str, Incumbent]
) -> Iterator[GateTest]:
    for word, bound in (("min", limit.minimum), ("max", limit.maximum)):
        if bound is not None:
            yield _bound_test(limit.metric, word, bound, value)
    if limit.not_worse_than:
        other = incumbents.get(limit.not_worse_than, Incumbent(problem="It was not asked for."))
        yield _incumbent_test(limit, digest, value, other)


def _bound_test(metric: str, word: str, bound: Decimal, value: MetricValue | None) -> GateTest:
    name = f"{metric} {word}"
    if value is None:
        sentence = f"{metric} is not recorded."
        return GateTest(name, metric, Verdict.FAIL, None, bound, "", sentence)
    least = word == "min"
    good = value.decimal >= bound if least else value.decimal <= bound
    if good:
        how = f"at least {bound}" if least else f"at most {bound}"
        sentence = f"{metric} is {value.text}, {how}."
    else:
        how = f"below the least allowed, {bound}" if least else f"above the most allowed, {bound}"
        sentence = f"{metric} is {value.text}, {how}."
    verdict = Verdict.PASS if good else Verdict.FAIL
    return GateTest(name, metric, verdict, value, bound, "", sentence)


def _incumbent_test(
    limit: Limit, digest: str, value: MetricValue | None, other: Incumbent
) -> GateTest:
    tag, metric = limit.not_worse_than, limit.metric
    theirs = other.metrics.find(metric) if other.metrics else None
    named = f"{tag} ({other.name})" if other.name else tag

    def test(verdict: Verdict, sentence: str, bound: Decimal | None = None) -> GateTest:
        name = f"{metric} not_worse_than"
        return GateTest(name, metric, verdict, value, bound, tag, sentence)

    if value is None:
        return test(Verdict.FAIL, f"{metric} is not recorded.")
    if other.problem:
        return test(Verdict.FAIL, f"What {tag} has is not known: {other.problem}")
    if not other.digest:
        return test(Verdict.PASS, f"No version is {tag} yet: {metric} is compared with none.")
    if other.digest == digest:
        return test(Verdict.PASS, f"This version is {tag} already.", value.decimal)
    if theirs is None:
        return test(Verdict.FAIL, f"{named} has no {metric} recorded: it cannot be compared.")
    lower = limit.better is Better.LOWER
    worse_by = _EXACT.subtract(value.decimal, theirs.decimal)
    worse_by = worse_by if lower else -worse_by
    allowed = max(
        limit.by,
        _EXACT.divide(_EXACT.multiply(abs(theirs.decimal), limit.by_percent), Decimal(100)),
    )
    bound = _EXACT.add(theirs.decimal, allowed if lower else -allowed)
    good = worse_by <= allowed
    said = f"{metric} is {value.text}, {named} has {theirs.text}"
    if worse_by == 0:
        sentence = f"{said}: the same."
    elif worse_by < 0:
        sentence = f"{said}: better by {_plain(-worse_by)}."
    else:
        may = f"{_plain(allowed)} is allowed" if allowed else "nothing is allowed"
        sentence = f"{said}: worse by {_plain(worse_by)}, {may}."
    return test(Verdict.PASS if good else Verdict.FAIL, sentence, bound)


def _commit_test(commit: CommitNote) -> GateTest:
    if not commit.commit:
        verdict, sentence = Verdict.FAIL, "From which commit it was packed is not known."
    elif commit.modified:
        verdict = Verdict.FAIL
        sentence = f"It was packed with changes on top of commit {commit.short}."
    else:
        verdict, sentence = (
            Verdict.PASS,
            f"It was packed from commit {commit.short}, unchanged.",
        )
    return GateTest("commit", "", verdict, None, None, "", sentence)


def _plain(number: Decimal) -> str:
    """Without zeros behind; with an exponent only where the digits would be many."""
    shown = number.normalize(_EXACT)
    text = format(shown, "f")
    return text if len(text) <= 24 else format(shown, ".6g")
