"""Pickles and joblib files as models: class, parameters, arrays, imports."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kitdesk.compare.content.model import Model, Property
from kitdesk.compare.content.objects import joblib
from kitdesk.compare.content.objects.convert import ABSENT, Converter
from kitdesk.compare.content.objects.imports import Imports
from kitdesk.compare.content.objects.machine import Machine
from kitdesk.compare.content.objects.names import class_of
from kitdesk.compare.content.source import Mismatch
from kitdesk.compare.content.tensors.part import Tensors
from kitdesk.compare.content.tree import Tree
from kitdesk.compare.content.words import count, label

if TYPE_CHECKING:
    from kitdesk.compare.content.model import Context
    from kitdesk.compare.content.source import Bytes

FIRST = b"\x80(cld]})NIJKMLFGSTUVXBCPi\x8a\x8b\x88\x89"
"""Opcodes that a pickle begins with."""
MAX_REMOTE_BYTES = 4 << 20


def read(side: Bytes, name: str, context: Context) -> Model:
    """One pickle; Mismatch when the bytes are none at all."""
    compression = joblib.compression(side)
    whole = side
    if compression is not None:
        whole = joblib.inflate(side, compression, context.budget)
    head = whole.read(0, min(2, whole.size))
    if not head or head[0] not in FIRST:
        raise Mismatch("it is no pickle")
    arrays = joblib.Arrays(context.budget)
    machine = Machine(whole, context.budget, built=arrays.built)
    root = machine.run()
    is_joblib = compression is not None or arrays.found or name.lower().endswith(".joblib")
    model = Model("object", "joblib" if is_joblib else "pickle")
    model.facts["class"] = Property("Class", class_of(root))
    model.facts["protocol"] = Property("Protocol", machine.protocol, counts=False)
    if is_joblib and compression is not None:
        model.facts["compression"] = Property("Compression", compression, counts=False)
    fill(model, root, Converter(context.budget), machine)
    return model


def fill(model: Model, root: Any, converter: Converter, machine: Machine) -> None:
    """Values, arrays, imports and what they say, into a model."""
    try:
        value = converter.convert(root)
    except RecursionError:  # each level takes several calls of Python
        value = {}
        converter.limit("depth", "It is nested too deep to be followed.")
    for library, version in sorted(converter.versions.items()):
        model.facts[f"version.{library}"] = Property(f"{library} version", version)
    for path, frame in converter.tables.items():
        prefix = ".".join(("table", *map(str, path)))
        title = f"Table {'.'.join(map(str, path))}".strip()
        if frame.rows is not None:
            model.facts[f"{prefix}.rows"] = Property(f"{title}: rows", frame.rows)
        if frame.columns is not None:
            model.facts[f"{prefix}.columns"] = Property(f"{title}: columns", frame.columns)
    model.parts["values"] = Tree({} if value is ABSENT else value, "parameter")
    model.parts["tensors"] = Tensors(converter.tensors, "array", renames=False)
    model.parts["imports"] = Imports([one.full for one in machine.imports.values()])
    model.limits += converter.limits.values()
    kind = model.facts["class"].value if "class" in model.facts else model.format
    model.about = f"{label(str(kind), 200)}, {count(len(converter.tensors), 'array')}"
