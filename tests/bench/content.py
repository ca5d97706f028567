"""Contents of large files: the table of goals, each in a process of its own.

``sh packaging/run bench content`` makes about 5 GB of data in the temporary folder.
"""

from __future__ import annotations

import json
import pickle
import resource
import struct
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from kitdesk.compare.content.differ import differ
from kitdesk.compare.content.source import Budget, FileBytes
from kitdesk.services.aside import Aside
from tests.bench import content_verbs

ROWS = 1_000_000
TENSORS, TENSOR_BYTES = 64, 32 << 20
ARRAYS, ARRAY_ELEMENTS = 8, 16 << 20


def main() -> None:
    """Make the data, then measure each pair in a fresh process."""
    with tempfile.TemporaryDirectory(prefix="kitdesk-bench-") as name:
        folder = Path(name)
        tables(folder)
        safetensors(folder / "a.safetensors", 0.0)
        safetensors(folder / "b.safetensors", 0.01)
        for side, shift in (("a", 0), ("b", 1)):
            arrays = {f"w{n}": np.zeros(ARRAY_ELEMENTS) + shift * (n == 3) for n in range(ARRAYS)}
            with (folder / f"{side}.pkl").open("wb") as file:
                pickle.dump(arrays, file, protocol=5)
        for ending in ("csv", "parquet", "safetensors", "pkl"):
            pair = [str(folder / f"{side}.{ending}") for side in "ab"]
            for path in pair:  # a warm cache
                with Path(path).open("rb") as file:
                    while file.read(16 << 20):
                        pass
            subprocess.run([sys.executable, "-m", "tests.bench.content", *pair], check=True)
    content_verbs.main()


def tables(folder: Path) -> None:
    """1,000,000 rows of 20 columns, and an edited copy: 1,000 removed, 2,000 changed, 1,000 new."""
    import duckdb

    rng = np.random.default_rng(1)
    words = np.array("alpha beta gamma delta north south".split())
    columns = [np.arange(ROWS)]
    columns += [rng.integers(0, 1000, ROWS) for _ in range(6)]
    columns += [np.round(rng.random(ROWS) * 1000, 3) for _ in range(8)]
    columns += [words[rng.integers(0, len(words), ROWS)] for _ in range(5)]
    head = ",".join(["id", *(f"c{n}" for n in range(1, 20))]) + "\n"
    with (folder / "a.csv").open("w") as a, (folder / "b.csv").open("w") as b:
        a.write(head)
        b.write(head)
        for number, row in enumerate(zip(*(one.tolist() for one in columns), strict=True)):
            line = ",".join(map(str, row)) + "\n"
            a.write(line)
            if number % 1000 == 3:
                line = line.replace(f"{number},", f"{ROWS + number},", 1)
            elif number % 500 == 7:
                line = line.replace(f"{number},", f"{number},9", 1)
            b.write(line)
    with duckdb.connect() as connection:
        for side in "ab":
            connection.execute(
                f"COPY (SELECT * FROM read_csv('{folder}/{side}.csv')) "
                f"TO '{folder}/{side}.parquet' (FORMAT parquet)"
            )


def safetensors(path: Path, shift: float) -> None:
    """2 GiB in 64 tensors; every other one is shifted."""
    head = {
        f"layers.{n}.weight": {
            "dtype": "F32",
            "shape": [TENSOR_BYTES // 4096, 1024],
            "data_offsets": [n * TENSOR_BYTES, (n + 1) * TENSOR_BYTES],
        }
        for n in range(TENSORS)
    }
    text = json.dumps(head).encode()
    rng = np.random.default_rng(5)
    with path.open("wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        for number in range(TENSORS):
            array = rng.random(TENSOR_BYTES // 4, np.float32)
            if number % 2 == 0 and shift:
                array += np.float32(shift)
            file.write(array.tobytes())


def measure(left: str, right: str) -> None:
    """One comparison: seconds to each step, CPU and memory of this process and its child."""
    start = time.perf_counter()
    steps: list[str] = []
    with FileBytes(Path(left)) as old, FileBytes(Path(right)) as new, Aside() as aside:
        content = differ(
            old, left, new, right, Budget(seconds=600),
            lambda _: steps.append(f"{time.perf_counter() - start:.2f}"), decoder=aside,
        )  # fmt: skip
    seconds = time.perf_counter() - start
    told = []
    for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN):
        used = resource.getrusage(who)
        told.append(f"{used.ru_utime + used.ru_stime:.2f} s CPU, {peak_kib(who) >> 10} MiB")
    print(f"{Path(left).suffix[1:]:12} {seconds:.2f} s; {told[0]}; child {told[1]}")
    print(f"{'':12} steps at {', '.join(steps)} s: {content.summary}")


def peak_kib(who: int) -> int:
    """Largest resident memory. This process would inherit that of the one that made the data."""
    status = Path("/proc/self/status")
    if who == resource.RUSAGE_SELF and status.exists():
        (line,) = (one for one in status.read_text().splitlines() if one.startswith("VmHWM"))
        return int(line.split()[1])
    return resource.getrusage(who).ru_maxrss


if __name__ == "__main__":
    measure(*sys.argv[1:3])
