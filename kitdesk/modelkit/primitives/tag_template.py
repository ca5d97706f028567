"""Tags from a template such as ``{version}-{branch}-{sha7}``: braces are illegal in tags, so a text
with braces is always a template.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from kitdesk.errors import BadReference

if TYPE_CHECKING:
    from collections.abc import Mapping

FIELDS = ("version", "branch", "sha7", "date")
"""What may stand between braces: the next version number, the git branch, the first seven
characters of the git commit, today as ``20261125`` (UTC).
"""
_FIELD = re.compile(r"\{([^{}]*)\}")
_ILLEGAL = re.compile(r"[^A-Za-z0-9_.-]+")
_LONGEST = 128


def is_template(text: str) -> bool:
    """Whether a tag as somebody wrote it has fields to fill in."""
    return "{" in text or "}" in text


def fields_of(template: str) -> tuple[str, ...]:
    """Names between braces, in order; raises BadReference for an unknown one or a lone brace."""
    names = tuple(_FIELD.findall(template))
    known = ", ".join(f"{{{name}}}" for name in FIELDS)
    for name in names:
        if name not in FIELDS:
            raise BadReference(f"“{{{name}}}” is no field of a tag.", f"There are {known}.")
    if is_template(_FIELD.sub("", template)):
        raise BadReference("A brace in the tag has no partner.", f"Fields are written {known}.")
    return names


def fill(template: str, values: Mapping[str, str]) -> str:
    """The tag; what no tag may hold in a value (``feature/x``) becomes ``-``.

    Raises BadReference for an unknown field and for one that has no value here.
    """
    for name in fields_of(template):
        if not values.get(name):
            why = "git knows no branch here" if name == "branch" else "git knows no commit here"
            raise BadReference(
                f"{{{name}}} cannot be filled in: {why}.",
                "Pack inside a git working copy, or take the field out of the template.",
            )

    def value(match: re.Match[str]) -> str:
        return _ILLEGAL.sub("-", values[match[1]]).strip("-")

    return _FIELD.sub(value, template)[:_LONGEST]
