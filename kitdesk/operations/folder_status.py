"""At which version is this folder, and what changed since."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from kitdesk.compare import kitfile as kitfiles
from kitdesk.compare.files import compare_trees
from kitdesk.compare.values import FileChange, FileFacts, FileKind
from kitdesk.errors import BadKitfile, KitDeskError
from kitdesk.modelkit.oci import config
from kitdesk.operations.contents.placement import OverlayMapping
from kitdesk.operations.contents.trees import (
    KITFILE,
    file_facts,
    folder_facts,
    version_contents,
)
from kitdesk.operations.diffing.folder_problems import MISSING, FolderProblems, with_words
from kitdesk.operations.diffing.readable_folder import read_layers
from kitdesk.progress import Report, silent

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from kitdesk.operations.inputs.project import Project
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
    problems: FolderProblems = field(default_factory=FolderProblems)
    """What is gone or could not be read: why it cannot be packed as it is."""


def folder_status(
    folder: Path, services: Services, report: Report = silent, repository: str = ""
) -> FolderStatus:
    """Compare the folder with the version it came from.

    The version last packed from it or written into it (journal), else the one of ``repository``
    whose files match, so that a folder unpacked by terminal kit is recognised.
    """
    project, parts, problems = read_layers(folder, services)
    actual = OverlayMapping(
        folder_facts(project.folder, parts, services.hashes, report, problems.skip_file)
    )
    at = services.journal.version_of(project.folder)
    if at and services.store.has(at):
        changes = with_words(_against(project, actual, at, services), problems.missing)
        return FolderStatus(at, changes, len(actual), problems)
    found = "" if problems.all else _recognise(project, actual, services, repository)
    return FolderStatus(found or at, (), len(actual), problems)


def _against(
    project: Project, actual: Mapping[str, FileFacts], digest: str, services: Services
) -> tuple[FileChange, ...]:
    tree = version_contents(services, digest)
    # kit restores modes through the umask: only the bits that survive it can have been changed.
    then = {path: _masked(facts) for path, facts in file_facts(tree).items()}
    now = {path: _masked(facts) for path, facts in actual.items()}
    changes = compare_trees(then, now).changes
    old = FileFacts(len(tree.kitfile_text), None, 0o644)
    if project.kitfile_path is None:
        gone = FileChange(KITFILE, FileKind.REMOVED, old, None, words=MISSING)
        return (gone, *changes)
    new = FileFacts(len(project.text), None, 0o644)
    name = project.kitfile_path.name
    broken = next((one for one in project.problems if isinstance(one, BadKitfile)), None)
    if broken is not None or not project.text:
        words = broken.title if broken is not None else "could not be read"
        return (FileChange(name, FileKind.CHANGED, old, new, words=words), *changes)
    fields = kitfiles.field_changes(config.values(tree.kitfile), config.values(project.kitfile))
    if not fields:
        return changes
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
