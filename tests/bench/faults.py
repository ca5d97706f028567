"""The fault table (fault x push/pull: outcome, bytes twice), and what a kill at half way costs."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from kitdesk.services.remotes.registry import client, upload_policy
from tests.bench.pairs import say, scratch
from tests.fakes.fault_cases import CASES, PIECE, UNIT, run
from tests.fakes.registries import running

MIB = 1 << 20
KILLED_MIB = int(os.environ.get("KITDESK_BENCH_KILL_MIB", "1024"))


def main() -> None:
    """Run the theme."""
    folder = scratch()
    try:
        with running(folder) as host:
            _table(folder, host)
            _killed(folder, host, "docker-registry 2.8")
        newer = shutil.which("registry")
        if newer:
            (folder / "v3").mkdir()
            with running(folder / "v3", program=newer) as host:
                _killed(folder, host, "Distribution v3")
    finally:
        shutil.rmtree(folder)


def _table(folder: Path, host: str) -> None:
    client.BACKOFF_S = 0.01
    before = (
        upload_policy.CHUNK_BYTES,
        upload_policy.MONOLITHIC_BYTES,
        upload_policy.MIN_CHUNK_BYTES,
    )
    upload_policy.CHUNK_BYTES, upload_policy.MONOLITHIC_BYTES, upload_policy.MIN_CHUNK_BYTES = (
        PIECE,
        UNIT,
        UNIT // 4,
    )
    say(f"{'fault (4 MiB, pieces of 1 MiB)':32}{'push':>14} {'bytes twice':>12}"
        f"{'pull':>18} {'bytes twice':>12}")  # fmt: skip
    for case in CASES:
        cells = []
        for way in ("push", "pull"):
            if (case.push if way == "push" else case.pull) is None:
                cells += ["-", "-"]
                continue
            if case.limit:
                os.environ["KITDESK_TIMEOUT"] = case.limit
            row = run(case, way, host, Path(tempfile.mkdtemp(dir=folder)))
            os.environ.pop("KITDESK_TIMEOUT", None)
            cells += [row.outcome, f"{row.again:,}"]
        say(f"{case.name:32}{cells[0]:>14} {cells[1]:>12}{cells[2]:>18} {cells[3]:>12}")
    upload_policy.CHUNK_BYTES, upload_policy.MONOLITHIC_BYTES, upload_policy.MIN_CHUNK_BYTES = (
        before
    )
    client.BACKOFF_S = 0.25


def _killed(folder: Path, host: str, name: str) -> None:
    """SIGKILL at half of a push and of a pull, then the same command again."""
    home = folder / "killed"
    shutil.rmtree(home, ignore_errors=True)
    project = home / "project"
    project.mkdir(parents=True)
    block = os.urandom(MIB)
    with (project / "m.bin").open("wb") as out:
        for number in range(KILLED_MIB):
            out.write(number.to_bytes(4, "little") + block[4:])
    (project / "Kitfile").write_text("model:\n  path: m.bin\n")
    where, size = f"{host}/killed/x:v1", KILLED_MIB * MIB
    store = folder / ("data" if "2.8" in name else "v3/data")
    _ours(home, "mine", "pack", str(project), "-t", where)
    half = lambda: _biggest(store) >= size // 2  # noqa: E731
    at = _kill_when(home, "mine", half, lambda: _biggest(store), "push", where)
    sent = int(_json(_ours(home, "mine", "push", where, "--json"))["bytes"])
    say(f"{name}: push of {KILLED_MIB} MiB killed with {at // MIB} MiB there, then "
        f"{sent // MIB} MiB sent: {max(0, at + sent - size) // MIB} MiB twice")  # fmt: skip
    parts = home / "other"
    at = _kill_when(
        home, "other", lambda: _biggest(parts) >= size // 2, lambda: _biggest(parts), "pull", where
    )
    came = int(_json(_ours(home, "other", "pull", where, "--json"))["bytes"])
    say(f"{name}: pull of {KILLED_MIB} MiB killed with {at // MIB} MiB here, then "
        f"{came // MIB} MiB fetched: {max(0, at + came - size) // MIB} MiB twice")  # fmt: skip


def _biggest(folder: Path) -> int:
    sizes = [0]
    for root, _, names in os.walk(folder):
        for name in names:
            try:
                sizes.append(os.stat(os.path.join(root, name)).st_size)
            except FileNotFoundError:
                continue
    return max(sizes)


def _environment(home: Path, who: str) -> dict[str, str]:
    own = home / who
    return {**os.environ, "KITOPS_HOME": str(own / "kitops"), "KITDESK_HOME": str(own / "own")}


def _ours(home: Path, who: str, *words: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "kitdesk", *words],
        env=_environment(home, who),
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


def _json(text: str) -> dict[str, int]:
    import json

    found: dict[str, int] = json.loads(text)
    return found


def _kill_when(home: Path, who: str, ready: object, size: object, *words: str) -> int:
    assert callable(ready)
    assert callable(size)
    process = subprocess.Popen(
        [sys.executable, "-m", "kitdesk", *words, "--quiet"], env=_environment(home, who)
    )
    while process.poll() is None and not ready():
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.wait()
    time.sleep(0.5)
    return int(size())


if __name__ == "__main__":
    main()
