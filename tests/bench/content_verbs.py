"""Contents by the verb: many small files, the first facts, and what remote pairs cost.

The rows are the goals that need a command line or a registry.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

from kitdesk.compare.content.differ import differ
from kitdesk.compare.content.source import Budget, FileBytes
from kitdesk.modelkit.primitives.reference import parse
from kitdesk.operations.compare_contents import compare_contents
from kitdesk.operations.inputs.addresses import parse_side
from kitdesk.operations.inputs.remotes import open_remote
from kitdesk.operations.pack import pack
from kitdesk.operations.push_pull import push
from kitdesk.services.aside import Aside
from kitdesk.services.config.paths import Paths
from kitdesk.services.container import Services
from tests.bench.pairs import say, scratch
from tests.compare.content.golden import PAIRS
from tests.compare.content.test_remote import safetensors, torch
from tests.fakes.registries import running

FILES = 200
ROUNDS = 3
KITFILE = "package:\n  name: bench\ndatasets:\n  - path: data\n"
ELEMENTS = 4096
"""Of each side of a weight: 64 MiB in float32."""


def main() -> None:
    """Run all of them."""
    folder = scratch()
    try:
        small_files(folder / "small")
        first_facts(folder / "first")
        with running(_made(folder / "registry")) as host:
            remote_pairs(folder / "remote", host)
    finally:
        shutil.rmtree(folder)


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True)
    return folder


def small_files(folder: Path) -> None:
    """200 changed files of six kinds, from two folders, by the command line."""
    for at, side in enumerate("ab"):
        data = _made(folder / side / "data")
        (folder / side / "Kitfile").write_text(KITFILE)
        for n in range(FILES):
            text = "".join(f"{row},{row * n},{at if row == 3 else 0}\n" for row in range(200))
            kind = n % 4
            if kind == 0:
                (data / f"{n}.csv").write_text("id,x,y\n" + text)
            elif kind == 1:
                (data / f"{n}.json").write_text(json.dumps({"n": n, "a": at, "t": text}))
            elif kind == 2:
                (data / f"{n}.py").write_text(text.replace(",", " = ") + f"last = {at}\n")
            else:
                np.save(data / f"{n}.npy", np.arange(1000) + at)
    words = [sys.executable, "-m", "kitdesk", "compare", str(folder / "a"), str(folder / "b")]
    home = {"KITDESK_HOME": str(folder / "own"), "KITOPS_HOME": str(folder / "kitops")}
    times, told = [], {}
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        done = subprocess.run(
            [*words, "--content", "--json"], env={**os.environ, **home},
            capture_output=True, check=True,
        )  # fmt: skip
        times.append(time.perf_counter() - begun)
        told = json.loads(done.stdout)
    count = sum("content" in row for row in told["files"])
    begun = time.perf_counter()
    subprocess.run(
        ["git", "diff", "--no-index", "--stat", str(folder / "a"), str(folder / "b")],
        capture_output=True, check=False,
    )  # fmt: skip
    peer = time.perf_counter() - begun
    say(
        f"{count} changed small files, --content --json: {min(times):.2f} s "
        f"(goal 3, floor 8); git diff --stat, lines only: {peer:.2f} s"
    )


def first_facts(folder: Path) -> None:
    """Until the first step is told, of a file that needs no child and of one that does."""
    _made(folder)
    rows = "".join(f"{n},{n * 7 % 1000},{n / 3:.4f}\n" for n in range(350_000))
    for side in "ab":
        (folder / f"{side}.csv").write_text("id,x,y\n" + rows + f"{side},0,0\n")
    case = next(one for one in PAIRS if one.parent.name == "hdf5")
    child = [next(case.glob(f"{side}.*")) for side in ("before", "after")]
    table = [folder / "a.csv", folder / "b.csv"]
    for title, pair in (
        (f"csv, {table[0].stat().st_size >> 20} MiB", table),
        ("hdf5, child", child),
    ):
        steps: list[float] = []

        def step(_: object, told: list[float] = steps) -> None:
            told.append(time.perf_counter())

        with FileBytes(pair[0]) as old, FileBytes(pair[1]) as new, Aside() as aside:
            begun = time.perf_counter()
            differ(old, pair[0].name, new, pair[1].name, Budget(), step, decoder=aside)
            whole = time.perf_counter() - begun
        say(
            f"first facts, {title}: {steps[0] - begun:.3f} s, all {whole:.2f} s "
            "(goal 0.15, child 0.5; floor 0.4, child 1)"
        )


def remote_pairs(folder: Path, host: str) -> None:
    """Requests and bytes of large remote files: they depend on nothing but the program."""
    rng = np.random.default_rng(1)
    for name, make in (("model.safetensors", safetensors), ("model.pt", torch)):
        where = f"{host}/bench/{name.rpartition('.')[2]}"
        services = _services(folder / name / "own")
        remote = open_remote(parse(where))
        for number in (1, 2):
            project = folder / name / f"v{number}"
            _made(project)
            (project / "Kitfile").write_text(f"package:\n  name: b\nmodel:\n  path: {name}\n")
            arrays = {
                f"l.{n}": rng.random((ELEMENTS, ELEMENTS), np.float32) for n in range(number + 1)
            }
            (project / name).write_bytes(make(arrays))
            packed = pack(project, parse(f"b:v{number}"), services)
            push(packed.digest, packed.reference.name, f"v{number}", remote, services)
        remote.close()
        other = _services(folder / name / "other")
        begun = time.perf_counter()
        sides = [parse_side(f"remote://{where}:v{number}") for number in (1, 2)]
        found = compare_contents(sides[0], sides[1], other)
        say(
            f"{name}, {(project / name).stat().st_size >> 20} MiB, remote, names and shapes: "
            f"{found.comparison.requests} requests and {found.comparison.bytes:,} bytes for both "
            f"sides with manifests and headers of the tar, {time.perf_counter() - begun:.2f} s "
            f"(goal 4 and 0.5 MB a side, floor 8 and 1 MB): {found.contents[name].summary}"
        )


def _services(home: Path) -> Services:
    return Services.at(Paths(home / "c", home / "d", home / "cache", home / "l", home / "store"))


if __name__ == "__main__":
    main()
