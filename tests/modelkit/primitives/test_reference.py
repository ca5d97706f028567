"""How versions are named."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kitdesk.errors import BadReference
from kitdesk.modelkit.kitfile.model import Profile
from kitdesk.modelkit.primitives import reference
from tests.modelkit.golden_kits import load, overlaid

CASES = [
    pytest.param(overlaid(case, Profile.KIT_1_11), id=ascii(case["input"])[:40])
    for case in load("references.json")["cases"]
]
DIGEST = "sha256:" + "ab" * 32


@pytest.mark.parametrize("case", CASES)
def test_reads_as_kit_reads(case: dict[str, Any]) -> None:
    text = case["input"]
    assert reference.is_modelkit_reference(text) == case["is_modelkit_reference"]
    if case.get("error"):
        with pytest.raises(BadReference) as caught:
            reference.parse(text)
        assert caught.value.title.endswith(".")
        assert caught.value.hint
        return
    found = reference.parse(text)
    assert (found.registry, found.repository) == (case["registry"], case["repository"])
    assert (found.digest or found.tag) == case["reference"]
    assert bool(found.digest) == case["is_digest"]
    assert list(found.extra_tags) == case["extra_tags"]
    assert found.display == case["display"]
    assert found.name == case["store_name"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("https://reg.io/Org/Model:v1", "reg.io/org/model:v1"),
        ("My Model:v1", "my-model:v1"),
        ("model:1.0+build", "model:1.0-build"),
        ("org/model:", "org/model"),
    ],
)
def test_a_near_spelling_is_offered(text: str, expected: str) -> None:
    with pytest.raises(BadReference) as caught:
        reference.parse(text)
    assert caught.value.hint == f"Did you mean “{expected}”?"
    reference.parse(expected)


def test_tag_and_digest_exclude_each_other() -> None:
    tagged = reference.parse("reg.io/a:v1,v2")
    assert tagged.with_digest(DIGEST).display == f"reg.io/a@{DIGEST}"
    assert tagged.with_digest(DIGEST).with_tag("v3").display == "reg.io/a:v3"
    assert tagged.with_tag("v3").extra_tags == ()


def test_latest_stands_in_for_no_tag_only() -> None:
    assert reference.parse("a").or_latest().tag == "latest"
    assert reference.parse("a:v1").or_latest().tag == "v1"
    assert reference.parse(f"a@{DIGEST}").or_latest().tag == ""


@pytest.mark.parametrize("tag", ["", ".a", "-a", "a b", "a+b", "é", "a" * 129, "a\n"])
def test_illegal_tags_have_a_reason(tag: str) -> None:
    problem = reference.tag_problem(tag)
    assert problem is not None
    assert problem.endswith(".")


NAMES = st.from_regex(r"[a-z0-9]+(?:[._-][a-z0-9]+)*", fullmatch=True)


@given(
    registry=st.sampled_from(["localhost", "reg.io", "127.0.0.1:5000", "[::1]:5000"]),
    parts=st.lists(NAMES, min_size=1, max_size=3),
    tag=st.from_regex(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,20}", fullmatch=True),
)
def test_display_reads_back(registry: str, parts: list[str], tag: str) -> None:
    repository = "/".join(parts)
    if registry == "localhost" and len(parts) > 1 and "." in parts[0]:
        return  # its first part reads as a registry
    made = reference.Reference(registry, repository, tag)
    assert reference.parse(made.display) == made
    assert reference.tag_problem(tag) is None


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        found = reference.parse(text)
    except BadReference:
        return
    assert found.repository
