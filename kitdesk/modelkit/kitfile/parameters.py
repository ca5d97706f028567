"""``parameters``: any YAML, turned into what kit writes as JSON (FORMAT.md, 2)."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Protocol

from kitdesk.modelkit.kitfile.diagnostics import Severity
from kitdesk.modelkit.primitives.json_value import MISSING, Loose
from kitdesk.modelkit.yaml.resolver import BadScalarError, resolve

if TYPE_CHECKING:
    from collections.abc import Callable

    from kitdesk.modelkit.yaml.nodes import Node


class _Unmarshal(Protocol):
    def __call__(self, node: Node, handle: Callable[[Node], Any]) -> Loose: ...


class _Add(Protocol):
    def __call__(
        self, node: Node, rule: str, message: str, severity: Severity = Severity.ERROR
    ) -> None: ...


class ParameterReader:
    """Reads values of any shape; tells what kit refuses."""

    def __init__(self, unmarshal: _Unmarshal, add: _Add) -> None:
        self._unmarshal = unmarshal
        self._add = add

    def value(self, node: Node) -> Loose:
        """Return a Json value; MISSING for null, since ``parameters: null`` is left out."""
        found = self._any(node)
        return MISSING if found is None else found

    def _any(self, node: Node) -> Loose:
        if node.kind == "scalar":
            return self._scalar(node)
        if node.kind == "seq":
            items = [self._unmarshal(item, self._any) for item in node.content]
            return [item for item in items if item is not MISSING]
        return self._mapping(node, {})

    def _scalar(self, node: Node) -> Loose:
        if node.tag == "!!str":
            return node.value
        try:
            _tag, value = resolve(node.tag, node.value)
        except BadScalarError as problem:
            self._add(node, "bad-tag", str(problem))
            return MISSING
        if isinstance(value, float) and not math.isfinite(value):
            self._add(node, "not-finite", f"“{node.value}” cannot be stored; quote it as a text.")
        return value

    def _mapping(self, node: Node, into: dict[str, Any], *, merged: bool = False) -> Loose:
        seen: dict[tuple[str, str], Node] = {}
        merge: Node | None = None
        for key_node, value_node in node.pairs():
            first = seen.setdefault((key_node.kind, key_node.value), key_node)
            if first is not key_node:
                message = f"“{key_node.value}” already stands in line {first.line + 1}."
                self._add(key_node, "duplicate-key", message)
            if key_node.is_merge:
                merge = value_node
                continue
            key = self._key(key_node, merged=merged)
            if key is None or (merged and key in into):
                continue
            value = self._unmarshal(value_node, self._any)
            if value is not MISSING:
                into[key] = value
        if merge is not None:
            self._merge(merge, into)
        return into

    def _key(self, node: Node, *, merged: bool) -> str | None:
        key = node.resolved
        if key.kind != "scalar":
            self._add(node, "bad-key", "A list or mapping cannot be the name of a parameter.")
            return None
        if key.tag not in ("!!str", "!!merge"):
            if merged:
                return self._merged_key(key)
            message = f"The name “{key.value}” must be a text: put it in quotes."
            self._add(node, "bad-key", message)
        return key.value

    def _merged_key(self, key: Node) -> str | None:
        """What comes by merge goes into a map of texts, so that any scalar may be a name."""
        try:
            _tag, value = resolve(key.tag, key.value)
        except BadScalarError as problem:
            self._add(key, "bad-tag", str(problem))
            return None
        if key.tag == "!!null":
            return None
        return str(value) if key.tag == "!!binary" else key.value

    def _merge(self, merge: Node, into: dict[str, Any]) -> None:
        for source in merge.content if merge.kind == "seq" else [merge]:
            if source.resolved.kind != "map":
                self._add(source, "bad-merge", "“<<” needs a mapping or a list of mappings.")
                continue
            self._unmarshal(source, lambda node: self._mapping(node, into, merged=True))
