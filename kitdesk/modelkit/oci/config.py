"""The config blob: a Kitfile as JSON, and the YAML that kit makes of it (FORMAT.md, 5, 7.1)."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from kitdesk.errors import BadModelKit
from kitdesk.modelkit.kitfile import builder
from kitdesk.modelkit.kitfile.grammar import OBJECTS
from kitdesk.modelkit.oci import manifest
from kitdesk.modelkit.primitives import go_json
from kitdesk.modelkit.primitives.json_text import BadJson, loads
from kitdesk.modelkit.primitives.json_value import MISSING, Json

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from kitdesk.modelkit.kitfile.model import Entry, Kitfile, Model

CONFIG_MEDIA_TYPE = manifest.CONFIG_MEDIA_TYPE


def encode(kitfile: Kitfile) -> bytes:
    """Return the config blob; digests are those that the entries carry."""
    return _encode("kitfile", _data(kitfile, digests=True)).encode()


def _encode(of: str, data: Mapping[str, Any]) -> str:
    shown: list[tuple[str, str]] = []
    for field in OBJECTS[of].fields:
        if field.name not in data:
            continue
        item = data[field.name]
        if field.kind == "object":
            shown.append((field.name, _encode(field.type, item)))
        elif field.kind == "objects":
            shown.append((field.name, go_json.array(_encode(field.type, each) for each in item)))
        else:
            shown.append((field.name, go_json.value(item)))
    shown += [(name, go_json.text(data[name])) for name in ("digest", "diffId") if name in data]
    return go_json.struct(shown)


def decode(data: bytes) -> Kitfile:
    """Read a config blob of any kit up to 1.17, leniently; raises BadModelKit if it is none."""
    try:
        found = loads(data)
    except BadJson as error:
        raise BadModelKit(
            "The ModelKit's config is not JSON.", "Pull or pack it again.", str(error)
        ) from None
    if not isinstance(found, dict):
        raise BadModelKit("The ModelKit's config is no object.", "Pull or pack it again.")
    return builder.kitfile_from(found)


def is_kitfile(data: bytes) -> bool:
    """Whether a config blob says anything that a Kitfile says; any other JSON object is none."""
    try:
        found = loads(data)
    except BadJson:
        return False
    if not isinstance(found, dict):
        return False
    shapes: dict[str, type] = {"object": dict, "objects": list}
    return any(
        isinstance(found.get(field.name), shapes.get(field.kind, str))
        for field in OBJECTS["kitfile"].fields
    )


def to_yaml(kitfile: Kitfile) -> str:
    """Return the Kitfile that ``kit unpack`` writes (FORMAT.md, 7.1), never the user's own text.

    Numbers are floats by then, so large integers lose digits, as they do in kit.
    """
    from kitdesk.modelkit.yaml import go_emitter

    data = _data(kitfile, digests=False)
    if not data["package"]:
        del data["package"]
    ordered = _ordered("kitfile", data)
    package = ordered.get("package")
    if isinstance(package, dict) and isinstance(package.get("authors"), list):
        package["authors"] = go_emitter.FlowList(kitfile.package.authors)
    return go_emitter.dump(ordered)


def _ordered(of: str, data: Mapping[str, Any]) -> dict[str, Json]:
    from kitdesk.modelkit.yaml import go_emitter

    found = go_emitter.Ordered()
    for field in OBJECTS[of].fields:
        if field.name not in data:
            continue
        item = data[field.name]
        if field.kind == "object":
            found[field.name] = _ordered(field.type, item)
        elif field.kind == "objects":
            found[field.name] = [_ordered(field.type, each) for each in item]
        else:
            found[field.name] = item
    return found


def with_digests(kitfile: Kitfile, digests: Sequence[tuple[str, str] | None]) -> Kitfile:
    """Return the Kitfile with (digest, diff id) for each of ``entries()``; None: has no layer."""
    pairs = iter(digests)

    def marked(entry: Entry) -> Entry:
        digest, diff_id = next(pairs) or ("", "")
        return replace(entry, digest=digest, diff_id=diff_id)

    model: Model | None = kitfile.model
    if model is not None:
        entry = marked(model.entry)
        model = replace(model, entry=entry, parts=tuple(map(marked, model.parts)))
    return replace(
        kitfile,
        model=model,
        code=tuple(map(marked, kitfile.code)),
        datasets=tuple(map(marked, kitfile.datasets)),
        docs=tuple(map(marked, kitfile.docs)),
        prompts=tuple(map(marked, kitfile.prompts)),
    )


def values(kitfile: Kitfile) -> dict[str, Json]:
    """Return the config as plain data without digests: equal for Kitfiles that mean the same."""
    found: dict[str, Json] = json.loads(_encode("kitfile", _data(kitfile, digests=False)))
    return found


def _data(kitfile: Kitfile, *, digests: bool) -> dict[str, Any]:
    package = kitfile.package
    data: dict[str, Any] = {
        "manifestVersion": kitfile.manifest_version,
        "package": _filled(
            {
                "name": package.name,
                "version": package.version,
                "description": package.description,
                "license": package.license,
                "authors": list(package.authors),
            }
        ),
    }
    if kitfile.model is not None:
        model = _entry(kitfile.model.entry, digests=digests)
        model |= _filled(
            {
                "framework": kitfile.model.framework,
                "format": kitfile.model.format,
                "version": kitfile.model.version,
                "parts": [_entry(part, digests=digests) for part in kitfile.model.parts],
            }
        )
        data["model"] = model
    for section, (_kind, attribute) in builder.LISTS.items():
        entries = getattr(kitfile, attribute)
        if entries:
            data[section] = [_entry(entry, digests=digests) for entry in entries]
    if kitfile.mcp_servers:
        data["mcpServers"] = [
            _filled(
                {
                    "name": server.name,
                    "path": server.path,
                    "description": server.description,
                    "digest": server.digest if digests else "",
                    "diffId": server.diff_id if digests else "",
                }
            )
            for server in kitfile.mcp_servers
        ]
    return data


def _entry(entry: Entry, *, digests: bool) -> dict[str, Any]:
    data = _filled(builder.entry_fields(entry))
    if entry.kind == "docs":
        data["path"] = entry.path
    if entry.parameters is not MISSING:
        data["parameters"] = entry.parameters
    if digests:
        data |= _filled({"digest": entry.digest, "diffId": entry.diff_id})
    return data


def _filled(data: dict[str, Any]) -> dict[str, Any]:
    """Leave out empty texts and lists, as Go's ``omitempty`` does."""
    return {name: item for name, item in data.items() if item not in ("", [])}
