"""``.kitignore`` as kit reads it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kitdesk.errors import BadIgnoreFile
from kitdesk.modelkit.kitfile import loader
from kitdesk.modelkit.kitfile.model import Profile
from kitdesk.modelkit.layers import planner
from kitdesk.modelkit.layers.ignore import Ignore
from kitdesk.modelkit.layers.plan import ExclusionReason
from tests.modelkit.golden_kits import load

if TYPE_CHECKING:
    from pathlib import Path

CASES = [pytest.param(case, id=case["name"]) for case in load("ignore/cases.json")["cases"]]


@pytest.mark.parametrize("case", CASES)
def test_packs_what_kit_packs(case: dict[str, Any], tmp_path: Path) -> None:
    data = case["kitignore"].encode()
    if not case["ok"]:
        with pytest.raises(BadIgnoreFile) as caught:
            Ignore.parse(data)
        assert caught.value.title.startswith("Line 1 of .kitignore")
        return
    for name in case["tree"]:
        target = tmp_path / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if name.endswith("/"):
            target.mkdir(exist_ok=True)
        else:
            target.write_text(name)
    (tmp_path / ".kitignore").write_bytes(data)
    (tmp_path / "Kitfile").write_text("code: [{path: .}]\n")
    decoded = loader.decode((tmp_path / "Kitfile").read_bytes())
    plan = planner.plan(decoded, tmp_path, Ignore.parse(data), Profile.KIT_1_11)
    members = [m.path + "/" * m.is_dir for m in plan.layers[0].members]
    assert members == case["packed"]
    ignored = [i.path for i in plan.left_out if i.reason is ExclusionReason.IGNORED]
    lost = {p for p in case["tree"] if p not in members}
    for path in lost - {path for path in lost if path.endswith("/")}:
        assert any(path == i or (i.endswith("/") and path.startswith(i)) for i in ignored), path


def test_the_deciding_pattern_is_named() -> None:
    ignore = Ignore.parse(b"# logs\n*.log\n!b.log\nbuild/\n")
    assert ignore.rule_for("a.log") == (2, "*.log")
    assert ignore.rule_for("build/x/y") == (4, "build/")
    assert ignore.rule_for("b.log") == (3, "!b.log")
    assert ignore.rule_for("Kitfile") is None
    assert ignore.rule_for("other") is None


@pytest.mark.parametrize(
    ("pattern", "path", "hit"),
    [
        ("[[:alpha:]]x", "ax", True),
        ("[[:alpha:]]x", "1x", False),
        ("[[]x", "[x", True),
        ("[a\\]]x", "]x", True),
        ("\\w.txt", "_.txt", True),
        ("a\\*", "a*", True),
        ("a*$", "a$", True),
        ("x&&[a--b]", "x&&a", True),
        ("*", "a\n", True),
        ("?", "\udcff", True),
    ],
)
def test_expressions_are_gos(pattern: str, path: str, hit: bool) -> None:
    data = pattern.encode("utf-8", "surrogateescape")
    try:
        found = Ignore.parse(data).matches(path)
    except BadIgnoreFile:
        assert pattern == "x&&[a--b]"  # Go: the range a-- runs backwards
        return
    assert found == hit


@pytest.mark.parametrize("pattern", ["\\q.txt*", "[z-a]", "[a", "a\\", "[]a]", "!", "\\1*"])
def test_what_go_refuses(pattern: str) -> None:
    with pytest.raises(BadIgnoreFile):
        Ignore.parse(pattern.encode())


PARTS = st.sampled_from(["a", "b", "ab", "c.log"])
PATHS = st.lists(PARTS, min_size=1, max_size=4).map("/".join)


@given(st.lists(st.tuples(st.booleans(), PATHS), max_size=5), PATHS)
def test_plain_names_against_a_naive_oracle(patterns: list[tuple[bool, str]], path: str) -> None:
    ignored = False
    for negated, pattern in patterns:
        if path == pattern or path.startswith(pattern + "/"):
            ignored = not negated
    text = "".join(("!" if negated else "") + pattern + "\n" for negated, pattern in patterns)
    assert Ignore.parse(text.encode()).matches(path) == ignored
