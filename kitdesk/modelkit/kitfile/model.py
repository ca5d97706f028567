"""The values that a Kitfile holds, in the order that kit writes them (FORMAT.md, 1.2)."""

from __future__ import annotations

import enum
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, get_args

from kitdesk.modelkit.primitives.json_value import MISSING, Json, Missing

if TYPE_CHECKING:
    from collections.abc import Iterator


class Profile(enum.StrEnum):
    """Which kit's rules hold (FORMAT.md, 5.1)."""

    CURRENT = "current"
    """As kit 1.11, with the path test between layers; knows the fields up to kit 1.17."""
    KIT_1_11 = "kit-1.11"
    KIT_1_7 = "kit-1.7"


LayerKind = Literal["model", "modelpart", "code", "dataset", "docs", "prompt"]
LAYER_KINDS: tuple[LayerKind, ...] = get_args(LayerKind)


@dataclass(frozen=True, slots=True)
class Package:
    """The ``package`` section."""

    name: str = ""
    version: str = ""
    description: str = ""
    license: str = ""
    authors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """One packable element; fields that its kind does not have stay empty."""

    kind: LayerKind
    path: str = ""
    """As written in the Kitfile, not cleaned."""
    name: str = ""
    description: str = ""
    license: str = ""
    type: str = ""
    """Of model parts only."""
    parameters: Json | Missing = MISSING
    """Of model and datasets only."""
    remote_path: str = ""
    """Of datasets, from kit 1.15: no layer belongs to such a dataset."""
    remote_hash: str = ""
    digest: str = ""
    """Of the layer's blob; in the config only."""
    diff_id: str = ""
    """Of the layer's plain tar; in the config only."""


@dataclass(frozen=True, slots=True)
class Model:
    """The ``model`` section; ``entry`` holds what it shares with the other kinds."""

    entry: Entry
    framework: str = ""
    format: str = ""
    version: str = ""
    parts: tuple[Entry, ...] = ()


@dataclass(frozen=True, slots=True)
class McpServer:
    """An element of ``mcpServers`` (from kit 1.15; read, never packed)."""

    name: str = ""
    path: str = ""
    description: str = ""
    digest: str = ""
    diff_id: str = ""


@dataclass(frozen=True, slots=True)
class Kitfile:
    """A whole Kitfile as values, without its text."""

    manifest_version: str = ""
    package: Package = field(default_factory=Package)
    model: Model | None = None
    code: tuple[Entry, ...] = ()
    datasets: tuple[Entry, ...] = ()
    docs: tuple[Entry, ...] = ()
    prompts: tuple[Entry, ...] = ()
    mcp_servers: tuple[McpServer, ...] = ()

    def entries(self) -> tuple[Entry, ...]:
        """Return all elements in layer order: model, its parts, code, datasets, docs, prompts."""
        return tuple(self._entries())

    def _entries(self) -> Iterator[Entry]:
        if self.model is not None:
            yield self.model.entry
            yield from self.model.parts
        yield from self.code
        yield from self.datasets
        yield from self.docs
        yield from self.prompts
