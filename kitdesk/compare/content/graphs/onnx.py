"""ONNX: operators, inputs and outputs; initializers as tensors."""

from __future__ import annotations

import hashlib
import struct
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from kitdesk.compare.content.graphs.onnx_tensor import initializer
from kitdesk.compare.content.graphs.protobuf import Message, texts, whole
from kitdesk.compare.content.model import Model, Property
from kitdesk.compare.content.result import Limit
from kitdesk.compare.content.source import Mismatch
from kitdesk.compare.content.tensors.part import Tensors
from kitdesk.compare.content.tensors.safetensors import is_far
from kitdesk.compare.content.words import count, label

if TYPE_CHECKING:
    from kitdesk.compare.content.model import Context
    from kitdesk.compare.content.source import Bytes
    from kitdesk.compare.content.tensors.plan import Tensor

DTYPES = {
    1: "float32", 2: "uint8", 3: "int8", 4: "uint16", 5: "int16", 6: "int32", 7: "int64",
    8: "string", 9: "bool", 10: "float16", 11: "float64", 12: "uint32", 13: "uint64",
    14: "complex64", 15: "complex128", 16: "bfloat16", 17: "float8_e4m3fn",
    18: "float8_e4m3fnuz", 19: "float8_e5m2", 20: "float8_e5m2fnuz", 21: "uint4", 22: "int4",
}  # fmt: skip
"""TensorProto.DataType of onnx.proto."""
MAX_NODES = 5_000_000


@dataclass(slots=True)
class _Graph:
    """What is gathered on the way."""

    context: Context
    side: Bytes
    operators: Counter[str] = field(default_factory=Counter)
    inputs: dict[str, Any] = field(default_factory=dict)
    outputs: dict[str, Any] = field(default_factory=dict)
    tensors: dict[str, Tensor] = field(default_factory=dict)
    limits: dict[str, Limit] = field(default_factory=dict)
    mark: Any = field(default_factory=hashlib.sha256)
    nodes: int = 0


def read(side: Bytes, name: str, context: Context) -> Model:
    """A ModelProto; Mismatch for protocol buffers that are none."""
    model = Model("graph", "onnx")
    found = _Graph(context, side)
    version = 0
    producer = ["", ""]
    has_graph = False
    opsets: dict[str, int] = {}
    meta: dict[str, str] = {}
    for number, value in Message(side, 0, side.size, context.budget).fields():
        if number == 1:
            version = whole(value)
        elif number in (2, 3):
            producer[number - 2] = texts(value)[:200]
        elif number == 7 and isinstance(value, Message):
            has_graph = True
            _graph(value, found, top=True)
        elif number == 8 and isinstance(value, Message):
            parts = dict(value.fields())
            domain = texts(parts.get(1, 0)) or "ai.onnx"
            opsets[domain[:200]] = whole(parts.get(2, 0))
        elif number == 14 and isinstance(value, Message):
            parts = dict(value.fields())
            meta[texts(parts.get(1, 0))[:200]] = texts(parts.get(2, 0))[:65_536]
        elif number == 25 and isinstance(value, Message):
            found.mark.update(value.bytes())
    if not has_graph:
        raise Mismatch("it is no ONNX model")
    model.facts["ir_version"] = Property("IR version", version)
    model.facts["producer"] = Property("Producer", " ".join(producer).strip())
    for domain, opset in opsets.items():
        model.facts[f"opset.{domain}"] = Property(f"Opset {domain}", opset)
    model.facts["nodes"] = Property("Nodes", found.nodes)
    for operator, number in found.operators.most_common():
        model.facts[f"ops.{operator}"] = Property(f"Operator {operator}", number)
    for id_, title, sides in (
        ("input", "Input", found.inputs),
        ("output", "Output", found.outputs),
    ):
        for one, about in sides.items():
            if id_ == "output" or one not in found.tensors:
                model.facts[f"{id_}.{one}"] = Property(f"{title} {label(one, 100)}", about)
    for key, text in meta.items():
        model.facts[f"meta.{key}"] = Property(f"Metadata {label(key, 100)}", text)
    model.limits += found.limits.values()
    model.fingerprint = found.mark.hexdigest()
    model.hidden["structure"] = "Connections and settings"
    model.parts["tensors"] = Tensors(found.tensors, remote=is_far(side), renames=False)
    model.about = f"ONNX model, {count(found.nodes, 'node')}"
    return model


