"""Verbs on damaged files and in unusable places: what leaves them without words.

``python -m tests.bench.damage [RUNS] [SEED]`` by hand; the suite runs a small part of it. Every run
damages one file (of the store, of KitDesk's own folders, of the project, of a folder remote) and
calls a verb. What may come out is an answer, or an error with words.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import random
import shutil
import signal
import sys
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from kitdesk.cli.main import main
from kitdesk.operations.demo import advance, demo

PATIENCE = 10
"""Seconds that one verb may take."""
ENDS = {0, 1, 2, 130}
WORDS = [b"null", b"[]", b"{}", b"-1", b"1e999", b'"', b"\xff\xfe", b"\0", b"9" * 30, b"[" * 3000]


@dataclass(frozen=True)
class Escape:
    """What came out that should not."""

    run: int
    where: str
    verb: str
    what: str
    """The last lines of a traceback, or what an answer lacks."""


class World:
    """A project with two versions, a store, a folder remote, caches; made once, copied a run."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.project = root / "movies"
        self.remote = root / "stick"

    def enter(self) -> None:
        """Have the program find this world."""
        os.environ.update(
            KITDESK_HOME=str(self.root / "own"),
            KITOPS_HOME=str(self.root / "kitops"),
            HOME=str(self.root / "home"),
        )

    def make(self) -> None:
        """Pack, push, compare, roll back: so that every kind of file is there."""
        self.root.mkdir(parents=True, exist_ok=True)
        self.enter()
        demo(self.project)
        (self.project / ".kitignore").write_text("*.tmp\n**/cache/**\n!keep.tmp\n")
        for words in (
            ["pack", str(self.project), "-t", "movies:v1"],
            ["push", "movies:v1", f"oci:{self.remote}:v1"],
        ):
            call(words)
        advance(self.project)
        for words in (
            ["pack", str(self.project), "-t", "movies:v2"],
            ["push", "movies:v2", f"oci:{self.remote}:v2"],
            ["compare", "movies:v1", "movies:v2", "--files"],
            ["rollback", "movies:v1", str(self.project), "--yes"],
            ["undo", str(self.project)],
        ):
            code, _out, err = call(words)
            assert code == 0, err

    def victim(self, rng: random.Random) -> Path:
        """A file to damage: each folder as often as any other one, small files before large."""
        folders: dict[Path, list[Path]] = {}
        for path in sorted(self.root.rglob("*")):
            if path.is_file() and not path.name.endswith((".svg", ".lock")):
                at = path.parent if self.project not in path.parents else self.project
                folders.setdefault(at, []).append(path)
        found = sorted(folders[rng.choice(list(folders))], key=lambda path: path.stat().st_size)
        own = [path for path in found if path.name in ("Kitfile", ".kitignore", "settings.toml")]
        return rng.choice(own if own and rng.random() < 0.5 else found)

    def verbs(self) -> list[list[str]]:
        project, stick = str(self.project), f"oci:{self.remote}"
        return [
            ["check", project],
            ["pack", project, "-t", "movies:v3"],
            ["unpack", "movies:v1", "-d", str(self.root / "out")],
            ["unpack", "movies:v2", "-d", project, "-o"],
            ["push", "movies:v1", f"{stick}:again"],
            ["pull", f"{stick}:v1"],
            ["tag", "movies:v1", "movies:v9"],
            ["remove", "movies:v1"],
            ["remove", f"{stick}:v1"],
            ["versions"],
            ["versions", "movies"],
            ["versions", stick, "--remote"],
            ["inspect", "movies:v1"],
            ["inspect", f"{stick}:v2"],
            ["compare", "movies:v1", "movies:v2", "--files", "--content"],
            ["compare", project, "movies:v1", "--content"],
            ["compare", f"{stick}:v1", "movies:v2", "--files"],
            ["rollback", "movies:v1", project, "--dry-run"],
            ["rollback", "movies:v1", project, "--yes"],
            ["restore", "movies:v1", "README.md", "--folder", project],
            ["undo", project],
            ["verify", "movies:v1"],
            ["verify", f"{stick}:v2"],
            ["history", project],
            ["accounts"],
            ["logout", "ghcr.io"],
        ]


def call(words: list[str]) -> tuple[int, str, str]:
    """One command in this process: exit code, what it said on both streams.

    An exception that leaves it is the escape that is looked for: it is not caught here.
    """
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            code = main(words)
        except SystemExit as end:  # argparse
            code = int(end.code or 0)
    return code, out.getvalue(), err.getvalue()


