"""Pack, repack and unpack beside a real kit."""

from __future__ import annotations

import hashlib
import os
import random
import shutil
import time
from collections.abc import Callable
from pathlib import Path

from tests.bench.pairs import Rival, compare, kit, kitdesk, many_files, say, scratch

W2_MIB = int(os.environ.get("KITDESK_BENCH_MIB", "2048"))
W3_FILES = int(os.environ.get("KITDESK_BENCH_FILES", "20000"))
SETTLE = 2.5
"""Seconds until files are old enough for a stat cache to trust them."""


def main() -> None:
    """Run the theme."""
    many_files()
    folder = scratch()
    try:
        say(f"in {folder}; sha256 {_sha256_rate():.2f} GiB/s with hashlib on this machine")
        for name, make, change in (
            (f"{W2_MIB} MiB", _large, _change_large),
            (f"{W3_FILES:,} files", _many, _change_many),
        ):
            project = folder / "project"
            make(project)
            time.sleep(SETTLE)
            _project(name, project, folder, change)
            shutil.rmtree(project)
    finally:
        shutil.rmtree(folder)


def _sha256_rate() -> float:
    block = bytes(1 << 28)
    started = time.perf_counter()
    hashlib.sha256(block).digest()
    return 0.25 / (time.perf_counter() - started)


def _large(root: Path) -> None:
    (root / "src").mkdir(parents=True)
    block = bytearray(random.Random(1).randbytes(1 << 20))
    with (root / "weights.bin").open("wb") as out:
        for number in range(W2_MIB):
            block[:4] = number.to_bytes(4, "little")
            out.write(block)
    for number in range(21):
        (root / f"src/part{number}.py").write_text(f"x = {number}\n" * 100)
    (root / "Kitfile").write_text(
        "manifestVersion: 1.0.0\nmodel:\n  path: weights.bin\ncode:\n- path: src\n"
    )


def _many(root: Path) -> None:
    chance = random.Random(2)
    for number in range(W3_FILES):
        folder = root / f"data/{number // 1000:03}/{number // 50 % 20:02}"
        if number % 50 == 0:
            folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{number % 50:02}.bin").write_bytes(chance.randbytes(chance.randint(100, 8100)))
    (root / "Kitfile").write_text("manifestVersion: 1.0.0\ndatasets:\n- name: d\n  path: data\n")


def _change_large(root: Path) -> None:
    (root / "src/part3.py").write_text(f"y = {time.time_ns()}\n")


def _change_many(root: Path) -> None:
    (root / "data/000/00/03.bin").write_text(f"{time.time_ns()}\n")


def _project(name: str, project: Path, folder: Path, change: Callable[[Path], None]) -> None:
    reference, theirs = "b/bench:v1", kit()

    def rivals(verb: str, ready: Callable[[Path], None], *words: str) -> list[Rival]:
        made = []
        for who, program in (("kitdesk", kitdesk()[:-1]), ("kit", [theirs] if theirs else None)):
            if program is None:
                continue
            home = folder / who
            home.mkdir(exist_ok=True)
            made.append(Rival(who, [*program, verb, *(w.format(home=home) for w in words)], home))
            made[-1].ready = ready
        return made

    def fresh(home: Path) -> None:
        shutil.rmtree(home, ignore_errors=True)
        home.mkdir()

    def nothing(_home: Path) -> None:
        return

    def changed(_home: Path) -> None:
        change(project)

    def empty(home: Path) -> None:
        shutil.rmtree(home / "out", ignore_errors=True)

    pack = (str(project), "-t", reference)
    compare(f"pack {name}", rivals("pack", fresh, *pack))
    compare(f"repack {name}, nothing changed", rivals("pack", nothing, *pack))
    compare(f"repack {name}, one small file changed", rivals("pack", changed, *pack))
    compare(f"unpack {name}", rivals("unpack", empty, reference, "-d", "{home}/out"))
    for who in ("kitdesk", "kit"):
        shutil.rmtree(folder / who, ignore_errors=True)
