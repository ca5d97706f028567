"""The shipped JSON Schema: made from the rules, and as lenient as kit where kit is."""

from __future__ import annotations

from importlib.resources import files
from typing import Any

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from kitdesk.modelkit.kitfile.json_schema import schema, text
from kitdesk.modelkit.kitfile.model import Profile
from kitdesk.modelkit.yaml.encoding import decode_text
from kitdesk.modelkit.yaml.nodes import Node, compose
from kitdesk.modelkit.yaml.resolver import resolve
from tests.modelkit.golden_kits import GOLDEN, KIT_PROFILES, load, overlaid

CASES = [pytest.param(case, id=case["file"]) for case in load("kitfiles/index.json")["cases"]]


def as_data(node: Node) -> Any:
    """What an editor's YAML reader hands to a validator; merges are carried out."""
    node = node.resolved
    if node.kind == "seq":
        return [as_data(item) for item in node.content]
    if node.kind == "map":
        found: dict[Any, Any] = {}
        for key, value in node.pairs():
            if key.is_merge:
                target = value.resolved
                for source in target.content if target.kind == "seq" else [target]:
                    found = {**as_data(source), **found}
        own = {
            key.resolved.value: as_data(value)
            for key, value in node.pairs()
            if key.tag != "!!merge"
        }
        own = {key: value for key, value in own.items() if key not in ("~", "null", "")}
        return {**found, **own}
    return resolve(node.tag, node.value)[1]


def problems(data: object, profile: Profile) -> list[str]:
    return [error.message for error in Draft202012Validator(schema(profile)).iter_errors(data)]


def test_what_is_shipped_is_what_the_rules_say() -> None:
    assert (files("kitdesk.resources") / "kitfile.schema.json").read_text("utf-8") == text()
    Draft202012Validator.check_schema(schema())


@pytest.mark.parametrize("profile", KIT_PROFILES)
@pytest.mark.parametrize("case", CASES)
def test_every_kitfile_that_kit_takes_is_valid(case: dict[str, Any], profile: Profile) -> None:
    if overlaid(case, profile)["verdict"] == "reject":
        return
    root = compose(decode_text((GOLDEN / "kitfiles" / case["file"]).read_bytes()))
    assert root is not None
    assert problems(as_data(root), profile) == []


@pytest.mark.parametrize(
    "data",
    [
        {"packages": {}},
        {"package": {"authors": "Ann"}},
        {"code": {"path": "a"}},
        {"code": ["a"]},
        {"code": [{"path": "/a"}]},
        {"prompts": [{"path": "/a"}]},
        {"model": {"parts": [{"type": "a b"}]}},
        {"model": {"parts": [{"type": "a" * 65}]}},
        ["a"],
        "a",
    ],
)
def test_what_kit_refuses_is_invalid(data: object) -> None:
    assert problems(data, Profile.CURRENT)


def test_newer_fields_are_unknown_to_older_profiles() -> None:
    data = {"prompts": [{"path": "a"}]}
    assert problems(data, Profile.KIT_1_7)
    assert not problems(data, Profile.KIT_1_11)
    assert problems({"mcpServers": []}, Profile.KIT_1_11)
    assert not problems({"mcpServers": []}, Profile.CURRENT)
