"""TensorProto: raw bytes, typed fields, or a file beside the model."""

from __future__ import annotations

import hashlib
import math
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from kitdesk.compare.content.graphs.protobuf import Message, packed, signed, texts, whole
from kitdesk.compare.content.result import Limit
from kitdesk.compare.content.source import MemoryBytes, Part, Unreadable
from kitdesk.compare.content.tensors.plan import CODES, Tensor, checked_shape, size_of
from kitdesk.compare.content.words import label

if TYPE_CHECKING:
    from kitdesk.compare.content.model import Context
    from kitdesk.compare.content.source import Budget, Bytes

DIMS, DTYPE, FLOATS, INT32S, TEXTS, INT64S, NAME, RAW, DOUBLES, UINT64S = (
    1,
    2,
    4,
    5,
    6,
    7,
    8,
    9,
    10,
    11,
)
EXTERNAL = 13
GRAPH, INITIALIZER = 7, 5
"""Fields of ModelProto and GraphProto."""
MAX_TYPED_BYTES = 256 << 20
HALVES = frozenset(("float16", "bfloat16"))


def initializer(
    message: Message, side: Bytes, context: Context
) -> tuple[str, Tensor, Limit | None]:
    """(name, tensor, what could not be reached)."""
    from kitdesk.compare.content.graphs.onnx import DTYPES

    name, dtype = "", 0
    dims: list[int] = []
    typed: dict[int, list[int | bytes | Message]] = {}
    external: dict[str, str] = {}
    raw: Message | None = None
    for number, value in message.fields():
        if number == DIMS:
            dims += packed(value, context.budget)
        elif number == DTYPE:
            dtype = whole(value)
        elif number == NAME:
            name = texts(value)[:1000]
        elif number == RAW and isinstance(value, Message):
            raw = value
        elif number in (FLOATS, INT32S, TEXTS, INT64S, DOUBLES, UINT64S):
            typed.setdefault(number, []).append(value)
        elif number == EXTERNAL and isinstance(value, Message):
            parts = dict(value.fields())
            external[texts(parts.get(1, 0))] = texts(parts.get(2, 0))
    shape = checked_shape(dims)
    kind = DTYPES.get(dtype, f"type {dtype}")
    tensor = Tensor(kind, shape, CODES.get(kind))
    size = math.prod(shape) * size_of(tensor.code) if tensor.code else None
    if external:
        return name, tensor, _external(tensor, external, side, size)
    if raw is not None:
        tensor.data = raw.part()
    elif TEXTS in typed:
        mark = hashlib.sha256()
        for one in typed[TEXTS]:
            mark.update(one.bytes() + b"\0" if isinstance(one, Message) else b"")
        tensor.opaque = mark.hexdigest()
    elif typed:
        tensor.data = _typed(typed, kind, context)
    if tensor.data is not None and size is not None and tensor.data.size != size:
        raise Unreadable(f"{label(name, 80)} has another size than it announces")
    return name, tensor, None


def _external(
    tensor: Tensor, outside: dict[str, str], side: Bytes, size: int | None
) -> Limit | None:
    """Bytes in a file beside the model, inside the version; never anywhere else."""
    place = outside.get("location", "")
    path = PurePosixPath(place.replace("\\", "/"))
    if path.is_absolute() or ".." in path.parts or not path.parts or ":" in place:
        return Limit("missing", "Weights lie outside of this version: they are not looked for.")
    other = side.beside(str(path))
    if other is None:
        return Limit("missing", f"{label(place, 200)} is not there: its weights are unknown.")
    offset = int(outside.get("offset") or 0)
    length = int(outside.get("length") or other.size - offset)
    if size is not None and length != size:
        return Limit("damaged", f"{label(place, 200)} has another size than is announced.")
    tensor.data = Part(other, offset, length)
    return None


def _typed(typed: dict[int, list[int | bytes | Message]], kind: str, context: Context) -> Bytes:
    """Numbers in fields of their own type, as little-endian bytes."""
    pieces: list[bytes] = []
    for number, values in typed.items():
        for value in values:
            if number in (FLOATS, DOUBLES):
                pieces.append(
                    value.bytes(MAX_TYPED_BYTES) if isinstance(value, Message) else _fixed(value)
                )
            else:
                pieces.append(_integers(packed(value, context.budget), kind))
    return MemoryBytes(b"".join(pieces))


def _fixed(value: int | bytes) -> bytes:
    return value if isinstance(value, bytes) else b""


def _integers(numbers: list[int], kind: str) -> bytes:
    """Integers as the tensor's own type holds them; halves are given by their bits."""
    size = size_of(CODES.get(kind, "<i4"))
    mask = (1 << (8 * size)) - 1
    return b"".join((signed(one) & mask).to_bytes(size, "little") for one in numbers)


def outside(side: Bytes, budget: Budget) -> set[str]:
    """Files beside the model that its initializers name, as it writes them."""
    found: set[str] = set()
    for number, graph in Message(side, 0, side.size, budget).fields():
        if number != GRAPH or not isinstance(graph, Message):
            continue
        for inner, tensor in graph.fields():
            if inner != INITIALIZER or not isinstance(tensor, Message):
                continue
            for field, entry in tensor.fields():
                if field == EXTERNAL and isinstance(entry, Message):
                    parts = dict(entry.fields())
                    if texts(parts.get(1, 0)) == "location":
                        found.add(texts(parts.get(2, 0)))
    return found
