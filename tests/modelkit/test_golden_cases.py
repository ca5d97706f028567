"""Every tree that kit packed, packed again: the same layers, config and manifest, byte for byte."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from kitdesk.errors import KitDeskError
from kitdesk.modelkit.kitfile.loader import find
from kitdesk.modelkit.kitfile.model import Profile
from kitdesk.modelkit.oci import config, manifest
from kitdesk.modelkit.tar import reader as tar_reader
from tests.modelkit.golden_kits import KIT_PROFILES, Case, cases, layer_bytes, pack

if TYPE_CHECKING:
    from pathlib import Path

CASES = [pytest.param(case, id=case.folder.name) for case in cases()]


@pytest.mark.parametrize("profile", KIT_PROFILES)
@pytest.mark.parametrize("case", CASES)
def test_packs_what_kit_packs(case: Case, profile: Profile, tmp_path: Path) -> None:
    if case.lacking:
        pytest.skip(f"needs {case.lacking}")
    root, data = case.build(tmp_path)
    expected = case.expected(profile)
    if data is None:
        assert not expected["ok"]
        assert find(root) is None
        return
    arguments = case.tree["pack"]["args"]
    if "--compression" in arguments:
        compression = arguments[arguments.index("--compression") + 1]
        if compression not in manifest.compressions(profile):
            assert not expected["ok"]
            return
    if not expected["ok"]:
        with pytest.raises(KitDeskError):
            pack(root, data, profile)
        return
    packed = pack(root, data, profile)
    wanted = expected["layers"] or []
    assert list(packed.diff_ids) == [layer["diff_id"] for layer in wanted]
    assert [layer.size for layer in packed.plan.layers] == [layer["diff_size"] for layer in wanted]
    if not arguments:
        assert packed.config.decode() == expected["config"]["text"]
        assert packed.manifest.decode() == expected["manifest"]["text"]


@pytest.mark.parametrize("case", CASES)
def test_reads_what_kit_wrote(case: Case) -> None:
    expected = case.expected(Profile.KIT_1_11)
    if not expected["ok"]:
        assert "config" not in expected or expected["config"] is None
        return
    text = expected["config"]["text"]
    kitfile = config.decode(text.encode())
    assert config.encode(kitfile).decode() == text
    read = manifest.decode(expected["manifest"]["text"].encode())
    assert manifest.encode(read, Profile.KIT_1_11).decode() == expected["manifest"]["text"]
    assert manifest.kind_of(expected["manifest"]["text"].encode()) == "modelkit"
    assert read.kit_version == "unknown"
    paired = manifest.pair_layers(kitfile, read)
    paths = [None if entry is None else entry.path for _layer, entry in paired]
    assert paths == [layer["path"] for layer in expected["layers"] or []]


@pytest.mark.parametrize("case", CASES)
def test_reads_its_own_layers(case: Case, tmp_path: Path) -> None:
    if case.lacking:
        pytest.skip(f"needs {case.lacking}")
    root, data = case.build(tmp_path)
    if data is None or not case.expected(Profile.KIT_1_11)["ok"]:
        return
    for layer in pack(root, data, Profile.KIT_1_11).plan.layers:
        archive = tmp_path / "layer.tar"
        archive.write_bytes(layer_bytes(root, layer))
        with archive.open("rb") as stream:
            found = [
                (e.path, e.mode, e.size, e.kind == "dir", content.read())
                for e, content in tar_reader.read(stream)
            ]
        assert [row[:4] for row in found] == [
            (m.path, m.mode, m.size, m.is_dir) for m in layer.members
        ]
        for path, _mode, _size, is_dir, content in found:
            assert is_dir or content == (root / path).read_bytes()


def test_the_current_profile_loses_no_file_to_another_layers_name(tmp_path: Path) -> None:
    case = next(case for case in cases() if case.folder.name.startswith("022"))
    root, data = case.build(tmp_path)
    assert data is not None
    lost = {item.path for item in pack(root, data, Profile.KIT_1_11).plan.left_out}
    assert lost == {"data-raw/", "database.txt", "model.pkl.bak"}
    packed = pack(root, data, Profile.CURRENT)
    assert packed.plan.left_out == ()
    members = [m.path for layer in packed.plan.layers for m in layer.members if not m.is_dir]
    assert len(members) == len(set(members))
    assert {"data-raw/b.csv", "database.txt", "model.pkl.bak"} <= set(members)
