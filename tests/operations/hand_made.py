"""Kits made by hand: layers with odd members, manifests of other makers, old kits."""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
from pathlib import Path
from typing import Any

from kitdesk.modelkit.oci.manifest import (
    ARTIFACT_TYPE,
    CONFIG_MEDIA_TYPE,
    MODELPACK_ARTIFACT_TYPE,
    MODELPACK_CONFIG_MEDIA_TYPE,
)
from kitdesk.services.container import Services
from kitdesk.services.store.blob_store import RECORD_MODE
from tests.golden.materialise import materialise

CODE = "application/vnd.kitops.modelkit.code.v1.tar"
TYPES = {"file": "0", "dir": "5"}


def sha256(data: bytes) -> str:
    return f"sha256:{hashlib.sha256(data).hexdigest()}"


def plain_tar(members: list[dict[str, Any]]) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for member in members:
            info = tarfile.TarInfo(member["name"])
            info.type = TYPES.get(member["type"], member["type"]).encode()
            info.linkname = member.get("linkname", "")
            folder = info.type == tarfile.DIRTYPE
            info.mode = int(member.get("mode", "0755" if folder else "0644"), 8)
            data = member.get("text", "").encode() if info.type == tarfile.REGTYPE else b""
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    return out.getvalue()


def stored(
    services: Services,
    name: str,
    layers: list[tuple[str, bytes, dict[str, str]]],
    config: bytes,
    *,
    pack: bool = False,
    notes: dict[str, str] | None = None,
) -> str:
    """Put a version with these layers (type, bytes, annotations) into the store under a tag v1."""
    store = services.store
    for _, data, _ in layers:
        store.blobs.put(data, 0o600)
    store.blobs.put(config)
    manifest = {
        "schemaVersion": 2,
        "artifactType": MODELPACK_ARTIFACT_TYPE if pack else ARTIFACT_TYPE,
        "config": {
            "mediaType": MODELPACK_CONFIG_MEDIA_TYPE if pack else CONFIG_MEDIA_TYPE,
            "digest": sha256(config),
            "size": len(config),
        },
        "layers": [
            {
                "mediaType": media_type,
                "digest": sha256(data),
                "size": len(data),
                "annotations": annotations,
            }
            for media_type, data, annotations in layers
        ],
        "annotations": notes or {},
    }
    data = json.dumps(manifest).encode()
    digest = store.blobs.put(data, RECORD_MODE)
    store.add(f"localhost/{name}", digest, len(data), ("v1",))
    return digest


def code_kit(services: Services, members: list[dict[str, Any]], *, lie: bool = False) -> str:
    """A kit with one code layer at ``x`` that holds these members."""
    data = plain_tar(members)
    digest = sha256(b"other") if lie else sha256(data)
    entry = {"path": "x", "digest": digest, "diffId": digest}
    config = {"manifestVersion": "1.0.0", "package": {}, "code": [entry]}
    return stored(services, "hand/made", [(CODE, data, {})], json.dumps(config).encode())


def tree(entries: list[dict[str, Any]], where: Path) -> Path:
    """Build a golden tree."""
    materialise({"entries": entries}, where)
    return where
