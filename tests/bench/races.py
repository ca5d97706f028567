"""Two processes that promote different versions to one tag at the same moment.

``python -m tests.bench races``: how many lost unseen (both said “moved”, or the one that
said so is not what the tag names), against a real docker-registry. The answer must be 0.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROUNDS = 100


def race(place: str, tag: str, versions: tuple[str, str]) -> str:
    """One race; what is wrong about its end, "" = nothing."""
    moment = time.time() + 0.8
    code = (
        "import sys, time; from kitdesk.__main__ import main; "
        "import kitdesk.operations.promote; "
        f"time.sleep(max(0.0, {moment} - time.time())); sys.exit(main(sys.argv[1:]))"
    )
    started = []
    for version in versions:
        with tempfile.TemporaryDirectory() as home:
            env = {**os.environ, "KITDESK_HOME": home, "KITOPS_HOME": f"{home}/kit"}
        words = ["promote", f"{place}@{version}", tag, "--yes", "--json", "--project", "/"]
        started.append(
            subprocess.Popen(
                [sys.executable, "-c", code, *words], env=env, stdout=subprocess.PIPE, text=True
            )
        )
    said: list[dict[str, Any]] = [json.loads(one.communicate()[0]) for one in started]
    moved = [one["after"] for one in said if one.get("state") == "moved"]
    now = _at(place, tag)
    seen = [one.get("state") or one["error"]["title"] for one in said]
    if len(moved) > 1 or (moved and moved[0] != now) or not set(seen) <= {"moved", "overtaken"}:
        return f"{tag}: {seen}, {moved}, at {now}"
    return ""


def _at(place: str, tag: str) -> str:
    from kitdesk.modelkit.primitives.reference import parse
    from kitdesk.operations.inputs.remotes import open_remote

    remote = open_remote(parse(place))
    found = remote.resolve(tag)
    remote.close()
    return found.digest if found else ""


def main(rounds: int = ROUNDS) -> None:
    """Run the races and say how many were lost unseen."""
    from kitdesk.modelkit.primitives.reference import parse
    from kitdesk.operations.inputs.remotes import open_remote
    from kitdesk.operations.pack import pack
    from kitdesk.operations.push_pull import push
    from tests.conftest import library_at
    from tests.fakes.registries import running

    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        services = library_at(folder / "library")
        (folder / "registry").mkdir()
        with running(folder / "registry") as host:
            place, made = f"{host}/races/demo", []
            remote = open_remote(parse(place))
            for number in (1, 2):
                project = folder / f"project{number}"
                project.mkdir()
                text = "manifestVersion: 1.0.0\ncode:\n  - path: a.py\n"
                (project / "Kitfile").write_text(text)
                (project / "a.py").write_text(str(number))
                done = pack(project, parse(f"{place}:v{number}"), services)
                push(done.digest, parse(place).name, f"v{number}", remote, services)
                made.append(done.digest)
            remote.close()
            wrong = []
            for number in range(rounds):
                problem = race(place, f"live{number}", (made[number % 2], made[1 - number % 2]))
                if problem:
                    wrong.append(problem)
                    print(problem, flush=True)
    print(f"{rounds} races, {len(wrong)} lost unseen")
