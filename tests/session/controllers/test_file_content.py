"""The chosen file's content in steps, by a key, exported; a former request ends with its child."""

from __future__ import annotations

import shutil
from functools import partial
from pathlib import Path

import pytest
from PIL import Image

from kitdesk.changes import Changes, Topic
from kitdesk.compare.content.result import Content, TableDiff, TensorsDiff
from kitdesk.operations.diffing import content as contents
from kitdesk.operations.export import ExportKind
from kitdesk.services.aside import Aside
from kitdesk.session.state.project import FOLDER
from tests.compare.content.golden import PAIRS
from tests.session.conftest import Desk

KITFILE = "package:\n  name: own\ndatasets:\n  - path: data\n"
HANGING = ["/bin/sh", "-c", "exec tail -f /dev/null"]


@pytest.fixture
def compared(context: Desk, tmp_path: Path) -> Desk:
    """A folder compared with its version: a table, an image and a text differ."""
    folder = tmp_path / "own"
    (folder / "data").mkdir(parents=True)
    (folder / "Kitfile").write_text(KITFILE)
    case = next(one for one in PAIRS if one.parent.name == "image" and one.name == "png")
    for side in ("before", "after"):
        (image,) = case.glob(f"{side}.*")
        (folder / "data" / "a.png").write_bytes(image.read_bytes())
        rows = "2,b,4\n" if side == "before" else "3,b,5\n4,c,6\n"
        (folder / "data" / "rows.csv").write_text(f"id,name,x\n1,a,=1+1\n{rows}")
        (folder / "data" / "notes.txt").write_text(f"first\n{side}\n")
        if side == "before":
            context.opens(folder)
            context.packs("v1")
    context.session.refresh()
    (row,) = context.workspace.state.versions
    context.session.comparison.compare(row.digest, FOLDER)
    context.until(lambda: context.workspace.state.comparison and context.workspace.state.content)
    return context


def chosen(context: Desk, path: str) -> Content:
    context.session.comparison.choose_file(path)
    context.until(
        lambda: context.workspace.state.file == path and not context.workspace.state.content_loading
    )
    content = context.workspace.state.content
    assert isinstance(content, Content)
    return content


def table(context: Desk) -> TableDiff:
    content = context.workspace.state.content
    assert isinstance(content, Content)
    return next(part for part in content.parts if isinstance(part, TableDiff))


def key_of(context: Desk) -> tuple[str, ...] | None:
    """Key of the table that is shown; None while its rows are not counted."""
    content = context.workspace.state.content
    parts = content.parts if isinstance(content, Content) else ()
    return next((part.rows.key for part in parts if isinstance(part, TableDiff)), None)


def test_rows_and_the_first_sentence_say_what_is_known(compared: Desk) -> None:
    found = compared.workspace.state.comparison
    assert found is not None
    words = {change.path: change.words for change in found.files}
    assert words["data/notes.txt"] == "+1 −1 lines"
    assert words["data/rows.csv"] == "2 + 1 − rows by id"
    assert "% of the pixels" in words["data/a.png"]
    assert found.headline.startswith("rows: 2 rows added, 1 removed")


def test_facts_come_before_all_is_known(compared: Desk) -> None:
    steps: list[tuple[bool, int]] = []
    chosen(compared, "data/notes.txt")

    def note(changes: Changes) -> None:
        state = compared.workspace.state
        if changes.topics & Topic.COMPARISON and isinstance(state.content, Content):
            steps.append((state.content_loading, len(state.content.parts)))

    compared.workspace.changed.connect(note)
    chosen(compared, "data/rows.csv")
    loading = [parts for is_loading, parts in steps if is_loading]
    assert loading
    assert steps[-1] == (False, 1)


def test_a_key_can_be_chosen_and_given_back(compared: Desk) -> None:
    chosen(compared, "data/rows.csv")
    assert table(compared).rows.key == ("id",)
    compared.session.comparison.set_key(("name",))
    compared.until(lambda: key_of(compared) == ("name",))
    assert (table(compared).rows.changed, table(compared).rows.added) == (1, 1)
    chosen(compared, "data/notes.txt")
    chosen(compared, "data/rows.csv")
    assert table(compared).rows.key == ("name",), "it is remembered for the file"
    compared.session.comparison.set_key(None)
    compared.until(lambda: key_of(compared) == ("id",))


