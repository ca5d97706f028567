"""By how much two tensors of one shape differ, in blocks, in float64."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kitdesk.compare.content.result import Delta
from kitdesk.compare.content.source import Unreadable, exactly
from kitdesk.compare.content.tensors.plan import SIZES, Tensor, size_of
from kitdesk.compare.content.tree import same

if TYPE_CHECKING:
    from kitdesk.compare.content.model import Context
    from kitdesk.compare.content.source import Bytes

BLOCK_BYTES = 4 << 20
STATISTICS_ELEMENTS = 1 << 15
"""Elements that are widened at a time: they stay in the cache of the processor."""
MAX_WHOLE_BYTES = 512 << 20
"""Tensors whose elements lie in another order are loaded whole, up to this size."""


def compare(a: Tensor, b: Tensor, context: Context) -> tuple[bool, Delta | None]:
    """(equal in type, shape and values, by how much they differ where that can be said)."""
    if a.shape != b.shape:
        return False, None
    if a.opaque is not None or b.opaque is not None:
        return a.dtype == b.dtype and same(a.opaque, b.opaque), None
    left, right = a.bytes(), b.bytes()
    if left is None or right is None:
        return left is right and a.dtype == b.dtype, None
    plain = a.strides is None and b.strides is None and (a.order == b.order or len(a.shape) < 2)
    if a.elements == 0:
        return a.dtype == b.dtype, None
    if plain and a.code == b.code and _equal_bytes(left, right, context):
        return a.dtype == b.dtype, None
    if a.code is None or b.code is None or not (_numeric(a.code) and _numeric(b.code)):
        if plain or a.code != b.code or a.code is None:
            return False, None
        return _whole(a).tobytes() == _whole(b).tobytes() and a.dtype == b.dtype, None
    found = _Sums(elements=a.elements)
    if plain:
        _by_blocks(a, b, left, right, found, context)
    else:
        x, y = _whole(a).reshape(-1), _whole(b).reshape(-1)
        for at in range(0, len(x), STATISTICS_ELEMENTS):
            context.budget.check()
            found.add(x[at : at + STATISTICS_ELEMENTS], y[at : at + STATISTICS_ELEMENTS])
    equal = found.changed == 0 and a.dtype == b.dtype
    return equal, None if equal else found.delta


def _numeric(code: str) -> bool:
    return code in SIZES or code[1] in "fiubc"


def _equal_bytes(left: Bytes, right: Bytes, context: Context) -> bool:
    if left.size != right.size:
        return False
    for at in range(0, left.size, BLOCK_BYTES):
        context.budget.check()
        length = min(BLOCK_BYTES, left.size - at)
        if left.read(at, length) != right.read(at, length):
            return False
    return True


def _by_blocks(
    a: Tensor, b: Tensor, left: Bytes, right: Bytes, found: _Sums, context: Context
) -> None:
    assert a.code is not None
    assert b.code is not None
    size_a, size_b = size_of(a.code), size_of(b.code)
    step = BLOCK_BYTES // max(size_a, size_b)
    for at in range(0, a.elements, step):
        context.budget.check()
        number = min(step, a.elements - at)
        x = widened(exactly(left, at * size_a, number * size_a), a.code)
        y = widened(exactly(right, at * size_b, number * size_b), b.code)
        for inner in range(0, number, STATISTICS_ELEMENTS):
            found.add(
                x[inner : inner + STATISTICS_ELEMENTS], y[inner : inner + STATISTICS_ELEMENTS]
            )


def widened(data: bytes, code: str) -> Any:
    """An array of numpy over the bytes; types that it does not know become float32."""
    import numpy as np

    if code == "bfloat16":
        return (np.frombuffer(data, "<u2").astype("<u4") << 16).view("<f4")
    if code in SIZES:
        return _eighths(code)[np.frombuffer(data, np.uint8)]
    return np.frombuffer(data, code)


def _eighths(code: str) -> Any:
    """All 256 values of an 8-bit float (OCP 8-bit floating point specification)."""
    import numpy as np

    table = np.zeros(256, np.float32)
    for byte in range(256):
        table[byte] = _eighth(byte, code)
    return table


def _eighth(byte: int, code: str) -> float:
    if code == "float8_e8m0fnu":
        return math.nan if byte == 0xFF else 2.0 ** (byte - 127)
    bits, bias = (3, 7) if code == "float8_e4m3fn" else (2, 15)
    sign = -1.0 if byte & 0x80 else 1.0
    exponent, fraction = (byte & 0x7F) >> bits, byte & ((1 << bits) - 1)
    if code == "float8_e5m2" and exponent == 31:
        return sign * math.inf if fraction == 0 else math.nan
    if code == "float8_e4m3fn" and byte & 0x7F == 0x7F:
        return math.nan
    if exponent == 0:
        return sign * math.ldexp(fraction, 1 - bias - bits)
    return sign * math.ldexp((1 << bits) + fraction, exponent - bias - bits)


def _whole(tensor: Tensor) -> Any:
    """All elements in the order of C, through strides and offsets."""
    import numpy as np

    data = tensor.bytes()
    assert data is not None
    assert tensor.code is not None
    size = tensor.itemsize
    if tensor.strides is None:
        if tensor.elements * size > MAX_WHOLE_BYTES:
            raise Unreadable("a tensor in another order is too large", "size")
        flat = widened(exactly(data, 0, tensor.elements * size), tensor.code)
        return np.ascontiguousarray(flat.reshape(tensor.shape, order=tensor.order))
    last = tensor.offset + sum(
        (one - 1) * stride for one, stride in zip(tensor.shape, tensor.strides, strict=True)
    )
    if min(tensor.strides, default=0) < 0 or tensor.offset < 0:
        raise Unreadable("a tensor points outside of its storage")
    span = last + 1 - tensor.offset
    if max(span, tensor.elements) * size > MAX_WHOLE_BYTES:
        raise Unreadable("a tensor in another order is too large", "size")
    flat = widened(exactly(data, tensor.offset * size, span * size), tensor.code)
    steps = tuple(stride * flat.itemsize for stride in tensor.strides)
    return np.ascontiguousarray(np.lib.stride_tricks.as_strided(flat, tensor.shape, steps))


def plain_bytes(tensor: Tensor) -> bytes:
    """All bytes in the order of C, for tensors that are not too large."""
    return bytes(_whole(tensor).tobytes())


@dataclass(slots=True)
class _Sums:
    """What adds up over the blocks."""

    elements: int
    changed: int = 0
    pairs: int = 0
    total: float = 0.0
    greatest: float = 0.0
    dot: float = 0.0
    left: float = 0.0
    right: float = 0.0
    complex: bool = False

    def add(self, x: Any, y: Any) -> None:
        """Some elements of both."""
        import numpy as np

        with np.errstate(all="ignore"):  # infinities are dealt with below
            self._add(x, y, np)

    def _add(self, x: Any, y: Any, np: Any) -> None:
        kinds = (x.dtype.kind, y.dtype.kind)
        if "c" in kinds:
            self._add_complex(x, y, np)
            return
        p, q = x.astype(np.float64), y.astype(np.float64)
        gap = p - q
        np.abs(gap, out=gap)
        total = float(gap.sum())
        if math.isfinite(total):  # neither NaN nor infinity anywhere
            self.changed += int(np.count_nonzero(x != y))
        else:
            self.changed += int(np.count_nonzero((x != y) & ~(np.isnan(p) & np.isnan(q))))
            finite = np.isfinite(p) & np.isfinite(q)
            p, q, gap = p[finite], q[finite], gap[finite]
            total = float(gap.sum())
        self._sum(total, gap)
        # Not np.dot: its threads cost more than the sums, and spin on a busy machine.
        self.dot += float(np.einsum("i,i->", p, q))
        self.left += float(np.einsum("i,i->", p, p))
        self.right += float(np.einsum("i,i->", q, q))

    def _add_complex(self, x: Any, y: Any, np: Any) -> None:
        self.complex = True
        p, q = x.astype(np.complex128), y.astype(np.complex128)
        self.changed += int(np.count_nonzero((p != q) & ~(np.isnan(p) & np.isnan(q))))
        finite = np.isfinite(p) & np.isfinite(q)
        gap = np.abs(p[finite] - q[finite])
        self._sum(float(gap.sum()), gap)

    def _sum(self, total: float, gap: Any) -> None:
        self.pairs += len(gap)
        self.total += total
        if len(gap):
            self.greatest = max(self.greatest, float(gap.max()))

    @property
    def delta(self) -> Delta:
        """What is told."""
        norm = math.sqrt(self.left) * math.sqrt(self.right)
        cosine = self.dot / norm if norm > 0 and math.isfinite(norm) and not self.complex else None
        if not self.pairs:
            return Delta(self.elements, self.changed, None, None, None)
        mean = self.total / self.pairs
        return Delta(self.elements, self.changed, mean, self.greatest, cosine)
