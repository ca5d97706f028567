"""Edits change what they are asked to change, and not a character more."""

from __future__ import annotations

import difflib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kitdesk.errors import BadKitfile
from kitdesk.modelkit.kitfile import checker, loader
from kitdesk.modelkit.kitfile.decoder import decode_kitfile
from kitdesk.modelkit.kitfile.editing import add_entry, set_field, starter
from kitdesk.modelkit.kitfile.model import Profile
from kitdesk.modelkit.oci import config

TEXT = """\
# top
manifestVersion: 1.0.0   # format
package:
    name: "movie"  # the name
    version: '1.0'
    authors:
      - Ann  # first
      - Bob
# about the model
model:
    path: m.bin
    description: |
        long
        text

datasets:
- name: d   # ratings
  path: data
- path: b

code: [{path: src}]
"""


def changed(before: str, after: str) -> list[str]:
    lines = difflib.ndiff(before.splitlines(), after.splitlines())
    return [line for line in lines if line.startswith(("+ ", "- "))]


@pytest.mark.parametrize(
    ("path", "value", "diff"),
    [
        (
            ("package", "name"),
            "x: y",
            ['-     name: "movie"  # the name', '+     name: "x: y"  # the name'],
        ),
        (("package", "version"), "2.0", ["-     version: '1.0'", "+     version: '2.0'"]),
        (("package", "license"), "MIT", ["+     license: MIT"]),
        (("package", "authors", 0), "Cy", ["-       - Ann  # first", "+       - Cy  # first"]),
        (("package", "authors", 2), "Cy", ["+       - Cy"]),
        (("package", "authors", 0), None, ["-       - Ann  # first"]),
        (
            ("model", "description"),
            "short",
            [
                "-     description: |",
                "+     description: short",
                "-         long",
                "-         text",
            ],
        ),
        (("model", "parameters", "lr"), 0.5, ["+     parameters:", "+       lr: 0.5"]),
        (("model", "parts", 0, "path"), "p", ["+     parts:", "+       - path: p"]),
        (("datasets", 0, "license"), "MIT", ["+   license: MIT"]),
        (
            ("datasets", 0, "name"),
            None,
            ["- - name: d   # ratings", "-   path: data", "+ - path: data"],
        ),
        (("datasets", 1), None, ["- - path: b"]),
        (("code", 0, "path"), "a, b", ["- code: [{path: src}]", '+ code: [{path: "a, b"}]']),
        (("code", 0), None, ["- code: [{path: src}]", "+ code: []"]),
        (("docs", 0, "path"), "README.md", ["+ docs:", "+   - path: README.md"]),
        (("nothing", "here"), None, []),
        (("package", "authors", 7), None, []),
    ],
)
def test_only_the_named_place_changes(path: Any, value: Any, diff: list[str]) -> None:
    assert changed(TEXT, set_field(TEXT, path, value)) == diff


@pytest.mark.parametrize(
    ("text", "path", "value", "result"),
    [
        ("", ("package", "name"), "x", "package:\n  name: x\n"),
        ("# c", ("package", "name"), "x", "# c\npackage:\n  name: x\n"),
        ("package:\n", ("package", "name"), "x", "package:\n  name: x\n"),
        ("package: ~ # c\n", ("package", "name"), "x", "package:\n  name: x # c\n"),
        ("{}", ("package", "name"), "x", "{package: {name: x}}"),
        ("package: {}\n", ("package", "name"), "x", "package: {name: x}\n"),
        ("package:\r\n  name: x\r\n", ("package", "version"), "z",
         "package:\r\n  name: x\r\n  version: z\r\n"),
        ("package:\n  name:\n  version: y", ("package", "name"), "x",
         "package:\n  name: x\n  version: y"),
        ("package:\n  name: x", ("package", "name"), None, "package:\n  {}"),
        ("code:\n- path: a", ("code", 1, "path"), "b", "code:\n- path: a\n- path: b"),
        ("code:\n-\n- path: a\n", ("code", 0, "path"), "b", "code:\n-\n- path: b\n"),
        ("package:\n  version: v\n", ("package", "name"), "x",
         "package:\n  name: x\n  version: v\n"),
        ("model:\n  description: |+\n    a\n\n", ("model", "license"), "MIT",
         "model:\n  license: MIT\n  description: |+\n    a\n\n"),
        ("package:\n  name: &n x\n  version: *n\n", ("package", "name"), "z",
         "package:\n  name: &n z\n  version: *n\n"),
        ("package: {name: a, version: b}\n", ("package", "name"), None, "package: {version: b}\n"),
        ("package: {name: a, version: b}\n", ("package", "version"), None, "package: {name: a}\n"),
    ],
)  # fmt: skip
def test_corners(text: str, path: Any, value: Any, result: str) -> None:
    assert set_field(text, path, value) == result


