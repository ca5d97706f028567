"""Which columns may tell the rows of a table apart."""

from __future__ import annotations

import re
from itertools import combinations

EXACT = ("id", "_id", "uuid", "guid", "key", "index", "pk")
SUFFIX = re.compile(
    r"(?:[_\- .](?:id|uuid|guid|key|index|idx|pk)|[a-z0-9](?:Id|ID|Uuid|UUID|Key|Index))$"
)
MAX_SINGLES = 12
MAX_TOGETHER = 20


def is_name_of_key(name: str) -> bool:
    """``id``, ``userId``, ``movie_id``, ``Key`` …"""
    return name.strip().lower() in EXACT or SUFFIX.search(name.strip()) is not None


def candidates(names: list[str], usable: list[bool]) -> list[tuple[int, ...]]:
    """Places of the columns to try, best first; ``usable``: unique and no float in a sample."""
    likely = [at for at, name in enumerate(names) if is_name_of_key(name)]
    rest = [at for at in range(len(names)) if at not in likely]
    singles = [(at,) for at in (*likely, *rest) if usable[at]]
    together = [pair for size in (2, 3) for pair in combinations(likely[:6], size)]
    return singles[:MAX_SINGLES] + together[:MAX_TOGETHER]