def _graph(graph: Message, found: _Graph, *, top: bool) -> None:
    """A graph, or one inside of an operator."""
    for number, value in graph.fields():
        found.context.budget.check()
        if not isinstance(value, Message):
            continue
        if number == 1:
            _node(value, found)
        elif number == 5 and top:
            name, tensor, limit = initializer(value, found.side, found.context)
            if limit is not None:
                found.limits.setdefault(limit.text, limit)
            found.tensors[name] = tensor
        elif number == 11 and top:
            name, about = _value_info(value)
            found.inputs[name] = about
        elif number == 12 and top:
            name, about = _value_info(value)
            found.outputs[name] = about
        elif number == 15 and top:
            found.mark.update(value.bytes(64 << 20))
            limit = Limit("missing", "Sparse initializers are not compared.")
            found.limits.setdefault(limit.text, limit)


def _node(node: Message, found: _Graph) -> None:
    """An operator; its name and comment mean nothing, all else does."""
    found.nodes += 1
    kind = domain = ""
    ends: list[str] = []
    attributes: list[tuple[str, bytes]] = []
    for number, value in node.fields():
        if not isinstance(value, Message):
            continue
        if number in (1, 2):
            ends.append(f"{number} {value.text()}")
        elif number == 4:
            kind = value.text()[:200]
        elif number == 7:
            domain = value.text()
        elif number == 5:
            attributes.append(_attribute(value, found))
    found.operators[kind] += 1
    found.mark.update("\0".join((kind, domain, *ends, "")).encode("utf-8", "replace"))
    for name, data in sorted(attributes):
        found.mark.update(struct.pack("<II", len(name), len(data)))
        found.mark.update(name.encode("utf-8", "replace") + data)


def _attribute(attribute: Message, found: _Graph) -> tuple[str, bytes]:
    """(name, hash of all that it says); operators inside of it are counted."""
    name = ""
    mark = hashlib.sha256()
    for number, value in attribute.fields():
        if number == 1:
            name = texts(value)
        elif number == 13:
            continue
        elif isinstance(value, Message):
            if number in (6, 11):
                _graph(value, found, top=False)
            mark.update(struct.pack("<II", number, value.length))
            part = value.part()
            for at in range(0, part.size, 1 << 20):
                mark.update(part.read(at, min(1 << 20, part.size - at)))
        else:
            data = value if isinstance(value, bytes) else struct.pack("<Q", value)
            mark.update(struct.pack("<I", number) + data)
    return name, mark.digest()


def _value_info(info: Message) -> tuple[str, Any]:
    """(name, {dtype, shape}); open dimensions are their name, or null."""
    name = ""
    about: Any = None
    for number, value in info.fields():
        if number == 1:
            name = texts(value)[:500]
        elif number == 2 and isinstance(value, Message):
            about = _type(value)
    return name, about


def _type(kind: Message) -> Any:
    for number, value in kind.fields():
        if not isinstance(value, Message):
            continue
        if number in (1, 8):  # a tensor, dense or sparse
            dtype, shape = None, None
            for inner, one in value.fields():
                if inner == 1:
                    dtype = DTYPES.get(whole(one), f"type {whole(one)}")
                elif inner == 2 and isinstance(one, Message):
                    shape = [_dimension(dim) for at, dim in one.fields() if at == 1]
            return {"dtype": dtype, "shape": shape}
        names = {4: "sequence", 5: "map", 9: "optional"}
        return {"dtype": names.get(number, "?"), "shape": None}
    return None


def _dimension(dim: int | bytes | Message) -> int | str | None:
    if isinstance(dim, Message):
        for number, value in dim.fields():
            if number == 1:
                return whole(value)
            if number == 2:
                return texts(value)[:200] or None
    return None
