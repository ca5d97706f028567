"""Remote files of equal size and unknown hash: small ones are fetched and held together."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from kitdesk.compare.content.source import Unreadable
from kitdesk.operations.contents.remote import FILE_LIMIT

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kitdesk.operations.diffing.content import ContentComparer

BLOCK_BYTES = 1 << 20


def differing_paths(paths: Iterable[str], comparer: ContentComparer) -> dict[str, bool]:
    """Whether the bytes of each file differ; those that are too large to be fetched are left out.

    Raises Cancelled, Unreachable and the like.
    """
    found: dict[str, bool] = {}
    for path in paths:
        comparer.new_budget(path)
        try:
            with contextlib.suppress(Unreadable):
                differs = _differ(path, comparer)
                if differs is not None:
                    found[path] = differs
        finally:
            comparer.release()
    return found


def _differ(path: str, comparer: ContentComparer) -> bool | None:
    assert comparer.left is not None
    assert comparer.right is not None
    left, right = comparer.left.open(path), comparer.right.open(path)
    if left is None or right is None or left.size != right.size:
        return None
    if left.size > FILE_LIMIT and not comparer.options.values:
        return None
    comparer.fetch_ahead(left, right)
    for at in range(0, left.size, BLOCK_BYTES):
        comparer.check()
        length = min(BLOCK_BYTES, left.size - at)
        if left.read(at, length) != right.read(at, length):
            return True
    return False
