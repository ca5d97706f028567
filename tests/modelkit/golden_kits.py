"""The golden cases, and a small packer that makes their blobs out of the functions under test."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kitdesk.modelkit.kitfile import loader
from kitdesk.modelkit.kitfile.model import Kitfile, Profile
from kitdesk.modelkit.layers import planner
from kitdesk.modelkit.layers.ignore import Ignore
from kitdesk.modelkit.layers.plan import LayerPlan, PlannedLayer
from kitdesk.modelkit.oci import config, manifest
from kitdesk.modelkit.primitives import digest
from kitdesk.modelkit.tar import writer as tar_writer
from tests.golden.materialise import materialise

GOLDEN = Path(__file__).parents[1] / "golden"
KIT_PROFILES = (Profile.KIT_1_7, Profile.KIT_1_11)


def load(name: str) -> Any:
    return json.loads((GOLDEN / name).read_text(encoding="utf-8"))


def overlaid(record: dict[str, Any], profile: Profile) -> dict[str, Any]:
    """What kit of this profile did: README of the golden data, “Reading the newer result”."""
    if profile is Profile.KIT_1_7:
        return record
    newer = record.get("profiles", {}).get("kit-1.11") or record.get("kit-1.11") or {}
    return {**record, **newer}


@dataclass(frozen=True)
class Case:
    folder: Path

    @property
    def tree(self) -> dict[str, Any]:
        tree: dict[str, Any] = load(f"{self.folder.relative_to(GOLDEN)}/tree.json")
        return tree

    def expected(self, profile: Profile) -> dict[str, Any]:
        return overlaid(load(f"{self.folder.relative_to(GOLDEN)}/expected.json"), profile)

    @property
    def lacking(self) -> str:
        """What the tree needs and this platform has not."""
        needs = set(self.tree["requires"])
        if sys.platform == "win32":
            return " ".join(needs & {"symlink", "fifo", "socket", "posix-modes", "linux-names"})
        lacking = {"linux-names", "case-sensitive-fs"} if sys.platform == "darwin" else set()
        if os.geteuid() != 0:
            lacking.add("root")
        return " ".join(needs & lacking)

    def build(self, parent: Path) -> tuple[Path, bytes | None]:
        """Make the project folder; return it with the bytes of its Kitfile."""
        root = parent / "ctx"
        materialise(self.tree, root)
        path = self.folder / "Kitfile"
        data = path.read_bytes() if path.exists() else None
        how = self.tree["pack"]["kitfile_as"] or ""
        name = how.removeprefix("-f:")
        if data is not None and name and name != "-" and not name.startswith("outside:"):
            (root / name).write_bytes(data)
            (root / name).chmod(0o644)
        return root, data


def cases() -> list[Case]:
    folders = [*(GOLDEN / "cases").iterdir(), *(GOLDEN / "seed").iterdir()]
    return [Case(folder) for folder in sorted(folders) if folder.is_dir()]


@dataclass(frozen=True)
class Packed:
    kitfile: Kitfile
    plan: LayerPlan
    diff_ids: tuple[str, ...]
    config: bytes
    manifest: bytes


def pack(root: Path, data: bytes, profile: Profile) -> Packed:
    """Pack without a store: everything that kit writes, uncompressed."""
    decoded = loader.decode(data, profile)
    ignore_file = root / ".kitignore"
    patterns = Ignore.parse(ignore_file.read_bytes() if ignore_file.exists() else None)
    plan = planner.plan(decoded, root, patterns, profile)
    diff_ids = {id(layer.entry): layer_digest(root, layer) for layer in plan.layers}
    found = [diff_ids.get(id(entry)) for entry in decoded.entries()]
    marked = config.with_digests(decoded, [None if d is None else (d, d) for d in found])
    blob = config.encode(marked)
    descriptors = tuple(
        manifest.Descriptor(
            layer.media_type("none"),
            diff_ids[id(layer.entry)],
            layer.size,
            manifest.layer_annotations(layer.entry.kind, layer.base),
        )
        for layer in plan.layers
    )
    made = manifest.Manifest(
        manifest.Descriptor(config.CONFIG_MEDIA_TYPE, digest.of_bytes(blob), len(blob)),
        descriptors,
        {manifest.CLI_VERSION_ANNOTATION: "unknown"},
    )
    return Packed(
        marked,
        plan,
        tuple(diff_ids[id(layer.entry)] for layer in plan.layers),
        blob,
        manifest.encode(made, profile),
    )


def layer_digest(root: Path, layer: PlannedLayer) -> str:
    return digest.of_bytes(layer_bytes(root, layer))


def layer_bytes(root: Path, layer: PlannedLayer) -> bytes:
    parts: list[bytes] = []
    for member in layer.members:
        parts.append(tar_writer.header(member.path, member.mode, member.size, member.is_dir))
        if not member.is_dir:
            parts += [(root / member.path).read_bytes(), tar_writer.padding(member.size)]
    data = b"".join(parts) + tar_writer.END
    assert len(data) == layer.size
    return data
