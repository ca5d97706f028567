"""safetensors: eight bytes, a JSON head, then the bytes of all tensors."""

from __future__ import annotations

import json
import struct
from typing import TYPE_CHECKING, Any

from kitdesk.compare.content.model import Model, Property
from kitdesk.compare.content.result import Limit
from kitdesk.compare.content.source import Mismatch, Part, Unreadable, exactly
from kitdesk.compare.content.tensors.part import MAX_TENSORS, Tensors
from kitdesk.compare.content.tensors.plan import CODES, Tensor, checked_shape, size_of
from kitdesk.compare.content.words import count, label

if TYPE_CHECKING:
    from kitdesk.compare.content.model import Context
    from kitdesk.compare.content.source import Bytes

MAX_HEAD_BYTES = 100_000_000
DTYPES = {
    "F64": "float64", "F32": "float32", "F16": "float16", "BF16": "bfloat16",
    "F8_E4M3": "float8_e4m3fn", "F8_E5M2": "float8_e5m2", "F8_E8M0": "float8_e8m0fnu",
    "I64": "int64", "I32": "int32", "I16": "int16", "I8": "int8",
    "U64": "uint64", "U32": "uint32", "U16": "uint16", "U8": "uint8",
    "BOOL": "bool", "C64": "complex64",
}  # fmt: skip


def read(side: Bytes, name: str, context: Context) -> Model:
    """Types and shapes; the values stay where they are."""
    model = Model("tensors", "safetensors")
    if side.size < 8:
        raise Mismatch("it is too short")
    (length,) = struct.unpack("<Q", exactly(side, 0, 8))
    if length > side.size - 8:
        raise Unreadable("it announces more bytes than it has")
    if length > MAX_HEAD_BYTES:
        raise Unreadable("its head is too long", "size")
    try:
        head = json.loads(exactly(side, 8, length))
    except RecursionError as error:
        raise Unreadable("it is nested too deep", "depth") from error
    except ValueError as error:
        raise Unreadable("its head is no JSON") from error
    context.budget.check()
    if not isinstance(head, dict) or len(head) > MAX_TENSORS:
        raise Unreadable("its head names no tensors")
    meta = head.pop("__metadata__", None)
    for key, value in meta.items() if isinstance(meta, dict) else ():
        model.facts[f"meta.{key[:200]}"] = Property(f"Metadata {key[:200]}", str(value)[:65_536])
    found: dict[str, Tensor] = {}
    bad: list[str] = []
    for key, entry in head.items():
        tensor = _tensor(side, 8 + length, entry)
        if tensor is None:
            bad.append(key)
        else:
            found[key] = tensor
    if bad:
        text = f"{count(len(bad), 'tensor')} lie outside of the file, {label(bad[0], 80)} first."
        model.limits.append(Limit("damaged", text))
    model.parts["tensors"] = Tensors(found, remote=is_far(side))
    model.about = count(len(found), "tensor")
    return model


def is_far(side: Bytes) -> bool:
    """Values are fetched only when that was asked for."""
    return side.place == "remote" and side.size > 4 << 20


def _tensor(side: Bytes, start: int, entry: Any) -> Tensor | None:
    """None when its place or its shape is a lie."""
    if not isinstance(entry, dict):
        return None
    offsets = entry.get("data_offsets")
    if not isinstance(offsets, list) or len(offsets) != 2:
        return None
    first, last = offsets
    if not isinstance(first, int) or not isinstance(last, int) or not 0 <= first <= last:
        return None
    try:
        shape = checked_shape(entry.get("shape"))
        data = Part(side, start + first, last - first)
    except Unreadable:
        return None
    written = str(entry.get("dtype"))[:40]
    dtype = DTYPES.get(written, written)
    tensor = Tensor(dtype, shape, CODES.get(dtype), data)
    if tensor.code is not None and tensor.elements * size_of(tensor.code) != data.size:
        return None
    return tensor
