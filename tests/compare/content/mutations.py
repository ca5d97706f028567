"""Damages golden files in many ways; only a Content may come back, and nothing may be written.

By hand: python -m tests.compare.content.mutations COUNT [TYPE...], COUNT mutations a file.
"""

from __future__ import annotations

import json
import random
import struct
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from kitdesk.compare.content.differ import differ
from kitdesk.compare.content.json_form import content_json
from kitdesk.compare.content.source import Budget, MemoryBytes
from kitdesk.services.aside import Aside
from tests.compare.content.golden import PAIRS, expected_of, file_of

NUMBERS = [
    struct.pack(layout, value)
    for layout, value in (
        ("<I", 1 << 31), (">I", 1 << 31), ("<Q", 1 << 63), (">Q", 1 << 63), ("<i", -1), ("<q", -1),
        ("<I", 0), ("<Q", 1 << 40), ("<I", 0x7FFFFFFF), ("<H", 0xFFFF),
    )
]  # fmt: skip


def mutated(data: bytes, rng: random.Random) -> bytes:
    """One damaged copy: bits flipped, a cut, a number or a stretch replaced, doubled or gone."""
    made = bytearray(data)
    at = rng.randrange(len(made)) if made else 0
    match rng.randrange(7):
        case 0:
            for _ in range(rng.choice((1, 1, 2, 8))):
                made[rng.randrange(len(made))] ^= 1 << rng.randrange(8)
        case 1:
            del made[at:]
        case 2 | 3:
            number = rng.choice(NUMBERS)
            made[at : at + len(number)] = number
        case 4:
            end = min(len(made), at + rng.randrange(1, 64))
            made[at:at] = made[at:end]
        case 5:
            del made[at : at + rng.randrange(1, 16)]
        case _:
            made[at : at + 4] = rng.randbytes(4)
    return bytes(made)


def files() -> list[tuple[str, str, bytes]]:
    """(type and case, name in the project, bytes) of one side of each pair."""
    found = []
    for case in PAIRS:
        path = expected_of(case)["path"]
        file = file_of(case, "after", path) or file_of(case, "before", path)
        if file is not None and file.is_file():
            found.append((f"{case.parent.name}/{case.name}", path, file.read_bytes()))
    return found


def survives(name: str, data: bytes, damaged: bytes, decoder: Any, *, turned: bool) -> float:
    """Compare a file with its damaged copy; gives the seconds it took."""
    start = time.perf_counter()
    sides = [MemoryBytes(data), MemoryBytes(damaged)]
    if turned:
        sides.reverse()
    content = differ(sides[0], name, sides[1], name, Budget(seconds=20), decoder=decoder)
    json.dumps(content_json(content), allow_nan=False)
    assert content.kind
    assert content.summary
    return time.perf_counter() - start


def run(count: int, seed: int, types: list[str], decoder: Any) -> tuple[int, float, str]:
    """(mutations done, the longest time, the file that took it)."""
    done, longest, worst = 0, 0.0, ""
    for name, path, data in files():
        if types and name.split("/", maxsplit=1)[0] not in types and name not in types:
            continue
        rng = random.Random(f"{seed} {name}")
        for number in range(count):
            damaged = mutated(data, rng)
            try:
                seconds = survives(path, data, damaged, decoder, turned=bool(number % 2))
            except Exception:
                left = Path(tempfile.gettempdir()) / f"mutation-{name.replace('/', '-')}-{number}"
                left.write_bytes(damaged)
                sys.stderr.write(f"{name} {number}\n")
                raise
            done += 1
            if seconds > longest:
                longest, worst = seconds, f"{name} {number}"
    return done, longest, worst


if __name__ == "__main__":
    with Aside() as aside:
        sys.stdout.write(f"{run(int(sys.argv[1]), 1, sys.argv[2:], aside)}\n")
