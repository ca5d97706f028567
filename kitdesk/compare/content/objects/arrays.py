"""numpy's arrays, types and scalars as a pickle describes them."""

from __future__ import annotations

import math
import struct
from typing import TYPE_CHECKING, Any

from kitdesk.compare.content.objects.cursor import Payload
from kitdesk.compare.content.objects.symbols import Call, Global, Mapping, Sequence, arguments_of
from kitdesk.compare.content.source import MemoryBytes, Part, Unreadable
from kitdesk.compare.content.tensors.plan import NAMES, Tensor, checked_shape, size_of

if TYPE_CHECKING:
    from kitdesk.compare.content.source import Bytes

RECONSTRUCT = frozenset(
    ("numpy._core.multiarray._reconstruct", "numpy._core._internal._reconstruct")
)
FROM_BUFFER = "numpy._core.numeric._frombuffer"
SCALAR = "numpy._core.multiarray.scalar"
DTYPE = "numpy.dtype"
ENCODE = "_codecs.encode"
MAX_SCALAR_BYTES = 4_096


def dtype_of(thing: Any) -> tuple[str, str | None]:
    """(name as numpy says it, code such as ``<f4``; None for objects) of a pickled dtype."""
    if isinstance(thing, str):
        return named(thing if thing[:1] in "<>|=" else "|" + thing)
    if isinstance(thing, Global):  # numpy.float64, builtins.bool …
        return named({"bool_": "|b1", "bool": "|b1", "float": "<f8", "int": "<i8"}.get(
            thing.name, _by_name(thing.name)
        ))  # fmt: skip
    if not isinstance(thing, Call) or thing.name != DTYPE:
        return "?", None
    arguments = arguments_of(thing)
    code = arguments[0] if arguments else None
    if isinstance(code, Global):
        return dtype_of(code)
    if not isinstance(code, str):
        return "?", None
    state = thing.state.items if isinstance(thing.state, Sequence) else []
    mark = state[1] if len(state) > 1 and isinstance(state[1], str) else "|"
    if len(state) > 3 and isinstance(state[3], Sequence):
        size = state[5] if len(state) > 5 and isinstance(state[5], int) else 0
        return "struct", f"|V{size}" if 0 < size < 1 << 31 else None
    name, made = named((mark if mark in "<>" else "|") + code)
    if code[:1] in "mM" and len(state) > 8:
        name = f"{name}[{_unit(state[8])}]"
    return name, made


def _by_name(name: str) -> str:
    found = next((code for code, one in NAMES.items() if one == name), None)
    return f"<{found}" if found else "|O"


def _unit(meta: Any) -> str:
    items = meta.items if isinstance(meta, Sequence) else []
    inner = items[1] if len(items) > 1 and isinstance(items[1], Sequence) else meta
    first = inner.items[0] if isinstance(inner, Sequence) and inner.items else ""
    if isinstance(first, bytes):
        first = first.decode("ascii", "replace")
    return first[:8] if isinstance(first, str) else "?"


def named(code: str) -> tuple[str, str | None]:
    """(numpy's name, the code with its byte order) of ``<f4``, ``|O8``, ``<U5``."""
    order, kind, digits = code[:1], code[1:2], code[2:]
    if kind == "O":
        return "object", None
    if kind in "?":
        kind, digits = "b", "1"
    if digits and (not digits.isdecimal() or len(digits) > 9):
        return "?", None
    order = ">" if order == ">" else "<"
    if kind in "US":
        width = digits or "0"
        full = f"{order if kind == 'U' else '|'}{kind}{width}"
        return full, full if int(width) else None
    if kind == "V":
        return f"void{int(digits or 0) * 8}", f"|V{digits}" if int(digits or 0) else None
    if kind in "mM":
        return ("datetime64" if kind == "M" else "timedelta64"), f"{order}i8"
    name = NAMES.get(kind + digits)
    return (name, f"{order}{kind}{digits}") if name else ("?", None)