def test_another_file_ends_a_decoder_that_hangs(
    compared: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[Aside] = []

    def hanging() -> Aside:
        made.append(Aside(HANGING))
        return made[-1]

    monkeypatch.setattr(contents, "new_decoder", hanging)
    compared.session.comparison.choose_file("data/a.png")
    compared.until_shown(lambda: made and made[0]._process is not None)
    process = made[0]._process
    assert process is not None
    compared.session.comparison.choose_file("data/notes.txt")
    compared.until(lambda: not compared.workspace.state.content_loading)
    assert isinstance(compared.workspace.state.content, Content)
    assert compared.workspace.state.content.kind == "text"
    compared.until(lambda: process.poll() is not None)


def test_closing_ends_a_decoder_that_hangs(compared: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[Aside] = []

    def hanging() -> Aside:
        made.append(Aside(HANGING))
        return made[-1]

    monkeypatch.setattr(contents, "new_decoder", hanging)
    compared.session.comparison.choose_file("data/a.png")
    compared.until_shown(lambda: made and made[0]._process is not None)
    process = made[0]._process
    assert process is not None
    compared.session.close()
    assert process.poll() is not None


def _has(copied: list[str], count: int) -> bool:
    return len(copied) == count


def test_export_of_the_chosen_file(compared: Desk, tmp_path: Path) -> None:
    chosen(compared, "data/rows.csv")
    copied: list[str] = []
    kinds: tuple[ExportKind, ...] = ("text", "markdown", "csv")
    for number, kind in enumerate(kinds):
        compared.session.comparison.export(kind, None, copied.append)
        compared.until(partial(_has, copied, number + 1))
    text, markdown, csv = copied
    assert "2 added, 1 removed" in text
    assert "| \\+ | 3 |" in markdown
    assert csv.splitlines()[0] == "change,side,id,name,x"
    assert "added,after,3,b,5" in csv.splitlines()
    target = tmp_path / "rows.md"
    compared.session.comparison.export("markdown", target)
    compared.until(lambda: compared.workspace.state.result)
    assert target.read_text(encoding="utf-8") == markdown


def test_the_report_of_a_comparison(compared: Desk, tmp_path: Path) -> None:
    target = tmp_path / "report.html"
    compared.session.comparison.export("html", target)
    compared.until(lambda: compared.workspace.state.result and target.exists())
    page = target.read_text(encoding="utf-8")
    for name in ("rows.csv", "a.png", "notes.txt"):
        assert name in page
    assert "<script" not in page


def test_a_report_that_cannot_be_written_is_told(compared: Desk, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    compared.session.comparison.export("html", tmp_path / "file" / "report.html")
    compared.until(lambda: compared.workspace.state.error)


def test_rows_can_be_compared_as_sets(compared: Desk) -> None:
    chosen(compared, "data/rows.csv")
    assert table(compared).rows.key == ("id",)
    compared.session.comparison.set_key(())
    compared.until(lambda: not compared.workspace.state.content_loading)
    rows = table(compared).rows
    assert (rows.key, rows.added, rows.removed, rows.changed) == (None, 2, 1, 0)


def test_the_pixels_of_an_image_come_from_the_child(compared: Desk) -> None:
    chosen(compared, "data/a.png")
    left, right = compared.workspace.state.pictures
    assert left is not None
    assert right is not None
    assert len(left.rgba) == left.width * left.height * 4
    assert left.rgba != right.rgba
    chosen(compared, "data/notes.txt")
    assert compared.workspace.state.pictures == (None, None), "they go with their file"


def test_a_damaged_side_has_no_picture_and_the_other_has(context: Desk, tmp_path: Path) -> None:
    folder = tmp_path / "own"
    (folder / "data").mkdir(parents=True)
    (folder / "Kitfile").write_text(KITFILE)
    image = folder / "data" / "a.png"
    Image.new("RGB", (3000, 40), "red").save(image)
    context.opens(folder)
    context.packs("v1")
    image.write_bytes(image.read_bytes()[:60])
    context.session.refresh()
    (row,) = context.workspace.state.versions
    context.session.comparison.compare(row.digest, FOLDER)
    context.until(lambda: context.workspace.state.file == "data/a.png")
    context.until(lambda: not context.workspace.state.content_loading)
    content = context.workspace.state.content
    assert isinstance(content, Content)
    assert content.limits
    left, right = context.workspace.state.pictures
    assert right is None
    if left is not None:
        assert (left.width, left.full_width) == (1024, 3000)


def test_shards_are_told_with_their_index(context: Desk, tmp_path: Path) -> None:
    (case,) = (one for one in PAIRS if one.name == "sharded-tuned")
    folder = tmp_path / "own"
    (folder / "data").mkdir(parents=True)
    (folder / "Kitfile").write_text(KITFILE)
    for side in ("before", "after"):
        shutil.copytree(case / side, folder / "data", dirs_exist_ok=True)
        if side == "before":
            context.opens(folder)
            context.packs("v1")
    context.session.refresh()
    (row,) = context.workspace.state.versions
    context.session.comparison.compare(row.digest, FOLDER)
    index = "data/model.safetensors.index.json"

    def words() -> dict[str, str]:
        found = context.workspace.state.comparison
        return {one.path: one.words for one in found.files} if found else {}

    context.until(lambda: any(one.startswith("part of") for one in words().values()))
    shard = next(path for path, said in words().items() if said.startswith("part of"))
    assert words()[shard] == "part of model.safetensors.index.json"
    content = chosen(context, shard)
    assert context.workspace.state.content_group == index
    assert any(isinstance(part, TensorsDiff) for part in content.parts)
