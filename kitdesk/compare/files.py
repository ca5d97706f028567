"""Which files were added, removed, changed, renamed: by path and hash."""

from __future__ import annotations

from collections.abc import Mapping

from kitdesk.compare.values import FileChange, FileFacts, FileKind

Tree = Mapping[str, FileFacts]


def compare_trees(left: Tree, right: Tree) -> tuple[tuple[FileChange, ...], tuple[str, ...]]:
    """(changes, paths of equal files). Largest change of size first, then by path.

    A removed and an added file with equal bytes are one rename; each file is used once, nearest
    name first. Files whose hash is not known and whose size is equal count as equal here: the
    caller lists them as unverified.
    """
    changes: list[FileChange] = []
    same: list[str] = []
    for path in sorted(left):  # lists, not sets: there may be 100,000 of them
        if path not in right:
            continue
        old, new = left[path], right[path]
        unknown = old.sha256 is None or new.sha256 is None
        if old.size != new.size or (not unknown and old.sha256 != new.sha256):
            changes.append(FileChange(path, FileKind.CHANGED, old, new))
        elif old.mode != new.mode:
            words = f"mode {old.mode:04o} → {new.mode:04o}, same bytes"
            changes.append(FileChange(path, FileKind.MODE, old, new, words=words))
        else:
            same.append(path)
    changes += _moves(
        {path: left[path] for path in sorted(path for path in left if path not in right)},
        {path: right[path] for path in sorted(path for path in right if path not in left)},
    )
    changes.sort(key=lambda change: (-_weight(change), change.path))
    return tuple(changes), tuple(same)


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
