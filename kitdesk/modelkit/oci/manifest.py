"""The manifest: which blobs make a version (FORMAT.md, 5; OCI image specification)."""

from __future__ import annotations

import base64
import enum
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal

from kitdesk.errors import BadModelKit
from kitdesk.modelkit.kitfile.model import Entry, Kitfile, LayerKind, Profile
from kitdesk.modelkit.primitives import digest as digests
from kitdesk.modelkit.primitives import go_json
from kitdesk.modelkit.primitives.json_text import LARGEST, BadJson, loads

if TYPE_CHECKING:
    from collections.abc import Mapping

MANIFEST_MEDIA_TYPE = "application/vnd.oci.image.manifest.v1+json"
INDEX_MEDIA_TYPE = "application/vnd.oci.image.index.v1+json"
CONFIG_MEDIA_TYPE = "application/vnd.kitops.modelkit.config.v1+json"
ARTIFACT_TYPE = "application/vnd.kitops.modelkit.manifest.v1+json"
INDEX_ARTIFACT_TYPE = "application/vnd.kitops.modelkit.index.v1+json"
MODELPACK_CONFIG_MEDIA_TYPE = "application/vnd.cncf.model.config.v1+json"
MODELPACK_ARTIFACT_TYPE = "application/vnd.cncf.model.manifest.v1+json"
FILEPATH_ANNOTATION = "org.cncf.model.filepath"
FILE_METADATA_ANNOTATION = "org.cncf.model.file.metadata+json"
SUBTYPE_ANNOTATION = "ml.kitops.modelkit.layer-subtype"
SUBTYPE_PROMPT = "prompt"
CLI_VERSION_ANNOTATION = "ml.kitops.modelkit.cli-version"
KITFILE_ANNOTATION = "ml.kitops.modelkit.kitfile"
CREATED_ANNOTATION = "org.opencontainers.image.created"

_KIT_LAYER = "application/vnd.kitops.modelkit."
_PACK_LAYER = "application/vnd.cncf.model."
_KIT_KINDS: dict[str, LayerKind] = {
    "model": "model",
    "modelpart": "modelpart",
    "code": "code",
    "dataset": "dataset",
    "docs": "docs",
}
_PACK_KINDS: dict[str, LayerKind] = {
    "weight": "model",
    "weight.config": "modelpart",
    "dataset": "dataset",
    "code": "code",
    "doc": "docs",
}
_SUFFIXES = {"none": "", "gzip": "+gzip", "gzip-fastest": "+gzip", "zstd": "+zstd"}
_NONE: Mapping[str, str] = MappingProxyType({})
_AGAIN = "It may be damaged, or no ModelKit: kitdesk verify tells more."


@dataclass(frozen=True, slots=True)
class Descriptor:
    """Names a blob by its digest and size in bytes."""

    media_type: str
    digest: str
    size: int
    annotations: Mapping[str, str] = field(default_factory=lambda: _NONE)
    data: bytes | None = None
    """The blob itself where it stands inline; its digest has been checked."""
    artifact_type: str = ""


@dataclass(frozen=True, slots=True)
class Manifest:
    """A version: its config and its layers in order."""

    config: Descriptor
    layers: tuple[Descriptor, ...]
    annotations: Mapping[str, str] = field(default_factory=lambda: _NONE)
    artifact_type: str = ""
    media_type: str = ""

    @property
    def kit_version(self) -> str:
        """Which program packed it, as that program put it; empty when unknown."""
        return self.annotations.get(CLI_VERSION_ANNOTATION, "")

    @property
    def total_size(self) -> int:
        """Sum of the layers' sizes in bytes as ``kit list`` counts: no config, twins twice."""
        return sum(layer.size for layer in self.layers)


class ManifestKind(enum.StrEnum):
    """What a manifest is, by its types alone."""

    MODELKIT = "modelkit"
    MODELPACK = "modelpack"
    KIT_INDEX = "kit-index"
    FOREIGN = "foreign"


