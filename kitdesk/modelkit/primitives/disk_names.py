"""When two names are one: disks that fold case or normalise Unicode, and what git takes for its.

Names are compared as the disk compares them (HFS+, APFS, NTFS, ext4 with ``casefold``): a kit may
be made elsewhere, and hold two files that are one here, or ``.GIT/hooks`` which is ``.git/hooks``.
"""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

VERSION_CONTROL = frozenset({".git", ".hg", ".svn"})
_SHORT = {"git~1": ".git"}
"""The other name that NTFS and FAT give to ``.git``."""
_IGNORED = dict.fromkeys(
    [*range(0x200C, 0x2010), *range(0x202A, 0x202F), *range(0x206A, 0x2070), 0xFEFF]
)
"""Characters that HFS+ leaves out when it compares (git, core.protectHFS)."""


class NameRule(NamedTuple):
    """How a disk compares names."""

    folds_case: bool = False
    normalises: bool = False
    """Composed and decomposed characters are the same."""

    @property
    def exact(self) -> bool:
        """True where every other spelling is another file."""
        return not (self.folds_case or self.normalises)

    def key(self, path: str) -> str:
        """Equal for paths that are one file on this disk."""
        if self.normalises:
            path = unicodedata.normalize("NFD", path)
        return path.casefold() if self.folds_case else path


def collisions(paths: Iterable[str], rule: NameRule) -> list[tuple[str, str]]:
    """Pairs of paths, or of folders above them, that would be one file on the disk."""
    if rule.exact:
        return []
    seen: dict[str, str] = {}
    found: list[tuple[str, str]] = []
    for path in paths:
        parts = path.split("/")
        for length in range(1, len(parts) + 1):
            one = "/".join(parts[:length])
            other = seen.setdefault(rule.key(one), one)
            if other != one:
                found.append((other, one))
    return list(dict.fromkeys(found))


def is_version_control(path: str) -> bool:
    """True for what belongs to git, Mercurial or Subversion on any disk, however it is spelled."""
    if path.isascii() and "." not in path and "~" not in path:
        return False  # nearly all are like this
    return any(_plain(part) in VERSION_CONTROL for part in path.split("/"))


def _plain(part: str) -> str:
    """A name as the most forgiving disk takes it."""
    plain = part.translate(_IGNORED).casefold()
    plain = plain.partition(":")[0].rstrip(" .")  # NTFS: streams, and ends that do not count
    return _SHORT.get(plain, plain)
