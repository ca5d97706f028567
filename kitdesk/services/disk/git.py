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


def git_state(folder: Path) -> GitState:
    """State of the working copy that holds ``folder``; empty outside of one. Never raises."""
    for place in (folder, *folder.parents):
        if (place / ".git").exists():
            try:
                return _read(place / ".git")
            except (OSError, DiskFailure, ValueError, RuntimeError):  # also links in a circle
                return GitState()
    return GitState()


def _read(dot_git: Path) -> GitState:
    place = dot_git
    if dot_git.is_file():
        target = _text(dot_git).removeprefix("gitdir:").strip()
        place = (dot_git.parent / target).resolve()
    head = _text(place / "HEAD").strip()
    if not head.startswith(_REF):
        return GitState("", head if _COMMIT.fullmatch(head) else "")
    name = head.removeprefix(_REF).strip()
    common = place
    if (place / "commondir").is_file():
        common = (place / _text(place / "commondir").strip()).resolve()
    branch = name.removeprefix(_HEADS) if name.startswith(_HEADS) else ""
    return GitState(branch, _commit(name, place, common))


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
