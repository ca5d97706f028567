"""Every unpack that kit was seen to do, and every hostile archive that it was given."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from kitdesk.errors import KitDeskError, UnsafeArchive
from kitdesk.modelkit.kitfile.model import Profile
from kitdesk.modelkit.primitives.reference import parse
from kitdesk.operations.pack import pack
from kitdesk.operations.unpack import parse_filter, unpack
from kitdesk.services.container import Services
from tests.conftest import library_at
from tests.modelkit.golden_kits import load, overlaid
from tests.operations.hand_made import code_kit, tree
from tests.snapshots import Snapshot, snapshot

CASES = [*load("unpack/cases.json")["cases"], *load("unpack/kit-1.11.json")["cases"]]
HOSTILE = load("unpack/hostile.json")["cases"]


def named(cases: list[dict[str, Any]]) -> list[Any]:
    return [pytest.param(case, id=case["name"]) for case in cases]


def make(case: dict[str, Any], folder: Path, services: Services) -> None:
    """Pack the case's tree, and the kit it refers to first."""
    for part, tag in ((case.get("parent"), ""), (case, "golden/case:v1")):
        if part is not None:
            root = tree(part["tree"], folder / (tag or "parent").replace("/", "-"))
            (root / "Kitfile").write_text(part["kitfile"])
            reference = parse(tag or part["tag"])
            pack(root, reference, services, profile=Profile.KIT_1_11, cli_version="unknown")


def run(case: dict[str, Any], target: Path, services: Services) -> None:
    """``kit unpack REF ARGS`` as the command line does it."""
    words, filters = list(case["args"]), []
    while "-f" in words:
        at = words.index("-f")
        filters.append(parse_filter(words[at + 1]))
        del words[at : at + 2]
    reference = parse(case["ref"])
    digest = services.store.resolve(reference.or_latest())
    unpack(
        digest,
        case["ref"],
        target,
        services,
        filters=tuple(filters),
        overwrite="-o" in words,
        ignore_existing="-i" in words,
    )


def stricter(before: Snapshot, wanted: Snapshot) -> bool:
    """Format document 7, 6: nothing is written through a link, whoever put it there."""
    return any(kind == "link" for kind, _, _ in before.values()) and before != wanted


@pytest.mark.parametrize("case", named(CASES))
def test_leaves_what_kit_leaves(case: dict[str, Any], tmp_path: Path) -> None:
    case = overlaid(case, Profile.KIT_1_11)
    packer = library_at(tmp_path / "packer", str(tmp_path / "store"))
    make(case, tmp_path, packer)
    # Another person: no journal says which text the Kitfile had.
    reader = library_at(tmp_path / "reader", str(tmp_path / "store"))
    target = tree(case["before"], tmp_path / "target")
    before = snapshot(target)
    after = snapshot(tree(case["after"], tmp_path / "after"))
    if case["exit"]:
        with pytest.raises(KitDeskError):
            run(case, target, reader)
        assert snapshot(target) == before, "a refused unpack leaves the target as it was"
        return
    if stricter(before, after):
        links = {path for path, (kind, _, _) in before.items() if kind == "link"}
        try:
            run(case, target, reader)
        except KitDeskError:
            assert snapshot(target) == before
            return
        now = snapshot(target)
        assert all(now[path] == one for path, one in before.items() if path not in links)
        assert all(now[path][0] == "file" for path in links), "the link itself was replaced"
        return
    run(case, target, reader)
    assert snapshot(target) == after


@pytest.mark.parametrize("case", named(HOSTILE))
def test_a_hostile_archive_is_refused_before_a_byte_is_written(
    case: dict[str, Any], services: Services, tmp_path: Path
) -> None:
    digest = code_kit(services, case["members"], lie="about" in case)
    target = tmp_path / "target"
    target.mkdir()
    names = [member["name"] for member in case["members"]]
    twice = len(set(names)) < len(names)
    # Kit fails for want of a parent folder; KitDesk makes the folder (FORMAT.md, 7).
    only_parents = case["exit"] and "no such file or directory" in case["output"]
    if (case["exit"] and not only_parents) or twice:
        with pytest.raises(KitDeskError):
            unpack(digest, "v1", target, services, overwrite=True)
        assert snapshot(target) == {}
        assert not Path("/kitdesk-evil").exists()
        return
    unpack(digest, "v1", target, services, overwrite=True)
    found = snapshot(target)
    if only_parents:
        (member,) = case["members"]
        assert any(kind == "file" and data == b"evil" for kind, _, data in found.values()), member
        return
    wanted = snapshot(tree(case["after"], tmp_path / "after"))
    assert found == {
        path: (kind, mode & 0o777, data) for path, (kind, mode, data) in wanted.items()
    }, "set-id bits are not written"


def test_the_same_in_a_folder_that_holds_something(services: Services, tmp_path: Path) -> None:
    target = tmp_path / "target"
    target.mkdir()
    (target / "mine").write_text("mine")
    before = snapshot(target)
    hostile = [{"name": "good", "type": "0"}, {"name": "l", "type": "2", "linkname": "/etc"}]
    with pytest.raises(UnsafeArchive):
        unpack(code_kit(services, hostile), "v1", target, services, overwrite=True)
    assert snapshot(target) == before
