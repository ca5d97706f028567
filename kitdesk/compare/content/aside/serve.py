"""The loop of the child process: takes a job, does it, answers; nothing else comes or goes."""

from __future__ import annotations

import io
import json
import os
import sys
from typing import TYPE_CHECKING, Any

from kitdesk.compare.content.detect import FOREIGN
from kitdesk.compare.content.source import Unreadable

if TYPE_CHECKING:
    from collections.abc import Callable

MEMORY_BYTES = 2 << 30
CPU_SECONDS = 60
OPEN_FILES = 64
Answer = tuple[dict[str, Any], bytes]


def limit() -> None:
    """Give up resources for good, before anything is decoded."""
    try:
        import resource
    except ImportError:  # Windows has no such limits: its parent's clock remains
        return
    for kind, most in (
        (resource.RLIMIT_AS, MEMORY_BYTES),
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_NOFILE, OPEN_FILES),
        (resource.RLIMIT_CORE, 0),
    ):
        _, hard = resource.getrlimit(kind)
        bound = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(kind, (bound, bound))


def serve() -> int:
    """Serve until the parent closes the pipe."""
    limit()
    pipe = Pipe(os.dup(0), os.dup(1))
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 0)
    os.dup2(null, 1)  # a library that prints must not be taken for an answer
    while True:
        request = pipe.receive()
        if request is None:
            return 0
        sides = [PipeBytes(pipe, one["id"], one["size"]) for one in request["sides"]]
        try:
            answer, raw = job_of(request["job"])(sides, request["arguments"])
            pipe.send({"done": answer, "bytes": len(raw)}, raw)
        except Unreadable as error:
            pipe.send({"failed": {"code": error.code, "text": error.text}}, b"")
        except ImportError as error:
            text = f"the package {error.name} is not installed"
            pipe.send({"failed": {"code": "missing", "text": text}}, b"")
        except (*FOREIGN, OSError, RuntimeError, SyntaxError) as error:
            text = f"it could not be read ({type(error).__name__})"
            pipe.send({"failed": {"code": "damaged", "text": text}}, b"")


def job_of(name: str) -> Callable[[list[PipeBytes], dict[str, Any]], Answer]:
    """What does a job, imported now: ``images.facts``."""
    import importlib

    module, _, function = name.partition(".")
    if module not in {"images", "hdf5", "parquet"} or function.startswith("_"):
        raise Unreadable("the job is not known")
    found = importlib.import_module(f"kitdesk.compare.content.aside.{module}")
    done: Callable[[list[PipeBytes], dict[str, Any]], Answer] = found.JOBS[function]
    return done


class Pipe:
    """The child's end of the two pipes."""

    def __init__(self, down: int, up: int) -> None:
        self._in = os.fdopen(down, "rb")
        self._out = os.fdopen(up, "wb")

    def receive(self) -> dict[str, Any] | None:
        """A message, or None at the end."""
        line = self._in.readline()
        if not line:
            return None
        message: dict[str, Any] = json.loads(line)
        return message

    def send(self, message: dict[str, Any], raw: bytes) -> None:
        """A message and its bytes."""
        self._out.write(json.dumps(message).encode() + b"\n")
        self._out.write(raw)
        self._out.flush()

    def fetch(self, side: int, offset: int, length: int) -> bytes:
        """Bytes of a side, from the parent."""
        self.send({"read": [side, offset, length]}, b"")
        answer = self.receive()
        if answer is None:
            sys.exit(0)
        data = self._in.read(answer["bytes"])
        if len(data) != length:
            sys.exit(0)
        return data


class PipeBytes:
    """A side that lies with the parent."""

    place = "folder"

    def __init__(self, pipe: Pipe, side: int, size: int) -> None:
        self._pipe, self._side, self.size = pipe, side, size

    def read(self, offset: int, length: int) -> bytes:
        """Exactly these bytes; Unreadable past the end."""
        if offset < 0 or length < 0 or offset + length > self.size:
            raise Unreadable("it announces more bytes than it has")
        pieces = []
        while length > 0:
            step = min(length, 16 << 20)
            pieces.append(self._pipe.fetch(self._side, offset, step))
            offset += step
            length -= step
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)

    def beside(self, name: str) -> None:
        """Nothing."""


def window(side: PipeBytes) -> io.BufferedReader:
    """A seekable file over a side."""
    from kitdesk.compare.content.source import Window

    return io.BufferedReader(Window(side), 1 << 16)  # type: ignore[arg-type]  # a side has all that Window reads
