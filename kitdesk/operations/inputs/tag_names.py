"""What a tag template stands for in a project now."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from kitdesk.errors import BadReference
from kitdesk.modelkit.primitives import semver, tag_template
from kitdesk.modelkit.primitives.reference import parse, tag_problem
from kitdesk.services.disk.git import git_state

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from kitdesk.services.container import Services


def values_for(folder: Path, version: str) -> dict[str, str]:
    """Values of all fields; those that git does not know here are empty."""
    git = git_state(folder.absolute())
    today = datetime.now(UTC).strftime("%Y%m%d")
    return {"version": version, "branch": git.branch, "sha7": git.commit[:7], "date": today}


def filled(template: str, folder: Path, version: str) -> str:
    """The tag of a template; raises BadReference when it is none or its tag is illegal."""
    tag = tag_template.fill(template, values_for(folder, version))
    problem = tag_problem(tag)
    if problem:
        raise BadReference(problem, f"“{template}” became “{tag}”.")
    return tag


def expanded(reference: str, folder: Path, services: Services) -> str:
    """``-t`` of pack with its templates filled in: ``demo:{version}-{sha7},latest``.

    ``{version}`` is the patch number after the highest version tag that the repository has in the
    store. A text without braces is returned as it is.
    """
    if not tag_template.is_template(reference):
        return reference
    first, *more = reference.split(",")
    place, slash, last = first.rpartition("/")
    name, colon, tag = last.partition(":")
    repository = f"{place}{slash}{name}"
    taken: Iterable[str] = (
        tag for version in services.store.versions(parse(repository).name) for tag in version.tags
    )
    version = semver.next_tags(taken)[0]
    tags = [filled(one, folder, version) if tag_template.is_template(one) else one
            for one in (tag, *more)]  # fmt: skip
    return f"{repository}{colon}{','.join(tags)}"