def damages(rng: random.Random) -> tuple[str, Callable[[Path], None]]:
    """One way to spoil a file."""

    def flip(path: Path) -> None:
        data = bytearray(path.read_bytes())
        for _ in range(rng.choice((1, 1, 3))):
            if data:
                data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
        path.write_bytes(data)

    def cut(path: Path) -> None:
        data = path.read_bytes()
        path.write_bytes(data[: rng.randrange(len(data) + 1)])

    def replace(path: Path) -> None:
        data, word = path.read_bytes(), rng.choice(WORDS)
        at = rng.randrange(len(data) + 1)
        path.write_bytes(data[:at] + word + data[at + rng.choice((0, len(word), 200)) :])

    def value(path: Path) -> None:
        """Another value somewhere in a JSON document; any other file is overwritten whole."""
        try:
            document = json.loads(path.read_bytes())
        except ValueError:
            path.write_bytes(rng.choice(WORDS))
            return
        path.write_text(json.dumps(_other(document, rng)))

    def whole(path: Path) -> None:
        path.write_bytes(rng.choice([*WORDS, b"", os.urandom(300)]))

    def kind(path: Path) -> None:
        path.unlink()
        rng.choice([path.mkdir, lambda: os.mkfifo(path), lambda: path.symlink_to(path), _nothing])()

    ways = {"flip": flip, "cut": cut, "replace": replace, "value": value, "whole": whole}
    ways["kind"] = kind
    name = rng.choice(list(ways))
    return name, ways[name]


def _nothing() -> None:
    """The file is gone."""


def _other(value: object, rng: random.Random) -> object:
    """The same with one part changed."""
    odd: list[object] = [
        None,
        [],
        {},
        "",
        "x\ud800",
        -1,
        1e300,
        10**25,
        True,
        [{}],
        {"a": []},
        "../../x",
    ]
    if isinstance(value, dict) and value and rng.random() < 0.8:
        name = rng.choice(list(value))
        return {**value, name: _other(value[name], rng)}
    if isinstance(value, list) and value and rng.random() < 0.8:
        at = rng.randrange(len(value))
        return [*value[:at], _other(value[at], rng), *value[at + 1 :]]
    return rng.choice(odd)


def judge(code: int, out: str, err: str, words: list[str]) -> str:
    """What is wrong with an answer; "" for nothing."""
    if code not in ENDS:
        return f"exit code {code}"
    if "Traceback" in out + err:
        return "a traceback is shown"
    told = err.startswith("error:") or "\nerror:" in err or words[0] in ("check", "compare")
    return "" if code != 1 or told else f"exit 1 without error: {out[:200]} {err[:200]}"


def campaign(root: Path, runs: int, seed: int) -> tuple[Counter[int], list[Escape]]:
    """Exit codes, and what escaped."""
    model = World(root / "model")
    model.make()
    codes: Counter[int] = Counter()
    escapes: list[Escape] = []
    for run in range(runs):
        rng = random.Random(f"{seed}/{run}")
        world = World(root / "run")
        _copy(model, world)
        world.enter()
        victim = world.victim(rng)
        name, damage = damages(rng)
        with contextlib.suppress(OSError):
            damage(victim)
        words = rng.choice(world.verbs())
        where = f"{name} {victim.relative_to(world.root)}"
        try:
            with ends():
                code, out, err = call(words)
        except BaseException:  # noqa: BLE001  (what is looked for)
            lines = traceback.format_exc().splitlines(keepends=True)
            what = "".join([one for one in lines if "kitdesk" in one][-3:] + lines[-1:])
            escapes.append(Escape(run, where, " ".join(words), what))
            continue
        codes[code] += 1
        wrong = judge(code, out, err, words)
        if wrong:
            escapes.append(Escape(run, where, " ".join(words), wrong))
    return codes, escapes


class NeverEndsError(BaseException):
    """A verb hangs."""


@contextlib.contextmanager
def ends() -> Iterator[None]:
    """Raise NeverEndsError inside after a while, so that the place is seen."""

    def raise_it(_number: int, _frame: object) -> None:
        raise NeverEndsError

    before = signal.signal(signal.SIGALRM, raise_it)
    signal.alarm(PATIENCE)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def _copy(model: World, world: World) -> None:
    """A fresh copy; the paths inside settings and journal are those of the run."""
    shutil.rmtree(world.root, ignore_errors=True)
    shutil.copytree(model.root, world.root, symlinks=True)
    old, new = (os.fsencode(one.root) for one in (model, world))
    for path in (world.root / "own").rglob("*"):
        if path.suffix in (".jsonl", ".json", ".toml"):
            path.write_bytes(path.read_bytes().replace(old, new))


@contextlib.contextmanager
def same_environment() -> Iterator[None]:
    """Give the environment back afterwards."""
    before = dict(os.environ)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def run(runs: int = 1000, seed: int = 1) -> int:
    """Print the counts and every kind of escape once."""
    import tempfile

    with tempfile.TemporaryDirectory() as folder, same_environment():
        codes, escapes = campaign(Path(folder), runs, seed)
    kinds = Counter(one.what.strip().splitlines()[-1][:160] for one in escapes)
    sys.stdout.write(f"{runs} runs, exit codes {dict(codes)}, {len(escapes)} escapes\n")
    for kind, count in kinds.most_common():
        first = next(one for one in escapes if one.what.strip().splitlines()[-1][:160] == kind)
        sys.stdout.write(
            f"\n{count} x {first.where} | {first.verb} | run {first.run}\n{first.what}"
        )
    return 1 if escapes else 0


if __name__ == "__main__":
    raise SystemExit(run(*map(int, sys.argv[1:])))
