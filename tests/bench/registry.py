"""Push, pull, list and compare beside a real kit, on a docker-registry whose store is in memory.

Ratios count, seconds do not: cases rotate, and each round deletes the same things first.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from kitdesk.modelkit.primitives.reference import parse
from kitdesk.operations.compare import compare as compare_versions
from kitdesk.operations.inputs.addresses import parse_side
from kitdesk.operations.inputs.remotes import open_remote
from kitdesk.operations.versions.remote_listing import remote_versions
from kitdesk.services.config.paths import Paths
from kitdesk.services.container import Services
from kitdesk.services.remotes.protocol import RemoteRepository
from tests.bench.engine import _large
from tests.bench.pairs import ROUNDS, Rival, compare, kit, kitdesk, say, scratch
from tests.bench.slow_line import slow_line
from tests.fakes.registries import running
from tests.operations.versions.test_remote_listing import put_version

TAGS, MORE = 200, 500


def main() -> None:
    """Run the theme."""
    folder = scratch()
    try:
        with running(folder) as host:
            _run(folder, host)
    finally:
        shutil.rmtree(folder)


def _run(folder: Path, host: str) -> None:
    say(f"registry with its store in {folder}; load {os.getloadavg()[0]:.1f}")
    project = folder / "project"
    _large(project)
    data = folder / "data" / "docker"

    def wiped(_home: Path) -> None:
        shutil.rmtree(data, ignore_errors=True)

    def nothing(_home: Path) -> None:
        return

    def emptied(home: Path) -> None:
        shutil.rmtree(home / "kitops", ignore_errors=True)

    reference = f"{host}/bench/{{name}}:v1"  # their manifests name their program: two repositories
    pack = ["pack", str(project), "-t", reference]
    _both(folder, pack, nothing, "pack (for what follows)", rounds=1)
    _both(folder, ["push", reference], wiped, "push, new (goal 1.00, floor 1.20)")
    _both(folder, ["push", reference], nothing, "push, so that both are there", rounds=1)
    _both(folder, ["push", reference], nothing, "push again, everything there")
    _both(folder, ["pull", reference], emptied, "pull, verified (goal 0.70, floor 0.95)")
    for name in ("kitdesk", "kit"):  # memory is short where the store is in it
        shutil.rmtree(folder / name, ignore_errors=True)
        (folder / name).mkdir()
    _in_one_pass(folder, project, f"{host}/bench/once:v1", wiped)
    _list(folder, host)
    _looks(folder, host)


def _both(
    folder: Path, words: list[str], ready: Callable[[Path], None], title: str, rounds: int = ROUNDS
) -> None:
    theirs = kit()
    rivals = []
    for name, program in (("kitdesk", kitdesk()[:-1]), ("kit", [theirs] if theirs else [])):
        if program:
            home = folder / name
            home.mkdir(exist_ok=True)
            plain = ["--plain-http"] if name == "kit" and words[0] in {"push", "pull"} else []
            own = [word.replace("{name}", name) for word in words]
            rivals.append(Rival(name, [*program, *own, *plain], home))
            rivals[-1].ready = ready
    compare(title, rivals, rounds)


def _in_one_pass(
    folder: Path, project: Path, reference: str, wiped: Callable[[Path], None]
) -> None:
    """Ours packs and pushes at once and keeps no layer; kit does one after the other."""
    theirs = kit()
    fresh = folder / "fresh"

    def ready(home: Path) -> None:
        wiped(home)
        shutil.rmtree(home, ignore_errors=True)
        home.mkdir()

    rivals = [
        Rival("kitdesk", [*kitdesk()[:-1], "pack", str(project), "-t", reference, "--push"], fresh)
    ]
    if theirs:
        both = f'"{theirs}" pack "{project}" -t {reference} && '
        both += f'"{theirs}" push {reference} --plain-http'
        rivals.append(Rival("kit", ["sh", "-c", both], folder / "fresh-kit"))
    for rival in rivals:
        rival.ready = ready
        rival.home.mkdir()
    compare("pack and push in one pass, no tar kept (goal 0.80, floor 1.00)", rivals)
    for rival in rivals:
        shutil.rmtree(rival.home, ignore_errors=True)


def _list(folder: Path, host: str) -> None:
    remote = open_remote(parse(f"{host}/bench/many"))
    for number in range(TAGS):
        put_version(remote, f"v1.{number}.0", folder / "scratch")
    remote.close()
    where = f"{host}/bench/many"
    theirs = kit()

    def forgetful(home: Path) -> None:
        shutil.rmtree(home / "own", ignore_errors=True)

    words = [*kitdesk("versions", where, "--remote")]
    rivals = [Rival("kitdesk", words, folder / "kitdesk", forgetful)]
    if theirs:
        rivals.append(Rival("kit", [theirs, "list", where, "--plain-http"], folder / "kit"))
    compare(f"{TAGS} remote tags, first time (goal 0.6 s, floor 1.0 s)", rivals)
    again = Rival("kitdesk", words, folder / "kitdesk")
    compare(f"{TAGS} remote tags, again", [again])
    _rows(folder, host)


def _rows(folder: Path, host: str) -> None:
    """500 tags: when the first row is there and when all are, near and far."""
    remote = open_remote(parse(f"{host}/bench/more"))
    for number in range(MORE):
        put_version(remote, f"v1.{number}.0", folder / "scratch")
    remote.close()
    for trip in (0.0, 0.04):
        services = _services(folder / f"rows-{trip}")
        with slow_line(host, trip) as far:
            for times in ("first time", "again"):
                remote = open_remote(parse(f"{far if trip else host}/bench/more"))
                rows = _watched(remote, services)
                say(
                    f"  {MORE} tags, round trip {trip * 1000:.0f} ms, {times}: first row after "
                    f"{rows[0] * 1000:.0f} ms, all {len(rows)} after {rows[-1] * 1000:.0f} ms, "
                    f"{remote.traffic.requests} requests, {remote.traffic.bytes:,} bytes"
                )
                remote.close()


def _watched(remote: RemoteRepository, services: Services) -> list[float]:
    """Seconds until each row."""
    begun, rows = time.perf_counter(), list[float]()
    remote_versions(remote, services, row=lambda _row: rows.append(time.perf_counter() - begun))
    return rows


def _services(home: Path) -> Services:
    return Services.at(Paths(home / "c", home / "d", home / "cache", home / "l", home / "store"))


def _looks(folder: Path, host: str) -> None:
    """Requests and bytes: they depend on nothing but the program."""
    where = f"{host}/bench/w2"
    home = folder / "looks"
    environment = {"KITOPS_HOME": str(home / "kitops"), "KITDESK_HOME": str(home / "own")}

    def ours(*words: str) -> str:
        return subprocess.run(
            [sys.executable, "-m", "kitdesk", *words],
            env={**os.environ, **environment},
            capture_output=True,
            text=True,
            check=True,
        ).stdout

    (folder / "project/src/part3.py").write_text("changed = True\n")
    for tag, code in (("v1", "a = 1\n"), ("v2", "a = 2222\n")):
        (folder / "project/src/part3.py").write_text(code)
        ours("pack", str(folder / "project"), "-t", f"{where}:{tag}", "--quiet")
        ours("push", f"{where}:{tag}", "--force", "--quiet")
    again = json.loads(ours("push", f"{where}:v2", "--json"))
    remote = open_remote(parse(where))
    remote.resolve("v2")
    say(f"push again: {remote.traffic.requests} request (goal 1 HEAD), {again['bytes']} bytes sent")
    remote.close()
    sides = parse_side(f"remote://{where}:v1"), parse_side(f"remote://{where}:v2")
    found = compare_versions(*sides, _services(folder / "other"))
    say(
        f"compare two remote versions, files of a small layer beside 2 GiB: {found.requests} "
        f"requests, {found.bytes:,} bytes (goal 6 / 50 KB, floor 12 / 1 MB)"
    )
    found = compare_versions(sides[0], sides[0], _services(folder / "third"))
    say(
        f"compare two remote versions, layers and Kitfile: {found.requests} requests, "
        f"{found.bytes:,} bytes (goal 4 / 4 KB, floor 4 / 8 KB)"
    )


if __name__ == "__main__":
    main()
