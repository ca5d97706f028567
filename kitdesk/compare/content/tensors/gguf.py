"""GGUF: keys and values, then tensors in the words of ggml."""

from __future__ import annotations

import hashlib
import math
import struct
from typing import TYPE_CHECKING, Any

from kitdesk.compare.content.model import Model, Property
from kitdesk.compare.content.objects.cursor import Cursor
from kitdesk.compare.content.result import Limit
from kitdesk.compare.content.source import Part, Unreadable
from kitdesk.compare.content.tensors.part import MAX_TENSORS, Tensors
from kitdesk.compare.content.tensors.plan import Tensor, checked_shape
from kitdesk.compare.content.tensors.safetensors import is_far
from kitdesk.compare.content.words import count, label

if TYPE_CHECKING:
    from kitdesk.compare.content.model import Context
    from kitdesk.compare.content.source import Bytes

MAX_TEXT_BYTES = 64 << 20
"""Of all texts together."""
MAX_NESTED = 4
MAX_ITEMS = 16
"""Longer lists are told by their length."""
MAX_DIMENSIONS = 8
SCALARS = {
    0: "B",
    1: "b",
    2: "H",
    3: "h",
    4: "I",
    5: "i",
    6: "f",
    7: "?",
    10: "Q",
    11: "q",
    12: "d",
}
TEXT, LIST = 8, 9
TYPES = {
    0: ("F32", 1, 4), 1: ("F16", 1, 2), 2: ("Q4_0", 32, 18), 3: ("Q4_1", 32, 20),
    6: ("Q5_0", 32, 22), 7: ("Q5_1", 32, 24), 8: ("Q8_0", 32, 34), 9: ("Q8_1", 32, 40),
    10: ("Q2_K", 256, 84), 11: ("Q3_K", 256, 110), 12: ("Q4_K", 256, 144),
    13: ("Q5_K", 256, 176), 14: ("Q6_K", 256, 210), 15: ("Q8_K", 256, 292),
    16: ("IQ2_XXS", 256, 66), 17: ("IQ2_XS", 256, 74), 18: ("IQ3_XXS", 256, 98),
    19: ("IQ1_S", 256, 50), 20: ("IQ4_NL", 32, 18), 21: ("IQ3_S", 256, 110),
    22: ("IQ2_S", 256, 82), 23: ("IQ4_XS", 256, 136), 24: ("I8", 1, 1), 25: ("I16", 1, 2),
    26: ("I32", 1, 4), 27: ("I64", 1, 8), 28: ("F64", 1, 8), 29: ("IQ1_M", 256, 56),
    30: ("BF16", 1, 2), 34: ("TQ1_0", 256, 54), 35: ("TQ2_0", 256, 66), 39: ("MXFP4", 32, 17),
}  # fmt: skip
"""Number -> (name, elements of a block, bytes of a block), as ggml.h has them."""
CODES = {
    "F32": "<f4", "F16": "<f2", "F64": "<f8", "BF16": "bfloat16",
    "I8": "<i1", "I16": "<i2", "I32": "<i4", "I64": "<i8",
}  # fmt: skip


def read(side: Bytes, name: str, context: Context) -> Model:
    """Version, keys, tensors."""
    return _Reader(side, context).model()


