"""The child process: it answers, dies, hangs, talks nonsense; its parent goes on."""

from __future__ import annotations

import os
import sys
from typing import Any

import pytest

from kitdesk.progress import Cancelled
from kitdesk.services.aside import Aside

NONSENSE = [
    "print('hello', flush=True)",
    "print('[1]', flush=True)",
    "print('{}', flush=True)",
    'print(\'{"done": {}, "bytes": -1}\', flush=True)',
    'print(\'{"done": {}, "bytes": 99999999999}\', flush=True)',
    'print(\'{"done": {}, "bytes": 5}ab\', flush=True)',
    "print('{\"read\": [1, 0, 999]}', flush=True)",
    "print('{\"read\": [9, 0, 1]}', flush=True)",
    'print(\'{"read": "x"}\', flush=True)',
    "print('{\"read\": [1, -1, 1]}', flush=True)",
    "sys.stdout.buffer.write(b'\\xff' * 100 + b'\\n'); sys.stdout.flush()",
    "print('[' * 100000, flush=True)",
    "os._exit(3)",
    "os.kill(os.getpid(), 9)",
    "os.kill(os.getpid(), 11)",
]


class Side:
    size = 4

    def __init__(self, data: bytes = b"abcd") -> None:
        self.data = data

    def read(self, offset: int, length: int, /) -> bytes:
        return self.data[offset : offset + length]


def child(code: str) -> Aside:
    return Aside([sys.executable, "-c", f"import json, os, sys\nline = input()\n{code}"])


def never() -> None:
    """Not cancelled."""


def call(aside: Aside, sides: Any = (), seconds: float = 20, check: Any = never) -> Any:
    return aside.call("images.facts", sides, {}, seconds, check)


def test_it_reads_through_its_parent() -> None:
    code = (
        "number = json.loads(line)['sides'][0]['id']\n"
        "print(json.dumps({'read': [number, 1, 2]}), flush=True)\n"
        "n = json.loads(sys.stdin.buffer.readline())['bytes']\n"
        "data = sys.stdin.buffer.read(n)\n"
        "answer = json.dumps({'done': {'got': data.decode()}, 'bytes': 3})\n"
        "print(answer + chr(10) + 'xyz', end='', flush=True)\n"
    )
    code = code.replace("line = input()", "")
    aside = Aside(
        [sys.executable, "-c", f"import json, os, sys\nline = sys.stdin.buffer.readline()\n{code}"]
    )
    with aside:
        assert call(aside, [Side()]) == ({"done": {"got": "bc"}, "bytes": 3}, b"xyz")


@pytest.mark.parametrize("code", NONSENSE)
def test_nonsense_and_death_are_damage(code: str) -> None:
    with child(code) as aside:
        answer, raw = call(aside, [Side()])
        assert answer["failed"]["code"] == "damaged"
        assert raw == b""


def test_one_that_hangs_is_ended() -> None:
    with child("sys.stdin.read()") as aside:
        answer, _ = call(aside, seconds=0.3)
        assert answer["failed"]["code"] == "time"


def test_a_cancel_ends_it() -> None:
    looks = 0

    def check() -> None:
        nonlocal looks
        looks += 1
        if looks > 3:
            raise Cancelled

    with child("sys.stdin.read()") as aside:
        with pytest.raises(Cancelled):
            call(aside, check=check)
        assert aside._process is None


def test_one_that_does_not_read_holds_up_nobody() -> None:
    code = (
        "print(json.dumps({'read': [1, 0, 8 << 20]}), flush=True)\n"
        "import time\nwhile True: time.sleep(1)"
    )

    class Large(Side):
        size = 8 << 20

    with child(code) as aside:
        answer, _ = call(aside, [Large(bytes(8 << 20))], seconds=1)
        assert answer["failed"]["code"] == "time"


def test_what_a_side_raises_passes() -> None:
    class Broken(Side):
        def read(self, offset: int, length: int, /) -> bytes:
            raise OSError("gone")

    with Aside() as aside:
        answer, _ = call(aside, [Broken()])
        assert "failed" in answer


def test_after_a_death_the_next_call_starts_another(decoder_command: list[str]) -> None:
    with Aside(decoder_command) as aside:
        first = call(aside, [Side()])[0]
        assert first["failed"]["code"] == "damaged"  # four bytes are no image
        assert aside._process is not None
        aside._process.kill()
        aside._process.wait()
        assert call(aside, [Side()])[0]["failed"]["code"] == "damaged"


@pytest.fixture
def decoder_command() -> list[str]:
    from kitdesk.services.aside import default_command

    return default_command()


def test_the_child_has_few_resources_and_no_surroundings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_TOKEN", "x")
    with Aside() as aside:
        call(aside, [Side()])
        assert aside._process is not None
        folder = f"/proc/{aside._process.pid}"
        if not os.path.exists(folder):
            pytest.skip("needs /proc")
        with open(f"{folder}/limits", encoding="ascii") as file:
            limits = {line[:26].strip(): line[26:].split()[0] for line in file}
        assert limits["Max address space"] == str(2 << 30)
        assert limits["Max cpu time"] == "60"
        assert limits["Max open files"] == "64"
        assert limits["Max core file size"] == "0"
        with open(f"{folder}/environ", "rb") as file:
            assert b"SECRET_TOKEN" not in file.read()
        assert os.readlink(f"{folder}/cwd") != os.getcwd()


def test_a_job_that_is_not_known_is_refused() -> None:
    with Aside() as aside:
        for job in ("os.system", "images._opened", "serve.serve", "images", "none.x"):
            assert "failed" in aside.call(job, [], {}, 20, never)[0]
