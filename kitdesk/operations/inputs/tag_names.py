"""What a tag template stands for in a project now."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from kitdesk.errors import BadReference
from kitdesk.modelkit.primitives import semver, tag_template
from kitdesk.modelkit.primitives.reference import parse, tag_problem
from kitdesk.operations.inputs.project import open_project, plan_layers
from kitdesk.services.disk.git import git_state
from kitdesk.services.git.working_copy import working_copy_state

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from kitdesk.modelkit.primitives.reference import Reference
    from kitdesk.services.container import Services


_BRANCHES = ("GITHUB_HEAD_REF", "GITHUB_REF_NAME", "CI_COMMIT_REF_NAME", "BRANCH_NAME")
"""Where CI systems name the branch; they check out a commit without one."""


def values_for(folder: Path, version: str, *, dirty: bool = False) -> dict[str, str]:
    """Values of all fields; those that git does not know here are empty.

    ``dirty``: packed files differ from the commit; ``{sha7}`` says so.
    """
    git = git_state(folder.absolute())
    today = datetime.now(UTC).strftime("%Y%m%d")
    branch = git.branch
    if git.commit and not branch:
        branch = next(filter(None, (os.environ.get(name, "") for name in _BRANCHES)), "")
    sha7 = f"{git.commit[:7]}-dirty" if git.commit and dirty else git.commit[:7]
    return {"version": version, "branch": branch, "sha7": sha7, "date": today}


def filled(template: str, folder: Path, version: str, *, dirty: bool = False) -> str:
    """The tag of a template; raises BadReference when it is none or its tag is illegal."""
    tag = tag_template.fill(template, values_for(folder, version, dirty=dirty))
    problem = tag_problem(tag)
    if problem:
        raise BadReference(problem, f"“{template}” became “{tag}”.")
    return tag


def differs_from_commit(template: str, folder: Path, services: Services) -> bool:
    """Whether packed files differ from the commit; looked at only where the template asks."""
    if "{sha7}" not in template:
        return False
    project = open_project(folder, services.store)
    plan = plan_layers(project)
    name = project.kitfile_path.name if project.kitfile_path else ""
    state = working_copy_state(
        project.folder,
        (member for layer in plan.layers for member in layer.members),
        (layer.base for layer in plan.layers),
        project.ignore.matches,
        (name, project.text),
    )
    return state.modified_count > 0


def expanded(
    reference: str,
    folder: Path,
    services: Services,
    there: Callable[[Reference], Iterable[str]] | None = None,
) -> str:
    """``-t`` of pack with its templates filled in: ``demo:{version}-{sha7},latest``.

    ``{version}`` is what the package calls itself where that is free, here and among ``there`` (the
    tags of the remote that is named), else the patch number after the highest one. A text without
    braces is returned as it is.
    """
    if not tag_template.is_template(reference):
        return reference
    first, *more = reference.split(",")
    place, slash, last = first.rpartition("/")
    name, colon, tag = last.partition(":")
    repository = f"{place}{slash}{name}"
    version = ""
    if "{version}" in reference:
        parsed = parse(repository)
        taken = {tag for one in services.store.versions(parsed.name) for tag in one.tags}
        if there is not None:
            taken.update(there(parsed))
        own = open_project(folder, services.store).kitfile.package.version
        version = semver.proposed_tag(own, taken)
    dirty = differs_from_commit(reference, folder, services)
    tags = [
        filled(one, folder, version, dirty=dirty) if tag_template.is_template(one) else one
        for one in (tag, *more)
    ]
    return f"{repository}{colon}{','.join(tags)}"
