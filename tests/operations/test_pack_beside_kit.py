"""A real kit beside KitDesk: equal bytes from any tree, and one store in any order."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kitdesk.errors import KitDeskError
from kitdesk.modelkit.kitfile.model import Profile
from kitdesk.modelkit.primitives.reference import parse
from kitdesk.operations.local_versions import remove, tag, verify
from kitdesk.operations.pack import pack
from kitdesk.operations.unpack import unpack
from kitdesk.services.container import Services
from tests.conftest import library_at
from tests.snapshots import snapshot

KIT = os.environ.get("KITDESK_TEST_KIT", "")
TREES = int(os.environ.get("KITDESK_TEST_TREES", "25"))
"""Random trees of one run; 1,000 were packed by both before a release."""
pytestmark = [
    pytest.mark.kit,
    pytest.mark.skipif(not KIT, reason="KITDESK_TEST_KIT names no kit"),
]


def kit(services: Services, *words: str) -> subprocess.CompletedProcess[str]:
    home = {"KITOPS_HOME": str(services.store.root)}
    return subprocess.run(
        [KIT, *words], capture_output=True, text=True, check=False, env={**os.environ, **home}
    )


def manifest_of(services: Services, reference: str) -> bytes:
    """Its bytes, but for the word that tells which kit made it."""
    data = services.store.manifest_bytes(services.store.resolve(parse(reference)))
    return re.sub(rb'(cli-version":)"[^"]*"', rb'\1""', data)


def profile_of_kit() -> Profile:
    """Kit 1.7 knows no prompts; everything later does."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "Kitfile").write_text("prompts:\n- path: Kitfile\n")
        home = {"KITOPS_HOME": f"{folder}/home"}
        done = subprocess.run(
            [KIT, "pack", folder], capture_output=True, check=False, env={**os.environ, **home}
        )
    return Profile.KIT_1_7 if done.returncode else Profile.KIT_1_11


PROFILE = profile_of_kit() if KIT else Profile.KIT_1_11
names = st.text(
    st.characters(codec="utf-8", exclude_characters="/\0\n\r", exclude_categories=("Cs", "Cc")),
    min_size=1,
    max_size=12,
).filter(lambda name: name not in {".", ".."} and len(name.encode()) < 200)
usual = st.sampled_from(
    ("a", "b", "data", "data-raw", "x.y", "src", "e..", "a..b", "Kitfile", "été", "a b", " a", "a ")
)
long = st.sampled_from(("n" * 98, "n" * 99, "n" * 101, "p" * 154, "p" * 156, "l" * 240, "é" * 60))
paths = st.lists(st.one_of(usual, usual, names, long), min_size=1, max_size=4).map("/".join)
FILE, FOLDER, LINK = "file", "folder", "link"
modes = st.sampled_from((0o644, 0o755, 0o600, 0o664, 0o444, 0o4755, 0o1777, 0o700))
trees = st.dictionaries(
    paths,
    st.tuples(st.sampled_from((FILE, FILE, FILE, FOLDER, LINK)), st.binary(max_size=1500), modes),
    max_size=10,
)
ignores = st.lists(
    st.sampled_from(
        [
            *("*.log", "data", "!data/a", "**/b", "a/*", "src/", "x.?", "#c", "!src/a", "**"),
            *("!**/a", "*", "!data", "a*", "[ab]", "[!a]", "**/*.y", "data/**", "!data/**/b"),
            *("\\a", "/a", "é*"),
        ]
    ),
    max_size=4,
)


def build(root: Path, tree: dict[str, tuple[str, bytes, int]]) -> list[str]:
    """Write what can be written; return paths of all depths as candidates for layers."""
    for path, (kind, data, mode) in tree.items():
        where = root / path
        try:
            where.parent.mkdir(parents=True, exist_ok=True)
            if kind == LINK:
                where.symlink_to(data[:8].hex() or "a")
            elif kind == FOLDER:
                where.mkdir(exist_ok=True)
                where.chmod(mode | 0o700)
            else:
                where.write_bytes(data)
                where.chmod(mode)
        except OSError:
            continue
    found = [p.relative_to(root).as_posix() for p in sorted(root.glob("**/*"))]
    return [".", "./", *(one for one in found if one.isprintable() and one == one.strip())]


