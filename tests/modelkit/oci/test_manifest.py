"""Manifests of any maker."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from kitdesk.errors import BadModelKit
from kitdesk.modelkit.kitfile import loader
from kitdesk.modelkit.kitfile.model import Profile
from kitdesk.modelkit.oci import config, manifest
from kitdesk.modelkit.primitives import digest
from tests.modelkit.golden_kits import load

CASES = load("modelpack/cases.json")["cases"]
A, B = (digest.of_bytes(name) for name in (b"a", b"b"))


def descriptor(name: str, media: str = "code.v1.tar", **more: Any) -> dict[str, Any]:
    return {
        "mediaType": "application/vnd.kitops.modelkit." + media,
        "digest": digest.of_bytes(name.encode()),
        "size": len(name),
        **more,
    }


def manifest_of(*layers: dict[str, Any], **more: Any) -> bytes:
    found = {"schemaVersion": 2, "config": descriptor("c", "config.v1+json"), "layers": layers}
    return json.dumps({**found, **more}).encode()


@pytest.mark.parametrize("case", [pytest.param(case, id=case["name"]) for case in CASES])
def test_modelpacks_are_read(case: dict[str, Any]) -> None:
    text = case["manifest"]["text"].replace("<CONFIG_DIGEST>", A).replace("<CONFIG_SIZE>", "9")
    assert manifest.kind_of(text.encode()) == "modelpack"
    found = manifest.decode(text.encode())
    values = config.decode(found.annotations[manifest.KITFILE_ANNOTATION].encode())
    kinds = [entry.kind if entry else None for _layer, entry in manifest.pair_layers(values, found)]
    assert None not in kinds
    assert len(kinds) == len(case["layers"] or [])


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (manifest_of(), "modelkit"),
        (manifest_of(config={}), "foreign"),
        (manifest_of(config={}, artifactType=manifest.ARTIFACT_TYPE), "modelkit"),
        (manifest_of(config={"mediaType": manifest.MODELPACK_CONFIG_MEDIA_TYPE}), "modelpack"),
        (json.dumps({"artifactType": manifest.INDEX_ARTIFACT_TYPE}).encode(), "kit-index"),
        (b"[]", "foreign"),
        (b"no json", "foreign"),
        (b'{"artifactType": []}', "foreign"),
    ],
)
def test_kinds(data: bytes, kind: str) -> None:
    assert manifest.kind_of(data) == kind


def test_null_layers() -> None:
    found = manifest.decode(manifest_of(layers=None))
    assert found.layers == ()
    assert b'"layers":null' in manifest.encode(found, Profile.KIT_1_7)


def test_inline_data_count_only_if_they_are_what_they_say() -> None:
    good = base64.b64encode(b"a").decode()
    bad = base64.b64encode(b"x").decode()
    found = manifest.decode(manifest_of(descriptor("a", data=good), descriptor("b", data=bad)))
    assert [layer.data for layer in found.layers] == [b"a", None]


@pytest.mark.parametrize(
    "data",
    [
        b"{",
        b"{}",
        b"[]",
        manifest_of(layers=3),
        manifest_of(layers=[3]),
        manifest_of({**descriptor("a"), "digest": "sha256:../../x"}),
        manifest_of({**descriptor("a"), "size": -1}),
        manifest_of({**descriptor("a"), "size": True}),
    ],
)
def test_torn_manifests(data: bytes) -> None:
    with pytest.raises(BadModelKit):
        manifest.decode(data)


def test_layers_are_matched_by_digest_not_by_counting() -> None:
    text = {
        "datasets": [
            {"name": "far", "path": "d", "remotePath": "s3://b/k"},
            {"name": "near", "path": "e", "digest": B},
        ],
        "code": [{"path": "x", "digest": A}],
    }
    values = config.decode(json.dumps(text).encode())
    found = manifest.decode(
        manifest_of(descriptor("b", "dataset.v1.tar"), descriptor("a"), descriptor("z"))
    )
    paired = [entry.path if entry else None for _d, entry in manifest.pair_layers(values, found)]
    assert paired == ["e", "x", None]


def test_twins_keep_their_kinds_and_order() -> None:
    text = {
        "code": [{"path": "one", "digest": A}, {"path": "two", "digest": A}],
        "docs": [{"path": "doc", "digest": A}],
    }
    values = config.decode(json.dumps(text).encode())
    layers = [descriptor("a"), descriptor("a"), descriptor("a", "docs.v1.tar")]
    found = manifest.decode(manifest_of(*layers))
    paired = [entry.path if entry else None for _d, entry in manifest.pair_layers(values, found)]
    assert paired == ["one", "two", "doc"]


def test_old_kits_without_digests_go_by_order_of_each_kind() -> None:
    values = loader.decode(b"model: {path: m}\ncode: [{path: x}, {path: y}]\n")
    layers = [descriptor("m", "model.v1.tar+gzip"), descriptor("a"), descriptor("b")]
    found = manifest.decode(manifest_of(*layers))
    paired = [entry.path if entry else None for _d, entry in manifest.pair_layers(values, found)]
    assert paired == ["m", "x", "y"]
    fewer = manifest.decode(manifest_of(*layers[:2]))
    paired = [entry.path if entry else None for _d, entry in manifest.pair_layers(values, fewer)]
    assert paired == ["m", None]


@pytest.mark.parametrize(
    ("media", "kind", "compression"),
    [
        ("application/vnd.kitops.modelkit.modelpart.v1.tar+gzip", "modelpart", "gzip"),
        ("application/vnd.kitops.modelkit.code.v1.tar+zstd", "code", "zstd"),
        ("application/vnd.kitops.modelkit.mcpb.v1.raw", None, "none"),
        ("application/vnd.cncf.model.weight.config.v1.tar", "modelpart", "none"),
        ("application/vnd.cncf.model.doc.v1.raw", "docs", "none"),
        ("application/octet-stream", None, "none"),
    ],
)
def test_media_types(media: str, kind: str | None, compression: str) -> None:
    assert manifest.kind_of_layer(manifest.Descriptor(media, A, 1)) == kind
    assert manifest.compression_of(media) == compression


def test_prompts_are_code_with_a_note() -> None:
    media = manifest.layer_media_type("prompt", "none")
    notes = manifest.layer_annotations("prompt", "a")
    assert media.endswith(".code.v1.tar")
    assert manifest.kind_of_layer(manifest.Descriptor(media, A, 1, notes)) == "prompt"


@pytest.mark.parametrize("data", [b"", b"[]", b"\xff", b"3"])
def test_torn_configs(data: bytes) -> None:
    with pytest.raises(BadModelKit):
        config.decode(data)


def test_configs_of_newer_kits_survive() -> None:
    text = (
        '{"manifestVersion":"1.0.0","package":{},"datasets":[{"name":"d","path":"d",'
        '"remotePath":"s3://b/k","remoteHash":"h"}],"prompts":[{"name":"p","path":"a"}],'
        '"mcpServers":[{"name":"m","path":"m.mcpb"}]}'
    )
    assert config.encode(config.decode(text.encode())).decode() == text