def test_what_cannot_be_changed_alone_is_refused() -> None:
    with pytest.raises(BadKitfile):
        set_field("package: [", ("package", "name"), "x")
    shared = "model: &m\n  path: a\n  parameters: {}\ncode:\n- *m\n"
    with pytest.raises(BadKitfile):
        set_field(shared, ("code", 0, "path"), "b")
    with pytest.raises(IndexError):
        set_field("code: []\n", ("code", 2, "path"), "b")


def test_add_entry() -> None:
    text = add_entry(TEXT, "datasets", {"name": "n: 1", "path": "x"})
    assert changed(TEXT, text) == ['+ - name: "n: 1"', "+   path: x"]
    text = add_entry(TEXT, "prompts", {"path": "AGENTS.md"})
    assert changed(TEXT, text) == ["+ prompts:", "+   - path: AGENTS.md"]
    text = add_entry(TEXT, "model", {"path": "other.bin"})
    assert changed(TEXT, text) == ["-     path: m.bin", "+     path: other.bin"]


def test_starter_is_a_good_kitfile() -> None:
    text = starter(
        "movie: 1",
        [
            ("model", "saved_model"),
            ("model", "other.bin"),
            ("dataset", "data/ratings.csv"),
            ("code", "src"),
            ("code", "src"),
            ("docs", "README.md"),
            ("prompt", "AGENTS.md"),
        ],
    )
    assert checker.check(text.encode()) == ()
    found = loader.decode(text.encode())
    assert found.package.name == "movie: 1"
    assert [entry.path for entry in found.entries()] == [
        "saved_model",
        "other.bin",
        "src",
        "data/ratings.csv",
        "README.md",
        "AGENTS.md",
    ]
    assert found.datasets[0].name == "ratings"


PATHS = st.sampled_from(
    [
        ("package", "name"),
        ("package", "description"),
        ("package", "license"),
        ("package", "authors", 1),
        ("package", "authors", 2),
        ("model", "path"),
        ("model", "description"),
        ("model", "parameters", "lr"),
        ("datasets", 0, "path"),
        ("datasets", 1, "description"),
        ("datasets", 2, "name"),
        ("code", 0, "path"),
        ("docs", 0, "path"),
        ("manifestVersion",),
    ]
)
WORDS = st.one_of(
    st.text(st.characters(codec="utf-8"), max_size=30),
    st.sampled_from(
        ["yes", "1.0", "null", "- a", "a: b", "#x", "a #b", "|", "'", '"', "\t", "x\ny\n"]
    ),
)
TEXTS = [
    TEXT,
    TEXT.replace("\n", "\r\n"),
    TEXT.rstrip("\n"),
    TEXT.replace("    ", "  "),
    config.to_yaml(loader.decode(TEXT.encode())),
    "{package: {name: a, authors: [b, c]}, datasets: [{path: a}, {path: b}]}",
]


def expected(before: Any, path: tuple[str | int, ...], value: str) -> Any:
    if not path:
        return value
    head, rest = path[0], path[1:]
    if isinstance(head, int):
        items = list(before or [])
        if head == len(items):
            items.append(None)
        items[head] = expected(items[head], rest, value)
        return items
    return {**(before or {}), head: expected((before or {}).get(head), rest, value)}


@given(st.sampled_from(TEXTS), PATHS, WORDS)
def test_a_set_field_has_its_value_and_the_others_keep_theirs(
    text: str, path: tuple[str | int, ...], value: str
) -> None:
    after = set_field(text, path, value)
    wanted = expected(values_loosely(text), path, value)
    decoded = values_loosely(after)
    assert decoded == config.values(config.decode(dumps(wanted)))


@given(st.sampled_from(TEXTS), PATHS)
def test_setting_what_stands_there_keeps_the_meaning(
    text: str, path: tuple[str | int, ...]
) -> None:
    assert values_loosely(set_field(set_field(text, path, "x"), path, "x")) == values_loosely(
        set_field(text, path, "x")
    )


@given(st.sampled_from(TEXTS), PATHS)
def test_removing_takes_away_nothing_else(text: str, path: tuple[str | int, ...]) -> None:
    after = set_field(text, path, None)
    before_lines, after_lines = text.splitlines(), after.splitlines()
    kept = difflib.SequenceMatcher(None, before_lines, after_lines).get_matching_blocks()
    assert sum(block.size for block in kept) >= len(after_lines) - 1
    assert set_field(after, (*path[:-1], "never"), None) == after or isinstance(path[-1], int)


def values_loosely(text: str) -> Any:
    """Values without kit's checks of paths: two equal ones are no matter of editing."""
    reading = decode_kitfile(text.encode(), Profile.CURRENT)
    assert reading.problems == []
    return config.values(reading.kitfile)


def dumps(data: Any) -> bytes:
    return json.dumps(data).encode()
