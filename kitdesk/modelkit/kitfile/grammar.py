"""The Kitfile's grammar as one table: what may stand where, in which order (format document, 1.2).

Reading, checking, writing and the JSON schema all go by it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from kitdesk.modelkit.kitfile.model import Profile

FieldKind = Literal["text", "texts", "any", "object", "objects"]


@dataclass(frozen=True, slots=True)
class Field:
    """One field of an object."""

    name: str
    kind: FieldKind = "text"
    of: str = ""
    """For objects: which one."""
    since: str = ""
    """The first kit that knows it; empty: all that matter."""
    about: str = ""
    """What it is for, one sentence."""

    def known_to(self, profile: Profile) -> bool:
        """Whether kit of this profile accepts the field."""
        if profile is Profile.CURRENT or not self.since:
            return True
        return profile is Profile.KIT_1_11 and self.since == "1.11"


@dataclass(frozen=True, slots=True)
class Object:
    """A mapping with fixed fields."""

    title: str
    """With its article, for messages."""
    fields: tuple[Field, ...]

    def field(self, name: str) -> Field | None:
        """Return the field of this name, or None."""
        return _BY_NAME[self.title].get(name)


_NAME = Field("name", about="A short name.")
_PATH = Field("path", about="File or folder, relative to the project folder.")
_DESCRIPTION = Field("description", about="What it is, in a sentence.")
_LICENSE = Field("license", about="SPDX identifier, such as Apache-2.0.")
_PARAMETERS = Field("parameters", "any", about="Anything worth recording, as plain data.")

OBJECTS: dict[str, Object] = {
    "kitfile": Object(
        "a Kitfile",
        (
            Field("manifestVersion", about="Version of the Kitfile's format: 1.0.0."),
            Field("package", "object", "package", about="What the ModelKit is."),
            Field("model", "object", "model", about="The model and its parts."),
            Field("code", "objects", "code", about="Code, one layer an item."),
            Field("datasets", "objects", "dataset", about="Data, one layer an item."),
            Field("docs", "objects", "docs", about="Documents, one layer an item."),
            Field("prompts", "objects", "prompt", "1.11", "Prompts, one layer an item."),
            Field("mcpServers", "objects", "mcp-server", "1.15", "Bundled MCP servers."),
        ),
    ),
    "package": Object(
        "the package",
        (
            _NAME,
            Field("version", about="Version of the package; the tag is separate."),
            _DESCRIPTION,
            _LICENSE,
            Field("authors", "texts", about="Who made it."),
        ),
    ),
    "model": Object(
        "a model",
        (
            _NAME,
            Field("path", about="File or folder, or a reference to another ModelKit."),
            _LICENSE,
            Field("framework", about="Such as pytorch, scikit-learn, onnx."),
            Field("format", about="Such as safetensors, gguf, pickle."),
            Field("version", about="Version of the model."),
            _DESCRIPTION,
            Field("parts", "objects", "modelpart", about="Adapters, tokenizers, further weights."),
            _PARAMETERS,
        ),
    ),
    "modelpart": Object(
        "a model part",
        (_NAME, _PATH, _LICENSE, Field("type", about="Such as lora, tokenizer, projector.")),
    ),
    "code": Object("a code entry", (_PATH, _DESCRIPTION, _LICENSE)),
    "dataset": Object(
        "a dataset",
        (
            _NAME,
            _PATH,
            Field("remotePath", since="1.15", about="Where the data lie instead of in a layer."),
            Field("remoteHash", since="1.15", about="Checksum of the remote data."),
            _DESCRIPTION,
            _LICENSE,
            _PARAMETERS,
        ),
    ),
    "docs": Object("a docs entry", (_PATH, _DESCRIPTION)),
    "prompt": Object("a prompt", (Field("name", since="1.15"), _PATH, _DESCRIPTION)),
    "mcp-server": Object("an MCP server", (_NAME, _PATH, _DESCRIPTION)),
}

_BY_NAME = {spec.title: {field.name: field for field in spec.fields} for spec in OBJECTS.values()}
