"""Three-way merge: nothing that either side wrote is lost, nothing is made up."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from kitdesk.session.loaders.merge import merge, merge_view, regions

TEXTS = st.lists(st.sampled_from(["a", "b", "c", "", "x: 1"]), max_size=12).map("\n".join)


@given(TEXTS, TEXTS)
def test_one_sided_changes_are_the_whole_answer(base: str, mine: str) -> None:
    for answer in (merge(base, mine, base), merge(base, base, mine), merge(base, mine, mine)):
        assert (answer.text, answer.clashes) == (mine, 0)


@given(TEXTS, TEXTS, TEXTS)
def test_the_regions_are_the_three_texts(base: str, mine: str, theirs: str) -> None:
    parts = list(regions(base, mine, theirs))
    for name, whole in (("base", base), ("mine", mine), ("theirs", theirs)):
        lines = [line for part in parts for line in getattr(part, name)]
        assert "\n".join(lines) == whole


@given(TEXTS, TEXTS, TEXTS)
def test_both_sides_agree_on_a_merge_without_clash(base: str, mine: str, theirs: str) -> None:
    one, other = merge(base, mine, theirs), merge(base, theirs, mine)
    assert one.clashes == other.clashes
    if not one.clashes:
        assert one.text == other.text


@given(TEXTS, TEXTS, TEXTS)
def test_a_clash_keeps_what_is_typed(base: str, mine: str, theirs: str) -> None:
    kept = merge(base, mine, theirs).text.split("\n")
    for part in regions(base, mine, theirs):
        if part.kind in ("mine", "clash"):
            joined = "\n".join(part.mine)
            assert joined in "\n".join(kept)


@given(TEXTS, TEXTS, TEXTS)
def test_the_columns_are_the_two_texts_line_beside_line(base: str, mine: str, theirs: str) -> None:
    view = merge_view(base, mine, theirs)
    assert len(view.disk) == len(view.typed)
    for column, text in ((view.disk, theirs), (view.typed, mine)):
        lines = [line for line in column if line.kind != "gap"]
        assert "\n".join(line.text for line in lines) == text
        assert [line.number for line in lines] == list(range(1, len(lines) + 1))
    assert view.clash == bool(merge(base, mine, theirs).clashes)


def test_lines_side_by_side_merge_and_the_same_line_clashes() -> None:
    base = "a\nb\nc\nd\n"
    assert merge(base, "A\nb\nc\nd\n", "a\nb\nC\nd\n").text == "A\nb\nC\nd\n"
    assert merge(base, "A\nb\nc\nd\n", "a\nB\nc\nd\n") == merge(base, "A\nB\nc\nd\n", base)
    assert merge(base, "a\nM\nc\nd\n", "a\nT\nc\nd\n").clashes == 1
    assert merge(base, "a\nM\nb\nc\nd\n", "a\nT\nb\nc\nd\n").clashes == 1
    assert merge(base, "a\nb\nd\n", "a\nb\nC\nd\n").clashes == 1, "one removed what one changed"


def test_the_view_counts_and_marks() -> None:
    base = "a\nb\nc\nd\ne\n"
    view = merge_view(base, "a\nb1\nc\nd2\ne\n", "a0\nb\nc\nd3\ne\n")
    assert (view.mine, view.theirs, view.clash_lines) == (2, 2, (4,))
    assert [line.kind for line in view.disk[:4]] == ["added", "same", "same", "removed"]
    assert [line.kind for line in view.typed[:4]] == ["same", "added", "same", "removed"]
    assert view.typed[3].spans == ((1, 2),)
