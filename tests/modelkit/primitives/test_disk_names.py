"""Names as the disk compares them, and what git, Mercurial and Subversion call their own."""

from __future__ import annotations

import pytest

from kitdesk.modelkit.primitives.disk_names import NameRule, collisions, is_version_control

FOLDING, NORMALISING = NameRule(folds_case=True), NameRule(normalises=True)


@pytest.mark.parametrize(
    ("path", "theirs"),
    [
        (".git/hooks/post-checkout", True),
        (".GIT/hooks/x", True),
        ("sub/.Git", True),
        (".hg/hgrc", True),
        (".SVN/wc.db", True),
        (".git /x", True),
        (".git./x", True),
        (".git::$INDEX_ALLOCATION/x", True),
        ("GIT~1/x", True),
        (".g\u200cit/config", True),
        (".\ufeffgit/config", True),
        (".gitignore", False),
        (".github/workflows/x", False),
        ("git/x", False),
        ("a.git/x", False),
        (".hgignore", False),
    ],
)
def test_what_belongs_to_version_control(path: str, theirs: bool) -> None:
    assert is_version_control(path) is theirs


@pytest.mark.parametrize(
    ("rule", "paths", "pairs"),
    [
        (FOLDING, ["Readme.txt", "README.txt"], [("Readme.txt", "README.txt")]),
        (FOLDING, ["Data/a", "data/b"], [("Data", "data")]),
        (FOLDING, ["stra\N{LATIN SMALL LETTER SHARP S}e", "STRASSE"], [("straße", "STRASSE")]),
        (FOLDING, ["a", "b", "a/c"], []),
        (NORMALISING, ["caf\u00e9", "cafe\u0301"], [("caf\u00e9", "cafe\u0301")]),
        (NORMALISING, ["A", "a"], []),
        (NameRule(), ["Readme.txt", "README.txt", "caf\u00e9", "cafe\u0301"], []),
    ],
)
def test_two_names_that_are_one(
    rule: NameRule, paths: list[str], pairs: list[tuple[str, str]]
) -> None:
    assert collisions(paths, rule) == pairs
