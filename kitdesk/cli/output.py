"""What reaches the terminal: no control character of a kit or server, one JSON object, errors."""

from __future__ import annotations

import contextlib
import json
import sys
from dataclasses import asdict, is_dataclass
from datetime import datetime
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from kitdesk.cli.streams import is_utf8
from kitdesk.errors import DiskFailure, KitDeskError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from kitdesk.progress import Progress

SHOW_AFTER = 0.3
"""Seconds before a progress line appears."""
EVERY = 0.1
"""Seconds between two pictures of it."""


def clean(text: str) -> str:
    """Text without what could move a cursor or colour a terminal; line ends stay."""
    return "".join(
        c if c in "\n\t" or (c.isprintable()) else "\N{REPLACEMENT CHARACTER}" for c in text
    )


def one_line(text: str) -> str:
    """The same in one line: no name or server's text can look like a line of ours."""
    return " ".join(clean(text).split())


def inert_json(value: object, *, ascii_only: bool = False) -> str:
    """JSON on one line; whatever is not printable is escaped, so that no terminal obeys it."""
    text = json.dumps(value, ensure_ascii=ascii_only)
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else json.dumps(c)[1:-1] for c in text)


def plain(value: object) -> object:
    """Dataclasses, enums, paths and times as JSON can hold them."""
    if is_dataclass(value) and not isinstance(value, type):
        return plain(asdict(value))
    if isinstance(value, dict):
        return {str(key): plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(one) for one in value]
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Path):
        return str(value)
    return value


class Output:
    """Messages and results of one command."""

    def __init__(self, *, as_json: bool, quiet: bool, out: TextIO, err: TextIO) -> None:
        self.as_json = as_json
        self.quiet = quiet
        self._out, self._err = out, err
        self._line = False
        self._started = self._last = 0.0
        self._step = ""

    def result(self, data: dict[str, Any], text: str) -> None:
        """The answer: JSON alone, or the text for people."""
        self._clear()
        said = self._json(plain(data)) if self.as_json else clean(text).rstrip("\n")
        if not said:
            return
        try:
            self._out.write(said + "\n")
            self._out.flush()
        except BrokenPipeError:
            raise
        except OSError as error:
            raise DiskFailure(
                "The answer could not be written.",
                "What was asked for is done; only its report has no room.",
                str(error),
            ) from error

    def say(self, text: str) -> None:
        """A message beside the result, on stderr; --quiet hushes it."""
        if not self.quiet:
            self._clear()
            self._tell(clean(text).rstrip("\n"))

    def _json(self, value: object) -> str:
        return inert_json(value, ascii_only=not is_utf8(self._out))

    def _tell(self, text: str) -> None:
        """A line on stderr; where that is full or closed nothing can be told."""
        with contextlib.suppress(OSError, ValueError):
            self._err.write(text + "\n")

    def warn(self, text: str) -> None:
        """A warning, on stderr."""
        self.say(f"warning: {' '.join(text.split())}")

    def error(self, error: KitDeskError, *, verbose: bool) -> None:
        """``error:`` and ``hint:`` on stderr; with --json the same as an object on stdout."""
        self._clear()
        if self.as_json:
            body = {"code": error.code, "title": error.title, "hint": error.hint}
            with contextlib.suppress(OSError):  # stderr says it as well
                self._out.write(self._json({"error": body}) + "\n")
                self._out.flush()
        self.problem(error.title, error.hint)
        if verbose and error.detail:
            self._tell(one_line(f"detail: {error.detail}"))

    def problem(self, title: str, hint: str) -> None:
        """``error:`` and ``hint:`` on stderr, beside an answer that stands on stdout."""
        self._tell(one_line(f"error: {title}"))
        if hint:
            self._tell(one_line(f"hint: {hint}"))

    def report(self, progress: Progress) -> None:
        """A progress line on a terminal, after a moment."""
        if self.quiet or not self._err.isatty():
            return
        import time

        now = time.monotonic()
        if not self._started or progress.step.partition(" ")[0] != self._step:
            self._started, self._step = now, progress.step.partition(" ")[0]
        if now - self._started < SHOW_AFTER or now - self._last < EVERY:
            return
        self._last = now
        share = f"{progress.done * 100 // progress.total:3d} %" if progress.total else ""
        with contextlib.suppress(OSError, ValueError):
            self._err.write(f"\r\x1b[K{one_line(progress.step)}  {share}")
            self._err.flush()
        self._line = True

    def _clear(self) -> None:
        if self._line:
            with contextlib.suppress(OSError, ValueError):
                self._err.write("\r\x1b[K")
            self._line = False


def standard(*, as_json: bool, quiet: bool) -> Output:
    """Output on the process's own streams."""
    return Output(as_json=as_json, quiet=quiet, out=sys.stdout, err=sys.stderr)


def table(rows: Sequence[tuple[str, ...]], right: frozenset[int] = frozenset()) -> str:
    """Columns two spaces apart; ``right`` ones are right-aligned."""
    if not rows:
        return ""
    widths = [max(len(row[at]) for row in rows) for at in range(len(rows[0]))]
    lines = []
    for row in rows:
        cells = [
            cell.rjust(width) if at in right else cell.ljust(width)
            for at, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        lines.append("  ".join(cells).rstrip())
    return lines_of(lines)


def lines_of(rows: Iterable[str]) -> str:
    """A text of one line a row, whatever names the rows hold; their indentation stays."""
    found = []
    for row in rows:
        start = row[: len(row) - len(row.lstrip(" "))]
        found.append(start + clean(row[len(start) :]).replace("\n", " ").replace("\t", " "))
    return "\n".join(found)
