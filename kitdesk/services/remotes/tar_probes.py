"""Members of a remote tar found from the middle, at several places at once.

The walk is a chain of round trips; here several chains go side by side. A guess begins at what
looks like a header. It counts only where the true chain, which began at offset 0, arrives at a
member that the guess knows: an archive inside the archive forges nothing (TRANSPORT.md, 3.4).
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from kitdesk.errors import BadModelKit
from kitdesk.modelkit.tar.header import BLOCK
from kitdesk.services.remotes.tar_chain import HeaderWalker, OverBudget

if TYPE_CHECKING:
    from kitdesk.services.remotes.tar_chain import Budget, ReadRange

PLACES = 6
"""Chains at once: so many requests are under way at most."""
FAR = 256 << 10
"""Members of at least this mean size are worth it; smaller ones come many at a time."""
ENOUGH = 4
"""Members of a chain, on average: fewer do not pay for finding a header."""
SCAN = 2 << 20
"""Bytes that are looked through for a header."""
PIECE = 128 << 10
MAGIC = b"ustar"
AT = 257
"""Where the magic stands in a header."""


def probe(
    read_range: ReadRange, size: int, start: int, mean: int, budget: Budget
) -> tuple[HeaderWalker, ...]:
    """Chains from places between ``start`` and the end; () where members are small or few."""
    rest = size - start
    if mean < FAR or rest < mean * ENOUGH * PLACES:
        return ()
    places = [start + rest * number // PLACES // BLOCK * BLOCK for number in range(PLACES + 1)]

    def walk(number: int) -> HeaderWalker | None:
        try:
            base = start if number == 0 else find_header(read_range, size, places[number], budget)
        except OverBudget:
            return None
        if base is None:
            return None
        chain = HeaderWalker(read_range, size, base, budget)
        try:
            while chain.next < places[number + 1] and chain.step():
                pass
        except BadModelKit:  # a guess that went wrong, or the true chain will meet it
            return chain
        return chain

    with ThreadPoolExecutor(PLACES, "look") as pool:
        return tuple(chain for chain in pool.map(walk, range(PLACES)) if chain is not None)


def find_header(read_range: ReadRange, size: int, start: int, budget: Budget) -> int | None:
    """The first place from ``start`` (a multiple of 512) that looks like a header."""
    at = start
    while at < min(size, start + SCAN):
        end = min(size, at + PIECE)
        budget.take(end - at)
        data = read_range(at, end)
        found = data.find(MAGIC)
        while found >= 0:
            inside = found - AT
            if inside >= 0 and inside % BLOCK == 0 and is_header(data[inside : inside + BLOCK]):
                return at + inside
            found = data.find(MAGIC, found + 1)
        at = end
    return None


def is_header(block: bytes) -> bool:
    """True if the checksum of a header is right."""
    if len(block) != BLOCK:
        return False
    field = block[148:156]
    try:
        stored = int(field.strip(b" \0") or b"-1", 8)
    except ValueError:
        return False
    return stored == sum(block) - sum(field) + 8 * 0x20
