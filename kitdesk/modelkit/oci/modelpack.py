"""ModelPack, the other format of the same artifacts: reading and writing it (FORMAT.md, 5.2)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from kitdesk.errors import BadModelKit
from kitdesk.modelkit.kitfile.model import Entry, Kitfile, Model, Package
from kitdesk.modelkit.oci import config
from kitdesk.modelkit.oci.manifest import (
    ARTIFACT_TYPE,
    CONFIG_MEDIA_TYPE,
    FILEPATH_ANNOTATION,
    KITFILE_ANNOTATION,
    MODELPACK_ARTIFACT_TYPE,
    MODELPACK_CONFIG_MEDIA_TYPE,
    Descriptor,
    Manifest,
    kind_of_layer,
)
from kitdesk.modelkit.primitives import digest as digests
from kitdesk.modelkit.primitives import go_json
from kitdesk.modelkit.primitives.json_text import BadJson, loads
from kitdesk.modelkit.tar.writer import safe_path

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

_PREFIX = "application/vnd.cncf.model."
_CONFIG_LAYER = f"{_PREFIX}config."
"""Layers of this type hold a Kitfile beside the one in the annotation: kit skips them."""
_NAMES = {
    "model": "weight",
    "modelpart": "weight.config",
    "dataset": "dataset",
    "code": "code",
    "prompt": "code",
    "docs": "doc",
}


def is_modelpack(manifest: Manifest) -> bool:
    """Whether its types make it a ModelPack and no ModelKit."""
    types = {manifest.artifact_type, manifest.config.media_type}
    own = types & {MODELPACK_ARTIFACT_TYPE, MODELPACK_CONFIG_MEDIA_TYPE}
    return bool(own) and not types & {ARTIFACT_TYPE, CONFIG_MEDIA_TYPE}


def has_kitfile(manifest: Manifest) -> bool:
    """Whether unpacking writes a Kitfile: ModelPacks of other makers bring none."""
    return not is_modelpack(manifest) or KITFILE_ANNOTATION in manifest.annotations


def kitfile_of(manifest: Manifest, config_data: bytes) -> Kitfile:
    """The Kitfile of any version: its config, its annotation, or what its layers tell.

    Raises BadModelKit where a ModelPack's layers have no path or no known kind.
    """
    if not is_modelpack(manifest):
        return config.decode(config_data)
    text = manifest.annotations.get(KITFILE_ANNOTATION)
    if text is not None:
        return config.decode(text.encode())
    return _from_layers(manifest, config_data)


def is_unpackable(layer: Descriptor) -> bool:
    """Whether the layer holds files of the project."""
    return not layer.media_type.startswith(_CONFIG_LAYER)


def _from_layers(manifest: Manifest, config_data: bytes) -> Kitfile:
    found: dict[str, list[Entry]] = {name: [] for name in _NAMES}
    for layer in filter(is_unpackable, manifest.layers):
        kind = kind_of_layer(layer)
        path = layer.annotations.get(FILEPATH_ANNOTATION)
        if kind is None:
            raise BadModelKit(
                "The ModelPack holds a layer of a kind that nobody knows.",
                "Unpack it with the program that made it.",
                layer.media_type,
            )
        if not path:
            raise BadModelKit(
                "A layer of the ModelPack does not say where its files belong.",
                "Ask whoever made it to name the paths of its layers.",
                layer.digest,
            )
        if kind == "model" and found["model"]:
            kind = "modelpart"  # several weights: the first is the model (FORMAT.md, 9)
        found[kind].append(Entry(kind, safe_path(path), digest=layer.digest))
    parts = tuple(found["modelpart"])
    weights = found["model"]
    facts = _facts(config_data)
    model = Model(weights[0] if weights else Entry("model"), parts=parts)
    return Kitfile(
        package=Package(
            facts.get("name", ""), facts.get("version", ""), facts.get("description", "")
        ),
        model=model if weights or parts else None,
        code=tuple(found["code"]),
        datasets=tuple(found["dataset"]),
        docs=tuple(found["docs"]),
        prompts=tuple(found["prompt"]),
    )


def _facts(data: bytes) -> Mapping[str, str]:
    try:
        raw = loads(data)
    except BadJson:
        return {}
    facts = raw.get("descriptor") if isinstance(raw, dict) else None
    if not isinstance(facts, dict):
        return {}
    return {name: text for name, text in facts.items() if isinstance(text, str)}


def convert(
    kitfile: Kitfile,
    manifest: Manifest,
    diff_ids: tuple[str, ...],
    kit_config: bytes,
    created: datetime | None = None,
) -> tuple[Manifest, bytes]:
    """Return a ModelKit's manifest and config as ``kit pack --use-model-pack`` writes them.

    ``kit_config`` is the config blob of the ModelKit; ``created`` is now unless it is given.
    """
    if created is None:
        from datetime import datetime

        created = datetime.now().astimezone()
    layers = tuple(
        replace(layer, media_type=_media_type(layer.media_type, kind_of_layer(layer)))
        for layer in manifest.layers
    )
    notes = {**manifest.annotations, KITFILE_ANNOTATION: kit_config.decode()}
    empty = Descriptor(MODELPACK_CONFIG_MEDIA_TYPE, "", 0)
    made = Manifest(empty, layers, notes, MODELPACK_ARTIFACT_TYPE)
    return made, _config(kitfile, diff_ids, created)


def _media_type(media_type: str, kind: str | None) -> str:
    return f"{_PREFIX}{_NAMES[kind or 'code']}.v1.{media_type.partition('.v1.')[2]}"


def _config(kitfile: Kitfile, diff_ids: tuple[str, ...], created: datetime) -> bytes:
    package, model = kitfile.package, kitfile.model
    facts: dict[str, Any] = {
        "createdAt": _go_time(created),
        "authors": list(package.authors),
        "name": package.name,
        "version": package.version,
        "licenses": _licenses(kitfile),
        "title": package.name,
        "description": package.description,
    }
    described = go_json.struct(
        [(name, go_json.value(item)) for name, item in facts.items() if item not in ("", [])]
    )
    # Kit hashes the text of each diffId, not the layer: a bug that readers must not check.
    hashed: list[Any] = [digests.of_bytes(one.encode()) for one in diff_ids]
    files = go_json.struct(
        [("type", go_json.text("layers")), ("diffIds", go_json.value(hashed or None))]
    )
    kind = model.format if model is not None else ""
    rest = go_json.struct([("format", go_json.text(kind))] if kind else [])
    document = go_json.struct([("descriptor", described), ("modelfs", files), ("config", rest)])
    return document.encode()


def _licenses(kitfile: Kitfile) -> list[str]:
    named = {kitfile.package.license}
    named |= {entry.license for entry in kitfile.entries() if entry.kind not in ("docs", "prompt")}
    return sorted(named - {""}, key=str.encode)


def _go_time(moment: datetime) -> str:
    text = moment.isoformat()
    if moment.microsecond:
        whole, _, rest = text.partition(".")
        text = f"{whole}.{rest[:6].rstrip('0')}{rest[6:]}"
    return text.replace("+00:00", "Z")
