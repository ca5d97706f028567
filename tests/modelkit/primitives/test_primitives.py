"""Digests, versions, paths, scalars: the small functions that everything stands on."""

from __future__ import annotations

import posixpath

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kitdesk.modelkit.kitfile.grammar import OBJECTS
from kitdesk.modelkit.kitfile.json_schema import schema
from kitdesk.modelkit.primitives import digest, go_json, go_paths, semver
from kitdesk.modelkit.yaml import resolver


def test_digest_of_nothing() -> None:
    empty = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert digest.of_bytes(b"") == empty
    assert digest.hex_of(empty) == empty[7:]
    assert digest.short(empty) == "e3b0c442"


@pytest.mark.parametrize(
    "text", [f"sha256:{'ab' * 32}", f"sha384:{'0' * 96}", f"sha512:{'f' * 128}"]
)
def test_whole_digests(text: str) -> None:
    assert digest.is_digest(text)
    assert not digest.is_digest(text[:-1])
    assert not digest.is_digest(text.upper())
    assert not digest.is_digest(text + "\n")


def test_newest_version_first() -> None:
    ordered = ["v2.0.0", "v2.0.0-rc.10", "v2.0.0-rc2", "v1.10", "v1.9", "1.0", "alpha", "latest"]
    mixed = ordered[::-1]
    assert sorted(mixed, key=semver.sort_key, reverse=True) == ordered


@pytest.mark.parametrize(
    ("tags", "following"),
    [
        ([], ("v1.0.0", "v1.1.0", "v2.0.0")),
        (["latest"], ("v1.0.0", "v1.1.0", "v2.0.0")),
        (["v1.9.3", "v1.10.0", "latest"], ("v1.10.1", "v1.11.0", "v2.0.0")),
        (["1.2"], ("1.2.1", "1.3.0", "2.0.0")),
        (["v2.0.0-rc1", "v1.0.0"], ("v2.0.0", "v2.1.0", "v3.0.0")),
        (["v1.0.0", "20240131"], ("v1.0.1", "v1.1.0", "v2.0.0")),
    ],
)
def test_next_tags(tags: list[str], following: tuple[str, str, str]) -> None:
    assert semver.next_tags(tags) == following


@given(st.lists(st.text(max_size=12)))
def test_any_tags_can_be_sorted(tags: list[str]) -> None:
    assert len(sorted(tags, key=semver.sort_key)) == len(tags)


@pytest.mark.parametrize(
    ("path", "cleaned"),
    [("", "."), ("./a/../b//", "b"), ("//x", "/x"), ("a/..", "."), ("../a", "../a"), ("/..", "/")],
)
def test_clean(path: str, cleaned: str) -> None:
    assert go_paths.clean(path) == cleaned


def relative(base: str, path: str) -> str | None:
    """Go's filepath.Rel on cleaned relative paths, as FORMAT.md, 11 describes it."""
    left = [] if base == "." else base.split("/")
    right = [] if path == "." else path.split("/")
    while left and right and left[0] == right[0]:
        left, right = left[1:], right[1:]
    if ".." in left:
        return None
    return "/".join([".."] * len(left) + right) or "."


NAMES = st.lists(st.sampled_from(["a", "b", "a..b", "..a", "c.."]), max_size=4)


@given(base=NAMES, path=NAMES, outside=st.booleans())
@example(base=["x..y"], path=["x..y", "g"], outside=False)
def test_same_tree_is_kits_text_test(base: list[str], path: list[str], *, outside: bool) -> None:
    left = posixpath.join(".." if outside else "", *base) if base or outside else "."
    right = "/".join(path)
    if not right:
        return
    there, back = relative(left, right), relative(right, left)
    naive = there is not None and back is not None and not (".." in there and ".." in back)
    assert go_paths.in_same_tree(left, right) == naive


@pytest.mark.parametrize(
    ("text", "tag", "value"),
    [
        ("yes", "!!str", "yes"),
        ("017", "!!int", 15),
        ("0o17", "!!int", 15),
        ("08", "!!float", 8.0),
        ("1_000", "!!int", 1000),
        ("-0x1F", "!!int", -31),
        ("18446744073709551615", "!!int", 2**64 - 1),
        ("-9223372036854775809", "!!float", -9223372036854775808.0),
        ("1e400", "!!str", "1e400"),
        ("0x", "!!str", "0x"),
        (".5", "!!float", 0.5),
        (".", "!!str", "."),
        ("2024-1-2", "!!timestamp", "2024-01-02T00:00:00Z"),
        ("2024-01-31 10:20:30", "!!timestamp", "2024-01-31T10:20:30Z"),
        ("2024-01-31T10:20:30", "!!str", "2024-01-31T10:20:30"),
        ("2024-01-31T10:20:30.100+02:00", "!!timestamp", "2024-01-31T10:20:30.1+02:00"),
        ("2024-13-01", "!!str", "2024-13-01"),
        ("", "!!null", None),
    ],
)
def test_plain_scalars(text: str, tag: str, value: object) -> None:
    assert resolver.resolve("", text) == (tag, value)
    assert resolver.tag_of(text) == tag


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (1.0, "1"),
        (-0.0, "-0"),
        (1e21, "1e+21"),
        (1e20, "100000000000000000000"),
        (1e-6, "0.000001"),
        (1.5e-9, "1.5e-9"),
        (1.2345678901234568e29, "1.2345678901234568e+29"),
        (18446744073709552000.0, "18446744073709552000"),
    ],
)
def test_numbers_in_json(number: float, text: str) -> None:
    assert go_json.number(number) == text


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_numbers_read_back(number: float) -> None:
    assert float(go_json.number(number)) == number


def test_the_schema_knows_every_field() -> None:
    properties = schema()["properties"]
    assert isinstance(properties, dict)
    assert list(properties) == [field.name for field in OBJECTS["kitfile"].fields]
    model = properties["model"]
    assert isinstance(model, dict)
    assert model["additionalProperties"] is False
