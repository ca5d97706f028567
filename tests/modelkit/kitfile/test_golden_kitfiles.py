"""Every Kitfile text that kit judged: the same verdict, config and rewritten text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from kitdesk.errors import BadKitfile
from kitdesk.modelkit.kitfile import checker, loader
from kitdesk.modelkit.kitfile.diagnostics import Severity
from kitdesk.modelkit.kitfile.model import Profile
from kitdesk.modelkit.oci import config
from tests.golden.materialise import materialise
from tests.modelkit.golden_kits import GOLDEN, KIT_PROFILES, load, overlaid

if TYPE_CHECKING:
    from pathlib import Path

INDEX = load("kitfiles/index.json")["cases"]
CASES = [pytest.param(case, id=case["file"]) for case in INDEX]


def text_of(case: dict[str, Any]) -> bytes:
    path = GOLDEN / "kitfiles" / str(case["file"])
    return path.read_bytes()


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("kitfiles") / "kitfile-tree"
    materialise(load("kitfiles/tree.json"), root)
    return root


@pytest.mark.parametrize("profile", KIT_PROFILES)
@pytest.mark.parametrize("case", CASES)
def test_verdict(case: dict[str, Any], profile: Profile, project: Path) -> None:
    expected = overlaid(case, profile)
    problems = checker.check(text_of(case), profile, exists=lambda path: (project / path).exists())
    errors = [problem for problem in problems if problem.severity is Severity.ERROR]
    assert bool(errors) == (expected["verdict"] == "reject"), errors or expected
    for problem in problems:
        assert (1, 1) <= (problem.line, problem.column) <= (problem.end_line, problem.end_column)
        assert problem.message.endswith((".", "?"))


@pytest.mark.parametrize("profile", KIT_PROFILES)
@pytest.mark.parametrize("case", CASES)
def test_decode_refuses_what_kit_refuses_without_looking_at_files(
    case: dict[str, Any], profile: Profile
) -> None:
    expected = overlaid(case, profile)
    if expected["verdict"] == "reject" and expected["stage"] != "pack":
        with pytest.raises(BadKitfile) as caught:
            loader.decode(text_of(case), profile)
        assert caught.value.title.endswith((".", "?"))
        assert caught.value.detail
    else:
        loader.decode(text_of(case), profile)


@pytest.mark.parametrize("case", CASES)
def test_config_and_rewritten_kitfile(case: dict[str, Any]) -> None:
    expected = overlaid(case, Profile.KIT_1_11)
    if expected["verdict"] == "reject":
        return
    decoded = loader.decode(text_of(case), Profile.KIT_1_11)
    kits = config.decode(expected["config"].encode())
    digests = [(entry.digest, entry.diff_id) for entry in kits.entries()]
    assert config.encode(config.with_digests(decoded, digests)).decode() == expected["config"]
    assert config.values(decoded) == config.values(kits)
    assert config.to_yaml(kits) == expected["unpacked_kitfile"]


@pytest.mark.parametrize("case", CASES)
def test_what_kit_rewrites_means_the_same(case: dict[str, Any]) -> None:
    expected = overlaid(case, Profile.KIT_1_11)
    if expected["verdict"] == "reject" or "\\u003c\\u003c" in expected["config"]:
        return  # kit writes the key << without quotes, so that it reads back as a merge (7.1)
    kits = config.decode(expected["config"].encode())
    again = loader.decode(config.to_yaml(kits).encode(), Profile.KIT_1_11)
    assert as_floats(config.values(again)) == as_floats(config.values(kits))


def as_floats(value: Any) -> Any:
    """Numbers of parameters are floats once kit has rewritten them."""
    if isinstance(value, dict):
        return {key: as_floats(item) for key, item in value.items()}
    if isinstance(value, list):
        return [as_floats(item) for item in value]
    return float(value) if type(value) is int else value
