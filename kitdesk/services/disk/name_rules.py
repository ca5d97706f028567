"""How the disk of a folder compares names, found out by looking at names that are there."""

from __future__ import annotations

import os
import sys
import unicodedata
from typing import TYPE_CHECKING

from kitdesk.modelkit.primitives.disk_names import NameRule

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

USUAL = NameRule(sys.platform in ("darwin", "win32"), sys.platform == "darwin")
"""Where no name tells: as the platform's own disks are."""
LOOKED_AT = 200
"""Names of a folder that are tried."""


def rule_of(folder: Path) -> NameRule:
    """The rule of the disk that holds ``folder`` (or the nearest folder above it that is there)."""
    case = _answer(folder, str.swapcase)
    return NameRule(
        USUAL.folds_case if case is None else case,
        bool(_answer(folder, _decomposed)) or USUAL.normalises,
    )


def _decomposed(name: str) -> str:
    other = unicodedata.normalize("NFD", name)
    return other if other != name else unicodedata.normalize("NFC", name)


def _answer(folder: Path, other: Callable[[str], str]) -> bool | None:
    """Whether another spelling of a name leads to the same file; None where no name can tell."""
    while not folder.is_dir() and folder != folder.parent:
        folder = folder.parent
    try:
        names = os.listdir(folder)[:LOOKED_AT]
    except OSError:
        names = []
    for place, name in (*((folder, name) for name in names), (folder.parent, folder.name)):
        spelled = other(name)
        if spelled == name or spelled in names:
            continue
        try:
            here = os.lstat(place / name)
        except OSError:
            continue
        try:
            there = os.lstat(place / spelled)
        except OSError:
            return False
        return (here.st_dev, here.st_ino) == (there.st_dev, there.st_ino)
    return None


def spelled_on_disk(path: Path, rule: NameRule) -> str | None:
    """The name under which the file at ``path`` really stands; None where there is none."""
    if not os.path.lexists(path):
        return None
    if rule.exact:
        return path.name
    wanted = rule.key(path.name)
    try:
        names = os.listdir(path.parent)
    except OSError:
        return path.name
    if path.name in names:
        return path.name
    return next((name for name in names if rule.key(name) == wanted), path.name)
