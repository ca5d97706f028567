"""npy and npz: a head that is Python's own notation, read without evaluating it."""

from __future__ import annotations

import ast
import math
import re
import struct
from typing import TYPE_CHECKING, Any

from kitdesk.compare.content import zips
from kitdesk.compare.content.model import Model
from kitdesk.compare.content.objects import arrays
from kitdesk.compare.content.source import Mismatch, Part, Unreadable, exactly
from kitdesk.compare.content.tensors.part import Tensors
from kitdesk.compare.content.tensors.plan import Tensor, checked_shape, size_of
from kitdesk.compare.content.words import count

if TYPE_CHECKING:
    from kitdesk.compare.content.model import Context
    from kitdesk.compare.content.source import Budget, Bytes

MAGIC = b"\x93NUMPY"
MAX_HEAD_BYTES = 65_536
MAX_NESTED = 12
USUAL = re.compile(
    r"\{'descr': '([^'\\]{1,40})', 'fortran_order': (True|False), 'shape': \(([0-9, ]*)\),? *\}\s*"
)


def read(side: Bytes, name: str, context: Context) -> Model:
    """One array."""
    model = Model("tensors", "npy")
    tensor = array(side, context.budget)
    model.parts["tensors"] = Tensors({"array": tensor}, "array")
    model.about = f"array {tensor.dtype} {list(tensor.shape)}"
    return model


def read_npz(side: Bytes, members: list[zips.Member], context: Context) -> Model:
    """A zip of arrays; stored ones are read where they lie."""
    model = Model("tensors", "npz")
    found: dict[str, Tensor] = {}
    for member in members:
        context.budget.check()
        if member.name.endswith(".npy"):
            content = zips.content(side, member, context.budget)
            found[member.name.removesuffix(".npy")] = array(content, context.budget)
    model.parts["tensors"] = Tensors(found, "array")
    model.about = count(len(found), "array")
    return model


def array(side: Bytes, budget: Budget) -> Tensor:
    """The array of an npy file; Unreadable when its head lies."""
    head = exactly(side, 0, min(side.size, 12))
    if not head.startswith(MAGIC) or len(head) < 10:
        raise Mismatch("it is no npy file")
    wide = head[6] >= 2
    start = 12 if wide else 10
    if len(head) < start:
        raise Unreadable("it ends too early")
    (length,) = struct.unpack_from("<I" if wide else "<H", head, 8)
    if length > MAX_HEAD_BYTES:
        raise Unreadable("its head is too long", "size")
    text = exactly(side, start, length).decode("utf-8" if head[6] >= 3 else "latin-1")
    descr, fortran, shape = _head(text)
    offset = start + length
    order = "F" if fortran else "C"
    if isinstance(descr, str):
        dtype, code = arrays.named(descr if descr[:1] in "<>|=" else "|" + descr)
        unit = re.fullmatch(r".[mM]8(\[[0-9A-Za-z]{1,8}\])", descr)
        if unit:
            dtype, code = dtype + unit[1], descr[0].replace("|", "<") + "i8"
    else:
        dtype, code = "struct", f"|V{_size(descr)}"
    if dtype == "object":
        return _objects(side, offset, shape, budget)
    if code is None:
        return Tensor(dtype, shape, data=Part(side, offset, side.size - offset))
    size = math.prod(shape) * size_of(code)
    return Tensor(dtype, shape, code, Part(side, offset, size), order)


def _head(text: str) -> tuple[Any, bool, tuple[int, ...]]:
    usual = USUAL.fullmatch(text)
    if usual is not None:
        numbers = [one for one in usual[3].replace(" ", "").split(",") if one]
        if max(map(len, numbers), default=0) > 20:
            raise Unreadable("a tensor has no shape that can be")
        return usual[1], usual[2] == "True", checked_shape(tuple(map(int, numbers)))
    depth = deepest = 0
    for one in text:
        depth += (one in "([{") - (one in ")]}")
        deepest = max(deepest, depth)
    if deepest > MAX_NESTED or "\\" in text or re.search(r"[0-9][A-Za-z]|[A-Za-z_]\(", text):
        raise Unreadable("its head is not that of an array")
    try:
        head = ast.literal_eval(text.strip())
    except (SyntaxError, ValueError, MemoryError, RecursionError) as error:
        raise Unreadable("its head is not that of an array") from error
    if not isinstance(head, dict) or not {"descr", "fortran_order", "shape"} <= head.keys():
        raise Unreadable("its head is not that of an array")
    return head["descr"], head["fortran_order"] is True, checked_shape(head["shape"])


def _size(descr: Any) -> int:
    """Bytes of a record."""
    total = 0
    for field in descr if isinstance(descr, list) else ():
        kind = field[1]
        if isinstance(kind, str):
            code = arrays.named(kind if kind[:1] in "<>|=" else "|" + kind)[1]
            size = size_of(code) if code else 0
        else:
            size = _size(kind)
        total += size * math.prod(checked_shape(field[2]) if len(field) > 2 else ())
    if not 0 < total < 1 << 31:
        raise Unreadable("its head is not that of an array")
    return total


def _objects(side: Bytes, offset: int, shape: tuple[int, ...], budget: Budget) -> Tensor:
    """An array of objects is a pickle: read as data, like all pickles."""
    from kitdesk.compare.content.objects.convert import Converter
    from kitdesk.compare.content.objects.machine import Machine
    from kitdesk.compare.content.objects.symbols import Call, Sequence

    root = Machine(side, budget, offset).run()
    held: Any = root
    if isinstance(root, Call) and isinstance(root.state, Sequence) and len(root.state.items) > 4:
        held = root.state.items[4]
    return Tensor("object", shape, opaque=Converter(budget).convert(held))
