"""Branch and commit of a git working copy, read from its files: git itself need not be there.

gitrepository-layout(5): ``HEAD``, loose refs, ``packed-refs``; ``.git`` may be a file that points
to the place (a worktree or a submodule), whose ``commondir`` holds the refs.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kitdesk.errors import DiskFailure
from kitdesk.services.disk.regular_files import open_regular

if TYPE_CHECKING:
    from pathlib import Path

_COMMIT = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_REF = "ref: "
_HEADS = "refs/heads/"
_LIMIT = 4 << 20
"""Bytes of ``packed-refs`` that are read."""


@dataclass(frozen=True, slots=True)
class GitState:
    """Where a working copy stands; "" = not known (no branch, no commit yet)."""

    branch: str = ""
    commit: str = ""


@dataclass(frozen=True, slots=True)
class GitPlace:
    """Where a working copy keeps what git knows."""

    root: Path
    """Top of the working copy."""
    git: Path
    """Its own HEAD and index."""
    common: Path
    """Objects, refs and configuration; of a worktree those of the main one."""


def git_place(folder: Path) -> GitPlace | None:
    """The working copy that holds ``folder``, None outside of one.

    Raises OSError, DiskFailure, ValueError or RuntimeError for one that cannot be read.
    """
    for root in (folder, *folder.parents):
        dot_git = root / ".git"
        if not dot_git.exists():
            continue
        place = dot_git
        if dot_git.is_file():
            target = _text(dot_git).removeprefix("gitdir:").strip()
            place = (root / target).resolve()
        common = place
        if (place / "commondir").is_file():
            common = (place / _text(place / "commondir").strip()).resolve()
        return GitPlace(root, place, common)
    return None


def git_state(folder: Path) -> GitState:
    """State of the working copy that holds ``folder``; empty outside of one. Never raises."""
    try:
        place = git_place(folder)
        return GitState() if place is None else head_of(place)
    except UNREADABLE_PLACE:
        return GitState()


UNREADABLE_PLACE = (OSError, DiskFailure, ValueError, RuntimeError)  # also links in a circle


def head_of(place: GitPlace) -> GitState:
    """Branch and commit of a working copy; raises as :func:`git_place`."""
    head = _text(place.git / "HEAD").strip()
    if not head.startswith(_REF):
        return GitState("", head if _COMMIT.fullmatch(head) else "")
    name = head.removeprefix(_REF).strip()
    branch = name.removeprefix(_HEADS) if name.startswith(_HEADS) else ""
    return GitState(branch, _commit(name, place.git, place.common))


def _commit(name: str, place: Path, common: Path) -> str:
    for base in (place, common):
        loose = base / name
        if loose.is_file() and base in loose.resolve().parents:
            found = _text(loose).strip()
            if _COMMIT.fullmatch(found):
                return found
    packed = common / "packed-refs"
    if packed.is_file():
        for line in _text(packed).splitlines():
            found, _, ref = line.partition(" ")
            if ref == name and _COMMIT.fullmatch(found):
                return found
    return ""


def _text(path: Path) -> str:
    with open_regular(path) as source:
        return source.read(_LIMIT).decode()
