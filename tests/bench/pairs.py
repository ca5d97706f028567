"""A rotating runner: each round runs every program once, as whole processes, in another order."""

from __future__ import annotations

import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

ROUNDS = int(os.environ.get("KITDESK_BENCH_ROUNDS", "5"))


@dataclass(frozen=True)
class Run:
    """One process."""

    seconds: float
    cpu: float
    peak: int
    """KiB."""
    code: int


@dataclass
class Rival:
    """A program: how it is called, what is made ready before each call."""

    name: str
    words: list[str]
    home: Path
    ready: Callable[[Path], None] = lambda _home: None
    runs: list[Run] = field(default_factory=list)

    def run(self) -> None:
        self.ready(self.home)
        homes = {"KITOPS_HOME": str(self.home / "kitops"), "KITDESK_HOME": str(self.home / "own")}
        started = time.perf_counter()
        with (self.home / "log").open("wb") as log:
            process = subprocess.Popen(
                self.words, stdout=log, stderr=log, env={**os.environ, **homes}
            )
            _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        cpu = usage.ru_utime + usage.ru_stime
        self.runs.append(Run(seconds, cpu, usage.ru_maxrss, process.returncode))


def kitdesk(*words: str) -> list[str]:
    """Our command line in this interpreter."""
    return [sys.executable, "-m", "kitdesk", *words, "--quiet"]


def kit() -> str | None:
    """The real one, if it is named."""
    return os.environ.get("KITDESK_TEST_KIT")


def compare(title: str, rivals: list[Rival], rounds: int = ROUNDS) -> None:
    """Run, rotate, print medians and the median of the ratios of each round."""
    for number in range(rounds):
        for shift in range(len(rivals)):
            rivals[(number + shift) % len(rivals)].run()
    say(title)
    for rival in rivals:
        seconds = [run.seconds for run in rival.runs]
        bad = {run.code for run in rival.runs if run.code}
        cpu = statistics.median(run.cpu for run in rival.runs)
        peak = max(run.peak for run in rival.runs) / 1024
        say(
            f"  {rival.name:8} {statistics.median(seconds):8.3f} s "
            f"[{min(seconds):.3f} - {max(seconds):.3f}]  cpu {cpu:6.3f} s  peak {peak:4.0f} MiB"
            + (f"  FAILED with {sorted(bad)}" if bad else "")
        )
    if len(rivals) == 2:
        pairs = zip(rivals[0].runs, rivals[1].runs, strict=True)
        ratios = [ours.seconds / theirs.seconds for ours, theirs in pairs]
        void = any(run.code for rival in rivals for run in rival.runs)
        best = min(r.seconds for r in rivals[0].runs) / min(r.seconds for r in rivals[1].runs)
        say(
            f"  ratio    {statistics.median(ratios):8.3f} median, {best:.3f} best of each"
            + (" (void: something failed)" if void else "")
        )


def say(text: str) -> None:
    """One line, at once."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def scratch() -> Path:
    """A new folder, in memory where there is room: programs are measured, not disks."""
    shm = Path("/dev/shm")
    roomy = shm.is_dir() and shutil.disk_usage(shm).free > 12 << 30
    where = os.environ.get("KITDESK_BENCH_DIR") or (str(shm) if roomy else None)
    return Path(tempfile.mkdtemp(prefix="kitdesk-bench-", dir=where))


def many_files() -> None:
    """Kit keeps every file of a layer open: let it have as many as the system allows."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