@settings(
    max_examples=TREES,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(tree=trees, ignore=ignores, data=st.data())
@pytest.mark.timeout(0)
def test_any_tree_gives_the_digests_of_kit(
    tree: dict[str, tuple[str, bytes, int]],
    ignore: list[str],
    data: st.DataObject,
    tmp_path: Path,
) -> None:
    folder = Path(tempfile.mkdtemp(dir=tmp_path))
    root = folder / "ctx"
    root.mkdir()
    candidates = build(root, tree)
    chosen = data.draw(st.lists(st.sampled_from(candidates), min_size=1, max_size=4, unique=True))
    kinds = data.draw(st.permutations(("code", "datasets", "docs", "model")))
    lines = []
    for kind, path in zip(kinds, chosen, strict=False):
        entry = f"path: {json.dumps(path, ensure_ascii=False)}"
        lines.append(f"{kind}:\n{'  ' if kind == 'model' else '- '}{entry}\n")
    for name in ("Kitfile", ".kitignore"):
        if (root / name).is_dir() and not (root / name).is_symlink():
            shutil.rmtree(root / name)
        (root / name).unlink(missing_ok=True)
    (root / "Kitfile").write_text("manifestVersion: 1.0.0\n" + "".join(lines), encoding="utf-8")
    (root / ".kitignore").write_text("\n".join(ignore))
    ours, theirs = library_at(folder / "ours"), library_at(folder / "theirs")
    done = kit(theirs, "pack", str(root), "-t", "t:v1")
    if done.returncode:
        with pytest.raises(KitDeskError):
            pack(root, parse("t:v1"), ours, profile=PROFILE)
        return
    pack(root, parse("t:v1"), ours, profile=PROFILE, cli_version="unknown")
    assert manifest_of(ours, "t:v1") == manifest_of(theirs, "t:v1")
    shutil.rmtree(folder)


def test_both_programs_on_one_store_in_any_order(
    project: Path, services: Services, tmp_path: Path
) -> None:
    assert kit(services, "pack", str(project), "-t", "both:kit").returncode == 0
    ours = pack(project, parse("both:ours"), services)
    theirs = services.store.resolve(parse("both:kit"))
    assert ours.digest == theirs, "unchanged content reuses what kit packed"
    assert kit(services, "tag", "both:ours", "both:again").returncode == 0
    tag(parse("both:again"), parse("other/name:v1"), services)
    (project / "README.md").write_text("changed")
    second = pack(project, parse("both:second"), services)
    listed = json.loads(kit(services, "list", "--format", "json").stdout)
    seen = {(one["repo"], name) for one in listed for name in one["tags"] or ()}
    assert seen == {
        ("both", "kit"),
        ("both", "ours"),
        ("both", "again"),
        ("both", "second"),
        ("other/name", "v1"),
    }
    assert kit(services, "unpack", "both:second", "-d", str(tmp_path / "kit-out")).returncode == 0
    unpack(second.digest, "both:second", tmp_path / "our-out", services)
    skip = ("Kitfile",)  # ours keeps its comments
    assert snapshot(tmp_path / "kit-out", skip=skip) == snapshot(tmp_path / "our-out", skip=skip)
    for name in ("both:kit", "both:ours", "both:again"):
        assert kit(services, "remove", name).returncode == 0
    assert verify(second.digest, services).ok
    assert verify(theirs, services).ok, "other/name still needs it"
    remove(parse("other/name:v1"), services)
    assert services.store.blobs.size(theirs) is None
    assert verify(second.digest, services).ok
    assert kit(services, "remove", "both:second").returncode == 0
    assert list(services.store.blobs.all()) == []


def test_kit_reads_what_we_compress(project: Path, services: Services, tmp_path: Path) -> None:
    pack(project, parse("z:gzip"), services, compression="gzip")
    assert kit(services, "unpack", "z:gzip", "-d", str(tmp_path / "a")).returncode == 0
    digest = services.store.resolve(parse("z:gzip"))
    unpack(digest, "z:gzip", tmp_path / "b", services)
    skip = ("Kitfile",)
    assert snapshot(tmp_path / "a", skip=skip) == snapshot(tmp_path / "b", skip=skip)


@pytest.mark.skipif(PROFILE is Profile.KIT_1_7, reason="kit before 1.10 reads no ModelPacks")
def test_kit_reads_our_modelpacks(project: Path, services: Services, tmp_path: Path) -> None:
    packed = pack(project, parse("mp:v1"), services, model_pack=True)
    assert kit(services, "unpack", "mp:v1", "-d", str(tmp_path / "a")).returncode == 0
    unpack(packed.digest, "mp:v1", tmp_path / "b", services)
    skip = ("Kitfile",)
    assert snapshot(tmp_path / "a", skip=skip) == snapshot(tmp_path / "b", skip=skip)
