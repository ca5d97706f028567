"""Tags that mean one version for ever: version numbers of a remote, or what a setting names."""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from kitdesk.errors import Conflict

if TYPE_CHECKING:
    from kitdesk.services.config.settings import Settings

SETTING = "fixed_tags"
OFF = "off"
"""The setting's text for: no tag is fixed."""
_NUMBER = re.compile(r"[vV]?[0-9]{1,9}\.[0-9]{1,9}\.[0-9]{1,9}(?:[-+_][A-Za-z0-9._-]{1,100})?")
_LONGEST_PATTERN = 128


class FixedTag(Conflict):
    """A tag that is not moved without being told so on purpose."""

    code = "fixed-tag"


def is_fixed(tag: str, settings: Settings, *, remote: bool) -> bool:
    """Whether a tag is never moved: as the setting says, else version numbers of a remote."""
    pattern = settings.get(SETTING, "")
    if pattern == OFF:
        return False
    if pattern and len(pattern) <= _LONGEST_PATTERN:
        return fnmatchcase(tag, pattern)
    return remote and _NUMBER.fullmatch(tag) is not None


def check_fixed(shown: str, tag: str, settings: Settings, *, remote: bool) -> None:
    """Refuse to move a fixed tag; raises FixedTag."""
    if is_fixed(tag, settings, remote=remote):
        raise FixedTag(
            f"{shown} names another version, and version tags are never moved.",
            "Take the next number, or move it on purpose with --move-fixed-tag.",
        )
