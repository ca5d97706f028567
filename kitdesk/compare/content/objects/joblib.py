"""What joblib adds to a pickle: compression, and arrays that lie between the opcodes."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from kitdesk.compare.content.objects import arrays
from kitdesk.compare.content.objects.cursor import Payload
from kitdesk.compare.content.objects.machine import Machine
from kitdesk.compare.content.objects.symbols import Call, Inline, Sequence
from kitdesk.compare.content.source import MemoryBytes, Unreadable
from kitdesk.compare.content.table.stream import (
    FREE_BYTES,
    MAX_INFLATED_BYTES,
    MAX_RATIO,
    inflated,
)
from kitdesk.compare.content.tensors.plan import checked_shape, size_of
from kitdesk.compare.content.zips import IN_MEMORY_BYTES, SpillBytes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kitdesk.compare.content.source import Budget, Bytes

WRAPPERS = frozenset(
    (
        "joblib.numpy_pickle.NumpyArrayWrapper",
        "sklearn.externals.joblib.numpy_pickle.NumpyArrayWrapper",
    )
)
MAX_NESTED = 4
MAGIC = (
    (b"\x1f\x8b", "gzip"), (b"BZh", "bzip2"), (b"\xfd7zXZ", "xz"), (b"\x5d\x00", "lzma"),
    (b"\x04\x22M\x18", "lz4"),
    (b"\x78\x01", "zlib"), (b"\x78\x9c", "zlib"), (b"\x78\xda", "zlib"), (b"\x78\x5e", "zlib"),
)  # fmt: skip
LZ4_BLOCK = 1 << 20


def compression(side: Bytes) -> str | None:
    """How the whole file is compressed, in joblib's words."""
    head = side.read(0, min(8, side.size))
    return next((name for magic, name in MAGIC if head.startswith(magic)), None)


def inflate(side: Bytes, kind: str, budget: Budget) -> Bytes:
    """The pickle inside: in memory while it is small, else in a nameless file."""
    pieces: list[bytes] = []
    total = 0
    spill: SpillBytes | None = None
    for piece in (
        _lz4(side, budget) if kind == "lz4" else inflated(side, 0, side.size, budget, kind)
    ):
        total += len(piece)
        if spill is None and total > IN_MEMORY_BYTES:
            spill = SpillBytes(side.place, budget)
            for one in pieces:
                spill.append(one)
            pieces.clear()
        if spill is not None:
            spill.append(piece)
        else:
            pieces.append(piece)
    return spill if spill is not None else MemoryBytes(b"".join(pieces), side.place)


def _lz4(side: Bytes, budget: Budget) -> Iterator[bytes]:
    """Frames of LZ4; the limits are those of the other ways to compress."""
    try:
        from lz4.frame import LZ4FrameDecompressor
    except ImportError as error:
        raise Unreadable("the package lz4 is not installed", "missing") from error
    unpack = LZ4FrameDecompressor()
    total = 0
    for at in range(0, side.size, LZ4_BLOCK // 16):
        piece = side.read(at, min(LZ4_BLOCK // 16, side.size - at))
        while piece or not unpack.needs_input:
            budget.check()
            try:
                data = unpack.decompress(piece, max_length=LZ4_BLOCK)
            except (RuntimeError, EOFError) as error:
                raise Unreadable("its compression is damaged") from error
            piece = b""
            total += len(data)
            read = min(at + LZ4_BLOCK // 16, side.size)
            if total > MAX_INFLATED_BYTES or (total > FREE_BYTES and total > MAX_RATIO * read):
                raise Unreadable("it inflates to more than is read", "size")
            if data:
                yield data
            if unpack.eof:
                return
            if not data:
                break
    if not unpack.eof:
        raise Unreadable("it ends too early")


class Arrays:
    """Takes the bytes that follow a NumpyArrayWrapper."""

    def __init__(self, budget: Budget) -> None:
        self._budget = budget
        self.found = 0

    def built(self, machine: Machine, call: Call) -> None:
        """After BUILD: an array follows when a wrapper was built."""
        if call.name not in WRAPPERS:
            return
        self.found += 1
        state = arrays.attributes(call.state)
        shape_symbol = state.get("shape")
        shape = checked_shape(
            shape_symbol.items if isinstance(shape_symbol, Sequence) else shape_symbol
        )
        order = "F" if state.get("order") == "F" else "C"
        _, code = arrays.dtype_of(state.get("dtype"))
        if code is None:
            call.keywords = Inline(state.get("dtype"), list(shape), order, self._nested(machine))
            return
        if isinstance(state.get("numpy_array_alignment_bytes"), int):
            machine.cursor.skip(machine.number(1))
        length = math.prod(shape) * size_of(code)
        offset = machine.cursor.skip(length)
        data = Payload(machine.cursor.side, offset, length)
        call.keywords = Inline(state.get("dtype"), list(shape), order, data)

    def _nested(self, machine: Machine) -> Any:
        """Arrays of objects are a pickle of their own."""
        if machine.level >= MAX_NESTED:
            raise Unreadable("its pickles are nested too deep", "depth")
        inner = Machine(
            machine.cursor.side, self._budget, machine.cursor.at, self.built, machine.level + 1
        )
        inner.opcodes = machine.opcodes
        root = inner.run()
        machine.opcodes = inner.opcodes
        machine.imports |= inner.imports
        machine.cursor.skip(inner.cursor.at - machine.cursor.at)
        if isinstance(root, Call):
            state = root.state.items if isinstance(root.state, Sequence) else []
            if len(state) >= 5:
                return state[4]
        return root if isinstance(root, Sequence) else Sequence("list", [root])