def kind_of(data: bytes) -> ManifestKind:
    """Tell what a manifest's bytes are; anything unreadable is FOREIGN (FORMAT.md, 5)."""
    try:
        found = loads(data)
    except BadJson:
        return ManifestKind.FOREIGN
    if not isinstance(found, dict):
        return ManifestKind.FOREIGN
    config = found.get("config")
    types = {_text(found, "artifactType")}
    if isinstance(config, dict):
        types.add(_text(config, "mediaType"))
    if INDEX_ARTIFACT_TYPE in types:
        return ManifestKind.KIT_INDEX
    if types & {ARTIFACT_TYPE, CONFIG_MEDIA_TYPE}:
        return ManifestKind.MODELKIT
    if types & {MODELPACK_ARTIFACT_TYPE, MODELPACK_CONFIG_MEDIA_TYPE}:
        return ManifestKind.MODELPACK
    return ManifestKind.FOREIGN


def is_index(data: bytes) -> bool:
    """Whether the bytes are an index: a list of manifests, of kits or of anything else."""
    return members(data) != () or kind_of(data) is ManifestKind.KIT_INDEX


def members(data: bytes) -> tuple[str, ...]:
    """Digests of the manifests that an index names; none if it is no index."""
    try:
        found = loads(data)
    except BadJson:
        return ()
    listed = found.get("manifests") if isinstance(found, dict) else None
    if not isinstance(listed, list):
        return ()
    named = [one.get("digest") for one in listed if isinstance(one, dict)]
    return tuple(one for one in named if isinstance(one, str) and digests.is_digest(one))


def encode(manifest: Manifest, profile: Profile) -> bytes:
    """Return the manifest blob with the fields that kit of ``profile`` writes, byte for byte.

    ``kit-1.7`` has neither artifact type nor annotations of layers; no profile writes a
    ``mediaType`` of the manifest. The annotations of layers are the caller's
    (:func:`layer_annotations`).
    """
    newer = profile is not Profile.KIT_1_7
    fields = [("schemaVersion", "2")]
    if newer:
        fields.append(("artifactType", go_json.text(manifest.artifact_type or ARTIFACT_TYPE)))
    fields.append(("config", _descriptor(manifest.config, annotated=newer)))
    layers = go_json.array(_descriptor(layer, annotated=newer) for layer in manifest.layers)
    fields.append(("layers", layers if manifest.layers else "null"))
    if manifest.annotations:
        fields.append(("annotations", go_json.value(dict(manifest.annotations))))
    return go_json.struct(fields).encode()


def _descriptor(descriptor: Descriptor, *, annotated: bool) -> str:
    fields = [
        ("mediaType", go_json.text(descriptor.media_type)),
        ("digest", go_json.text(descriptor.digest)),
        ("size", str(descriptor.size)),
    ]
    if annotated and descriptor.annotations:
        fields.append(("annotations", go_json.value(dict(descriptor.annotations))))
    return go_json.struct(fields)


def layer_annotations(kind: LayerKind, base: str) -> dict[str, str]:
    """Return what kit 1.11 notes at a layer; ``base`` is the cleaned layer path."""
    subtype = {SUBTYPE_ANNOTATION: SUBTYPE_PROMPT} if kind == "prompt" else {}
    return {**subtype, FILEPATH_ANNOTATION: base}


def decode(data: bytes) -> Manifest:
    """Read the manifest of any ModelKit or ModelPack; raises BadModelKit."""
    try:
        found = loads(data)
    except BadJson as error:
        raise BadModelKit("The manifest is not JSON.", _AGAIN, str(error)) from None
    if not isinstance(found, dict) or not isinstance(found.get("config"), dict):
        raise BadModelKit("The manifest names no config.", _AGAIN)
    layers = found.get("layers") or []
    if not isinstance(layers, list):
        raise BadModelKit("The manifest's layers are no list.", _AGAIN)
    return Manifest(
        config=descriptor_from(found["config"]),
        layers=tuple(descriptor_from(layer) for layer in layers),
        annotations=_texts(found.get("annotations")),
        artifact_type=_text(found, "artifactType"),
        media_type=_text(found, "mediaType"),
    )


