"""The content of one file of a comparison: text aligned, known formats as facts, else sizes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from kitdesk.compare import text as texts
from kitdesk.compare.formats import facts_of
from kitdesk.compare.values import (
    ContentDiff,
    Fact,
    FileFacts,
    OpaqueDiff,
    Sign,
)
from kitdesk.operations.contents.trees import version_contents
from kitdesk.operations.inputs.addresses import FolderSide
from kitdesk.operations.messages import size_words
from kitdesk.progress import Report, silent
from kitdesk.services.disk.files import os_errors_as
from kitdesk.services.disk.regular_files import open_regular

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from kitdesk.services.container import Services

HEAD = 64 << 20
"""Bytes of a model file that are read to find its structure."""


class Source(Protocol):
    """Where the bytes of one side's file come from."""

    @property
    def facts(self) -> FileFacts | None:
        """What is known of it; None where the side has no such file."""

    def read(self, limit: int) -> bytes:
        """The first ``limit`` bytes."""


class Nothing:
    """This side has no such file."""

    facts: FileFacts | None = None

    def read(self, limit: int) -> bytes:
        """No bytes."""
        return b""


class _Bytes:
    def __init__(self, facts: FileFacts | None, read: Callable[[int], bytes]) -> None:
        self.facts = facts
        self._read = read

    def read(self, limit: int) -> bytes:
        return self._read(limit)


def source_of(
    side: FolderSide | str, path: str, services: Services, report: Report = silent
) -> Source:
    """A file of the folder, or (``side`` = digest) of a version of the store."""
    if isinstance(side, FolderSide):
        return _from_folder(side.path / path)
    tree = version_contents(services, side, report)
    file = tree.files.get(path)
    if file is None:
        return Nothing()
    return _Bytes(file.facts, lambda limit: services.layers.read(file.layer, file.member, limit))


def _from_folder(path: Path) -> Source:
    if path.is_symlink() or not path.is_file():
        return Nothing()

    def read(limit: int) -> bytes:
        with os_errors_as(f"reading {path.name}"), open_regular(path) as source:
            return source.read(limit)

    with os_errors_as(f"reading {path.name}"):
        stat = path.lstat()
    return _Bytes(FileFacts(stat.st_size, None, stat.st_mode & 0o7777), read)


def content(path: str, left: Source, right: Source, old_path: str = "") -> ContentDiff:
    """What differs inside one file; ``old_path`` is its name at the left if it was renamed."""
    sizes = [one.facts.size for one in (left, right) if one.facts]
    known = facts_of(old_path or path, path, left.read, right.read, HEAD)
    if known is not None:
        return known
    if max(sizes, default=0) > texts.MAX_BYTES:
        return OpaqueDiff(
            f"Too large to show side by side ({size_words(max(sizes))}).", _facts(left, right)
        )
    old, new = (texts.as_text(one.read(texts.MAX_BYTES)) for one in (left, right))
    if old is None or new is None:
        return OpaqueDiff("This file is not text.", _facts(left, right))
    return texts.diff(old, new, texts.language_of(path))


def _facts(left: Source, right: Source) -> tuple[Fact, ...]:
    def cell(source: Source, get: Callable[[FileFacts], str]) -> str:
        return get(source.facts) if source.facts else "–"

    rows = []
    getters: tuple[tuple[str, Callable[[FileFacts], str]], ...] = (
        ("Size", lambda facts: size_words(facts.size)),
        ("SHA-256", lambda facts: (facts.sha256 or "")[:16] or "–"),
        ("Mode", lambda facts: f"{facts.mode:04o}"),
    )
    for name, get in getters:
        old, new = cell(left, get), cell(right, get)
        sign: Sign = "=" if old == new else "A" if old == "–" else "D" if new == "–" else "M"
        rows.append(Fact(sign, name, old, new))
    return tuple(rows)
