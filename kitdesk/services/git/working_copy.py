"""How packed files stand to the commit of their working copy: clean, modified, not in git."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kitdesk.modelkit.primitives.go_paths import is_below
from kitdesk.modelkit.tar.member import STAT_KEY_FORM, stat_key
from kitdesk.progress import Progress, Report, silent
from kitdesk.services.disk.git import UNREADABLE_PLACE, git_place, head_of
from kitdesk.services.disk.regular_files import open_regular
from kitdesk.services.git.repository import (
    DAMAGED,
    LINK,
    SUBMODULE,
    DamagedRepository,
    commit_tree,
    index_stats,
    settings_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

    from kitdesk.modelkit.tar.member import FileEntry
    from kitdesk.services.git.repository import IndexStat, TreeEntry

SHOWN = 200
"""Names that are kept of each kind; the rest is counted."""
_CHUNK = 1 << 20
_LFS = "version https://git-lfs.github.com/spec/v1\noid sha256:{}\nsize {}\n"


@dataclass(frozen=True, slots=True)
class WorkingCopyState:
    """What git knows of a folder that is packed."""

    commit: str = ""
    """Full id of HEAD; "" = not known, or no working copy."""
    branch: str = ""
    folder: str = ""
    """Of the project, from the top of the working copy; "" = the top itself."""
    origin: str = ""
    """URL of ``origin`` as it stands in git's configuration."""
    modified: tuple[str, ...] = ()
    """Tracked files that differ from the commit, or are gone; SHOWN at most."""
    modified_count: int = 0
    untracked: tuple[str, ...] = ()
    """Packed files that the commit does not know; SHOWN at most."""
    untracked_count: int = 0
    problem: str = ""
    """Why git could not be read, one sentence; "" = it could, or there is no working copy."""


def working_copy_state(
    folder: Path,
    members: Iterable[FileEntry],
    bases: Iterable[str],
    ignored: Callable[[str], bool],
    kitfile: tuple[str, bytes],
    report: Report = silent,
) -> WorkingCopyState:
    """Compare what was packed with HEAD of the working copy around ``folder``. Never raises.

    ``members`` as they were packed (the facts of that moment count), ``bases`` the layers' paths,
    ``ignored`` says whether a path is left out of packing, ``kitfile`` its name and text.
    """
    try:
        place = git_place(folder)
        if place is None:
            return WorkingCopyState()
        head = head_of(place)
    except UNREADABLE_PLACE:
        return WorkingCopyState(problem="The git working copy around this folder is not readable.")
    settings = settings_of(place)
    if settings.sha256 or len(head.commit) == _SHA256_DIGITS:
        return WorkingCopyState(
            branch=head.branch,
            problem="The commit is not noted: repositories with SHA-256 ids are not read yet.",
        )
    if not head.commit:
        return WorkingCopyState(branch=head.branch)
    below = os.path.relpath(folder, place.root).replace(os.sep, "/")
    below = "" if below == "." else below
    try:
        files = commit_tree(place, head.commit, below)
        if not files:
            return WorkingCopyState(branch=head.branch)
        comparer = _Comparer(folder, files, index_stats(place, below), settings.file_mode, report)
        comparer.compare(members, tuple(bases), ignored, kitfile)
    except (DamagedRepository, *DAMAGED) as error:
        name = str(error) if isinstance(error, DamagedRepository) else type(error).__name__
        return WorkingCopyState(
            branch=head.branch,
            problem=f"The commit is not noted: git's files could not be read ({name}).",
        )
    if not comparer.tracked:
        return WorkingCopyState(branch=head.branch)
    return WorkingCopyState(
        head.commit,
        head.branch,
        below,
        settings.origin,
        tuple(sorted(comparer.modified)[:SHOWN]),
        len(comparer.modified),
        tuple(sorted(comparer.untracked)[:SHOWN]),
        len(comparer.untracked),
    )


_SHA256_DIGITS = 64


