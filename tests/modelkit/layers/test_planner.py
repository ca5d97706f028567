"""Which files go where, and what is said about the others."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import pytest

from kitdesk.errors import BadKitfile, DiskFailure, FolderGone, NotFound
from kitdesk.modelkit.kitfile import loader
from kitdesk.modelkit.kitfile.model import Profile
from kitdesk.modelkit.layers.ignore import Ignore
from kitdesk.modelkit.layers.plan import ExclusionReason, LayerPlan
from kitdesk.modelkit.layers.planner import plan

if TYPE_CHECKING:
    from pathlib import Path


def fill(root: Path, *names: str) -> None:
    for name in names:
        target = root / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if name.endswith("/"):
            target.mkdir(exist_ok=True)
        else:
            target.write_text(name)


def planned(
    root: Path, text: str, ignore: str = "", profile: Profile = Profile.CURRENT
) -> LayerPlan:
    decoded = loader.decode(text.encode(), profile)
    return plan(decoded, root, Ignore.parse(ignore.encode()), profile)


def left(found: LayerPlan) -> dict[str, ExclusionReason]:
    return {item.path: item.reason for item in found.left_out}


def test_everything_outside_the_layers_is_named_once(tmp_path: Path) -> None:
    fill(
        tmp_path, "src/a.py", "src/.git/x", "notes/n.md", "notes/deep/m.md", ".git/HEAD", "top.txt"
    )
    found = planned(tmp_path, "code: [{path: src}]")
    assert left(found) == {
        ".git/": ExclusionReason.NO_LAYER,
        "notes/": ExclusionReason.NO_LAYER,
        "top.txt": ExclusionReason.NO_LAYER,
    }
    assert [item.size for item in found.left_out] == [0, len("notes/n.md" + "notes/deep/m.md"), 7]
    assert any("src/.git" in warning for warning in found.warnings)


@pytest.mark.skipif(sys.platform == "win32", reason="needs symbolic links")
def test_links_are_named_not_followed(tmp_path: Path) -> None:
    fill(tmp_path, "src/a.py", "real/x")
    (tmp_path / "src" / "link").symlink_to("a.py")
    (tmp_path / "src" / "folder").symlink_to("../real")
    (tmp_path / "data").symlink_to("real")
    found = planned(tmp_path, "code: [{path: src}]\ndatasets: [{path: data}]")
    assert [m.path for layer in found.layers for m in layer.members] == ["src", "src/a.py"]
    assert left(found)["src/link"] is ExclusionReason.LINK
    assert left(found)["src/folder"] is ExclusionReason.LINK
    assert left(found)["real/"] is ExclusionReason.NO_LAYER
    assert any("“data” is a link" in warning for warning in found.warnings)


def test_ignored_files_name_their_pattern(tmp_path: Path) -> None:
    fill(tmp_path, "a.log", "tmp/x", "tmp/y", "b.txt")
    found = planned(tmp_path, "code: [{path: .}]", "*.log\ntmp\n")
    assert {item.path: item.rule for item in found.left_out} == {
        "a.log": (1, "*.log"),
        "tmp/": (2, "tmp"),
    }
    assert [member.path for member in found.layers[0].members] == ["b.txt"]


def test_parent_folders_of_a_layer_are_in_it_and_their_files_are_not(tmp_path: Path) -> None:
    fill(tmp_path, "a/b/c/x", "a/b/no", "a/no")
    found = planned(tmp_path, "code: [{path: a/b/c}]")
    assert [m.path for m in found.layers[0].members] == ["a", "a/b", "a/b/c", "a/b/c/x"]
    assert set(left(found)) == {"a/b/no", "a/no"}


def test_layers_of_a_parent_kit_are_left_to_it(tmp_path: Path) -> None:
    fill(tmp_path, "base/model.bin", "own.txt")
    decoded = loader.decode(b"model: {path: reg.io/base:v1}\ncode: [{path: .}]")
    found = plan(decoded, tmp_path, Ignore.parse(None), Profile.KIT_1_11, ("base",))
    assert len(found.layers) == 1
    assert [member.path for member in found.layers[0].members] == ["own.txt"]


def test_a_kept_file_in_an_ignored_folder_is_warned_about(tmp_path: Path) -> None:
    fill(tmp_path, "p/q/keep", "p/q/gone")
    found = planned(tmp_path, "code: [{path: .}]", "p/q\n!p/q/keep\n")
    assert [member.path for member in found.layers[0].members] == ["p", "p/q/keep"]
    assert any("kit cannot unpack" in warning for warning in found.warnings)


def test_what_newer_kits_know_is_not_packed_in_silence(tmp_path: Path) -> None:
    fill(tmp_path, "m.mcpb")
    text = "datasets: [{name: d, path: d, remotePath: 's3://b/k'}]\nmcpServers: [{path: m.mcpb}]"
    found = planned(tmp_path, text)
    assert found.layers == ()
    assert any("“d” stays remote" in warning for warning in found.warnings)
    assert any("MCP" in warning for warning in found.warnings)


@pytest.mark.parametrize("text", ["code: [{path: nope}]", "code: [{path: file/below}]"])
def test_missing_paths(text: str, tmp_path: Path) -> None:
    fill(tmp_path, "file")
    with pytest.raises(NotFound):
        planned(tmp_path, text)


@pytest.mark.skipif(sys.platform == "win32", reason="needs pipes")
def test_a_pipe_is_no_layer(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(NotFound):
        planned(tmp_path, "code: [{path: pipe}]")


def test_a_vanished_project(tmp_path: Path) -> None:
    with pytest.raises(FolderGone):
        planned(tmp_path / "gone", "package: {}")


@pytest.mark.skipif(
    sys.platform == "win32" or os.geteuid() == 0, reason="needs a user who is not root"
)
def test_an_unreadable_folder(tmp_path: Path) -> None:
    fill(tmp_path, "closed/x")
    (tmp_path / "closed").chmod(0)
    try:
        with pytest.raises(DiskFailure):
            planned(tmp_path, "code: [{path: .}]")
    finally:
        (tmp_path / "closed").chmod(0o755)


def test_kit_1_7_packs_no_prompts(tmp_path: Path) -> None:
    fill(tmp_path, "a")
    decoded = loader.decode(b"prompts: [{path: a}]")
    with pytest.raises(BadKitfile):
        plan(decoded, tmp_path, Ignore.parse(None), Profile.KIT_1_7)


def test_many_lost_files_are_counted(tmp_path: Path) -> None:
    fill(tmp_path, *(f"src/a..{i:02}" for i in range(15)))
    found = planned(tmp_path, "code: [{path: src}]")
    assert len(found.left_out) == 15
    assert sum("is not packed" in warning for warning in found.warnings) == 10
    assert any("5 more" in warning for warning in found.warnings)
