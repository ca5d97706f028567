"""Version numbers in tags: their order and the ones that come next (semver.org, section 11)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_VERSION = re.compile(
    r"(?P<v>[vV]?)(?P<numbers>[0-9]++(?:\.[0-9]++)*+)(?:[-_.]?(?P<pre>[A-Za-z][A-Za-z0-9_.-]*"
    r"|(?<=[-_])[0-9][A-Za-z0-9_.-]*))?",
    re.ASCII,
)
_LONGEST = 128
"""Characters of a tag (OCI distribution specification); longer names are none."""
_LONGEST_PLAIN_NUMBER = 4
"""A longer tag of digits alone is a date, a build number or a hash, not a version."""

SortKey = tuple[int, tuple[int, ...], int, tuple[tuple[int, int, str], ...], tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class _Version:
    prefix: str
    numbers: tuple[int, ...]
    pre: tuple[tuple[int, int, str], ...]


def _parse(tag: str) -> _Version | None:
    match = _VERSION.fullmatch(tag) if len(tag) <= _LONGEST else None
    if match is None:
        return None
    digits, prefix, pre = match["numbers"], match["v"], match["pre"]
    if "." not in digits and not prefix and (pre or len(digits) > _LONGEST_PLAIN_NUMBER):
        return None
    parts = [part for part in re.split(r"[-_.]|(?<=[A-Za-z])(?=[0-9])", pre or "") if part]
    identifiers = tuple((0, int(p), "") if p.isdigit() else (1, 0, p) for p in parts)
    numbers = [int(part) for part in digits.split(".")]
    while len(numbers) > 1 and numbers[-1] == 0:
        numbers.pop()
    return _Version(prefix, tuple(numbers), identifiers)


@lru_cache(maxsize=16_384)
def sort_key(tag: str) -> SortKey:
    """Key for ``sorted(tags, key=sort_key, reverse=True)``: the newest version first.

    Pre-releases stand before their release, missing numbers are zeros, tags that are no versions
    come after all versions, by name.
    """
    name = (*(-ord(character) for character in tag), 1)
    version = _parse(tag)
    if version is None:
        return (0, (), 0, (), name)
    return (1, version.numbers, int(not version.pre), version.pre, name)


def next_tags(tags: Iterable[str]) -> tuple[str, str, str]:
    """Return the tags (patch, minor, major) after the highest version among ``tags``.

    A leading ``v`` is kept; after a pre-release the next patch is its release. Without any
    version: ``v1.0.0``, ``v1.1.0``, ``v2.0.0``.
    """
    highest = max(tags, key=sort_key, default="")
    version = _parse(highest)
    if version is None:
        return ("v1.0.0", "v1.1.0", "v2.0.0")
    major, minor, patch = (*version.numbers, 0, 0)[:3]
    step = 0 if version.pre else 1
    return (
        f"{version.prefix}{major}.{minor}.{patch + step}",
        f"{version.prefix}{major}.{minor + 1}.0",
        f"{version.prefix}{major + 1}.0.0",
    )


def proposed_tag(wanted: str, taken: Iterable[str]) -> str:
    """The tag of the next version: ``wanted`` (what the package calls itself) where that number is
    free, else the patch after the highest one. With the ``v``, or without, that the tags have.
    """
    tags = tuple(taken)
    version = _parse(wanted)
    highest = _parse(max(tags, key=sort_key, default=""))
    if version is not None and version.numbers not in {
        one.numbers for one in map(_parse, tags) if one and one.pre == version.pre
    }:
        prefix = highest.prefix if highest else version.prefix or "v"
        return f"{prefix}{wanted.removeprefix('v').removeprefix('V')}"
    return next_tags(tags)[0]
