"""Kills at any step of a rollback, undo or finish while somebody works in the folder: what is lost.

Each round: a folder in some state, a verb that is killed by SIGKILL at a step drawn by chance, a
user who writes files before, meanwhile and afterwards, then Finish or Undo, killed now and then
too. Counted: what the user has written and nobody has any more (lost), files that are neither whole
version nor the user's (torn), what left the folder without being named (silent).
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

from kitdesk.errors import KitDeskError
from kitdesk.modelkit.primitives.reference import parse
from kitdesk.operations import rollback as rollbacks
from kitdesk.operations import undo as undos
from kitdesk.operations.pack import pack
from kitdesk.services.config.paths import Paths
from kitdesk.services.container import Services
from kitdesk.services.disk import renames
from kitdesk.services.history.live_folder import facts_of
from tests.bench.pairs import say

ROUNDS = int(os.environ.get("KITDESK_BENCH_KILLS", "300"))
SEED = int(os.environ.get("KITDESK_BENCH_SEED", "1"))
KITFILE = "manifestVersion: 1.0.0\npackage:\n  name: demo\ncode:\n  - path: .\n"
EXCHANGE, NOREPLACE, HERE = 2, 1, -100
Way = Literal["finish", "undo"]


def versions() -> tuple[dict[str, str], dict[str, str]]:
    """Two versions of 40 files: some equal, some changed, some only in one."""
    then, now = {}, {}
    for number in range(40):
        name = f"part{number % 5}/sub{number % 2}/f{number}.txt" if number % 3 else f"f{number}.txt"
        if number % 4 != 1:
            then[name] = f"v1 of {name}\n" * 50
        if number % 4 != 2:
            now[name] = then[name] if number % 4 == 3 else f"v2 of {name}\n" * 60
    return then, now


class User:
    """Writes files by exchanging them with what is there, so that it knows what it replaced."""

    def __init__(self, folder: Path, log: Path, names: list[str], chance: random.Random) -> None:
        self.folder, self.log, self.names, self.chance = folder, log, names, chance
        self._rename = ctypes.CDLL(None, use_errno=True).renameat2
        self._number = 0

    def writes(self, count: int, pause: float = 0.0) -> None:
        for _ in range(count):
            self._write(self.chance.choice(self.names))
            time.sleep(self.chance.random() * pause)

    def _write(self, name: str) -> None:
        self._number += 1
        token = f"<{os.getpid()}-{time.time_ns()}-{self._number}>"
        path = self.folder / name
        try:
            if self.chance.random() < 0.3:
                handle = os.open(path, os.O_WRONLY | os.O_APPEND)
                os.write(handle, token.encode())
                os.close(handle)
                self._note(token, name, "")
                return
            aside = self.folder.parent / f"aside-{os.getpid()}"
            aside.write_text(token)
            if not self.folder.joinpath(name).parent.is_dir():
                return
            for flag in (EXCHANGE, NOREPLACE):
                if not self._rename(HERE, os.fsencode(aside), HERE, os.fsencode(path), flag):
                    break
            else:
                return
            replaced = aside.read_text() if flag == EXCHANGE else ""
            self._note(token, name, replaced)
        except OSError:
            return

    def _note(self, token: str, name: str, replaced: str) -> None:
        with self.log.open("a") as out:
            out.write(json.dumps([token, name, replaced]) + "\n")


def main() -> None:
    """Run the theme."""
    place = Path(tempfile.mkdtemp(prefix="kitdesk-kills-", dir=os.environ.get("KITDESK_BENCH_DIR")))
    try:
        _campaign(place)
    finally:
        shutil.rmtree(place)


def _campaign(place: Path) -> None:
    chance = random.Random(SEED)
    home, folder = place / "home", place / "demo"
    services = _services(home)
    then, now = versions()
    digests = {}
    for tag, files in (("v1", then), ("v2", now)):
        _lay_out(folder, files)
        digests[tag] = pack(folder, parse(f"demo:{tag}"), services).digest
    counts = dict.fromkeys(("rounds", "kills", "refused", "tokens", "lost", "torn", "silent"), 0)
    for number in range(ROUNDS):
        _round(number, place, folder, services, digests, (then, now), chance, counts)
        if (number + 1) % 50 == 0:
            say(", ".join(f"{name} {count}" for name, count in counts.items()))
    say("kills with a user at work: " + ", ".join(f"{n} {c}" for n, c in counts.items()))


def _round(
    number: int,
    place: Path,
    folder: Path,
    services: Services,
    digests: dict[str, str],
    files: tuple[dict[str, str], dict[str, str]],
    chance: random.Random,
    counts: dict[str, int],
) -> None:
    log = place / f"log{number}"
    log.touch()
    names = sorted({*files[0], *files[1], "mine/new.txt", "part0/extra.txt"})
    user = User(folder, log, names, random.Random(chance.random()))
    user.writes(chance.randint(0, 4))
    before = len(_tokens(log))
    tag = chance.choice(("v1", "v2"))
    verb = chance.choice(("rollback", "rollback", "undo"))
    named: set[str] = set()

    def first() -> dict[str, Any]:
        if verb == "rollback":
            done = rollbacks.rollback_now(folder, digests[tag], f"demo:{tag}", services)
            return {"named": [*done.plan.set_aside, *done.plan.replace, *done.left]}
        back = undos.undo(folder, services)
        return {"named": [*back.kept, *back.edited]}

    moved = _killed(first, user, place, chance, counts, named)
    waits = 0
    while services.safe_copies.unfinished(folder) is not None:
        user.writes(chance.randint(0, 5))
        way: Way = chance.choice(("finish", "undo"))
        waits += 1

        def go(way: Way = way) -> dict[str, Any]:
            done = undos.resolve_interrupted(folder, way, services)
            return {"named": [*done.kept, *done.edited]}

        often = chance if waits < 4 else None
        moved = _killed(go, user, place, often, counts, named) or moved
    _count(number, folder, services, log, before, verb, named, files, counts)
    log.unlink()


def _killed(
    work: Callable[[], dict[str, Any]],
    user: User,
    place: Path,
    chance: random.Random | None,
    counts: dict[str, int],
    named: set[str],
) -> bool:
    """Do it in a child that dies at a step drawn by chance, with the user at work beside it."""
    answer = place / "answer"
    answer.unlink(missing_ok=True)
    step = chance.randint(1, 260) if chance is not None else 10**9
    seed = user.chance.random()
    beside = os.fork()
    if not beside:
        User(user.folder, user.log, user.names, random.Random(seed)).writes(12, 0.004)
        os._exit(0)
    child = os.fork()
    if not child:
        _die_at(step)
        try:
            found = work()
        except KitDeskError as error:
            found = {"named": [], "error": f"{error.title} {error.hint}"}
        answer.write_text(json.dumps(found))
        os._exit(0)
    status = os.waitpid(child, 0)[1]
    os.waitpid(beside, 0)
    if os.WIFSIGNALED(status):
        counts["kills"] += 1
        return True
    assert status == 0, f"the child ended with {status}"
    found = json.loads(answer.read_text())
    named.update(found["named"])
    if "error" in found:
        counts["refused"] += 1
        named.update(name for name in user.names if name in found["error"])
    return False


def _die_at(step: int) -> None:
    left = step
    watched = {"os.rename", "os.remove", "os.mkdir", "os.chmod", "os.rmdir", "open", "os.link"}
    real = renames.rename_new

    def count() -> None:
        nonlocal left
        left -= 1
        if not left:
            os.kill(os.getpid(), signal.SIGKILL)

    def rename_new(source: Path, target: Path) -> None:
        count()
        real(source, target)
        count()

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        if event in watched and "kitdesk-kills-" in str(arguments[0]):
            count()

    renames.rename_new = rename_new
    sys.addaudithook(hook)


def _count(
    number: int,
    folder: Path,
    services: Services,
    log: Path,
    before: int,
    verb: str,
    named: set[str],
    files: tuple[dict[str, str], dict[str, str]],
    counts: dict[str, int],
) -> None:
    counts["rounds"] += 1
    live, kept = _contents(folder), _contents(services.paths.data / "safe")
    everything = "".join([*live.values(), *kept.values()])
    tokens = _tokens(log)
    counts["tokens"] += len(tokens)
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    planned = _planned(services, folder)
    replaced = "".join(text for _token, _name, text in lines)
    for at, (token, name) in enumerate(tokens):
        if token in replaced:
            continue  # by the user's own hand
        if token not in everything:
            counts["lost"] += 1
            say(f"round {number} ({verb}): {name} is lost")
            continue
        told = name in planned or not named.isdisjoint({name, *_above(name)})
        if token not in "".join(live.values()) and at >= before and not told:
            counts["silent"] += 1
            say(f"round {number} ({verb}): {name} left without a word")
    for name, text in live.items():
        plain = text.partition("<")[0]
        known = {files[0].get(name), files[1].get(name), "", KITFILE}
        if plain not in known:
            counts["torn"] += 1
            say(f"round {number} ({verb}): {name} is torn: {text[:80]!r}")


def _planned(services: Services, folder: Path) -> set[str]:
    """Paths of files that were taken out just as the preview, or the undo's begin, had seen them:
    an Undo brings them back.
    """
    found = set()
    for swap in services.safe_copies.for_project(folder):
        for step in swap.record.steps:
            for slot in (swap.before(step.slot), swap.after(step.slot)):
                if step.seen and os.path.lexists(slot) and facts_of(slot) == step.seen:
                    found.add(step.path)
    return found


def _above(name: str) -> list[str]:
    parts = name.split("/")
    return ["/".join(parts[:count]) for count in range(1, len(parts))]


def _tokens(log: Path) -> list[tuple[str, str]]:
    lines = (json.loads(line) for line in log.read_text().splitlines())
    return [(token, name) for token, name, _text in lines]


def _contents(folder: Path) -> dict[str, str]:
    found = {}
    for root, _, names in os.walk(folder):
        for name in names:
            path = Path(root, name)
            with contextlib.suppress(OSError, UnicodeDecodeError):
                found[path.relative_to(folder).as_posix()] = path.read_text()
    return found


def _lay_out(folder: Path, files: dict[str, str]) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    for name, text in {"Kitfile": KITFILE, **files}.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)


def _services(home: Path) -> Services:
    return Services.at(
        Paths(home / "config", home / "data", home / "cache", home / "log", home / "store")
    )


if __name__ == "__main__":
    main()
