"""What differs: files, texts, Kitfile meaning, pickles: and that nothing is ever executed."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kitdesk.compare import text as texts
from kitdesk.compare.files import compare_trees
from kitdesk.compare.formats import pickle_facts
from kitdesk.compare.formats.pickle_read import Unreadable, read
from kitdesk.compare.kitfile import field_changes, sentences
from kitdesk.compare.values import FileFacts, FileKind, TextDiff, Verdict
from kitdesk.compare.verdict import headline, judge

ROOT = Path(__file__).parents[2]


def facts(text: str, mode: int = 0o644, layer: str = "code") -> FileFacts:
    import hashlib

    return FileFacts(len(text), hashlib.sha256(text.encode()).hexdigest(), mode, layer)


def test_added_removed_changed_renamed_mode_and_same() -> None:
    left = {
        "a": facts("1"),
        "b": facts("2"),
        "old/x": facts("moved"),
        "m": facts("m"),
        "s": facts(""),
    }
    right = {"a": facts("11"), "c": facts("3"), "new/x": facts("moved"), "m": facts("m", 0o755)}
    right["s"] = facts("")
    found = compare_trees(left, right)
    changes, same = found.changes, found.same
    assert {(one.path, one.kind, one.old_path) for one in changes} == {
        ("a", FileKind.CHANGED, ""),
        ("b", FileKind.REMOVED, ""),
        ("c", FileKind.ADDED, ""),
        ("new/x", FileKind.RENAMED, "old/x"),
        ("m", FileKind.MODE, ""),
    }
    assert same == ("s",)


def test_each_moved_file_is_used_once() -> None:
    changes = compare_trees({"a": facts("x")}, {"b": facts("x"), "c": facts("x")}).changes
    assert sorted(one.kind for one in changes) == [FileKind.ADDED, FileKind.RENAMED]


def test_empty_files_are_no_evidence_of_a_move() -> None:
    changes = compare_trees({"a": facts("")}, {"b": facts("")}).changes
    assert {one.kind for one in changes} == {FileKind.ADDED, FileKind.REMOVED}


LINES = st.lists(st.text(st.characters(exclude_characters="\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029")))


@given(left=LINES, right=LINES)
def test_both_texts_can_be_read_back_from_the_rows(left: list[str], right: list[str]) -> None:
    found = texts.diff("\n".join(left), "\n".join(right))
    old = [row.left.text for row in found.rows if row.left]
    new = [row.right.text for row in found.rows if row.right]
    assert old == "\n".join(left).splitlines()
    assert new == "\n".join(right).splitlines()
    assert [row.left.number for row in found.rows if row.left] == list(range(1, len(old) + 1))
    for row in found.rows:
        if not row.changed:
            assert row.left is not None
            assert row.right is not None
            assert row.left.text == row.right.text
        for line in filter(None, (row.left, row.right)):
            ends = [at for mark in line.marks for at in (mark.start, mark.end)]
            assert ends == sorted(ends)
            assert all(0 <= at <= len(line.text) for at in ends)


def test_alike_lines_stand_side_by_side_with_their_words_marked() -> None:
    found = texts.diff("import a\nx = 1\n", "import a\ny = 0\nx = 2\n")
    rows = [(r.left and r.left.text, r.right and r.right.text) for r in found.rows]
    assert rows == [("import a", "import a"), (None, "y = 0"), ("x = 1", "x = 2")] or rows[2] == (
        "x = 1",
        "x = 2",
    )
    assert (found.added, found.removed) == (2, 1)
    assert texts.words(found) == "+2 −1 lines"


def test_binary_is_not_text() -> None:
    assert texts.as_text(b"a\0b") is None
    assert texts.as_text(b"caf\xe9") is None
    assert texts.as_text("café".encode()) == "café"


def test_kitfile_differences_read_like_sentences() -> None:
    left = {
        "package": {"name": "a", "version": "1"},
        "model": {"name": "m", "parameters": {"rmse": 0.8, "old": 1}},
        "datasets": [{"name": "ratings", "path": "r.csv"}],
        "code": [{"path": "nb"}],
    }
    right = {
        "package": {"name": "a", "version": "2", "license": "MIT"},
        "model": {"name": "m", "parameters": {"rmse": 0.9, "n": 50, "seed": 42}},
        "datasets": [{"name": "ratings", "path": "r2.csv"}, {"name": "movies", "path": "m.csv"}],
    }
    fields = field_changes(left, right)
    assert {(one.path, one.kind) for one in fields} == {
        ("package.version", "changed"),
        ("package.license", "added"),
        ("model.parameters.rmse", "changed"),
        ("model.parameters.old", "removed"),
        ("model.parameters.n", "added"),
        ("model.parameters.seed", "added"),
        ("datasets[ratings].path", "changed"),
        ("datasets[movies]", "added"),
        ("code", "removed"),
    } or ("code[nb]", "removed") in {(one.path, one.kind) for one in fields}
    said = [one.text for one in sentences(fields)]
    assert "The version is now “2”; it was “1”." in said
    assert "The licence is new: “MIT”." in said
    assert "Dataset movies was added, from m.csv." in said
    assert "Parameter rmse went from 0.8 to 0.9." in said
    assert "Parameters n = 50 and seed = 42 were added." in said
    assert "Parameter old was removed." in said
    assert all(text.endswith(".") for text in said)


def test_numbers_and_texts_are_different_values() -> None:
    (one,) = field_changes({"a": 1}, {"a": True})
    assert (one.left, one.right) == (1, True)
    assert field_changes({"a": 1.0}, {"a": 1.0}) == ()


def test_verdicts() -> None:
    mode = compare_trees({"a": facts("1")}, {"a": facts("1", 0o755)}).changes
    assert judge((), mode, same_digest=False) is Verdict.PACKAGING
    assert judge((), (), same_digest=True) is Verdict.SAME
    changed = compare_trees({"a": facts("1")}, {"a": facts("2")}).changes
    assert judge((), changed, same_digest=False) is Verdict.DIFFERENT
    text = headline(Verdict.DIFFERENT, "v1", "v2", changed, (), ())
    assert text == "v2 has changed code."


class Hostile:
    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.system, ("touch /tmp/kitdesk-was-here",)


def test_a_hostile_pickle_is_described_and_never_run(tmp_path: Path) -> None:
    mark = tmp_path / "ran"
    data = pickle.dumps(Hostile()).replace(b"/tmp/kitdesk-was-here", str(mark).encode()[-21:])
    found = pickle_facts.compare(b"", data)
    assert found is not None
    assert "Take care" in found.note
    assert "system" in found.note
    assert not Path("/tmp/kitdesk-was-here").exists()


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text()
    | st.binary(),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(), inner, max_size=4)
        | st.tuples(inner, inner)
    ),
    max_leaves=20,
)


@given(value=VALUES, protocol=st.integers(3, pickle.HIGHEST_PROTOCOL))
def test_plain_values_are_read_as_they_are(value: object, protocol: int) -> None:
    found, _ = read(pickle.dumps(value, protocol))
    assert found == value


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    try:
        read(data)
    except Unreadable:
        return


DEEP = 200_000
FILL = b"K\x01\x85" * 10
HOSTILE_PICKLES = {
    "deep tuples as a key": b"\x80\x02}(K\x01" + b"\x85" * DEEP + b"K\x02u.",
    "deep calls as a key": b"\x80\x02}(cos\nsystem\n" + b")R" * DEEP + b"K\x02u.",
    "deep calls": b"\x80\x02cos\nsystem\n" + b")R" * DEEP + b".",
    "deep arguments": b"\x80\x02"
    + b"ca\n_reconstruct\n" * 2000
    + b"K\x01"
    + b"\x85R" * 2000
    + b".",
    "a doubling value": b"\x80\x02}X\x01\x00\x00\x00aK\x01" + b"q\x00h\x00\x86" * 100 + b"s.",
    "a doubling key": b"\x80\x02}K\x01" + b"q\x00h\x00\x86" * 100 + b"K\x02s.",
    "a doubling name": b"\x80\x04K\x01" + b"q\x00h\x00\x86" * 100 + b"q\x00h\x00\x93.",
    "a huge number": b"\x80\x02}\x8b"
    + (50_000).to_bytes(4, "little")
    + b"\x7f" * 50_000
    + b"K\x01s.",
    "a huge number as a value": b"\x80\x02}X\x01\x00\x00\x00a\x8b"
    + (50_000).to_bytes(4, "little")
    + b"\x7f" * 50_000
    + b"s.",
    "a shape of nonsense": b"\x80\x02cnumpy\n_reconstruct\n)R(K\x01(X\x01\x00\x00\x00aNtNtb.",
    "a short state": b"\x80\x02cnumpy\n_reconstruct\n)R(K\x01tb.",
    "no arguments": b"\x80\x02cnumpy\n_frombuffer\nK\x01R.",
}
RUN = """
import resource, sys
resource.setrlimit(resource.RLIMIT_CPU, (20, 20))
from kitdesk.compare.formats import pickle_facts
from tests.compare.test_compare import HOSTILE_PICKLES
for name, data in HOSTILE_PICKLES.items():
    print(name, flush=True)
    pickle_facts.compare(data, data)