class _Reader:
    def __init__(self, side: Bytes, context: Context) -> None:
        self.side, self.context = side, context
        self.cursor = Cursor(side, 4)
        self.order = "<"
        self.wide = "Q"
        self.text_bytes = 0
        self.mark = hashlib.sha256()

    def number(self, letter: str) -> Any:
        """One number in the byte order of the file."""
        layout = struct.Struct(self.order + letter)
        return layout.unpack(self.cursor.read(layout.size))[0]

    def text(self) -> str:
        """A text after its length."""
        length = self.number(self.wide)
        if length > self.side.size - self.cursor.at:
            raise Unreadable("it announces more bytes than it has")
        self.text_bytes += length
        if self.text_bytes > MAX_TEXT_BYTES:
            raise Unreadable("its texts are too long", "size")
        return self.cursor.read(length).decode("utf-8", "surrogateescape")

    def value(self, kind: int, level: int = 0) -> Any:
        """A value; long lists become their length."""
        if kind in SCALARS:
            return self.number(SCALARS[kind])
        if kind == TEXT:
            return self.text()
        if kind != LIST or level >= MAX_NESTED:
            raise Unreadable("it has a value of a type that does not exist")
        inner, length = self.number("I"), self.number(self.wide)
        size = struct.calcsize(self.order + SCALARS[inner]) if inner in SCALARS else 8
        if length * size > self.side.size - self.cursor.at:
            raise Unreadable("it announces more items than it has bytes")
        if inner in SCALARS and length > MAX_ITEMS:
            self._pass(length * size)
            return {"items": length}
        items: list[Any] = []
        for place in range(length):
            if place % 4096 == 0:
                self.context.budget.check()
            one = self.value(inner, level + 1)
            if length <= MAX_ITEMS:
                items.append(one)
            else:
                self.mark.update(repr(one).encode("utf-8", "surrogateescape"))
        return items if length <= MAX_ITEMS else {"items": length}

    def _pass(self, length: int) -> None:
        while length:
            step = min(length, 1 << 20)
            self.mark.update(self.cursor.read(step))
            length -= step

    def model(self) -> Model:
        """All of it."""
        model = Model("tensors", "gguf")
        version = self.number("I")
        if version & 0xFFFF == 0 and version:
            self.order = ">"
            version = int.from_bytes(version.to_bytes(4, "little"), "big")
        if version == 1:
            self.wide = "I"
        if not 1 <= version <= 3:
            raise Unreadable("its version is not known")
        model.facts["version"] = Property("GGUF version", version, counts=False)
        tensors, keys = self.number(self.wide), self.number(self.wide)
        if keys * 12 + tensors * 24 > self.side.size or tensors > MAX_TENSORS:
            raise Unreadable("it announces more than it has")
        alignment = 32
        for _ in range(keys):
            self.context.budget.check()
            key = self.text()
            value = self.value(self.number("I"))
            self.mark.update(key.encode("utf-8", "surrogateescape"))
            if key == "general.alignment" and isinstance(value, int) and 0 < value <= 1 << 20:
                alignment = value
            if isinstance(value, str):
                self.mark.update(value.encode("utf-8", "surrogateescape"))
            model.facts[f"meta.{key[:200]}"] = Property(label(key, 200), value)
        infos = [self._info() for _ in range(tensors)]
        start = -(-self.cursor.at // alignment) * alignment
        found: dict[str, Tensor] = {}
        for name, shape, kind, offset in infos:
            found[name] = self._tensor(shape, kind, start + offset, model)
        model.fingerprint = self.mark.hexdigest() if any(
            isinstance(one.value, dict) for one in model.facts.values()
        ) else ""  # fmt: skip
        model.hidden["lists"] = "Contents of long lists"
        model.parts["tensors"] = Tensors(found, remote=is_far(self.side))
        model.about = count(len(found), "tensor")
        return model

    def _info(self) -> tuple[str, tuple[int, ...], int, int]:
        name = self.text()
        dimensions = self.number("I")
        if dimensions > MAX_DIMENSIONS:
            raise Unreadable("a tensor has no shape that can be")
        shape = checked_shape([self.number(self.wide) for _ in range(dimensions)])
        return name, shape, self.number("I"), self.number("Q")

    def _tensor(self, shape: tuple[int, ...], kind: int, offset: int, model: Model) -> Tensor:
        if kind not in TYPES:
            model.limits.append(Limit("missing", f"The tensor type {kind} is not known."))
            return Tensor(f"type {kind}", shape)
        name, block, size = TYPES[kind]
        length = -(-math.prod(shape) // block) * size
        code = CODES.get(name)
        if code is not None and self.order == ">" and code[0] == "<":
            code = ">" + code[1:]
        return Tensor(name, shape, code, Part(self.side, offset, length))
