"""Patterns with many wildcards: one pass, and the answers of a matcher that goes back."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from kitdesk.modelkit.layers import glob
from kitdesk.modelkit.layers.ignore import Ignore
from kitdesk.modelkit.primitives import linear_match
from kitdesk.modelkit.primitives.linear_match import LinearPattern

PIECES = [
    "*",
    "**",
    "**/",
    "?",
    "/",
    "a",
    "b",
    "[ab]",
    "[^a]",
    "\\*",
    "\\b",
    "\\A",
    "[*]",
    ".",
    "^",
]


@settings(max_examples=600, deadline=None)
@given(some.lists(some.sampled_from(PIECES), max_size=9), some.text("ab/.*^\n", max_size=9))
def test_both_ways_to_match_agree(pieces: list[str], path: str) -> None:
    translated = glob.translate("".join(pieces))
    if translated.kind != "regex":
        return
    try:
        parts = glob._parts(translated.text)
        usual = re.compile("".join(parts), re.ASCII)
    except (glob.BadExpressionError, re.error):
        return
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(linear_match, "FEW_STEPS", -1)
        assert LinearPattern(parts).match(path) is (usual.match(path) is not None)


@pytest.mark.parametrize(
    ("pattern", "path", "ignored"),
    [
        ("*a" * 40 + "b", "a" * 200, False),
        ("*a" * 40 + "b", "a" * 200 + "b", True),
        ("**/a*a*a*a*a*a*a*b", "/".join(["a" * 60] * 40), False),
        ("**/x/**/y/**/*.bin", "p/x/q/r/y/z/m.bin", True),
        ("**/x/**/y/**/*.bin", "p/x/q/r/z/m.bin", False),
    ],
)
def test_many_wildcards_end(pattern: str, path: str, ignored: bool) -> None:
    assert Ignore.parse(pattern.encode()).matches(path) is ignored
