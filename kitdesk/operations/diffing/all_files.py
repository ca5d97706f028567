"""The contents of all files of a comparison, and of those that belong together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kitdesk.operations.diffing.content import ContentComparer, has_content, paths_of
from kitdesk.operations.diffing.groups import Group, GroupMembers, find_groups, sides_with

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kitdesk.compare.content.result import Content
    from kitdesk.compare.values import Comparison


def contents_of(
    found: Comparison, comparer: ContentComparer
) -> tuple[dict[str, Content], tuple[Group, ...]]:
    """(content by path of every file whose bytes differ, files that belong together).

    A file that cannot be read, takes too long or is built to hurt has a content that says so.
    """
    members = find_groups(found.files, found.same, comparer)
    contents = _contents(found, comparer)
    return contents, tuple(group_content(one, comparer, contents) for one in members)


def _contents(found: Comparison, comparer: ContentComparer) -> dict[str, Content]:
    """In the order of the comparison; compared in that of their layers, which is read forwards."""
    wanted = [paths_of(change) for change in found.files if has_content(change)]
    assert comparer.left is not None
    assert comparer.right is not None
    left, right = comparer.left, comparer.right

    def place(paths: tuple[str, str]) -> tuple[tuple[int, int], str]:
        old, new = paths
        return (right.position(new) if new else left.position(old), new or old)

    done = {
        new or old: comparer.compare_or_explain(old, new) for old, new in sorted(wanted, key=place)
    }
    return {new or old: done[new or old] for old, new in wanted}


def group_content(
    members: GroupMembers, comparer: ContentComparer, contents: Mapping[str, Content]
) -> Group:
    """The content of the leading file, which reads the others, is that of the group."""
    known = contents.get(members.path)
    if known is None:
        known = comparer.compare_or_explain(*sides_with(members.path, comparer))
    return Group(members.path, members.parts, known)