def descriptor_from(found: object) -> Descriptor:
    """Read a descriptor from parsed JSON; raises BadModelKit."""
    if not isinstance(found, dict):
        raise BadModelKit("The manifest holds something that names no blob.", _AGAIN)
    digest, size = found.get("digest"), found.get("size")
    if not isinstance(digest, str) or not digests.is_digest(digest):
        raise BadModelKit("The manifest holds an ill-formed digest.", _AGAIN, repr(digest)[:200])
    if not isinstance(size, int) or isinstance(size, bool) or not 0 <= size <= LARGEST:
        raise BadModelKit("The manifest holds an ill-formed size.", _AGAIN, repr(size)[:200])
    return Descriptor(
        media_type=_text(found, "mediaType"),
        digest=digest,
        size=size,
        annotations=_texts(found.get("annotations")),
        data=_inline(found.get("data"), digest, size),
        artifact_type=_text(found, "artifactType"),
    )


def _inline(found: object, digest: str, size: int) -> bytes | None:
    """Return inline data if they are what the descriptor says, else None (FORMAT.md, 5)."""
    if not isinstance(found, str) or not digest.startswith("sha256:"):
        return None
    try:
        data = base64.b64decode(found, validate=True)
    except ValueError:
        return None
    return data if len(data) == size and digests.of_bytes(data) == digest else None


def layer_media_type(kind: LayerKind, compression: str) -> str:
    """Return kit's media type of a layer; ``compression`` is none, gzip, gzip-fastest or zstd."""
    base = "code" if kind == "prompt" else kind
    return f"{_KIT_LAYER}{base}.v1.tar{_SUFFIXES[compression]}"


def compressions(profile: Profile) -> tuple[str, ...]:
    """Return the names that kit of ``profile`` takes for ``--compression`` (FORMAT.md, 4.1)."""
    newer = ("zstd",) if profile is Profile.CURRENT else ()
    return ("none", "gzip", "gzip-fastest", *newer)


def kind_of_layer(descriptor: Descriptor) -> LayerKind | None:
    """Tell which kind of entry a layer of a ModelKit or ModelPack belongs to; None if unknown."""
    for prefix, kinds in ((_KIT_LAYER, _KIT_KINDS), (_PACK_LAYER, _PACK_KINDS)):
        if descriptor.media_type.startswith(prefix):
            kind = kinds.get(descriptor.media_type[len(prefix) :].partition(".v1.")[0])
            prompt = descriptor.annotations.get(SUBTYPE_ANNOTATION) == SUBTYPE_PROMPT
            return "prompt" if kind == "code" and prompt else kind
    return None


def compression_of(media_type: str) -> Literal["none", "gzip", "zstd"]:
    """Tell how a layer's bytes are packed, by the suffix of its media type."""
    if media_type.endswith(("+gzip", ".gzip")):
        return "gzip"
    return "zstd" if media_type.endswith("+zstd") else "none"


def is_raw(media_type: str) -> bool:
    """Whether the layer is a file's own bytes instead of a tar (FORMAT.md, 9)."""
    return ".v1.raw" in media_type


def pair_layers(
    kitfile: Kitfile, manifest: Manifest
) -> tuple[tuple[Descriptor, Entry | None], ...]:
    """Say which Kitfile entry each layer belongs to, in the manifest's order."""
    from kitdesk.modelkit.oci.layer_entries import match_layers

    return match_layers(kitfile, manifest)


def _text(found: Mapping[str, Any], name: str) -> str:
    value = found.get(name)
    return value if isinstance(value, str) else ""


def _texts(found: object) -> Mapping[str, str]:
    if not isinstance(found, dict):
        return _NONE
    return MappingProxyType({k: v for k, v in found.items() if isinstance(v, str)})
