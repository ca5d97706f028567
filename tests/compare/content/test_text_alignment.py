"""Texts side by side: aligned as a person would, within bounds of cost."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kitdesk.compare.content.edits import blocks
from kitdesk.compare.content.lines import aligned, unified, word_marks
from kitdesk.compare.content.model import Context
from kitdesk.compare.content.source import Budget, Unreadable
from kitdesk.compare.content.text import Text, decoded, split
from kitdesk.progress import Cancelled

LINES = st.lists(st.sampled_from(["a", "b", "c", "d", "", "x = 1"]), max_size=30)


def nothing() -> None:
    """No cancel."""


@given(LINES, LINES)
@settings(max_examples=300, deadline=None)
def test_rows_hold_both_texts(old: list[str], new: list[str]) -> None:
    rows = aligned(old, new, nothing)
    assert [row.left.text for row in rows if row.left] == old
    assert [row.right.text for row in rows if row.right] == new
    assert [row.left.number for row in rows if row.left] == list(range(1, len(old) + 1))
    for row in rows:
        if not row.changed:
            assert row.left
            assert row.right
            assert row.left.text == row.right.text


@given(LINES, LINES)
@settings(max_examples=200, deadline=None)
def test_the_script_is_the_shortest(old: list[str], new: list[str]) -> None:
    found = sum(j - i + m - k for i, j, k, m in blocks(old, new, nothing))
    table = [[0] * (len(new) + 1) for _ in range(len(old) + 1)]
    for i in range(len(old) - 1, -1, -1):
        for k in range(len(new) - 1, -1, -1):
            same = table[i + 1][k + 1] + 1 if old[i] == new[k] else 0
            table[i][k] = max(same, table[i + 1][k], table[i][k + 1])
    assert found == len(old) + len(new) - 2 * table[0][0]


def test_line_7_stands_beside_line_7() -> None:
    old = [f"weight_{n} = {n}" for n in range(10)]
    new = [f"weight_{n} = {n + 1}" for n in range(10)]
    pairs = [
        (row.left.number, row.right.number)
        for row in aligned(old, new, nothing)
        if row.left and row.right
    ]
    assert pairs == [(n, n) for n in range(1, 11)]


def test_an_inserted_line_faces_a_gap() -> None:
    rows = aligned(["def f():", "    return a"], ["def f():", "    x = 0", "    return b"], nothing)
    assert [(row.left is None, row.changed) for row in rows] == [
        (False, False), (True, True), (False, True),
    ]  # fmt: skip


def test_words_that_differ_are_marked() -> None:
    left, right = word_marks("alpha = 0.1  # rate", "alpha = 0.05  # rate")
    assert [("alpha = 0.1  # rate"[m.start : m.end]) for m in left] == ["1"]
    assert [("alpha = 0.05  # rate"[m.start : m.end]) for m in right] == ["05"]


def test_a_long_line_is_marked_by_its_ends() -> None:
    left, right = word_marks(
        "a" * 500_000 + "x" + "b" * 500_000, "a" * 500_000 + "yy" + "b" * 500_000
    )
    assert (left[0].start, left[0].end) == (500_000, 500_001)
    assert (right[0].start, right[0].end) == (500_000, 500_002)


def test_repetition_ends() -> None:
    old, new = ["a", "b"] * 8_000, ["b", "b", "a"] * 5_000
    steps = 0

    def count() -> None:
        nonlocal steps
        steps += 1

    rows = aligned(old, new, count)
    assert steps > 10  # the cancel point is inside
    assert len(rows) >= len(old)


def test_a_cancel_is_heard_inside() -> None:
    calls = 0

    def cancelled() -> None:
        nonlocal calls
        calls += 1
        if calls > 5:
            raise Cancelled

    with pytest.raises(Cancelled):
        aligned(["a", "b"] * 8_000, ["b", "b", "a"] * 5_000, cancelled)


def test_a_unified_diff_has_three_lines_around() -> None:
    old = [str(n) for n in range(20)]
    new = [*old[:10], "ten", *old[11:]]
    text = unified(tuple(aligned(old, new, nothing)))
    assert text.splitlines() == [
        "@@ -8,7 +8,7 @@", " 7", " 8", " 9", "-10", "+ten", " 11", " 12", " 13",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("data", "text", "encoding"),
    [
        (b"\xef\xbb\xbfa", "a", "utf-8-bom"),
        ("ä".encode("utf-16"), "ä", "utf-16"),
        (b"caf\xe9", "café", "windows-1252"),
        ("✓".encode(), "✓", "utf-8"),
    ],
)
def test_encodings(data: bytes, text: str, encoding: str) -> None:
    assert decoded(data) == (text, encoding)


@pytest.mark.parametrize("data", [b"a\0b", b"\x81\x8d\xff", b"\x01\xff\x02"])
def test_bytes_that_are_no_text(data: bytes) -> None:
    with pytest.raises(Unreadable):
        decoded(data)


def test_other_separators_stay_in_their_line() -> None:
    assert split("a\x0cb\u2028c\r\nd\re") == ["a\x0cb\u2028c", "d", "e"]


def test_a_long_text_is_counted() -> None:
    old = "".join(f"{n}\n" for n in range(30_000))
    outcome = Text.differ(
        Text(old, "utf-8", "text"), Text(old + "new\n", "utf-8", "text"), Context(Budget())
    )
    assert outcome.part is not None
    assert (outcome.part.added, outcome.part.removed, outcome.part.rows) == (1, 0, ())  # type: ignore[union-attr]
    assert [limit.code for limit in outcome.limits] == ["long"]
