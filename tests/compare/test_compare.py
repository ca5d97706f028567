"""What differs: files, Kitfile meaning, pickles: and that nothing is ever executed."""

from __future__ import annotations

import os
import pickle
from pathlib import Path

from kitdesk.compare.content.differ import differ
from kitdesk.compare.content.parts import ImportsDiff
from kitdesk.compare.content.result import Content, TensorsDiff, ValuesDiff
from kitdesk.compare.content.source import Budget, MemoryBytes
from kitdesk.compare.files import compare_trees
from kitdesk.compare.kitfile import field_changes, sentences
from kitdesk.compare.values import FileFacts, FileKind, Verdict
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


def inside(left: bytes | None, right: bytes, name: str) -> Content:
    old = None if left is None else MemoryBytes(left)
    return differ(old, name, MemoryBytes(right), name, Budget())


def test_a_hostile_pickle_is_described_and_never_run() -> None:
    found = inside(None, pickle.dumps(Hostile()), "model.pkl")
    assert "system" in found.summary
    (imports,) = (part for part in found.parts if isinstance(part, ImportsDiff))
    assert len(imports.dangerous) == 1
    assert not Path("/tmp/kitdesk-was-here").exists()


def test_the_sample_models_are_recognised() -> None:
    name = "saved_model/user_similarity_model.pkl"
    sample = ROOT / "resources" / "sample"
    found = inside(
        (sample / "v1.0.0" / name).read_bytes(), (sample / "v2.0.0" / name).read_bytes(), name
    )
    facts = {fact.id: (fact.left, fact.right) for fact in found.facts}
    columns = facts["table.columns"][0]
    assert isinstance(columns, list)
    assert (facts["table.rows"][0], len(columns)) == (120, 120)
    assert str(facts["class"][1]).endswith("TruncatedSVD")
    values = {
        "".join(map(str, one.path)): one.right
        for part in found.parts
        if isinstance(part, ValuesDiff)
        for one in part.changes
    }
    assert values["n_components"] == 20
    tensors = {one.name: one.right for p in found.parts if isinstance(p, TensorsDiff)
               for one in p.changes}  # fmt: skip
    components = tensors["components_"]
    assert components is not None
    assert (components.shape, components.dtype) == ((20, 260), "float64")
    assert found.complete
