"""A tensor as its file describes it: type, shape and where its bytes lie, none of them read."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from kitdesk.compare.content.result import TensorFacts
from kitdesk.compare.content.source import Part, Unreadable

if TYPE_CHECKING:
    from collections.abc import Callable

    from kitdesk.compare.content.source import Bytes

MAX_DIMENSIONS = 64
MAX_ELEMENTS = 1 << 62
SIZES = {"bfloat16": 2, "float8_e4m3fn": 1, "float8_e5m2": 1, "float8_e8m0fnu": 1}
"""Bytes an element of types that numpy does not know."""
NAMES = {
    "f2": "float16", "f4": "float32", "f8": "float64", "f16": "float128",
    "i1": "int8", "i2": "int16", "i4": "int32", "i8": "int64",
    "u1": "uint8", "u2": "uint16", "u4": "uint32", "u8": "uint64",
    "b1": "bool", "c8": "complex64", "c16": "complex128", "c32": "complex256",
}  # fmt: skip
"""numpy's words for its codes without byte order."""
CODES = {name: f"<{code}" for code, name in NAMES.items()} | {name: name for name in SIZES}


@dataclass(slots=True)
class Tensor:
    """One tensor of one side."""

    dtype: str
    """As it is told."""
    shape: tuple[int, ...]
    code: str | None = None
    """Of its elements: ``<f4`` as numpy writes it, or a name of SIZES; None: bytes only."""
    data: Bytes | None = None
    """Its bytes, contiguous unless there are strides; None: nothing is there to compare."""
    order: str = "C"
    strides: tuple[int, ...] | None = None
    """In elements, from ``offset``; None: contiguous."""
    offset: int = 0
    """Elements before the first one (views of a storage)."""
    opaque: Any = None
    """Values that are no bytes (arrays of objects), compared as values."""
    load: Callable[[], Bytes] | None = field(default=None, repr=False)
    """Makes ``data`` when it is needed: an inflated member, a dataset in the child process."""

    @property
    def facts(self) -> TensorFacts:
        """What is told of one side."""
        return TensorFacts(self.dtype, self.shape)

    @property
    def elements(self) -> int:
        """Their number."""
        return math.prod(self.shape)

    @property
    def itemsize(self) -> int:
        """Bytes of an element; 0 where only all bytes together mean something."""
        return size_of(self.code) if self.code else 0

    def bytes(self) -> Bytes | None:
        """Where its bytes are."""
        if self.data is None and self.load is not None:
            self.data = self.load()
        return self.data


def size_of(code: str) -> int:
    """Bytes an element takes: ``<f4`` -> 4."""
    if code in SIZES:
        return SIZES[code]
    return int(code[2:]) * (4 if code[1] == "U" else 1)


def checked_shape(shape: Any) -> tuple[int, ...]:
    """A shape that can exist; Unreadable for others."""
    if not isinstance(shape, list | tuple) or len(shape) > MAX_DIMENSIONS:
        raise Unreadable("a tensor has no shape that can be")
    for one in shape:
        if isinstance(one, bool) or not isinstance(one, int) or not 0 <= one <= MAX_ELEMENTS:
            raise Unreadable("a tensor has no shape that can be")
    if math.prod(shape) > MAX_ELEMENTS:
        raise Unreadable("a tensor has no shape that can be")
    return tuple(shape)


def contiguous(whole: Bytes, start: int, shape: tuple[int, ...], code: str) -> Part:
    """The stretch that a tensor takes; Unreadable when the file is shorter."""
    return Part(whole, start, math.prod(shape) * size_of(code))
