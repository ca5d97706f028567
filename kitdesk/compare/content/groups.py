"""Which files belong to a leading one: shards of an index, weights beside a graph."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kitdesk.compare.content.detect import FOREIGN
from kitdesk.compare.content.source import Unreadable

if TYPE_CHECKING:
    from kitdesk.compare.content.source import Budget, Bytes

INDEXES = (".safetensors.index.json", ".bin.index.json")
MAX_FILES = 1_000


def leads(name: str) -> bool:
    """By its name a file may have others that belong to it; :func:`companions` says which."""
    return name.lower().endswith((*INDEXES, ".onnx"))


def companions(side: Bytes, name: str, budget: Budget) -> tuple[str, ...]:
    """Paths from the folder of the leading file, sorted; empty when none belong to it.

    They are what the file says, unchecked: whoever opens them must stay inside of the version.
    """
    lower = name.lower()
    try:
        if lower.endswith(INDEXES):
            from kitdesk.compare.content.tensors.sharded import shards

            found = set(shards(side))
        elif lower.endswith(".onnx"):
            from kitdesk.compare.content.graphs.onnx_tensor import outside

            found = outside(side, budget)
        else:
            return ()
    except (Unreadable, *FOREIGN):
        return ()
    return tuple(sorted(found)[:MAX_FILES])
