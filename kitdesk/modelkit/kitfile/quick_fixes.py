"""Repairs that can be offered with a problem."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from kitdesk.modelkit.kitfile.diagnostics import Edit, Fix

if TYPE_CHECKING:
    from kitdesk.modelkit.kitfile.grammar import FieldSpec, ObjectSpec
    from kitdesk.modelkit.kitfile.model import Profile
    from kitdesk.modelkit.yaml.nodes import Node

FIELD_SYNONYMS = {
    "author": "authors",
    "maintainer": "authors",
    "maintainers": "authors",
    "desc": "description",
    "summary": "description",
    "file": "path",
    "files": "path",
    "filename": "path",
    "location": "path",
    "src": "path",
    "title": "name",
    "params": "parameters",
    "hyperparameters": "parameters",
    "metadata": "parameters",
    "data": "datasets",
    "doc": "docs",
    "documentation": "docs",
    "models": "model",
    "components": "parts",
    "schemaversion": "manifestVersion",
    "apiversion": "manifestVersion",
}
_INDICATORS = set("-?:,[]{}#&*!|>'\"%@`")


def suggest_field(key: str, spec: ObjectSpec, profile: Profile) -> str | None:
    """Return the field of ``spec`` that ``key`` was probably meant to be."""
    names = {field.name.lower(): field.name for field in spec.fields if field.known_to(profile)}
    low = key.lower().replace("_", "").replace("-", "")
    if low in names:
        return names[low]
    expected = FIELD_SYNONYMS.get(low)
    if expected in names.values():
        return expected
    import difflib

    close = difflib.get_close_matches(low, names, 1, 0.7)
    return names[close[0]] if close else None


def rename(node: Node, name: str) -> Fix:
    """Write ``name`` in place of a key."""
    return Fix(f"Rename to “{name}”", (Edit(node.start, node.end, name),))


def wrap_list(text: str, node: Node, field: FieldSpec) -> Fix | None:
    """Put a lone text into a list: ``Ann`` -> ``[Ann]``, ``src`` -> ``[{path: src}]``."""
    if node.kind != "scalar" or node.style in ("|", ">"):
        return None
    source = _in_flow(text, node)
    shown = f"[{source}]" if field.kind == "texts" else f"[{{path: {source}}}]"
    return Fix("Make it a list", (Edit(node.start, node.end, shown),))


def wrap_item(text: str, node: Node, spec: ObjectSpec) -> Fix | None:
    """Make a lone text the path of an entry: ``- src`` -> ``- {path: src}``."""
    if node.kind != "scalar" or node.style in ("|", ">") or spec.field("path") is None:
        return None
    return Fix("Make it a path", (Edit(node.start, node.end, f"{{path: {_in_flow(text, node)}}}"),))


def unwrap(text: str, node: Node) -> Fix | None:
    """Take a lone text out of its list: ``[MIT]`` -> ``MIT``."""
    if node.kind != "seq" or node.style != "flow" or len(node.content) != 1:
        return None
    item = node.content[0]
    if item.kind != "scalar":
        return None
    return Fix(
        "Write it without the list", (Edit(node.start, node.end, text[item.start : item.end]),)
    )


def _in_flow(text: str, node: Node) -> str:
    source = text[node.start : node.end]
    if node.style or not (set(source) & _INDICATORS or "\n" in source):
        return source
    return json.dumps(node.value, ensure_ascii=False)
