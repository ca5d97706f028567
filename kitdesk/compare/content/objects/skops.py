"""skops: a zip with the object as JSON and its arrays as npy members."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from kitdesk.compare.content import zips
from kitdesk.compare.content.model import Model, Property
from kitdesk.compare.content.objects.convert import VERSIONS
from kitdesk.compare.content.objects.imports import Imports
from kitdesk.compare.content.result import Limit
from kitdesk.compare.content.source import Mismatch, Unreadable
from kitdesk.compare.content.tensors import npy
from kitdesk.compare.content.tensors.part import Tensors
from kitdesk.compare.content.tree import Instance, Tree
from kitdesk.compare.content.values import parse_json
from kitdesk.compare.content.words import count

if TYPE_CHECKING:
    from kitdesk.compare.content.model import Context
    from kitdesk.compare.content.source import Bytes
    from kitdesk.compare.content.tensors.plan import Tensor

MAX_SCHEMA_BYTES = 64 << 20
MAX_DEPTH = 200
ABSENT = object()


def read_zip(side: Bytes, members: list[zips.Member], context: Context) -> Model:
    """``schema.json`` and what it names; Mismatch for other zips with such a file."""
    by_name = {one.name: one for one in members}
    if by_name["schema.json"].size > MAX_SCHEMA_BYTES:
        raise Unreadable("its schema is too large", "size")
    data = zips.content(side, by_name["schema.json"], context.budget)
    root = parse_json(data.read(0, data.size).decode("utf-8", "replace"))
    if not isinstance(root, dict) or "__loader__" not in root:
        raise Mismatch("it is an archive")
    found = _Schema(side, by_name, context)
    value = found.value(root, (), 0)
    model = Model("object", "skops")
    model.facts["class"] = Property("Class", _class(root))
    model.facts["protocol"] = Property("Protocol", root.get("protocol"), counts=False)
    for library, version in sorted(found.versions.items()):
        model.facts[f"version.{library}"] = Property(f"{library} version", version)
    model.parts["values"] = Tree({} if value is ABSENT else value, "parameter")
    model.parts["tensors"] = Tensors(found.tensors, "array", renames=False)
    model.parts["imports"] = Imports(sorted(found.classes))
    model.limits += found.limits.values()
    model.about = f"{_class(root)}, {count(len(found.tensors), 'array')}"
    return model


def _class(node: dict[str, Any]) -> str:
    module, name = str(node.get("__module__"))[:500], str(node.get("__class__"))[:500]
    return name if module == "builtins" else f"{module}.{name}"


@dataclass(slots=True)
class _Schema:
    side: Bytes
    members: dict[str, zips.Member]
    context: Context
    tensors: dict[str, Tensor] = field(default_factory=dict)
    versions: dict[str, str] = field(default_factory=dict)
    classes: set[str] = field(default_factory=set)
    limits: dict[str, Limit] = field(default_factory=dict)

    def value(self, node: Any, path: tuple[str | int, ...], depth: int) -> Any:
        """The value of a node; ABSENT for an array."""
        self.context.budget.check()
        if depth > MAX_DEPTH:
            raise Unreadable("it is nested too deep", "depth")
        if not isinstance(node, dict) or "__loader__" not in node:
            return node if not isinstance(node, dict | list) else str(type(node).__name__)
        name = _class(node)
        if "." in name:
            self.classes.add(name)
        loader, content = str(node["__loader__"]), node.get("content")
        if loader == "JsonNode":
            return parse_json(content) if isinstance(content, str) else None
        if loader == "NdArrayNode":
            return self._array(node, path, depth)
        if loader == "DictNode" or (loader.endswith("DictNode") and isinstance(content, dict)):
            return self._dict(content, path, depth)
        if isinstance(content, list):
            made = [self.value(one, (*path, at), depth + 1) for at, one in enumerate(content)]
            return self._steps(content, made) or [one for one in made if one is not ABSENT]
        if isinstance(content, dict) and "__loader__" in content:
            inner = self.value(content, path, depth + 1)
            if isinstance(inner, dict):
                whole = Instance(inner)
                whole.name = name
                return whole
            return inner
        if isinstance(content, dict):
            whole = Instance(self._dict(content, path, depth))
            whole.name = name
            return whole
        return {"class": name} if content is None else str(content)[:1000]

    def _steps(self, nodes: list[Any], made: list[Any]) -> dict[str, Any] | None:
        """Steps of a pipeline by their names."""
        if not made or not all(
            isinstance(one, list) and len(one) == 2 and isinstance(one[0], str) for one in made
        ):
            return None
        if not all(isinstance(one, dict) and one.get("__class__") == "tuple" for one in nodes):
            return None
        names = [one[0] for one in made]
        return {one[0]: one[1] for one in made} if len(set(names)) == len(names) else None

    def _dict(self, content: Any, path: tuple[str | int, ...], depth: int) -> dict[str, Any]:
        made = {}
        for key, node in sorted(
            content.items() if isinstance(content, dict) else (), key=lambda x: x[0][:1] == "_"
        ):
            value = self.value(node, (*path, key), depth + 1)
            if key in VERSIONS and isinstance(value, str):
                self.versions.setdefault(VERSIONS[key], value[:100])
            elif value is not ABSENT:
                made[key] = value
        return made

    def _array(self, node: dict[str, Any], path: tuple[str | int, ...], depth: int) -> Any:
        member = self.members.get(str(node.get("file")))
        if member is None:
            content = node.get("content")
            if isinstance(content, list):  # an array of objects, as its values
                return [self.value(one, (*path, at), depth + 1) for at, one in enumerate(content)]
            self.limits["missing"] = Limit("missing", "An array is not there.")
            return {"class": "numpy.ndarray"}
        data = zips.content(self.side, member, self.context.budget)
        self.tensors[".".join(map(str, path)) or "array"] = npy.array(data, self.context.budget)
        return ABSENT
