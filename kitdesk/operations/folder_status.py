"""At which version is this folder, and what changed since."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from kitdesk.compare import kitfile as kitfiles
from kitdesk.compare.files import compare_trees
from kitdesk.compare.values import FileChange, FileFacts, FileKind
from kitdesk.errors import KitDeskError
from kitdesk.modelkit.oci import config
from kitdesk.operations.contents.placement import OverlayMapping
from kitdesk.operations.contents.trees import (
    KITFILE,
    file_facts,
    folder_facts,
    folder_layers,
    version_contents,
)
from kitdesk.operations.inputs.project import Project, open_project
from kitdesk.progress import Report, silent

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from kitdesk.services.container import Services


@dataclass(frozen=True, slots=True)
class FolderStatus:
    """The folder against a version; ``at`` is "" when it was never packed.

    A version that is not in the store (any more) cannot be compared with: it has no changes here.
    """

    at: str
    changes: tuple[FileChange, ...]
    files: int
    """Files that the layers own now."""


def folder_status(
    folder: Path, services: Services, report: Report = silent, repository: str = ""
) -> FolderStatus:
    """Compare the folder with the version it came from.

    The version last packed from it or written into it (journal), else the one of ``repository``
    whose files match, so that a folder unpacked by terminal kit is recognised.
    """
    project = open_project(folder, services.store)
    parts = folder_layers(project)
    actual = OverlayMapping(folder_facts(project.folder, parts, services.hashes, report))
    at = services.journal.version_of(project.folder)
    if at and services.store.has(at):
        return FolderStatus(at, _against(project, actual, at, services), len(actual))
    found = _recognise(project, actual, services, repository)
    return FolderStatus(found or at, (), len(actual))


def _against(
    project: Project, actual: Mapping[str, FileFacts], digest: str, services: Services
) -> tuple[FileChange, ...]:
    tree = version_contents(services, digest)
    # kit restores modes through the umask: only the bits that survive it can have been changed.
    then = {path: _masked(facts) for path, facts in file_facts(tree).items()}
    now = {path: _masked(facts) for path, facts in actual.items()}
    changes = compare_trees(then, now).changes
    fields = kitfiles.field_changes(config.values(tree.kitfile), config.values(project.kitfile))
    if not fields:
        return changes
    old = FileFacts(len(tree.kitfile_text), None, 0o644)
    new = FileFacts(len(project.text), None, 0o644)
    name = project.kitfile_path.name if project.kitfile_path else KITFILE
    words = f"{len(fields)} {'change' if len(fields) == 1 else 'changes'} in meaning"
    return (FileChange(name, FileKind.CHANGED, old, new, words=words), *changes)


def _masked(facts: FileFacts) -> FileFacts:
    from kitdesk.services.disk.files import umask

    return replace(facts, mode=facts.mode & 0o777 & ~umask())


def _recognise(
    project: Project, actual: Mapping[str, FileFacts], services: Services, repository: str
) -> str:
    """The version whose files are exactly those of the folder; "" when there is none."""
    meaning = config.values(project.kitfile)
    for version in services.store.versions(repository or None):
        try:
            if config.values(services.store.kitfile(version.digest)) != meaning:
                continue
            tree = version_contents(services, version.digest)
        except KitDeskError:
            continue
        then = {path: facts.sha256 for path, facts in file_facts(tree).items()}
        if then == {path: facts.sha256 for path, facts in actual.items()}:
            return version.digest
    return ""
