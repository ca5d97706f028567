"""Trees, index and the few settings of a git repository that matter here, read-only.

A planted ``.git/config`` can name programs (fsmonitor, filters, hooks) that git would start even
for ``status``: so nothing here starts git, and of the configuration three values are read as text.
"""

from __future__ import annotations

import contextlib
import os
import re
import struct
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from kitdesk.errors import DiskFailure
from kitdesk.services.disk.regular_files import open_regular, read_small

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from dulwich.object_store import DiskObjectStore
    from dulwich.objects import ObjectID, Tree

    from kitdesk.services.disk.git import GitPlace

DAMAGED = (
    AssertionError,
    AttributeError,
    DiskFailure,
    EOFError,
    LookupError,
    MemoryError,
    OSError,
    RecursionError,
    TypeError,
    ValueError,
    struct.error,
    zlib.error,
)
"""What the reading of a damaged repository ends with; dulwich's own errors are added when it is
loaded (:func:`damaged`)."""
MAX_ENTRIES = 2_000_000
"""Files of a tree; a larger one is not compared."""
MAX_CONFIG = 1 << 20
MAX_PATH = 4096
"""Characters of a path; trees can be built that repeat each other."""
TREE, LINK, SUBMODULE = 0o040000, 0o120000, 0o160000
_SECTION = re.compile(r'\s*\[\s*([A-Za-z0-9.-]++)(?:\s++"((?:[^"\\]|\\.)*+)")?\s*\]')
_VALUE = re.compile(r"\s*([A-Za-z][A-Za-z0-9-]*+)\s*=\s*(.*)", re.DOTALL)


class TreeEntry(NamedTuple):
    """A file of a commit."""

    mode: int
    id: bytes
    """Hex."""


class IndexStat(NamedTuple):
    """What the index saw of a file when its content was known to be ``id``."""

    id: bytes
    size: int
    mtime_s: int
    mtime_ns: int
    """Nanoseconds beside the seconds; 0 where git did not note them."""
    inode: int


@dataclass(frozen=True, slots=True)
class GitSettings:
    """The values of the configuration that are looked at."""

    file_mode: bool = True
    """Whether the executable bit means anything here."""
    origin: str = ""
    """URL of the remote ``origin``."""
    sha256: bool = False
    """Objects are named by SHA-256."""
    user: str = ""
    """``user.name``; the address beside it is not looked at."""


def damaged() -> tuple[type[Exception], ...]:
    """All that reading a damaged repository may raise."""
    from dulwich.errors import (
        ChecksumMismatch,
        FileFormatException,
        NotGitRepository,
        ObjectFormatException,
        WrongObjectException,
    )
    from dulwich.index import UnsupportedIndexFormat
    from dulwich.pack import UnresolvedDeltas

    return (
        *DAMAGED,
        ChecksumMismatch,
        FileFormatException,
        NotGitRepository,
        ObjectFormatException,
        UnresolvedDeltas,
        UnsupportedIndexFormat,
        WrongObjectException,
    )


def settings_of(place: GitPlace) -> GitSettings:
    """Read ``config`` as text; includes are not followed."""
    return read_settings(place.common / "config")


def read_settings(path: Path) -> GitSettings:
    """The same of any file of git's configuration; one that is not there says nothing."""
    try:
        text = read_small(path, MAX_CONFIG).decode("utf-8", "replace")
    except (OSError, DiskFailure):
        return GitSettings()
    section, name = "", ""
    mode, origin, form, user = True, "", "", ""
    for line in text.splitlines():
        head = _SECTION.match(line[:4096])
        if head:
            section, name = head[1].lower(), head[2] or ""
            continue
        pair = _VALUE.fullmatch(line[:4096])
        if pair is None:
            continue
        key, value = pair[1].lower(), pair[2].split(" #")[0].strip().strip('"')
        if (section, key) == ("core", "filemode"):
            mode = value.lower() not in {"false", "no", "off", "0"}
        elif (section, name, key) == ("remote", "origin", "url"):
            origin = value
        elif (section, key) == ("user", "name"):
            user = value[:200]
        elif (section, key) == ("extensions", "objectformat"):
            form = value.lower()
    return GitSettings(mode, origin, form == "sha256", user)