print("done")
"""


def test_pickles_that_end_a_process_or_never_end() -> None:
    """In a process of its own: some of them ended it by SIGSEGV."""
    done = subprocess.run(
        [sys.executable, "-c", RUN], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout.split()[-1:]) == (0, ["done"]), done.stdout + done.stderr


LONG_TEXTS = {
    "a changed line of 28 kB": ("ab " * 9000, "ab " * 4000 + "x" + "ab " * 5000),
    "lines alike": ("\n".join(["a" * 1900] * 90), "\n".join(["a" * 1899 + "b"] * 90)),
    "the same line": ("\n".join("ab" * 9999), "\n".join("ba" * 9999)),
    "blank lines": ("\n" * 15_000 + "a", "b" + "\n" * 19_000),
}


@pytest.mark.parametrize("name", LONG_TEXTS)
def test_texts_that_cost_the_square_of_their_length(name: str) -> None:
    code = (
        "import resource; resource.setrlimit(resource.RLIMIT_CPU, (15, 15))\n"
        "from kitdesk.compare import text; from tests.compare.test_compare import LONG_TEXTS\n"
        f"found = text.diff(*LONG_TEXTS[{name!r}])\n"
        "assert found.added and found.removed; print('done')"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.stdout == "done\n", done.stderr


@given(st.lists(st.sampled_from("abc"), max_size=8), st.lists(st.sampled_from("abc"), max_size=8))
def test_every_line_of_both_texts_has_its_row(old: list[str], new: list[str]) -> None:
    found = texts.diff("\n".join(old), "\n".join(new))
    assert [row.left.text for row in found.rows if row.left] == old
    assert [row.right.text for row in found.rows if row.right] == new
    assert all(
        row.left and row.right and row.left.text == row.right.text
        for row in found.rows
        if not row.changed
    )


def test_the_sample_models_are_recognised() -> None:
    name = "saved_model/user_similarity_model.pkl"
    sample = ROOT / "resources" / "sample"
    found = pickle_facts.compare(
        (sample / "v1.0.0" / name).read_bytes(), (sample / "v2.0.0" / name).read_bytes()
    )
    assert found is not None
    rows = {fact.name: (fact.left, fact.right) for fact in found.facts}
    assert rows["Table"] == ("120 rows × 120 columns, float64", "–")
    assert rows["components_"] == ("–", "20 × 260, float64")
    assert rows["n_components"] == ("–", "20")
    assert rows["Class"][1].endswith("TruncatedSVD")
    assert "Nothing in it asks to run a command" in found.note


@pytest.mark.parametrize(
    ("path", "language"),
    [
        ("a.py", "python"),
        ("Kitfile", "yaml"),
        (".kitfile", "yaml"),
        ("x.md", "markdown"),
        ("LICENSE", "plain"),
    ],
)
def test_languages(path: str, language: str) -> None:
    assert texts.language_of(path) == language


def test_an_empty_side_is_a_diff_too() -> None:
    found = texts.diff("", "one\ntwo\n")
    assert isinstance(found, TextDiff)
    assert found.blocks == (0,)