class _Comparer:
    def __init__(
        self,
        folder: Path,
        files: Mapping[str, TreeEntry],
        index: dict[str, IndexStat],
        file_mode: bool,
        report: Report,
    ) -> None:
        self._folder = folder
        self._files = files
        self._index = index
        self._file_mode = file_mode
        self._report = report
        self.modified: set[str] = set()
        self.untracked: set[str] = set()
        self.tracked = False
        """Whether the commit knows any packed file."""

    def compare(
        self,
        members: Iterable[FileEntry],
        bases: tuple[str, ...],
        ignored: Callable[[str], bool],
        kitfile: tuple[str, bytes],
    ) -> None:
        """Sort every packed file, then look for tracked ones that are gone."""
        packed = set()
        for number, member in enumerate(members):
            if member.is_dir:
                continue
            if number % 256 == 0:
                self._report(Progress("Comparing with git", number))
            packed.add(member.path)
            known = self._files.get(member.path)
            if known is None or known.mode & 0o170000 == SUBMODULE:
                self.untracked.add(member.path)
                continue
            self.tracked = True
            if not self._is_clean(member, known):
                self.modified.add(member.path)
        for path, known in self._files.items():
            if path in packed or known.mode & 0o170000 in (SUBMODULE, LINK):
                continue
            inside = any(base == "." or is_below(path, base) for base in bases)
            if inside and not os.path.lexists(self._folder / path) and not ignored(path):
                self.modified.add(path)
        self._compare_kitfile(*kitfile)

    def _compare_kitfile(self, name: str, text: bytes) -> None:
        """The Kitfile counts as a packed file: its text makes the config."""
        known = self._files.get(name)
        ids = {_blob_id(len(text), [text]), _blob_id(*_with_lf([text]))}
        if name and known is None:
            self.untracked.add(name)
        elif known is not None and known.id not in ids:
            self.modified.add(name)
        elif not name and not any(one.id in ids for one in self._files.values()):
            self.modified.add("Kitfile")

    def _is_clean(self, member: FileEntry, known: TreeEntry) -> bool:
        if self._file_mode and bool(known.mode & 0o100) != bool(member.mode & 0o100):
            return False
        _mode, size, changed, _moved, inode, _device = STAT_KEY_FORM.unpack(member.stat_key)
        seen = self._index.get(member.path)
        if (
            seen is not None
            and seen.id == known.id
            and seen.size == size & 0xFFFFFFFF
            and seen.inode == inode & 0xFFFFFFFF
            and seen.mtime_s == changed // 1_000_000_000
            and seen.mtime_ns in (0, changed % 1_000_000_000)
        ):
            return True
        return known.id in self._ids(member, size)

    def _ids(self, member: FileEntry, size: int) -> set[bytes]:
        """Names that git could have given the content: as it is, with LF, as an LFS pointer."""
        plain = hashlib.sha1(b"blob %d\0" % size, usedforsecurity=False)
        content = hashlib.sha256()
        pairs, zeros, last = 0, False, b""
        with open_regular(self._folder / member.path, getattr(os, "O_NOFOLLOW", 0)) as source:
            if stat_key(os.fstat(source.fileno())) != member.stat_key:
                raise ValueError("a file changed meanwhile")
            while chunk := source.read(_CHUNK):
                self._report(Progress("Comparing with git", 0))
                plain.update(chunk)
                content.update(chunk)
                pairs += chunk.count(b"\r\n") + (last == b"\r" and chunk[:1] == b"\n")
                zeros = zeros or b"\0" in chunk
                last = chunk[-1:]
            found = {plain.hexdigest().encode()}
            pointer = _LFS.format(content.hexdigest(), size).encode()
            found.add(_blob_id(len(pointer), [pointer]))
            if pairs and not zeros:
                source.seek(0)
                text = hashlib.sha1(b"blob %d\0" % (size - pairs), usedforsecurity=False)
                rest = b""
                while chunk := source.read(_CHUNK):
                    whole = rest + chunk
                    rest = b"\r" if whole.endswith(b"\r") else b""
                    text.update(whole[: len(whole) - len(rest)].replace(b"\r\n", b"\n"))
                text.update(rest)
                found.add(text.hexdigest().encode())
        return found


def _blob_id(size: int, parts: Iterable[bytes]) -> bytes:
    state = hashlib.sha1(b"blob %d\0" % size, usedforsecurity=False)
    for part in parts:
        state.update(part)
    return state.hexdigest().encode()


def _with_lf(parts: list[bytes]) -> tuple[int, list[bytes]]:
    text = b"".join(parts).replace(b"\r\n", b"\n")
    return len(text), [text]
