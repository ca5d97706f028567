"""Verbs in places that cannot be used: read-only, somebody else's, full, or no folder at all.

``python -m tests.bench.places [RUNS] [SEED]`` as root: each verb runs as a user without rights.
"""

from __future__ import annotations

import codecs
import contextlib
import importlib
import json
import os
import pkgutil
import random
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import traceback
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import kitdesk
from tests.bench.damage import World, call, judge, same_environment

NOBODY = 65534


def run_as_nobody(words: list[str], file_limit: int = -1) -> dict[str, object]:
    """One verb in a child without rights; what it said, or the traceback that left it."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        answer: dict[str, object] = {}
        try:
            os.setgroups([])
            os.setgid(NOBODY)
            os.setuid(NOBODY)
            if file_limit >= 0:
                signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
                resource.setrlimit(resource.RLIMIT_FSIZE, (file_limit, file_limit))
            code, out, err = call(words)
            answer = {"code": code, "out": out[-2000:], "err": err[-2000:]}
        except BaseException:  # noqa: BLE001  (what is looked for)
            answer = {"trace": traceback.format_exc()[-3000:]}
        with os.fdopen(writer, "w") as pipe:
            json.dump(answer, pipe)
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as pipe:
        text = pipe.read()
    os.waitpid(child, 0)
    found: dict[str, object] = json.loads(text) if text else {"trace": "the process ended"}
    return found


def own(path: Path, user: int) -> None:
    for one in (path, *path.rglob("*")):
        os.chown(one, user, user, follow_symlinks=False)


def obstacles(world: World, rng: random.Random) -> tuple[str, int, Callable[[], None]]:
    """(words, limit of a file's size, what makes it so)."""
    root = world.root
    folders = [
        *(root / "own" / name for name in ("config", "data", "cache", "log")),
        *(root / "own" / "cache" / name for name in ("layers", "packed")),
        root / "own" / "data" / "safe",
        root / "own",
        root / "kitops",
        root / "kitops" / "kitdesk",
        root / "kitops" / "storage",
        root / "kitops" / "storage" / "blobs" / "sha256",
        world.project,
        world.project / "data",
        world.remote,
        world.remote / "blobs" / "sha256",
    ]
    place = rng.choice([one for one in folders if one.is_dir()])
    files = [one for one in place.rglob("*") if one.is_file()] or [place]
    file = rng.choice(files)

    def roots_file() -> None:
        os.chown(file, 0, 0)
        file.chmod(0o600)

    def no_folder() -> None:
        shutil.rmtree(place)
        place.write_text("no folder")

    ways: dict[str, tuple[int, Callable[[], None]]] = {
        "read-only": (-1, lambda: place.chmod(0o555)),
        "closed": (-1, lambda: place.chmod(0)),
        "root's": (-1, lambda: own(place, 0)),
        "root's file": (-1, roots_file),
        "no folder": (-1, no_folder),
        "gone": (-1, lambda: shutil.rmtree(place)),
        "full": (rng.choice((0, 100, 5000)), lambda: None),
    }
    name = rng.choice(list(ways))
    limit, make = ways[name]
    return f"{name} {(file if 'file' in name else place).relative_to(root)}", limit, make


def load_everything(root: Path) -> None:
    """Whoever has no rights may not be able to read Python's own files: all is loaded before."""
    for info in pkgutil.walk_packages(kitdesk.__path__, "kitdesk."):
        if not info.name.startswith(("kitdesk.ui", "kitdesk.session", "kitdesk.app", "kitdesk.__")):
            importlib.import_module(info.name)
    for name in ("utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-16-le", "latin-1", "idna"):
        codecs.lookup(name)
    world = World(root / "warm")
    shutil.copytree(root / "model", world.root, symlinks=True)
    world.enter()
    for words in world.verbs():
        call(words)


def campaign(root: Path, runs: int, seed: int) -> tuple[Counter[object], list[str]]:
    """Exit codes and escapes."""
    model = World(root / "model")
    model.make()
    root.chmod(0o755)
    load_everything(root)
    codes: Counter[object] = Counter()
    escapes: list[str] = []
    world = World(root / "run")
    for run in range(runs):
        rng = random.Random(f"{seed}/{run}")
        subprocess.run(["rm", "-rf", str(world.root)], check=True)
        subprocess.run(["cp", "-a", str(model.root), str(world.root)], check=True)
        own(world.root, NOBODY)
        world.enter()
        what, limit, make = obstacles(world, rng)
        with contextlib.suppress(OSError):
            make()
        words = rng.choice(world.verbs())
        found = run_as_nobody(words, limit)
        code = found.get("code")
        wrong = str(found.get("trace", ""))
        if not wrong and isinstance(code, int):
            wrong = judge(code, str(found["out"]), str(found["err"]), words)
        codes[code] += 1
        if wrong:
            escapes.append(f"run {run}: {what}: {' '.join(words)}\n{wrong}")
    return codes, escapes


def main(runs: int = 200, seed: int = 1) -> int:
    """Print the counts and the escapes; 1 if there is one."""
    with tempfile.TemporaryDirectory() as folder, same_environment():
        codes, escapes = campaign(Path(folder), runs, seed)
    sys.stdout.write(f"{runs} runs, exit codes {dict(codes)}, {len(escapes)} escapes\n")
    seen = set()
    for one in escapes:
        kind = one.strip().splitlines()[-1]
        if kind not in seen:
            seen.add(kind)
            sys.stdout.write(f"\n{one}\n")
    return 1 if escapes else 0


if __name__ == "__main__":
    raise SystemExit(main(*map(int, sys.argv[1:])))
