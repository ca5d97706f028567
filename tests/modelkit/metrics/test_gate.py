"""kitdesk.toml and the gates in it: what passes, what is refused, and with which words."""

from __future__ import annotations

import pytest

from kitdesk.modelkit.metrics.gate import GateResult, Incumbent, judge
from kitdesk.modelkit.metrics.reading import from_parameters
from kitdesk.modelkit.metrics.rules import BadRules, read_rules
from kitdesk.modelkit.metrics.values import Better, VersionMetrics
from kitdesk.modelkit.primitives.commit_note import CommitNote

NEW, OLD = "sha256:" + "1" * 64, "sha256:" + "2" * 64


def version(**metrics: float) -> VersionMetrics:
    return from_parameters({"metrics": dict(metrics)})


def judged(text: str, value: float | None, other: Incumbent | None = None) -> GateResult:
    gate = read_rules(f"[gate.production]\n{text}\n".encode()).gates[0]
    metrics = version(rmse=value) if value is not None else VersionMetrics()
    return judge(gate, NEW, metrics, CommitNote(), {"production": other or Incumbent()})


def incumbent(value: float) -> Incumbent:
    return Incumbent(OLD, "v1.0.0", version(rmse=value))


BY = 'rmse = { not_worse_than = "production", by = 0.01 }'


@pytest.mark.parametrize(
    ("text", "value", "other", "ok", "sentence"),
    [
        ("rmse = { max = 0.95 }", 0.82, None, True, "rmse is 0.82, at most 0.95."),
        ("rmse = { max = 0.95 }", 0.95, None, True, "rmse is 0.95, at most 0.95."),
        ("rmse = { max = 0.95 }", 0.99, None, False, "above the most allowed, 0.95."),
        ("rmse = { min = 1 }", 0.99, None, False, "below the least allowed, 1."),
        ("rmse = { max = 0.95 }", None, None, False, "rmse is not recorded."),
        (BY, 0.83, incumbent(0.82), True, "worse by 0.01, 0.01 is allowed."),
        (BY, 0.831, incumbent(0.82), False, "worse by 0.011, 0.01 is allowed."),
        (BY, 0.8, incumbent(0.82), True, "production (v1.0.0) has 0.82: better by 0.02."),
        (BY, 0.82, incumbent(0.82), True, "the same."),
        (BY, 0.82, None, True, "No version is production yet"),
        (BY, None, None, False, "rmse is not recorded."),
        (BY, 9.0, Incumbent(NEW, "v2"), True, "This version is production already."),
        (BY, 0.8, Incumbent(OLD, "v1", VersionMetrics()), False, "production (v1) has no rmse"),
        (BY, 0.8, Incumbent(problem="It did not answer."), False, "not known: It did not answer."),
    ],
)
def test_one_threshold(
    text: str, value: float | None, other: Incumbent | None, *, ok: bool, sentence: str
) -> None:
    found = judged(text, value, other)
    assert found.ok is ok
    assert sentence in found.tests[0].sentence


def test_percent_of_what_the_other_has() -> None:
    text = 'rmse = { not_worse_than = "production", by_percent = 10 }'
    assert judged(text, 1.1, incumbent(1.0)).ok
    assert not judged(text, 1.1001, incumbent(1.0)).ok
    assert str(judged(text, 1.1, incumbent(1.0)).tests[0].limit) == "1.1"


def test_higher_is_better_turns_the_test() -> None:
    gate = read_rules(b'[gate.g]\nacc = { not_worse_than = "production", by = 0.1 }').gates[0]
    other = {"production": Incumbent(OLD, "v1", version(acc=0.9))}
    assert judge(gate, NEW, version(acc=0.8), CommitNote(), other).ok
    assert not judge(gate, NEW, version(acc=0.79), CommitNote(), other).ok


@pytest.mark.parametrize(
    ("commit", "ok"),
    [
        (CommitNote("ab" * 20), True),
        (CommitNote("ab" * 20, modified=True), False),
        (CommitNote(), False),
    ],
)
def test_the_commit(commit: CommitNote, *, ok: bool) -> None:
    gate = read_rules(b'[gate.g]\ncommit = "clean"').gates[0]
    assert judge(gate, NEW, VersionMetrics(), commit, {}).ok is ok


def test_directions_and_dotted_names() -> None:
    rules = read_rules(
        b'[metrics]\nclicks = "higher"\nval.x = "lower"\n[gate.g]\nval.x = { max = 1 }\n'
        b'clicks = { not_worse_than = "production" }\n"a b" = { min = 2 }\n'
    )
    assert rules.direction("clicks") is Better.HIGHER
    assert rules.direction("val.x") is Better.LOWER
    assert [one.metric for one in rules.gates[0].limits] == ["val.x", "clicks", "a b"]
    assert rules.gates[0].incumbents == ("production",)


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("[metrics]\nrmse = 'low'", 2, "lower"),
        ("[metric]\n", 1, "“metric” is not known"),
        ("\n[gate.production]\nrmse = { max = nan }", 3, "finite"),
        ("\n[gate.production]\nrmse = { max = inf }", 3, "finite"),
        ("[gate.g]\nrmse = { max = 1e999999999 }", 2, "finite"),
        ("[gate.g]\nrmse = { mx = 1 }", 2, "“mx” is not known"),
        ("[gate.g]\nrmse = { max = 1, by = 1 }", 2, "by needs not_worse_than"),
        ("[gate.g]\nrmse = { max = true }", 2, "must be a number"),
        ("[gate.g]\nrmse = { min = 2, max = 1 }", 2, "nothing can pass"),
        ("[gate.g]\n\nrsme = 1", 3, "“rsme” is not known"),
        ("[gate.g]\nrmse = { max = 1 }\nsigned = true", 3, "cannot be checked"),
        ('[gate.g]\nrmse = { max = 1 }\nenvironment = "minor"', 3, "cannot be checked"),
        ('[gate.g]\nrmse = { max = 1 }\ndata = "checked"', 3, "cannot be checked"),
        ('[gate.g]\ncommit = "dirty"', 2, "clean"),
        ("[gate.g]\n", 1, "tests nothing"),
        ('[gate.g]\nclicks = { not_worse_than = "p" }', 2, "nobody knows"),
        ('[gate.g]\nrmse = { not_worse_than = "a b" }', 2, "must be a tag"),
        ("[gate.a]\nrmse = { max = 1 }\n[gate.b]\nrmse = { max = nan }", 4, "finite"),
        ("a = \n", 1, "no TOML"),
        ("gate = 1", 1, "must be a table"),
        ("[[gate]]\nx = 1", 1, "must be a table"),
    ],
)
def test_mistakes_name_their_line(text: str, line: int, said: str) -> None:
    with pytest.raises(BadRules) as caught:
        read_rules(text.encode())
    assert (caught.value.line, said in caught.value.problem) == (line, True), caught.value.title


@pytest.mark.parametrize(
    "data", [b"\xff", b"[" * 100_000, b"a = " + b"[" * 100_000, b"x" * 300_000]
)
def test_hostile_texts_are_refused(data: bytes) -> None:
    with pytest.raises(BadRules):
        read_rules(data)
