"""Texts that libyaml and kit's library read otherwise: kit's reading, as a real kit gave it."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from kitdesk.modelkit.kitfile import checker
from kitdesk.modelkit.kitfile.diagnostics import Severity
from kitdesk.modelkit.kitfile.model import Profile
from kitdesk.modelkit.oci import config
from kitdesk.modelkit.yaml.encoding import UnreadableTextError, decode_text
from kitdesk.modelkit.yaml.nodes import Node, YamlSyntaxError, compose
from tests.modelkit.golden_kits import GOLDEN, load
from tests.modelkit.kitfile.mutations import mutated, seeds

TAKEN: dict[str, dict[str, Any]] = {
    "manifestVersion: !!str,": {"manifestVersion": ""},
    "manifestVersion: !a]": {"manifestVersion": ""},
    "code:\n- path: !a,b": {"code": [{}]},
    "model:\n  parameters:\n    x: [!tyes, no]": {"model": {"parameters": {"x": ["no"]}}},
    "model:\n  parameters: {x: {1:}}": {"model": {"parameters": {"x": {"1:": None}}}},
    "model:\n  parameters: {x: {a:}}": {"model": {"parameters": {"x": {"a:": None}}}},
    "docs: [{path: a, description: b:}]": {"docs": [{"path": "a", "description": "b:"}]},
    "package:\n  name: \ufeff\n0": {"package": {"name": "\ufeff"}},
    'package:\n  name: "it\\\'s"': {"package": {"name": "it's"}},
    "{}nothing: is read: here": {},
    "package:\n# a\n\t# TAB behind a comment\n  name: x": {"package": {"name": "x"}},
    "package: {?name: x}": {"package": {"name": "x"}},
    "package: {name: x}\n---\n- {a: b:}": {"package": {"name": "x"}},
    "model: {parameters: {<<: {!!binary aGk=: 1, hi: 2}}}": {"model": {"parameters": {"hi": 1}}},
}
REFUSED = (
    "package:\n  name: !!binary 0aGVsbG8=",
    "package:\n  name: !!binary aG+VsbG8=",
    "package:\n  name: !!binary aGVsbG8",
    "package:\n\ufeff  name: x",
    "code:\n\ufeff- path: a",
    "manifestVersion: 1.0.0\n\ufeff",
    "package:\n  authors: [!!str,]",
    "code: [? ]",
    "code: [? : x]",
    "package: {name: a?b}",
    "model: {parameters: {<<: {!!binary b: 1}}}",
    "model: {parameters: {<<: {!!int x: 1}}}",
    "package:\n  name: x\n\t# TAB behind a value",
)


def judged(text: str) -> dict[str, Any] | None:
    """The config's fields, None when the text is refused."""
    kitfile, problems = checker.read_strictly(text.encode(), Profile.KIT_1_11)
    if any(one.severity is Severity.ERROR for one in problems):
        return None
    found: dict[str, Any] = json.loads(
        config.encode(config.with_digests(kitfile, [None for _entry in kitfile.entries()]))
    )
    return found


@pytest.mark.parametrize("text", TAKEN)
def test_taken_as_kit_takes_it(text: str) -> None:
    assert judged(text) == {"manifestVersion": "", "package": {}, **TAKEN[text]}


@pytest.mark.parametrize("text", REFUSED)
def test_refused_as_kit_refuses_it(text: str) -> None:
    assert judged(text) is None


def seen(node: Node | None) -> Any:
    """What a tree says, and where its texts stand."""
    if node is None:
        return None
    if node.kind == "scalar":
        places = (node.line, node.column, node.start, node.end, node.end_line, node.end_column)
        return node.tag, node.value, node.style, places
    return node.kind, node.tag, node.style, node.start, [seen(one) for one in node.content]


@pytest.mark.parametrize("number", range(len(seeds())))
def test_both_scanners_tell_the_same_of_golden_kitfiles(
    number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    try:
        text = decode_text(seeds()[number])
        usual = compose(text)
    except (UnreadableTextError, YamlSyntaxError):
        return
    monkeypatch.setattr("kitdesk.modelkit.yaml.nodes._READ_OTHERWISE", (re.compile("()"),))
    assert seen(compose(text)) == seen(usual)


def test_most_golden_kitfiles_are_readable() -> None:
    """So that the test above compares something."""
    verdicts = [case["verdict"] for case in load("kitfiles/index.json")["cases"]]
    assert verdicts.count("accept") > 100
    assert len(seeds()) > 200, GOLDEN


def test_no_bent_kitfile_brings_the_reader_down() -> None:
    for text in mutated(3000, 7):
        for problem in checker.check(text, Profile.CURRENT, exists=lambda _path: True):
            assert (problem.line, problem.column) >= (1, 1)
