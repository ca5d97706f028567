"""Which files were added, removed, changed, renamed: by path and hash."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from kitdesk.compare.values import FileChange, FileFacts, FileKind

Tree = Mapping[str, FileFacts]


class OrderedTree(Mapping[str, FileFacts]):
    """Files that can be gone through by path without looking each one up."""

    def ordered(self) -> Iterator[tuple[str, FileFacts]]:
        """All files, sorted by path."""
        return ((path, self[path]) for path in sorted(self))


@dataclass(frozen=True, slots=True)
class Compared:
    """What :func:`compare_trees` found."""

    changes: tuple[FileChange, ...]
    """Largest change of size first, then by path."""
    same: tuple[str, ...]
    """Paths of equal files, sorted."""
    unsure: tuple[str, ...]
    """Those of :attr:`same` that have equal sizes, but no known hash on one side."""


def compare_trees(left: Tree, right: Tree) -> Compared:
    """Compare two trees by path and hash, side by side: there may be 100,000 files in each.

    A removed and an added file with equal bytes are one rename; each file is used once, nearest
    name first.
    """
    changes: list[FileChange] = []
    same: list[str] = []
    unsure: list[str] = []
    gone: dict[str, FileFacts] = {}
    fresh: dict[str, FileFacts] = {}
    for path, old, new in _side_by_side(left, right):
        if old is None or new is None:
            if old is not None:
                gone[path] = old
            elif new is not None:
                fresh[path] = new
            continue
        unknown = old.sha256 is None or new.sha256 is None
        if old.size != new.size or (not unknown and old.sha256 != new.sha256):
            changes.append(FileChange(path, FileKind.CHANGED, old, new))
        elif old.mode != new.mode:
            words = f"mode {old.mode:04o} → {new.mode:04o}, same bytes"
            changes.append(FileChange(path, FileKind.MODE, old, new, words=words))
        else:
            same.append(path)
            if unknown:
                unsure.append(path)
    changes += _moves(gone, fresh)
    return Compared(by_weight(changes), tuple(same), tuple(unsure))


def by_weight(changes: Iterable[FileChange]) -> tuple[FileChange, ...]:
    """Largest change first, then by path."""
    return tuple(sorted(changes, key=lambda change: (-_weight(change), change.path)))


def _side_by_side(
    left: Tree, right: Tree
) -> Iterator[tuple[str, FileFacts | None, FileFacts | None]]:
    """(path, facts at the left, facts at the right) by path; None where a side has no such file."""
    lefts, rights = _ordered(left), _ordered(right)
    old, new = next(lefts, None), next(rights, None)
    while old is not None or new is not None:
        if new is None or (old is not None and old[0] < new[0]):
            assert old is not None
            yield old[0], old[1], None
            old = next(lefts, None)
        elif old is None or new[0] < old[0]:
            yield new[0], None, new[1]
            new = next(rights, None)
        else:
            yield old[0], old[1], new[1]
            old, new = next(lefts, None), next(rights, None)


def _ordered(tree: Tree) -> Iterator[tuple[str, FileFacts]]:
    if isinstance(tree, OrderedTree):
        return tree.ordered()
    return ((path, tree[path]) for path in sorted(tree))


def _moves(gone: dict[str, FileFacts], new: dict[str, FileFacts]) -> list[FileChange]:
    by_hash: dict[str, list[str]] = {}
    for path, facts in gone.items():
        if facts.sha256 and facts.size:  # empty files are all alike: no evidence of a move
            by_hash.setdefault(facts.sha256, []).append(path)
    result = []
    for path, facts in new.items():
        candidates = by_hash.get(facts.sha256 or "", [])
        if candidates:
            name = path.rpartition("/")[2]
            old = min(candidates, key=lambda one: (one.rpartition("/")[2] != name, one))
            candidates.remove(old)
            left = gone.pop(old)
            words = f"moved from {old}, same bytes"
            result.append(FileChange(path, FileKind.RENAMED, left, facts, old, words))
        else:
            result.append(FileChange(path, FileKind.ADDED, None, facts))
    result += [FileChange(path, FileKind.REMOVED, facts, None) for path, facts in gone.items()]
    return result


def _weight(change: FileChange) -> int:
    """Bytes the change moves: more for other bytes than for the same ones elsewhere."""
    old = change.left.size if change.left else 0
    new = change.right.size if change.right else 0
    if change.kind in (FileKind.RENAMED, FileKind.MODE):
        return 0
    return max(old, new) if change.kind is FileKind.CHANGED else old + new
