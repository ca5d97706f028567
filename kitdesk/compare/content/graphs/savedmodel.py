"""SavedModel of TensorFlow: signatures and operator counts of ``saved_model.pb``.

Field numbers: tensorflow/core/protobuf/{saved_model,meta_graph}.proto, framework/graph.proto.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from typing import TYPE_CHECKING, Any

from kitdesk.compare.content.graphs.protobuf import Message, texts, whole
from kitdesk.compare.content.model import Model, Property
from kitdesk.compare.content.result import Limit
from kitdesk.compare.content.source import Mismatch
from kitdesk.compare.content.words import count, label

if TYPE_CHECKING:
    from kitdesk.compare.content.model import Context
    from kitdesk.compare.content.source import Bytes

DTYPES = {
    1: "float32", 2: "float64", 3: "int32", 4: "uint8", 5: "int16", 6: "int8", 7: "string",
    8: "complex64", 9: "int64", 10: "bool", 14: "bfloat16", 17: "uint16", 18: "complex128",
    19: "float16", 22: "uint32", 23: "uint64",
}  # fmt: skip
META_GRAPHS, INFO, GRAPH, SIGNATURES = 2, 1, 2, 5
NODES, LIBRARY, FUNCTIONS, BODY, OPERATOR = 1, 2, 1, 3, 2
TENSORFLOW_VERSION, SHAPE, DIMENSION = 5, 3, 2


def read(side: Bytes, name: str, context: Context) -> Model:
    """The graphs of a SavedModel; its variables lie in files beside it and are not read."""
    model = Model("graph", "savedmodel")
    operators: Counter[str] = Counter()
    signatures: dict[str, Property] = {}
    version = ""
    found = False
    for number, meta in Message(side, 0, side.size, context.budget).fields():
        if number != META_GRAPHS or not isinstance(meta, Message):
            continue
        found = True
        for field, value in meta.fields():
            context.budget.check()
            if not isinstance(value, Message):
                continue
            if field == INFO:
                version = texts(dict(value.fields()).get(TENSORFLOW_VERSION, 0)) or version
            elif field == GRAPH:
                _count(value, operators)
            elif field == SIGNATURES:
                parts = dict(value.fields())
                _signature(texts(parts.get(1, 0)), parts.get(2, 0), signatures)
    if not found:
        raise Mismatch("it is no SavedModel")
    model.facts["version.tensorflow"] = Property("TensorFlow version", version[:100])
    model.facts["nodes"] = Property("Nodes", operators.total())
    for operator, total in operators.most_common():
        model.facts[f"ops.{operator}"] = Property(f"Operator {operator}", total)
    model.facts |= signatures
    mark = hashlib.sha256()
    for at in range(0, side.size, 1 << 20):
        context.budget.check()
        mark.update(side.read(at, min(1 << 20, side.size - at)))
    model.fingerprint = mark.hexdigest()
    model.hidden["structure"] = "Bytes of the graph"
    model.limits.append(Limit("missing", "The variables of a SavedModel are not compared."))
    model.about = f"SavedModel, {count(operators.total(), 'node')}"
    return model


def _count(graph: Message, operators: Counter[str]) -> None:
    """Operators of the graph and of its functions."""
    for number, value in graph.fields():
        if not isinstance(value, Message):
            continue
        if number == NODES:
            operators[texts(dict(value.fields()).get(OPERATOR, 0))[:200]] += 1
        elif number == LIBRARY:
            for inner, function in value.fields():
                if inner == FUNCTIONS and isinstance(function, Message):
                    for field, node in function.fields():
                        if field == BODY and isinstance(node, Message):
                            operators[texts(dict(node.fields()).get(OPERATOR, 0))[:200]] += 1


def _signature(name: str, signature: Any, facts: dict[str, Property]) -> None:
    """``input.NAME`` and ``output.NAME``, with the name of a signature other than the usual."""
    if not isinstance(signature, Message):
        return
    prefix = "" if name == "serving_default" else f"{name[:100]}/"
    for number, value in signature.fields():
        if number not in (1, 2) or not isinstance(value, Message):
            continue
        parts = dict(value.fields())
        info = parts.get(2, 0)
        key = f"{prefix}{texts(parts.get(1, 0))[:200]}"
        id_, title = ("input", "Input") if number == 1 else ("output", "Output")
        if isinstance(info, Message):
            facts[f"{id_}.{key}"] = Property(f"{title} {label(key, 100)}", _about(info))


def _about(info: Message) -> dict[str, Any]:
    """{dtype, shape}; open dimensions are null."""
    dtype: str | None = None
    shape: list[int | None] | None = None
    for number, value in info.fields():
        if number == 2:
            dtype = DTYPES.get(whole(value), f"type {whole(value)}")
        elif number == SHAPE and isinstance(value, Message):
            sizes = [
                whole(dict(one.fields()).get(1, 0))
                for field, one in value.fields()
                if field == DIMENSION and isinstance(one, Message)
            ]
            shape = [None if size < 0 else size for size in sizes]
    return {"dtype": dtype, "shape": shape}
