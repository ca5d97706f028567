"""Versions that only the registry has are compared, read and described without a pull."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from kitdesk.compare.values import OpaqueDiff, TextDiff, Verdict
from kitdesk.services.container import Library
from kitdesk.session.state.workspace import JobState
from tests.session.conftest import Desk

KITFILE = """\
package:
  name: far
model:
  path: weights.bin
code:
  - path: src
docs:
  - path: README.md
"""


def make(folder: Path, line: str) -> None:
    (folder / "src").mkdir(exist_ok=True)
    (folder / "Kitfile").write_text(KITFILE)
    (folder / "weights.bin").write_bytes(b"\0" * (6 << 20) + line.encode())
    (folder / "src/train.py").write_text(f"first = 1\nlast = {line!r}\n")
    (folder / "src/filler.bin").write_bytes(b"x" * (2 << 20))
    (folder / "README.md").write_text(f"# far\n\n{line}\n" + "More words.\n" * 10_000)


@pytest.fixture
def far(desk: Desk, registry: str, library: Library, tmp_path: Path) -> tuple[str, str]:
    """Digests of two versions, v2 and v1, that only the registry has."""
    board, folder = desk.board, tmp_path / "far"
    folder.mkdir()
    make(folder, "one")
    desk.opens(folder)
    desk.packs("v1")
    make(folder, "twoo")
    desk.session.refresh()
    desk.packs("v2")
    address = f"{registry}/far/{tmp_path.name.replace('_', '-').lower()}"
    digests = {row.tags[0]: row.digest for row in board.versions}
    for tag, digest in digests.items():
        desk.session.push(digest, tag, address)
        desk.until(lambda: board.jobs[0].verb == "push" and board.jobs[0].state is JobState.DONE)
    for digest in digests.values():
        desk.session.remove(digest)
    desk.until(lambda: not any(row.local for row in board.versions))
    shutil.rmtree(library.paths.cache / "layers")  # as on a machine that never had them
    desk.session.refresh()
    desk.until(lambda: len(board.versions) == 2 and not any(row.local for row in board.versions))
    return digests["v2"], digests["v1"]


def test_two_remote_versions_are_compared_to_the_line(desk: Desk, far: tuple[str, str]) -> None:
    board, (new, old) = desk.board, far
    desk.session.compare(old, new)
    desk.until(lambda: board.comparison and board.comparison.right.digest == new)
    assert board.comparison is not None
    assert board.comparison.verdict is Verdict.DIFFERENT
    assert "src/train.py" in [change.path for change in board.comparison.files]
    assert board.comparison.bytes < 2 << 20, "no layer was fetched whole"
    desk.session.choose_file("src/train.py")
    desk.until(lambda: isinstance(board.content, TextDiff))
    assert isinstance(board.content, TextDiff)
    assert (board.content.added, board.content.removed) == (1, 1)
    desk.session.choose_file("weights.bin")
    desk.until(lambda: board.content_trouble or isinstance(board.content, OpaqueDiff))
    assert not any(row.local for row in board.versions)


def test_what_only_bytes_can_tell_is_fetched_on_request(desk: Desk, far: tuple[str, str]) -> None:
    board, (new, old) = desk.board, far
    desk.session.compare(old, new)
    desk.until(lambda: board.comparison and board.comparison.unverified)
    assert board.comparison is not None
    assert "src/filler.bin" in board.comparison.unverified
    desk.session.compare_exactly()
    desk.until(lambda: board.comparison and not board.comparison.unverified)
    assert "src/filler.bin" in board.comparison.same
    assert not any(row.local for row in board.versions), "nothing was pulled"


def test_a_folder_whose_version_is_only_remote_still_knows_it(
    desk: Desk, far: tuple[str, str]
) -> None:
    folder = desk.board.folder
    assert folder is not None
    assert folder.at is not None
    assert (folder.at.digest, folder.at.local, folder.changes) == (far[0], False, ())


def test_about_reads_the_readme_by_range(desk: Desk, far: tuple[str, str]) -> None:
    board, (new, _old) = desk.board, far
    desk.session.show_about(new)
    desk.until(lambda: board.about)
    assert board.about is not None
    assert board.about.readme is not None
    assert board.about.readme.startswith("# far\n\ntwoo\n")
    assert "without a pull" in board.about.readme_note
    lines = {line.path: line for line in board.about.layers}
    assert (lines["src"].unlisted, lines["src"].files) == (True, ())
    desk.session.list_files(new)
    desk.until(lambda: board.about and not any(line.unlisted for line in board.about.layers))
    lines = {line.path: line for line in board.about.layers}
    assert {path for path, _ in lines["src"].files} == {"src/train.py", "src/filler.bin"}
    assert board.about.readme is not None
