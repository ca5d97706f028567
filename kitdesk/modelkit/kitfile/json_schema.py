"""A JSON Schema of the Kitfile, for editors that know one; made from the table of fields."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from kitdesk.modelkit.kitfile import grammar, validation
from kitdesk.modelkit.kitfile.model import Profile

if TYPE_CHECKING:
    from kitdesk.modelkit.primitives.json_value import Json

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_TEXT: list[Json] = ["string", "number", "boolean", "null"]
"""Kit takes the source text of any scalar (FORMAT.md, 1.3)."""
_RELATIVE = "^(?!/)"
_OWN = Profile.CURRENT


def schema(profile: Profile = Profile.CURRENT) -> dict[str, Json]:
    """Return a JSON Schema (2020-12) that takes what kit of ``profile`` decodes.

    What a schema cannot say (equal paths, files that exist) is left to ``rules.check``.
    """
    found = _object("kitfile", profile)
    found["type"] = ["object", "null"]
    return {"$schema": _DIALECT, "title": "Kitfile", **found}


def text(profile: Profile = Profile.CURRENT) -> str:
    """Return the schema as it is shipped in ``resources/kitfile.schema.json``."""
    return json.dumps(schema(profile), indent=2, ensure_ascii=False) + "\n"


def _object(of: str, profile: Profile) -> dict[str, Json]:
    spec = grammar.OBJECTS[of]
    properties: dict[str, Json] = {
        field.name: _field(field, profile, of) for field in spec.fields if field.known_to(profile)
    }
    return {
        "type": ["object", "null"],
        "properties": properties,
        "additionalProperties": False,
    }


def _field(field: grammar.FieldSpec, profile: Profile, of: str) -> dict[str, Json]:
    found: dict[str, Json]
    match field.kind:
        case "text":
            found = {"type": _TEXT, **_limits(field, profile, of)}
        case "texts":
            found = {"type": ["array", "null"], "items": {"type": _TEXT}}
        case "any":
            found = {}
        case "object":
            found = _object(field.type, profile)
        case "objects":
            found = {"type": ["array", "null"], "items": _object(field.type, profile)}
    if field.description:
        found["description"] = field.description
    return found


def _limits(field: grammar.FieldSpec, profile: Profile, of: str) -> dict[str, Json]:
    """What validation asks of a text (FORMAT.md, 1.5); kit itself asks nothing of prompts."""
    if field.name == "path" and of != "mcp-server" and (of != "prompt" or profile is _OWN):
        return {"pattern": _RELATIVE}
    if field.name == "type" and of == "modelpart":
        pattern = f"^({validation.PART_TYPE.pattern})?$"
        return {"pattern": pattern, "maxLength": validation.PART_TYPE_BYTES}
    return {}
