"""Pickles and texts that once ended a process, or never ended: read in a process of its own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
DEEP = 200_000
FILL = b"K\x01\x85" * 10
HOSTILE_PICKLES = {
    "deep tuples as a key": b"\x80\x02}(K\x01" + b"\x85" * DEEP + b"K\x02u.",
    "deep calls as a key": b"\x80\x02}(cos\nsystem\n" + b")R" * DEEP + b"K\x02u.",
    "deep calls": b"\x80\x02cos\nsystem\n" + b")R" * DEEP + b".",
    "deep arguments": b"\x80\x02"
    + b"ca\n_reconstruct\n" * 2000
    + b"K\x01"
    + b"\x85R" * 2000
    + b".",
    "a doubling value": b"\x80\x02}X\x01\x00\x00\x00aK\x01" + b"q\x00h\x00\x86" * 100 + b"s.",
    "a doubling key": b"\x80\x02}K\x01" + b"q\x00h\x00\x86" * 100 + b"K\x02s.",
    "a doubling name": b"\x80\x04K\x01" + b"q\x00h\x00\x86" * 100 + b"q\x00h\x00\x93.",
    "a huge number": b"\x80\x02}\x8b"
    + (50_000).to_bytes(4, "little")
    + b"\x7f" * 50_000
    + b"K\x01s.",
    "a huge number as a value": b"\x80\x02}X\x01\x00\x00\x00a\x8b"
    + (50_000).to_bytes(4, "little")
    + b"\x7f" * 50_000
    + b"s.",
    "a shape of nonsense": b"\x80\x02cnumpy\n_reconstruct\n)R(K\x01(X\x01\x00\x00\x00aNtNtb.",
    "a short state": b"\x80\x02cnumpy\n_reconstruct\n)R(K\x01tb.",
    "no arguments": b"\x80\x02cnumpy\n_frombuffer\nK\x01R.",
}
LONG_TEXTS = {
    "a changed line of 28 kB": ("ab " * 9000, "ab " * 4000 + "x" + "ab " * 5000),
    "lines alike": ("\n".join(["a" * 1900] * 90), "\n".join(["a" * 1899 + "b"] * 90)),
    "the same line": ("\n".join("ab" * 9999), "\n".join("ba" * 9999)),
    "blank lines": ("\n" * 15_000 + "a", "b" + "\n" * 19_000),
}
RUN = """
import resource, sys
resource.setrlimit(resource.RLIMIT_CPU, (30, 30))
from kitdesk.compare.content.differ import differ
from kitdesk.compare.content.source import Budget, MemoryBytes
from tests.compare.content.test_hostile_objects import HOSTILE_PICKLES
for name, data in HOSTILE_PICKLES.items():
    print(name, flush=True)
    found = differ(MemoryBytes(data), "m.pkl", MemoryBytes(data + b" "), "m.pkl", Budget())
    assert len(repr(found)) < 1 << 20, name
print("done")
"""


def test_pickles_that_end_a_process_or_never_end() -> None:
    """In a process of its own: some of them ended it by SIGSEGV."""
    done = subprocess.run(
        [sys.executable, "-c", RUN], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout.split()[-1:]) == (0, ["done"]), done.stdout + done.stderr


@pytest.mark.parametrize("name", LONG_TEXTS)
def test_texts_that_cost_the_square_of_their_length(name: str) -> None:
    code = (
        "import resource; resource.setrlimit(resource.RLIMIT_CPU, (15, 15))\n"
        "from kitdesk.compare.content.differ import differ\n"
        "from kitdesk.compare.content.source import Budget, MemoryBytes\n"
        "from tests.compare.content.test_hostile_objects import LONG_TEXTS\n"
        f"left, right = (MemoryBytes(one.encode()) for one in LONG_TEXTS[{name!r}])\n"
        "found = differ(left, 'a.txt', right, 'a.txt', Budget())\n"
        "assert found.kind == 'text' and not found.equal; print('done')"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.stdout == "done\n", done.stderr
