"""Problems say where, why and, where possible, how to mend."""

from __future__ import annotations

import pytest

from kitdesk.modelkit.kitfile import checker, editing, loader
from kitdesk.modelkit.kitfile.diagnostics import Problem, Severity
from kitdesk.modelkit.kitfile.model import Profile


def check(text: str, profile: Profile = Profile.CURRENT, files: str = "a b src") -> list[Problem]:
    names = {*files.split(), "."}
    nearby = {"scr": "src", "Src": "src"}
    return list(checker.check(text.encode(), profile, names.__contains__, nearby.get))


def test_a_good_kitfile_has_no_problem() -> None:
    text = "manifestVersion: 1.0.0\npackage:\n  name: x\nmodel:\n  path: a\ncode:\n- path: src\n"
    assert check(text) == []


def test_an_unknown_field_with_its_repair() -> None:
    text = "manifestVersion: 1.0.0\nmodel:\n  path: a\n  licence: MIT\n"
    [problem] = check(text)
    assert (problem.line, problem.column) == (4, 3)
    assert (problem.end_line, problem.end_column) == (4, 10)
    assert problem.rule == "unknown-field"
    assert problem.message == ("“licence” is not a field of a model. Did you mean “license”?")
    assert problem.fix is not None
    mended = editing.apply(text, problem.fix.edits)
    assert mended == text.replace("licence", "license")
    assert check(mended) == []


@pytest.mark.parametrize(
    "text",
    [
        "manifestVersion: 1.0.0\npackage:\n  authors: Ann # me\n",
        "manifestVersion: 1.0.0\npackage:\n  authors: 'B, C'\n",
        "manifestVersion: 1.0.0\npackage:\n  license: [MIT]\n",
        "manifestVersion: 1.0.0\ncode: src\n",
        "manifestVersion: 1.0.0\ncode:\n- src # here\n",
        "manifestVersion: 1.0.0\nmodel: a\n",
        "manifestVersion: 1.0.0\ncode:\n- path: scr\n",
        "manifestVersion: 1.0\npackage: {}\n",
        "package: {}\n",
        "# c\npackage:\n  name: “x”\nmanifestVersion: 1.0.0\n",
        "manifestversion: 1.0.0\n",
    ],
)
def test_every_repair_repairs(text: str) -> None:
    problems = check(text)
    assert len(problems) >= 1
    [problem] = [problem for problem in problems if problem.fix is not None]
    assert problem.fix is not None
    mended = editing.apply(text, problem.fix.edits)
    assert check(mended) == []
    for comment in ("# me", "# here", "# c"):
        assert (comment in mended) == (comment in text)


@pytest.mark.parametrize(
    ("text", "rule", "severity"),
    [
        ("code:\n- path: a\n- path: ./a\n", "same-files", Severity.WARNING),
        ("code:\n- path: a\nprompts:\n- path: a\n", "same-files", Severity.WARNING),
        ("code:\n- path: a\ndocs:\n- path: a\n", "same-path", Severity.ERROR),
        ("prompts:\n- path: /a\n", "absolute-path", Severity.ERROR),
        ("code:\n- path: nope\n", "missing-path", Severity.ERROR),
        ("code:\n- description: all\n", "no-path", Severity.WARNING),
        ("model:\n  name: x\n", "no-path", Severity.HINT),
        ("model:\n  path: reg.io/a:v1\n", "", Severity.HINT),
        ("mcpServers:\n- name: x\n  path: a\n", "needs-newer-kit", Severity.HINT),
        ("datasets:\n- path: d\n  remotePath: s3://b/k\n", "needs-newer-kit", Severity.HINT),
        ("datasets:\n- path: s3://b/k\n", "url-as-path", Severity.WARNING),
        ("code:\n- path: ../x\n", "outside-project", Severity.WARNING),
    ],
)
def test_rules_of_the_current_profile(text: str, rule: str, severity: Severity) -> None:
    problems = check("manifestVersion: 1.0.0\n" + text, files="a b src ../x s3:/b/k /a")
    found = [(problem.rule, problem.severity) for problem in problems]
    assert found == ([(rule, severity)] if rule else [])


def test_older_profiles_refuse_newer_fields() -> None:
    text = "manifestVersion: 1.0.0\nprompts:\n- path: a\n"
    [problem] = check(text, Profile.KIT_1_7)
    assert (problem.rule, problem.severity) == ("needs-newer-kit", Severity.ERROR)
    assert check(text, Profile.KIT_1_11) == []


def test_fixes_count_characters_after_a_byte_order_mark() -> None:
    text = "# é🐍\nmanifestversion: 1.0.0\n"
    for data in (text.encode("utf-8-sig"), b"\xff\xfe" + text.encode("utf-16-le")):
        [problem] = [p for p in checker.check(data) if p.severity is Severity.ERROR]
        assert problem.fix is not None
        assert (problem.line, problem.column) == (2, 1)
        assert editing.apply(text, problem.fix.edits) == "# é🐍\nmanifestVersion: 1.0.0\n"


def test_all_problems_are_told_at_once() -> None:
    text = "nope: 1\npackage:\n  nam: x\n  version: [1]\ncode: {}\n"
    errors = [p for p in check(text) if p.severity is Severity.ERROR]
    assert [p.line for p in errors] == [1, 3, 4, 5]


def test_deep_nesting_is_refused_not_crashed() -> None:
    text = "model:\n  path: a\n  parameters: " + "[" * 5000 + "]" * 5000
    assert check(text)[0].rule == "bad-yaml"


@pytest.mark.parametrize("name", loader.NAMES)
def test_finding_the_kitfile(name: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("project")
    assert loader.find(folder) is None
    (folder / name).write_text("")
    assert loader.find(folder) == folder / name