class DamagedRepository(ValueError):
    """Objects that cannot be read; the text names the kind of error."""


def commit_tree(place: GitPlace, commit: str, below: str) -> Mapping[str, TreeEntry] | None:
    """Files of a commit below a folder of the working copy, by their path from that folder.

    ``below`` is ``""`` or ``a/b``. None when that commit has no such folder. Raises
    DamagedRepository; a shallow clone has all that is needed.
    """
    from dulwich.object_store import DiskObjectStore

    store = DiskObjectStore(str(place.common / "objects"))
    try:
        try:
            return _files(store, commit, below)
        except damaged() as error:
            kind = type(error).__name__  # the error itself holds the pack's mapped memory
        raise DamagedRepository(kind)
    finally:
        with contextlib.suppress(BufferError, OSError):
            store.close()


def _files(store: DiskObjectStore, commit: str, below: str) -> dict[str, TreeEntry] | None:
    from dulwich.objects import Commit, ObjectID

    found = store[ObjectID(commit.encode())]
    tree = _tree(store, found.tree) if isinstance(found, Commit) else None
    for part in filter(None, below.split("/")):
        name = part.encode("utf-8", "surrogateescape")
        if tree is None or name not in tree:
            return None
        mode, inner = tree[name]
        tree = _tree(store, inner) if mode & 0o170000 == TREE else None
    if tree is None:
        return None
    files: dict[str, TreeEntry] = {}
    waiting = [("", tree)]
    while waiting:
        base, one = waiting.pop()
        for name, mode, inner in one.iteritems():
            path = base + name.decode("utf-8", "surrogateescape")
            if mode & 0o170000 == TREE:
                waiting.append((f"{path}/", _tree(store, inner)))
            else:
                files[path] = TreeEntry(mode, bytes(inner))
            if len(waiting) + len(files) > MAX_ENTRIES or len(path) > MAX_PATH:
                raise LookupError("the tree is too large")
    return files


def _tree(store: DiskObjectStore, name: ObjectID) -> Tree:
    from dulwich.objects import Tree

    found = store[name]
    if isinstance(found, Tree):
        return found
    raise LookupError("something else stands where a tree should be")


def index_stats(place: GitPlace, below: str) -> dict[str, IndexStat]:
    """The index's entries below a folder that can be trusted by their facts alone.

    An entry as young as the index itself is left out: its file may have changed in the same moment
    ("racy git"). Without an index, or with one that cannot be read, every file is read instead.
    """
    prefix = f"{below}/".encode("utf-8", "surrogateescape") if below else b""
    found: dict[str, IndexStat] = {}
    try:
        with open_regular(place.git / "index") as source:
            written = os.fstat(source.fileno()).st_mtime_ns
            for name, entry in _entries(source):
                if not name.startswith(prefix):
                    continue
                seconds, part = entry.mtime_s, entry.mtime_ns
                if seconds * 1_000_000_000 + part >= written - written % 1_000_000_000 * (
                    part == 0
                ):
                    continue
                path = name[len(prefix) :].decode("utf-8", "surrogateescape")
                found[path] = entry
    except damaged():
        return found
    return found


def _entries(source: object) -> Iterator[tuple[bytes, IndexStat]]:
    from dulwich.index import Stage, read_index

    for one in read_index(source):  # type: ignore[arg-type]  # any file that reads and tells
        if one.stage() is not Stage.NORMAL:
            continue
        when = one.mtime
        seconds, part = when if isinstance(when, tuple) else (int(when), 0)
        yield one.name, IndexStat(bytes(one.sha), one.size, seconds, part, one.ino)
