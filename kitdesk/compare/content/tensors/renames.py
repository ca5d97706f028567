"""A tensor that vanished and a new one of equal bytes are one under another name."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from typing import TYPE_CHECKING

from kitdesk.compare.content.source import Unreadable
from kitdesk.compare.content.tensors.delta import BLOCK_BYTES, plain_bytes

if TYPE_CHECKING:
    from kitdesk.compare.content.model import Context
    from kitdesk.compare.content.tensors.plan import Tensor

Shape = tuple[str, tuple[int, ...]]


def renamed(gone: dict[str, Tensor], new: dict[str, Tensor], context: Context) -> dict[str, str]:
    """New name -> old name; only where the match is unique on both sides."""
    shapes: dict[Shape, tuple[list[str], list[str]]] = defaultdict(lambda: ([], []))
    for name, one in gone.items():
        shapes[one.dtype, one.shape][0].append(name)
    for name, one in new.items():
        shapes[one.dtype, one.shape][1].append(name)
    found: dict[str, str] = {}
    for old_names, new_names in shapes.values():
        if not old_names or not new_names:
            continue
        marks: dict[bytes, tuple[list[str], list[str]]] = defaultdict(lambda: ([], []))
        for side, names, tensors in ((0, old_names, gone), (1, new_names, new)):
            for name in names:
                context.budget.check()
                mark = _mark(tensors[name], context)
                if mark is not None:
                    marks[mark][side].append(name)
        for olds, news in marks.values():
            if len(olds) == len(news) == 1:
                found[news[0]] = olds[0]
    return found


def _mark(tensor: Tensor, context: Context) -> bytes | None:
    """A hash of the values; None where there are none that prove anything."""
    if tensor.opaque is not None or tensor.elements == 0:
        return None
    data = tensor.bytes()
    if data is None:
        return None
    mark = hashlib.blake2b(digest_size=16)
    if tensor.strides is not None or (tensor.order != "C" and len(tensor.shape) > 1):
        try:
            mark.update(plain_bytes(tensor))
        except Unreadable:
            return None
        return mark.digest()
    for at in range(0, data.size, BLOCK_BYTES):
        context.budget.check()
        mark.update(data.read(at, min(BLOCK_BYTES, data.size - at)))
    return mark.digest()
