"""From plain fields, by the names of the Kitfile, to values and back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kitdesk.modelkit.kitfile.model import Entry, Kitfile, LayerKind, McpServer, Model, Package
from kitdesk.modelkit.primitives.json_value import MISSING

_TEXTS = {
    "name": "name",
    "path": "path",
    "description": "description",
    "license": "license",
    "type": "type",
    "remotePath": "remote_path",
    "remoteHash": "remote_hash",
    "digest": "digest",
    "diffId": "diff_id",
}
LISTS: dict[str, tuple[LayerKind, str]] = {
    "code": ("code", "code"),
    "datasets": ("dataset", "datasets"),
    "docs": ("docs", "docs"),
    "prompts": ("prompt", "prompts"),
}
"""Name of the section -> kind of its entries, attribute of :class:`Kitfile`."""


def kitfile_from(data: Mapping[str, Any]) -> Kitfile:
    """Build a Kitfile from its fields; whatever is not of the expected type counts as absent."""
    package = _mapping(data.get("package")) or {}
    model = _mapping(data.get("model"))
    return Kitfile(
        manifest_version=_text(data.get("manifestVersion")),
        package=Package(
            name=_text(package.get("name")),
            version=_text(package.get("version")),
            description=_text(package.get("description")),
            license=_text(package.get("license")),
            authors=tuple(a for a in _list(package.get("authors")) if isinstance(a, str)),
        ),
        model=None if model is None else _model(model),
        code=_entries(data, "code"),
        datasets=_entries(data, "datasets"),
        docs=_entries(data, "docs"),
        prompts=_entries(data, "prompts"),
        mcp_servers=tuple(
            McpServer(
                name=_text(server.get("name")),
                path=_text(server.get("path")),
                description=_text(server.get("description")),
                digest=_text(server.get("digest")),
                diff_id=_text(server.get("diffId")),
            )
            for server in _mappings(data.get("mcpServers"))
        ),
    )


def _model(data: Mapping[str, Any]) -> Model:
    return Model(
        entry=_entry("model", data),
        framework=_text(data.get("framework")),
        format=_text(data.get("format")),
        version=_text(data.get("version")),
        parts=tuple(_entry("modelpart", part) for part in _mappings(data.get("parts"))),
    )


def _entries(data: Mapping[str, Any], section: str) -> tuple[Entry, ...]:
    kind = LISTS[section][0]
    return tuple(_entry(kind, item) for item in _mappings(data.get(section)))


def _entry(kind: LayerKind, data: Mapping[str, Any]) -> Entry:
    texts = {
        _TEXTS[name]: value
        for name, value in data.items()
        if name in _TEXTS and isinstance(value, str)
    }
    parameters = data.get("parameters", MISSING)
    return Entry(kind, **texts, parameters=MISSING if parameters is None else parameters)


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _mapping(value: object) -> Mapping[str, Any] | None:
    return value if isinstance(value, Mapping) else None


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _mappings(value: object) -> list[Mapping[str, Any]]:
    return [item for item in _list(value) if isinstance(item, Mapping)]


def entry_fields(entry: Entry) -> dict[str, Any]:
    """Return an entry's fields by their Kitfile names, empty ones too; no digests."""
    found: dict[str, Any] = {
        name: getattr(entry, attribute)
        for name, attribute in _TEXTS.items()
        if name not in ("digest", "diffId")
    }
    if entry.parameters is not MISSING:
        found["parameters"] = entry.parameters
    return found