def array_of(call: Call) -> Tensor | None:
    """The array that a call builds; None when it builds something else."""
    if call.name == FROM_BUFFER:
        return _from_buffer(arguments_of(call))
    if call.name not in RECONSTRUCT or not isinstance(call.state, Sequence):
        return None
    state = call.state.items
    if len(state) < 5:
        return None
    _, shape, dtype, fortran, data = state[:5]
    return made(dtype, shape, "F" if fortran is True else "C", data)


def _from_buffer(arguments: list[Any]) -> Tensor | None:
    if len(arguments) < 4:
        return None
    data, dtype, shape, order = arguments[:4]
    if isinstance(data, Call):  # a bytearray or PickleBuffer around it
        inner = arguments_of(data)
        data = inner[0] if inner else None
    return made(dtype, shape, "F" if order == "F" else "C", data)


def made(dtype: Any, shape: Any, order: str, data: Any) -> Tensor:
    """A tensor over bytes that lie in the pickle, or over symbols for arrays of objects."""
    sides = checked_shape(shape.items if isinstance(shape, Sequence) else shape)
    name, code = dtype_of(dtype)
    if isinstance(data, Sequence):
        return Tensor(name, sides, opaque=data, order=order)
    bytes_ = _bytes(data)
    tensor = Tensor(name, sides, code, bytes_, order)
    if code is not None and bytes_ is not None:
        size = math.prod(sides) * size_of(code)
        if size > bytes_.size:
            raise Unreadable("an array announces more bytes than it has")
        tensor.data = Part(bytes_, 0, size)
    return tensor


def _bytes(data: Any) -> Bytes | None:
    if isinstance(data, Payload):
        return data.bytes()
    if isinstance(data, bytes):
        return MemoryBytes(data)
    if isinstance(data, str):  # Python 2
        return MemoryBytes(data.encode("latin-1", "replace"))
    if isinstance(data, Call) and data.name == ENCODE:
        return MemoryBytes(encoded(data))
    return None


def encoded(call: Call) -> bytes:
    """Bytes that protocol 2 writes as a text and its encoding."""
    arguments = arguments_of(call)
    if arguments and isinstance(arguments[0], str):
        return arguments[0].encode("latin-1", "replace")
    return b""


def scalar_of(call: Call) -> Any:
    """The plain value of a numpy scalar; the call itself when it is none."""
    arguments = arguments_of(call)
    if len(arguments) < 2:
        return call
    data = arguments[1]
    if isinstance(data, Call) and data.name == ENCODE:
        data = encoded(data)
    if isinstance(data, str):
        data = data.encode("latin-1", "replace")
    _, code = dtype_of(arguments[0])
    if code is None or not isinstance(data, bytes) or len(data) > MAX_SCALAR_BYTES:
        return call
    order, kind, size = code[0], code[1], size_of(code)
    order = "<" if order == "|" else order
    if len(data) < size:
        return call
    letters = {"f2": "e", "f4": "f", "f8": "d", "b1": "?"}
    if kind in "iu":
        order_name = "little" if order == "<" else "big"
        return int.from_bytes(data[:size], order_name, signed=kind == "i")  # type: ignore[arg-type]  # one of the two literals
    if kind + str(size) in letters:
        return struct.unpack(order + letters[kind + str(size)], data[:size])[0]
    if kind == "U":
        codec = "utf-32-le" if order == "<" else "utf-32-be"
        return data.decode(codec, "replace").rstrip("\0")
    if kind == "S":
        return data.decode("latin-1").rstrip("\0")
    return call


def keyed(pairs: list[tuple[Any, Any]]) -> dict[str, Any]:
    """Pairs whose keys are texts, as a dict."""
    return {key: value for key, value in pairs if isinstance(key, str)}


def attributes(state: Any) -> dict[str, Any]:
    """The attributes that a state holds under texts."""
    return keyed(state.pairs) if isinstance(state, Mapping) else {}
