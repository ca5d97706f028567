"""The child process in which native libraries decode files that nobody trusts.

It gets no path, no environment and few resources; it reads through its parent, over pipes. JSON
lines go both ways: ``{"job", "sides", "arguments"}`` down, ``{"read": [side, offset, length]}`` up
and ``{"bytes": n}`` with the bytes down again, at last ``{"done", "bytes"}`` or ``{"failed"}`` up.
"""

from __future__ import annotations

import collections
import contextlib
import json
import os
import queue
import select
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import kitdesk

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Self

MAX_LINE_BYTES = 64 << 20
MAX_RAW_BYTES = 64 << 20
MAX_READ_BYTES = 64 << 20
"""The most that the child may ask for at once."""
MAX_KNOWN = 16
"""Sides whose numbers are remembered."""
TICK_SECONDS = 0.05
"""Between two looks at whether the answer is still wanted."""
DIED = {
    "code": "damaged",
    "text": "it could not be read: the file is damaged or made to hurt",
}
SLOW = {"code": "time", "text": "it took too long"}
Frame = tuple[dict[str, Any], bytes]


class Readable(Protocol):
    """A file that the child may read through its parent."""

    @property
    def size(self) -> int:
        """Bytes."""

    def read(self, offset: int, length: int, /) -> bytes:
        """Exactly these bytes."""


class Aside:
    """One child, started at the first call and again after each that it did not survive."""

    def __init__(self, command: Sequence[str] | None = None) -> None:
        self._command = list(command) if command is not None else default_command()
        self._process: subprocess.Popen[bytes] | None = None
        self._frames: queue.Queue[Frame | None] = queue.Queue()
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._known: collections.deque[tuple[int, Readable]] = collections.deque(maxlen=MAX_KNOWN)
        self._count = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def call(
        self,
        job: str,
        sides: Sequence[Readable],
        arguments: dict[str, Any],
        seconds: float,
        check: Callable[[], None],
    ) -> Frame:
        """(answer, raw bytes that belong to it); an answer ``failed`` says why there is none.

        ``check`` is the cancel point: what it raises, and what the sides raise, ends the child and
        is passed on.
        """
        end = time.monotonic() + seconds
        try:
            self._start()
            numbers = [self._number(side) for side in sides]
            named = dict(zip(numbers, sides, strict=True))
            listed = [{"id": one, "size": named[one].size} for one in numbers]
            self._send({"job": job, "sides": listed, "arguments": arguments}, b"", end, check)
            while True:
                frame = self._next(end, check)
                if frame is None:
                    self.close()
                    return {"failed": DIED}, b""
                message, raw = frame
                if "read" not in message:
                    return message, raw
                data = _asked(message["read"], named)
                if data is None:
                    self.close()
                    return {"failed": DIED}, b""
                self._send({"bytes": len(data)}, data, end, check)
        except TimeoutError:
            self.close()
            return {"failed": SLOW}, b""
        except OSError:  # it died while it was written to
            self.close()
            return {"failed": DIED}, b""
        except BaseException:
            self.close()
            raise

    def _number(self, side: Readable) -> int:
        """A number that no other side of this child ever had: the child keeps files open."""
        for number, known in self._known:
            if known is side:
                return number
        self._count += 1
        self._known.append((self._count, side))
        return self._count

    def close(self) -> None:
        """End the child; the next call starts another."""
        process, self._process = self._process, None
        self._known.clear()
        if process is not None:
            process.kill()
            process.wait()
            for stream in (process.stdin, process.stdout):
                if stream is not None:
                    with contextlib.suppress(OSError):
                        stream.close()
        folder, self._folder = self._folder, None
        if folder is not None:
            with contextlib.suppress(OSError):
                folder.cleanup()

    def _start(self) -> None:
        if self._process is not None and self._process.poll() is None:
            return
        self.close()
        self._folder = tempfile.TemporaryDirectory(prefix="kitdesk-aside-")
        self._frames = queue.Queue()
        self._process = subprocess.Popen(
            self._command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=self._folder.name,
            env=_environment(self._folder.name),
            bufsize=0,
            close_fds=True,
        )
        assert self._process.stdin is not None
        if os.name == "posix":
            os.set_blocking(self._process.stdin.fileno(), False)
        threading.Thread(
            target=_listen, args=(self._process, self._frames), name="aside", daemon=True
        ).start()

    def _next(self, end: float, check: Callable[[], None]) -> Frame | None:
        while True:
            check()
            left = end - time.monotonic()
            if left <= 0:
                raise TimeoutError
            with contextlib.suppress(queue.Empty):
                return self._frames.get(timeout=min(TICK_SECONDS, left))

    def _send(
        self, message: dict[str, Any], raw: bytes, end: float, check: Callable[[], None]
    ) -> None:
        assert self._process is not None
        assert self._process.stdin is not None
        descriptor = self._process.stdin.fileno()
        waiting = memoryview(json.dumps(message).encode() + b"\n" + raw)
        while waiting:
            if os.name == "posix":  # a child that does not read must not hold up its parent
                check()
                if time.monotonic() > end:
                    raise TimeoutError
                if not select.select([], [descriptor], [], TICK_SECONDS)[1]:
                    continue
            try:
                waiting = waiting[os.write(descriptor, waiting[: 1 << 20]) :]
            except BlockingIOError:
                continue


def _asked(wanted: Any, sides: dict[int, Readable]) -> bytes | None:
    """The bytes the child asks for; None when the wish makes no sense."""
    if not isinstance(wanted, list) or len(wanted) != 3:
        return None
    if not all(isinstance(one, int) and one >= 0 for one in wanted):
        return None
    number, offset, length = wanted
    side = sides.get(number)
    if side is None or length > MAX_READ_BYTES or offset + length > side.size:
        return None
    return side.read(offset, length)


def _listen(process: subprocess.Popen[bytes], frames: queue.Queue[Frame | None]) -> None:
    """Thread: takes what the child says until it falls silent or talks nonsense."""
    stream = process.stdout
    assert stream is not None
    try:
        reader = os.fdopen(os.dup(stream.fileno()), "rb")
    except (OSError, ValueError):
        frames.put(None)
        return
    with reader:
        while True:
            try:
                line = reader.readline(MAX_LINE_BYTES)
                if not line.endswith(b"\n"):
                    break
                message = json.loads(line)
                if not isinstance(message, dict) or not message.keys() & {"read", "done", "failed"}:
                    break
                length = message.get("bytes", 0)
                if not isinstance(length, int) or not 0 <= length <= MAX_RAW_BYTES:
                    break
                raw = reader.read(length)
                if len(raw) != length:
                    break
            except (OSError, ValueError, RecursionError):
                break
            frames.put((message, raw))
    frames.put(None)


def default_command() -> list[str]:
    """This very program, isolated from its surroundings."""
    if getattr(sys, "frozen", False):
        return [sys.executable, "aside"]
    root = str(Path(kitdesk.__file__).parents[1])
    start = "import sys; sys.path.insert(0, sys.argv.pop()); import runpy; "
    start += "sys.argv[1:] = ['aside']; runpy.run_module('kitdesk', run_name='__main__')"
    return [sys.executable, "-I", "-c", start, root]


def _environment(folder: str) -> dict[str, str]:
    made = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "TMPDIR": folder, "HOME": folder}
    if os.name == "nt":
        made |= {"SYSTEMROOT": os.environ.get("SYSTEMROOT", ""), "TEMP": folder, "TMP": folder}
    return made
