"""Files that belong together: an index with its shards, a graph with its weights."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kitdesk.compare.content.groups import companions, leads
from kitdesk.compare.content.source import Unreadable

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from kitdesk.compare.content.result import Content
    from kitdesk.compare.values import FileChange
    from kitdesk.operations.diffing.content import ContentComparer

MAX_GROUPS = 1_000
"""Of one comparison; files beyond them are told one by one."""


@dataclass(frozen=True, slots=True)
class GroupMembers:
    """A leading file and what it names; ``parts`` of both sides, the leading file first."""

    path: str
    parts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """What differs in files that belong together, told as one."""

    path: str
    """Of the leading file."""
    parts: tuple[str, ...]
    content: Content


def find_groups(
    changes: Sequence[FileChange], same: Iterable[str], comparer: ContentComparer
) -> tuple[GroupMembers, ...]:
    """Groups with at least one member that differs; the leading file itself may be the same."""
    changed = _changed_paths(changes)
    found = []
    for path in leading_files(changes, same):
        parts = _parts(path, comparer)
        if len(parts) > 1 and not changed.isdisjoint(parts):
            found.append(GroupMembers(path, parts))
    return tuple(found)


def leading_files(changes: Iterable[FileChange], same: Iterable[str]) -> tuple[str, ...]:
    """Files that may lead a group of which something differs, by their names alone; sorted."""
    changed = _changed_paths(changes)
    folders = {posixpath.dirname(path) for path in changed}
    above = {parent for folder in folders for parent in _with_parents(folder)}
    leading = sorted(
        {path for path in changed if leads(path)}
        | {path for path in same if leads(path) and posixpath.dirname(path) in above}
    )
    return tuple(leading[:MAX_GROUPS])


def _changed_paths(changes: Iterable[FileChange]) -> set[str]:
    return {one.path for one in changes} | {one.old_path for one in changes if one.old_path}


def _with_parents(folder: str) -> Iterable[str]:
    yield folder
    while folder:
        folder = posixpath.dirname(folder)
        yield folder


def _parts(path: str, comparer: ContentComparer) -> tuple[str, ...]:
    budget = comparer.new_budget(path)
    named: dict[str, None] = {path: None}
    try:
        for side in (comparer.left, comparer.right):
            file = side.open(path) if side is not None else None
            if side is None or file is None:
                continue
            for name in companions(file, path, budget):
                full = posixpath.normpath(posixpath.join(posixpath.dirname(path), name))
                if file.beside(name) is not None:
                    named[full] = None
    except Unreadable:
        return (path,)
    finally:
        comparer.release()
    return tuple(named)


def sides_with(path: str, comparer: ContentComparer) -> tuple[str, str]:
    """The path at the left and at the right; "" where a side has no such file."""
    old, new = (
        path if side is not None and side.open(path) is not None else ""
        for side in (comparer.left, comparer.right)
    )
    return old, new
