"""The Kitfile's grammar as one table: what may stand where, in which order (FORMAT.md, 1.2).

Reading, checking, writing and the JSON schema all go by it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from kitdesk.modelkit.kitfile.model import Profile

FieldKind = Literal["text", "texts", "any", "object", "objects"]


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """One field of an object."""

    name: str
    kind: FieldKind = "text"
    type: str = ""
    """For objects: which one."""
    since: str = ""
    """The first kit that knows it; empty: all that matter."""
    description: str = ""
    """What it is for, one sentence."""

    def known_to(self, profile: Profile) -> bool:
        """Whether kit of this profile accepts the field."""
        if profile is Profile.CURRENT or not self.since:
            return True
        return profile is Profile.KIT_1_11 and self.since == "1.11"


@dataclass(frozen=True, slots=True)
class ObjectSpec:
    """A mapping with fixed fields."""

    title: str
    """With its article, for messages."""
    fields: tuple[FieldSpec, ...]

    def field(self, name: str) -> FieldSpec | None:
        """Return the field of this name, or None."""
        return _BY_NAME[self.title].get(name)


_NAME = FieldSpec("name", description="A short name.")
_PATH = FieldSpec("path", description="File or folder, relative to the project folder.")
_DESCRIPTION = FieldSpec("description", description="What it is, in a sentence.")
_LICENSE = FieldSpec("license", description="SPDX identifier, such as Apache-2.0.")
_PARAMETERS = FieldSpec("parameters", "any", description="Anything worth recording, as plain data.")

OBJECTS: dict[str, ObjectSpec] = {
    "kitfile": ObjectSpec(
        "a Kitfile",
        (
            FieldSpec("manifestVersion", description="Version of the Kitfile's format: 1.0.0."),
            FieldSpec("package", "object", "package", description="What the ModelKit is."),
            FieldSpec("model", "object", "model", description="The model and its parts."),
            FieldSpec("code", "objects", "code", description="Code, one layer an item."),
            FieldSpec("datasets", "objects", "dataset", description="Data, one layer an item."),
            FieldSpec("docs", "objects", "docs", description="Documents, one layer an item."),
            FieldSpec("prompts", "objects", "prompt", "1.11", "Prompts, one layer an item."),
            FieldSpec("mcpServers", "objects", "mcp-server", "1.15", "Bundled MCP servers."),
        ),
    ),
    "package": ObjectSpec(
        "the package",
        (
            _NAME,
            FieldSpec("version", description="Version of the package; the tag is separate."),
            _DESCRIPTION,
            _LICENSE,
            FieldSpec("authors", "texts", description="Who made it."),
        ),
    ),
    "model": ObjectSpec(
        "a model",
        (
            _NAME,
            FieldSpec("path", description="File or folder, or a reference to another ModelKit."),
            _LICENSE,
            FieldSpec("framework", description="Such as pytorch, scikit-learn, onnx."),
            FieldSpec("format", description="Such as safetensors, gguf, pickle."),
            FieldSpec("version", description="Version of the model."),
            _DESCRIPTION,
            FieldSpec(
                "parts",
                "objects",
                "modelpart",
                description="Adapters, tokenizers, further weights.",
            ),
            _PARAMETERS,
        ),
    ),
    "modelpart": ObjectSpec(
        "a model part",
        (
            _NAME,
            _PATH,
            _LICENSE,
            FieldSpec("type", description="Such as lora, tokenizer, projector."),
        ),
    ),
    "code": ObjectSpec("a code entry", (_PATH, _DESCRIPTION, _LICENSE)),
    "dataset": ObjectSpec(
        "a dataset",
        (
            _NAME,
            _PATH,
            FieldSpec(
                "remotePath", since="1.15", description="Where the data lie instead of in a layer."
            ),
            FieldSpec("remoteHash", since="1.15", description="Checksum of the remote data."),
            _DESCRIPTION,
            _LICENSE,
            _PARAMETERS,
        ),
    ),
    "docs": ObjectSpec("a docs entry", (_PATH, _DESCRIPTION)),
    "prompt": ObjectSpec("a prompt", (FieldSpec("name", since="1.15"), _PATH, _DESCRIPTION)),
    "mcp-server": ObjectSpec("an MCP server", (_NAME, _PATH, _DESCRIPTION)),
}

_BY_NAME = {spec.title: {field.name: field for field in spec.fields} for spec in OBJECTS.values()}
