"""TFLite: operators, inputs and outputs; constants as tensors."""

from __future__ import annotations

import hashlib
from collections import Counter
from typing import TYPE_CHECKING, Any

from kitdesk.compare.content.graphs.flatbuffers import Buffer, Table
from kitdesk.compare.content.graphs.tflite_operators import OPERATORS
from kitdesk.compare.content.model import Model, Property
from kitdesk.compare.content.source import Unreadable
from kitdesk.compare.content.tensors.part import Tensors
from kitdesk.compare.content.tensors.plan import CODES, Tensor, checked_shape, size_of
from kitdesk.compare.content.tensors.safetensors import is_far
from kitdesk.compare.content.words import count, label

if TYPE_CHECKING:
    from kitdesk.compare.content.model import Context
    from kitdesk.compare.content.source import Bytes

DTYPES = (
    "float32 float16 int32 uint8 int64 string bool int16 complex64 int8 float64 complex128 uint64 "
    "resource variant uint32 uint16 int4 bfloat16"
).split()
"""TensorType of schema.fbs, in order."""
PLACEHOLDER = 127
CUSTOM = 32


def read(side: Bytes, name: str, context: Context) -> Model:
    """The model table and what hangs on it."""
    root = Buffer(side, context.budget).root()
    model = Model("graph", "tflite")
    names = [_operator(one) for one in root.tables(1)]
    buffers = root.tables(4)
    operators: Counter[str] = Counter()
    tensors: dict[str, Tensor] = {}
    spans: list[tuple[int, int]] = []
    facts: dict[str, Property] = {}
    for number, graph in enumerate(root.tables(2)):
        context.budget.check()
        listed = graph.tables(0)
        for one in graph.tables(3):
            index = one.integer(0, "<I")
            operators[names[index] if index < len(names) else f"OPERATOR_{index}"] += 1
        for place, tensor in enumerate(listed):
            _constant(tensor, number, place, buffers, tensors, spans)
        if number == 0:
            for id_, title, field in (("input", "Input", 1), ("output", "Output", 2)):
                for place in graph.integers(field):
                    if 0 <= place < len(listed):
                        one = listed[place]
                        key = one.text(3) or str(place)
                        facts[f"{id_}.{key}"] = Property(f"{title} {label(key, 100)}", _about(one))
    model.facts["version"] = Property("Schema version", root.integer(0, "<I"))
    model.facts["nodes"] = Property("Nodes", operators.total())
    for operator, number in operators.most_common():
        model.facts[f"ops.{operator}"] = Property(f"Operator {operator}", number)
    model.facts |= facts
    model.fingerprint = _rest(side, spans, context)
    model.hidden["structure"] = "Bytes besides the constants"
    model.parts["tensors"] = Tensors(tensors, remote=is_far(side), renames=False)
    model.about = f"TFLite model, {count(operators.total(), 'node')}"
    return model


def _operator(code: Table) -> str:
    number = max(code.integer(3), code.integer(0, "<b") & 0xFF)
    if number == CUSTOM:
        return label(code.text(1) or "CUSTOM", 100)
    return OPERATORS[number] if number < len(OPERATORS) else f"BUILTIN_{number}"


def _about(tensor: Table) -> dict[str, Any]:
    """{dtype, shape}; open dimensions are null."""
    shape: list[int | None] = [*tensor.integers(0)]
    for place, one in enumerate(tensor.integers(7)):
        if one < 0 and place < len(shape):
            shape[place] = None
    return {"dtype": _dtype(tensor), "shape": shape}


def _dtype(tensor: Table) -> str:
    number = tensor.integer(1, "<b")
    return DTYPES[number] if 0 <= number < len(DTYPES) else f"type {number}"


def _constant(
    tensor: Table, graph: int, place: int, buffers: list[Table],
    tensors: dict[str, Tensor], spans: list[tuple[int, int]],
) -> None:  # fmt: skip
    """A tensor whose buffer holds bytes."""
    index = tensor.integer(2, "<I")
    if index >= len(buffers):
        raise Unreadable("a tensor has no buffer")
    found = buffers[index].part(0)
    if found is None:
        return
    at, data = found
    spans.append((at, data.size))
    name = tensor.text(3) or str(place)
    dtype = _dtype(tensor)
    shape = checked_shape(tensor.integers(0))
    one = Tensor(dtype, shape, CODES.get(dtype), data)
    if one.code is not None and one.elements * size_of(one.code) != data.size:
        one.code = None
    tensors[name if graph == 0 and name not in tensors else f"{graph}/{place}/{name}"] = one


def _rest(side: Bytes, spans: list[tuple[int, int]], context: Context) -> str:
    """A hash of all bytes that are no constants."""
    mark = hashlib.sha256()
    at = 0
    for start, size in [*sorted(set(spans)), (side.size, 0)]:
        while at < start:
            context.budget.check()
            step = min(1 << 20, start - at)
            mark.update(side.read(at, step))
            at += step
        at = max(at, start + size)
    return mark.hexdigest()
