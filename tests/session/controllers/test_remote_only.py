"""Versions that only the registry has are compared, read and described without a pull."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from kitdesk.compare.content.result import Content, TextDiff
from kitdesk.compare.values import Verdict
from kitdesk.services.container import Services
from kitdesk.session.state.project import JobState
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
def far(context: Desk, registry: str, services: Services, tmp_path: Path) -> tuple[str, str]:
    """Digests of two versions, v2 and v1, that only the registry has."""
    workspace, folder = context.workspace, tmp_path / "far"
    folder.mkdir()
    make(folder, "one")
    context.opens(folder)
    context.packs("v1")
    make(folder, "twoo")
    context.session.refresh()
    context.packs("v2")
    address = f"{registry}/far/{tmp_path.name.replace('_', '-').lower()}"
    digests = {row.tags[0]: row.digest for row in workspace.state.versions}
    for tag, digest in digests.items():
        context.session.transfers.push(digest, tag, address)
        context.until(
            lambda: (
                workspace.state.jobs[0].verb == "push"
                and workspace.state.jobs[0].state is JobState.DONE
            )
        )
    for digest in digests.values():
        context.session.versions.remove(digest)
    context.until(lambda: not any(row.local for row in workspace.state.versions))
    shutil.rmtree(services.paths.cache / "layers")  # as on a machine that never had them
    context.session.refresh()
    context.until(
        lambda: (
            len(workspace.state.versions) == 2
            and not any(row.local for row in workspace.state.versions)
        )
    )
    return digests["v2"], digests["v1"]


def shown(context: Desk, path: str) -> Content:
    """The content of the chosen file, when all of it is there."""
    state = context.workspace
    context.until(
        lambda: (
            state.state.file == path
            and isinstance(state.state.content, Content)
            and not state.state.content_loading
        )
    )
    assert isinstance(state.state.content, Content)
    return state.state.content


def test_two_remote_versions_are_compared_to_the_line(context: Desk, far: tuple[str, str]) -> None:
    workspace, (new, old) = context.workspace, far
    context.session.comparison.compare(old, new)
    context.until(
        lambda: workspace.state.comparison and workspace.state.comparison.right.digest == new
    )
    assert workspace.state.comparison is not None
    assert workspace.state.comparison.verdict is Verdict.DIFFERENT
    assert "src/train.py" in [change.path for change in workspace.state.comparison.files]
    assert workspace.state.comparison.bytes < 2 << 20, "no layer was fetched whole"
    context.session.comparison.choose_file("src/train.py")
    content = shown(context, "src/train.py")
    (text,) = (part for part in content.parts if isinstance(part, TextDiff))
    assert (text.added, text.removed) == (1, 1)
    context.session.comparison.choose_file("weights.bin")
    content = shown(context, "weights.bin")
    assert {limit.code for limit in content.limits} == {"remote"}
    assert not content.equal
    assert not any(row.local for row in workspace.state.versions)


def test_what_only_bytes_can_tell_is_fetched_on_request(
    context: Desk, far: tuple[str, str]
) -> None:
    workspace, (new, old) = context.workspace, far
    context.session.comparison.compare(old, new)
    context.until(lambda: workspace.state.comparison and workspace.state.comparison.unverified)
    assert workspace.state.comparison is not None
    assert "src/filler.bin" in workspace.state.comparison.unverified
    context.session.comparison.compare_exactly()
    context.until(lambda: workspace.state.comparison and not workspace.state.comparison.unverified)
    assert "src/filler.bin" in workspace.state.comparison.same
    assert not any(row.local for row in workspace.state.versions), "nothing was pulled"


def test_a_folder_whose_version_is_only_remote_still_knows_it(
    context: Desk, far: tuple[str, str]
) -> None:
    folder = context.workspace.state.folder
    assert folder is not None
    assert folder.at is not None
    assert (folder.at.digest, folder.at.local, folder.changes) == (far[0], False, ())


def test_about_reads_the_readme_by_range(context: Desk, far: tuple[str, str]) -> None:
    workspace, (new, _old) = context.workspace, far
    context.session.about.show(new)
    context.until(lambda: workspace.state.about)
    assert workspace.state.about is not None
    assert workspace.state.about.readme is not None
    assert workspace.state.about.readme.startswith("# far\n\ntwoo\n")
    assert "without a pull" in workspace.state.about.readme_note
    lines = {line.path: line for line in workspace.state.about.layers}
    assert (lines["src"].unlisted, lines["src"].files) == (True, ())
    context.session.about.list_files(new)
    context.until(
        lambda: (
            workspace.state.about
            and not any(line.unlisted for line in workspace.state.about.layers)
        )
    )
    lines = {line.path: line for line in workspace.state.about.layers}
    assert {path for path, _ in lines["src"].files} == {"src/train.py", "src/filler.bin"}
    assert workspace.state.about.readme is not None
