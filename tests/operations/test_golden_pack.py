"""Every golden tree packed by the verb itself: the blobs in the store are kit's, byte for byte."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from kitdesk.errors import BadModelKit, KitDeskError
from kitdesk.modelkit.kitfile.model import Profile
from kitdesk.modelkit.oci import config, modelpack
from kitdesk.modelkit.oci import manifest as manifests
from kitdesk.modelkit.oci.manifest import CONFIG_MEDIA_TYPE, Descriptor
from kitdesk.modelkit.primitives.reference import parse
from kitdesk.modelkit.tar import reader as tar_reader
from kitdesk.operations.pack import PackResult, pack
from kitdesk.operations.unpack import parse_filter, unpack
from kitdesk.services.container import Services
from kitdesk.services.layers.tar_sink import Compression
from tests.conftest import library_at
from tests.modelkit.golden_kits import KIT_PROFILES, Case, cases, load
from tests.operations.hand_made import plain_tar, stored, tree
from tests.snapshots import snapshot

CASES = [pytest.param(case, id=case.folder.name) for case in cases()]
PACKS = load("modelpack/cases.json")["cases"]
FOREIGN = load("modelpack/unpack.json")["cases"]


def run(
    case: Case, root: Path, data: bytes | None, profile: Profile, services: Services
) -> PackResult:
    words = case.tree["pack"]["args"]
    compression = words[words.index("--compression") + 1] if "--compression" in words else "none"
    if compression not in manifests.compressions(profile):
        raise KitDeskError("the command line refuses it")
    outside = (case.tree["pack"]["kitfile_as"] or "")[:2] in ("-", "-f", "ou")
    tag = case.tree["pack"].get("tag")
    return pack(
        root,
        parse(tag) if tag else None,
        services,
        kitfile_text=data if outside else None,
        profile=profile,
        compression=compression,  # type: ignore[arg-type]
        cli_version="unknown",
        model_pack="--use-model-pack" in words,
    )


@pytest.mark.parametrize("profile", KIT_PROFILES)
@pytest.mark.parametrize("case", CASES)
def test_the_store_holds_what_kit_would_have_put_there(
    case: Case, profile: Profile, services: Services, tmp_path: Path
) -> None:
    if case.lacking:
        pytest.skip(f"needs {case.lacking}")
    root, data = case.build(tmp_path)
    expected = case.expected(profile)
    if not expected["ok"]:
        with pytest.raises(KitDeskError):
            run(case, root, data, profile, services)
        assert services.store.versions() == ()
        return
    packed = run(case, root, data, profile, services)
    wanted = expected["layers"] or []
    assert [layer.diff_id for layer in packed.layers] == [one["diff_id"] for one in wanted]
    assert [layer.media_type for layer in packed.layers] == [one["media_type"] for one in wanted]
    for layer, one in zip(packed.layers, wanted, strict=True):
        found = manifests.Descriptor(layer.media_type, layer.digest, layer.size)
        with services.layers.reader(found) as reader:
            entries = list(tar_reader.read(io.BytesIO(reader.read(one["diff_size"]))))
        assert [(e.kind, e.size, f"{e.mode:04o}") for e, _ in entries] == [
            (e["type"], e["size"], e["mode"]) for e in one["entries"]
        ]
    if not case.tree["pack"]["args"]:
        store = services.store
        text = store.manifest_bytes(packed.digest).decode()
        assert text == expected["manifest"]["text"]
        written = store.blobs.read(store.manifest(packed.digest).config.digest).decode()
        assert written == expected["config"]["text"]
        for one in wanted:
            assert store.blobs.size(one["digest"]) == one["size"]
    again = run(case, root, data, profile, services)
    assert again.digest == packed.digest, "packing twice, with what is remembered, changes nothing"


@pytest.mark.parametrize("case", [pytest.param(case, id=case["name"]) for case in PACKS])
def test_modelpacks_are_written_and_read_like_kits(case: dict[str, Any], tmp_path: Path) -> None:
    packer = library_at(tmp_path / "packer", str(tmp_path / "store"))
    root = tree(case["tree"], tmp_path / "ctx")
    (root / "Kitfile").write_text(case["kitfile"])
    gzip = "gzip" in case["args"]
    packed = pack(
        root,
        parse("golden/case:v1"),
        packer,
        profile=Profile.KIT_1_11,
        compression="gzip" if gzip else "none",
        cli_version="unknown",
        model_pack=True,
    )
    assert [layer.diff_id for layer in packed.layers] == [one["diff_id"] for one in case["layers"]]
    assert [one.media_type for one in packed.layers] == [
        one["media_type"] for one in case["layers"]
    ]
    store = packer.store
    text = store.manifest_bytes(packed.digest).decode()
    written = store.config_bytes(store.manifest(packed.digest)).decode()
    created = packed.config["descriptor"]["createdAt"]
    assert written.replace(created, "<CREATED_AT>") == case["config"]["text"]
    if not gzip:
        found = store.manifest(packed.digest).config
        wanted = case["manifest"]["text"].replace("<CONFIG_DIGEST>", found.digest)
        assert text == wanted.replace("<CONFIG_SIZE>", str(found.size))
    reader = library_at(tmp_path / "reader", str(tmp_path / "store"))
    unpack(packed.digest, "v1", tmp_path / "target", reader)
    assert snapshot(tmp_path / "target") == snapshot(tree(case["unpack"]["after"], tmp_path / "a"))


def foreign(case: dict[str, Any], services: Services) -> str:
    layers = []
    for layer in case["layers"]:
        raw = layer.get("raw")
        data = plain_tar(layer["members"]) if raw is None else raw.encode("latin-1")
        layers.append((layer["media_type"], data, layer["annotations"] or {}))
    return stored(services, "foreign/pack", layers, b"{}", pack=True, notes=case["annotations"])


@pytest.mark.parametrize("case", [pytest.param(case, id=case["name"]) for case in FOREIGN])
def test_modelpacks_of_other_makers(
    case: dict[str, Any], services: Services, tmp_path: Path
) -> None:
    digest = foreign(case, services)
    filters = tuple(parse_filter(word) for word in case["args"] if word != "-f")
    target = tmp_path / "target"
    by_path = {
        layer["annotations"].get("org.cncf.model.filepath"): layer for layer in case["layers"]
    }
    raw = {path: one for path, one in by_path.items() if ".v1.raw" in one["media_type"]}
    zstd = any("+zstd" in layer["media_type"] for layer in case["layers"])
    panicked = case["exit"] == 2
    if case["exit"] and not raw and not panicked:
        with pytest.raises(KitDeskError):
            unpack(digest, "v1", target, services, filters=filters)
        assert not target.exists()
        return
    if zstd:  # the golden file holds only an empty frame: no tar at all, and so no file
        unpack(digest, "v1", target, services, filters=filters)
        assert snapshot(target) == {}
        return
    unpack(digest, "v1", target, services, filters=filters)
    found = {path: data for path, (kind, _, data) in snapshot(target).items() if kind == "file"}
    kitfile = found.pop("Kitfile", None)
    assert (kitfile is not None) == ("ml.kitops.modelkit.kitfile" in case["annotations"])
    wanted: dict[str, bytes] = {}
    for layer in case["layers"]:
        if ".config.v1.tar" in layer["media_type"] and "weight" not in layer["media_type"]:
            continue  # a Kitfile among the layers is passed over
        path = layer["annotations"]["org.cncf.model.filepath"]
        if "raw" in layer:
            wanted[path] = layer["raw"].encode("latin-1")
        for member in layer.get("members", []):
            if member["type"] == "file":
                wanted[member["name"]] = member["text"].encode()
    if kitfile is not None and "w/m.bin" in found:  # the Kitfile's word goes first
        wanted = {"w/m.bin": wanted["m.bin"]}
    if filters:
        wanted = {path: data for path, data in wanted.items() if path in case["args"][1]}
    assert found == wanted, "every file once, under its own path, nothing doubled"


def test_layers_that_zstd_and_gzip_packed_unpack_alike(services: Services, tmp_path: Path) -> None:
    root = tree(
        [
            {"path": "a/big.bin", "type": "file", "repeat": {"text": "abc ", "count": 300_000}},
            {"path": "a/one.txt", "type": "file", "text": "1"},
            {"path": "a/two.txt", "type": "file", "text": ""},
        ],
        tmp_path / "ctx",
    )
    (root / "Kitfile").write_text("manifestVersion: 1.0.0\ncode:\n- path: a\n")
    found, diff_ids = {}, set()
    kinds: tuple[Compression, ...] = ("none", "gzip", "gzip-fastest", "zstd")
    for number, compression in enumerate(kinds):
        packed = pack(root, parse(f"x:{number}"), services, compression=compression)
        unpack(packed.digest, "x", tmp_path / compression, services)
        found[compression] = snapshot(tmp_path / compression)
        diff_ids.add(packed.layers[0].diff_id)
    assert len(diff_ids) == 1
    assert all(one == found["none"] for one in found.values())
    assert found["none"]["a/big.bin"][2] == b"abc " * 300_000


def test_an_old_kit_without_digests_names_members_from_the_layers_parent(
    services: Services, tmp_path: Path
) -> None:
    data = plain_tar([{"name": "er", "type": "dir"}, {"name": "er/f", "type": "file", "text": "x"}])
    kit = b'{"manifestVersion":"1.0.0","package":{},"code":[{"path":"deep/er"}]}'
    media_type = "application/vnd.kitops.modelkit.code.v1.tar"
    digest = stored(services, "old/kit", [(media_type, data, {})], kit)
    unpack(digest, "v1", tmp_path / "out", services)
    assert (tmp_path / "out/deep/er/f").read_text() == "x"


def test_go_writes_the_time_with_its_zone_and_no_zeros_at_the_end() -> None:
    moment = datetime(2026, 1, 2, 3, 4, 5, 678_900, timezone(timedelta(hours=2)))
    kit = config.decode(b'{"manifestVersion":"","package":{}}')
    empty = manifests.Manifest(Descriptor(CONFIG_MEDIA_TYPE, "", 0), ())
    texts = [
        modelpack.convert(kit, empty, (), b"{}", one)[1].decode()
        for one in (moment, replace_zone(moment))
    ]
    assert '"createdAt":"2026-01-02T03:04:05.6789+02:00"' in texts[0]
    assert '"createdAt":"2026-01-02T03:04:05Z"' in texts[1]
    assert '"diffIds":null' in texts[0]


def replace_zone(moment: datetime) -> datetime:
    return moment.replace(tzinfo=UTC, microsecond=0)


def test_a_layer_without_a_path_says_so(services: Services, tmp_path: Path) -> None:
    layer: tuple[str, bytes, dict[str, str]]
    layer = ("application/vnd.kitops.modelkit.mcpb.v1.raw", b"zip", {})
    digest = stored(services, "raw/kit", [layer], b'{"manifestVersion":"1.0.0","package":{}}')
    with pytest.raises(BadModelKit, match="which file"):
        unpack(digest, "v1", tmp_path / "out", services)
    assert not (tmp_path / "out").exists()
