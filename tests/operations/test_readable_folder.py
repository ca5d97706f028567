"""A folder is always readable: state, compare, rollback and restore live with whatever is there."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from kitdesk.compare.values import FileKind, Verdict
from kitdesk.errors import KitDeskError
from kitdesk.modelkit.primitives.reference import parse
from kitdesk.operations.compare import compare
from kitdesk.operations.compare_contents import compare_contents
from kitdesk.operations.folder_status import folder_status
from kitdesk.operations.inputs.addresses import FolderSide, VersionSide, parse_side
from kitdesk.operations.pack import pack
from kitdesk.operations.rollback import rollback_now
from kitdesk.operations.undo import undo
from kitdesk.services.container import Services
from kitdesk.session.loaders.about import about_folder
from tests.snapshots import snapshot

KITFILE = """manifestVersion: 1.0.0
package:
  name: demo
model:
  path: model/m.pkl
code:
  - path: src
datasets:
  - name: rows
    path: data/rows.csv
docs:
  - path: README.md
"""
Deed = Callable[[Path], object]


def _gone(path: str) -> Deed:
    return lambda folder: (folder / path).unlink()


def _kitfile(data: bytes) -> Deed:
    return lambda folder: (folder / "Kitfile").write_bytes(data)


def _pipe(path: str) -> Deed:
    def deed(folder: Path) -> None:
        (folder / path).unlink(missing_ok=True)
        os.mkfifo(folder / path)

    return deed


def _folder(path: str) -> Deed:
    def deed(folder: Path) -> None:
        (folder / path).unlink(missing_ok=True)
        (folder / path).mkdir()

    return deed


def _dangling(path: str) -> Deed:
    def deed(folder: Path) -> None:
        (folder / path).unlink()
        (folder / path).symlink_to("nowhere")

    return deed


def _side(text: str, folder: Path) -> FolderSide | VersionSide:
    if text == ".":
        return FolderSide(folder, text)
    side = parse_side(text)
    assert isinstance(side, VersionSide)
    return side


def _rows_gone(folder: Path) -> None:
    shutil.rmtree(folder / "data")


def _all_gone(folder: Path) -> None:
    for one in ("src", "data", "model"):
        shutil.rmtree(folder / one)


DEEDS: dict[str, Deed] = {
    "the model is gone": _gone("model/m.pkl"),
    "a dataset is gone": _gone("data/rows.csv"),
    "a folder is gone": _rows_gone,
    "all is gone": _all_gone,
    "the model is a pipe": _pipe("model/m.pkl"),
    "a dataset is a link to nowhere": _dangling("data/rows.csv"),
    "one field is wrong": _kitfile(KITFILE.replace("code:\n  - path: src", "code: 5").encode()),
    "an unknown field": _kitfile(f"{KITFILE}licence: MIT\n".encode()),
    "a tab": _kitfile(KITFILE.replace("  name", "\tname").encode()),
    "no UTF-8": _kitfile(KITFILE.replace("demo", "d\xe9mo").encode("latin-1")),
    "an empty Kitfile": _kitfile(b""),
    "the Kitfile is gone": _gone("Kitfile"),
    "the Kitfile is a folder": _folder("Kitfile"),
    "the Kitfile is a pipe": _pipe("Kitfile"),
    "the Kitfile is a link to nowhere": _dangling("Kitfile"),
    "a broken .kitignore": lambda folder: (folder / ".kitignore").write_text("a[\n"),
    ".kitignore is a folder": lambda folder: (folder / ".kitignore").mkdir(),
    "a base that nobody has": _kitfile(
        KITFILE.replace("model/m.pkl", "localhost/no/where:v1").encode()
    ),
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "demo"
    files = {"Kitfile": KITFILE, "model/m.pkl": "M" * 40, "src/a.py": "one", "src/b.py": "two",
             "data/rows.csv": "1,2\n", "README.md": "# demo\n"}  # fmt: skip
    for name, text in files.items():
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        (place / name).write_text(text)
    return place


@pytest.mark.parametrize("name", DEEDS)
def test_every_look_at_the_folder_lives(name: str, folder: Path, services: Services) -> None:
    digest = pack(folder, parse("demo:v1"), services).digest
    original = snapshot(folder)
    DEEDS[name](folder)
    (folder / "src").mkdir(exist_ok=True)
    (folder / "src" / "a.py").write_text("edited")

    found = folder_status(folder, services)
    assert found.at == digest
    assert "src/a.py" in {change.path for change in found.changes}
    assert found.problems.all, "packing waits, and it is said why"
    assert all(one.title for one in found.problems.all)
    with pytest.raises(KitDeskError):
        pack(folder, parse("demo:v2"), services)

    for left, right in (("demo:v1", "."), (".", "demo:v1")):
        compared = compare(_side(left, folder), _side(right, folder), services)
        assert compared.verdict is Verdict.DIFFERENT
        assert compared.problems
        assert "src/a.py" in {change.path for change in compared.files}
    contents = compare_contents(parse_side("demo:v1"), FolderSide(folder, "."), services)
    assert "src/a.py" in contents.contents
    assert about_folder(folder, services).layers

    rollback_now(folder, digest, "v1", services, only=("src/a.py",), verb="restore")
    assert (folder / "src" / "a.py").read_text() == "one"
    if name.startswith((".kitignore", "a broken")):
        return  # it is the user's, and stays
    result = rollback_now(folder, digest, "v1", services)
    assert result.exact
    assert {k: v for k, v in snapshot(folder).items() if k != ".kitignore"} == original


def test_a_missing_path_is_a_removed_file_with_its_words(folder: Path, services: Services) -> None:
    pack(folder, parse("demo:v1"), services)
    (folder / "model/m.pkl").unlink()
    found = folder_status(folder, services)
    (change,) = found.changes
    assert (change.path, change.kind, change.words) == (
        "model/m.pkl",
        FileKind.REMOVED,
        "missing from the folder",
    )
    assert found.problems.missing == ("model/m.pkl",)
    compared = compare(parse_side("demo:v1"), FolderSide(folder, "."), services)
    assert compared.headline == "The model file is missing."


def test_a_folder_that_was_never_packed_is_read_by_the_other_side(
    folder: Path, tmp_path: Path, services: Services
) -> None:
    pack(folder, parse("demo:v1"), services)
    other = tmp_path / "copy"
    shutil.copytree(folder, other)
    (other / "Kitfile").write_text("model: [\n")
    compared = compare(parse_side("demo:v1"), FolderSide(other, "."), services)
    assert not compared.files
    assert compared.verdict is Verdict.DIFFERENT
    assert compared.headline == "The Kitfile cannot be read."


def test_a_file_that_changes_while_it_is_read_holds_up_no_other(
    folder: Path, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    from kitdesk.errors import FileChanged
    from kitdesk.services.disk.hash_cache import OpenHashes

    pack(folder, parse("demo:v1"), services)
    real = OpenHashes.sha256

    def busy(self: OpenHashes, path: Path, *rest: object) -> object:
        if path.name == "rows.csv":
            raise FileChanged("rows.csv changed while it was being read.")
        return real(self, path, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(OpenHashes, "sha256", busy)
    (folder / "src/a.py").write_text("edited")
    found = folder_status(folder, services)
    words = {change.path: change.words for change in found.changes}
    assert words == {"src/a.py": "", "data/rows.csv": "could not be read"}


def test_an_empty_folder_in_the_place_of_a_file_goes_and_comes_back(
    folder: Path, services: Services
) -> None:
    digest = pack(folder, parse("demo:v1"), services).digest
    original = snapshot(folder)
    (folder / "data/rows.csv").unlink()
    (folder / "data/rows.csv" / "deep").mkdir(parents=True)
    blocked = snapshot(folder)
    assert rollback_now(folder, digest, "v1", services).exact
    assert snapshot(folder) == original
    undo(folder, services)
    assert snapshot(folder) == blocked
