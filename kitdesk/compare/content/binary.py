"""Bytes that nobody knows: sizes and the first place where they differ."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kitdesk.compare.content.model import Model, Outcome, Property
from kitdesk.compare.content.result import Limit
from kitdesk.compare.content.words import size

if TYPE_CHECKING:
    from kitdesk.compare.content.model import Context
    from kitdesk.compare.content.source import Bytes

BLOCK_BYTES = 4 << 20
AROUND_BYTES = 256
SAMPLE_BYTES = 65_536
PACKED_BITS = 7.5
"""Bits a byte from which on data look compressed or encrypted."""


def read(side: Bytes, name: str, context: Context) -> Model:
    """What can be said of any file."""
    model = Model("binary", "binary")
    model.facts["size"] = Property("Size", side.size)
    model.parts["bytes"] = Raw(side)
    model.about = f"binary file, {size(side.size)}"
    return model


@dataclass(slots=True)
class Raw:
    """The bytes of one side."""

    side: Bytes

    @classmethod
    def differ(cls, left: Raw | None, right: Raw | None, context: Context) -> Outcome:
        """The first difference and what lies around it."""
        facts: dict[str, tuple[str, object, object]] = {
            "content": ("Looks", _looks(left, context), _looks(right, context))
        }
        if left is None or right is None:
            return Outcome(None, equal=False, facts=facts)
        remote = [one.side for one in (left, right) if one.side.place == "remote"]
        if any(one.size > BLOCK_BYTES for one in remote) and not context.budget.values:
            limit = Limit("remote", "The bytes lie in a registry and were not fetched.")
            return Outcome(None, equal=False, facts=facts, limits=(limit,))
        at = first_difference(left.side, right.side, context)
        if at is None:
            return Outcome(None, equal=True, facts=facts)
        facts["first_difference"] = ("First difference", at, at)
        start = max(0, at - AROUND_BYTES // 2)
        around = [
            one.side.read(start, max(0, min(AROUND_BYTES, one.side.size - start)))
            if start < one.side.size
            else b""
            for one in (left, right)
        ]
        facts["hex"] = (f"Bytes from {start:,}", around[0].hex(" "), around[1].hex(" "))
        return Outcome(None, equal=False, words=(f"bytes differ from {at:,} on",), facts=facts)


def first_difference(left: Bytes, right: Bytes, context: Context) -> int | None:
    """Offset of the first byte that differs; None for equal bytes."""
    at = 0
    common = min(left.size, right.size)
    while at < common:
        context.budget.check()
        length = min(BLOCK_BYTES, common - at)
        a, b = left.read(at, length), right.read(at, length)
        if a != b:
            low, high = 0, length
            while high - low > 1:
                middle = (low + high) // 2
                if a[low:middle] == b[low:middle]:
                    low = middle
                else:
                    high = middle
            return at + low
        at += length
    return None if left.size == right.size else common


def _looks(one: Raw | None, context: Context) -> str | None:
    """A word for the entropy of the first 64 KiB."""
    if one is None:
        return None
    context.budget.check()
    data = one.side.read(0, min(one.side.size, SAMPLE_BYTES))
    if not data:
        return "empty"
    counts = Counter(data)
    bits = -sum(n / len(data) * math.log2(n / len(data)) for n in counts.values())
    if bits > PACKED_BITS and len(data) >= 1024:
        return "looks compressed"
    return "all bytes are equal" if len(counts) == 1 else "structured data"
