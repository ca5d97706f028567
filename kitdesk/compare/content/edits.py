"""The shortest way from one sequence to another, within bounds."""

from __future__ import annotations

import bisect
from array import array
from collections.abc import Callable, Iterable

MAX_EDITS = 1_000
"""Edits that one block is searched for; beyond it lines that are unique on both sides divide it."""
MAX_LEVEL = 3
"""Deeper, what is left has no order."""
Block = tuple[int, int, int, int]
Check = Callable[[], None]


def blocks(old: list[str], new: list[str], check: Check) -> list[Block]:
    """Runs that differ: old[i:j] became new[k:m]; what lies between them is equal."""
    numbers: dict[str, int] = {}
    a = [numbers.setdefault(line, len(numbers)) for line in old]
    b = [numbers.setdefault(line, len(numbers)) for line in new]
    found: list[Block] = []
    _divide(a, b, 0, len(a), 0, len(b), found, check, 0)
    return joined(sorted(found))


def _divide(
    a: list[int], b: list[int], i: int, j: int, k: int, m: int,
    found: list[Block], check: Check, level: int,
) -> None:  # fmt: skip
    """Put what differs between a[i:j] and b[k:m] into ``found``."""
    check()
    while i < j and k < m and a[i] == b[k]:
        i, k = i + 1, k + 1
    while i < j and k < m and a[j - 1] == b[m - 1]:
        j, m = j - 1, m - 1
    if i == j or k == m:
        if i < j or k < m:
            found.append((i, j, k, m))
        return
    done = _myers(a[i:j], b[k:m], MAX_EDITS if level == 0 else MAX_EDITS // 4, check)
    if done is not None:
        found += [(i + w, i + x, k + y, k + z) for w, x, y, z in done]
        return
    anchors = _unique(a, b, i, j, k, m)
    if not anchors or level > MAX_LEVEL:
        found.append((i, j, k, m))
        return
    for x, y in [*anchors, (j, m)]:
        _divide(a, b, i, x, k, y, found, check, level + 1)
        i, k = x + 1, y + 1


def _myers(a: list[int], b: list[int], most: int, check: Check) -> list[Block] | None:
    """The shortest edit script (Myers 1986), or None beyond ``most`` edits."""
    n, m = len(a), len(b)
    most = min(most, n + m)
    middle = most + 1
    ends = [0] * (2 * most + 3)
    history: list[array[int]] = []
    for d in range(most + 1):
        if d % 32 == 0:
            check()
        history.append(array("l", ends[middle - d - 1 : middle + d + 2]))
        for q in range(-d, d + 1, 2):
            at = middle + q
            x = (
                ends[at + 1]
                if q == -d or (q != d and ends[at - 1] < ends[at + 1])
                else ends[at - 1] + 1
            )
            y = x - q
            while x < n and y < m and a[x] == b[y]:
                x, y = x + 1, y + 1
            ends[at] = x
            if x >= n and y >= m:
                return _script(history, n, m)
    return None


def _script(history: list[array[int]], n: int, m: int) -> list[Block]:
    """Walk the furthest points back to the beginning."""
    x, y = n, m
    steps: list[Block] = []
    for d in range(len(history) - 1, 0, -1):
        ends = history[d]
        q = x - y
        at = q + d + 1
        down = q == -d or (q != d and ends[at - 1] < ends[at + 1])
        px = ends[at + 1] if down else ends[at - 1]
        py = px - (q + 1 if down else q - 1)
        steps.append((px, px, py, py + 1) if down else (px, px + 1, py, py))
        x, y = px, py
    return joined(reversed(steps))


def joined(steps: Iterable[Block]) -> list[Block]:
    """Blocks that touch become one."""
    result: list[Block] = []
    for i, j, k, m in steps:
        if result and result[-1][1] == i and result[-1][3] == k:
            result[-1] = (result[-1][0], j, result[-1][2], m)
        else:
            result.append((i, j, k, m))
    return result


def _unique(a: list[int], b: list[int], i: int, j: int, k: int, m: int) -> list[tuple[int, int]]:
    """Lines that stand once on both sides, the longest run of them in one order (patience)."""
    seen: dict[int, list[int]] = {}
    for side, (items, start, end) in enumerate(((a, i, j), (b, k, m))):
        for place in range(start, end):
            entry = seen.setdefault(items[place], [0, 0, 0, 0])
            entry[side] += 1
            entry[2 + side] = place
    pairs = sorted((e[2], e[3]) for e in seen.values() if e[0] == 1 and e[1] == 1)
    tails: list[int] = []
    at: list[int] = []
    before: list[int] = []
    for number, (_, y) in enumerate(pairs):
        place = bisect.bisect_left(tails, y)
        before.append(at[place - 1] if place else -1)
        if place == len(tails):
            tails.append(y)
            at.append(number)
        else:
            tails[place] = y
            at[place] = number
    chain: list[tuple[int, int]] = []
    number = at[-1] if at else -1
    while number >= 0:
        chain.append(pairs[number])
        number = before[number]
    return chain[::-1]
