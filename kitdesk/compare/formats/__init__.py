"""Known file formats as tables of facts: read as data, never executed."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kitdesk.compare.values import FactsDiff

Read = Callable[[int], bytes]
PICKLES = frozenset({"pkl", "pickle", "joblib"})


def facts_of(old_path: str, path: str, left: Read, right: Read, head: int) -> FactsDiff | None:
    """Facts of both sides when the ending names a known format and the bytes agree, else None.

    ``head`` is the most that is read of a side, in bytes.
    """
    ending = path.rpartition(".")[2].lower()
    if ending in PICKLES and old_path.rpartition(".")[2].lower() in PICKLES:
        from kitdesk.compare.formats import pickle_facts

        return pickle_facts.compare(left(head), right(head))
    return None
