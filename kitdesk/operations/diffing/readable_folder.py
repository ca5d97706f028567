"""A project folder as far as it can be read: looking never asks for more than there is."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from kitdesk.errors import KitDeskError
from kitdesk.operations.contents.trees import FolderLayer, folder_layers
from kitdesk.operations.diffing.folder_problems import FolderProblems
from kitdesk.operations.inputs.project import Project, folder_of, read_project

if TYPE_CHECKING:
    from pathlib import Path

    from kitdesk.modelkit.kitfile.model import Kitfile
    from kitdesk.services.container import Services


def read_layers(
    folder: Path, services: Services, other: Kitfile | None = None
) -> tuple[Project, tuple[FolderLayer, ...], FolderProblems]:
    """The project, its layers as they are now, and what is gone or cannot be read.

    Where the Kitfile is gone or broken, the layers are those of the version that the folder is at,
    else of ``other``; raises what is wrong with the Kitfile where there is neither, FolderGone.
    """

    def stand_in() -> Kitfile | None:
        at = services.journal.version_of(folder_of(folder))
        with suppress(KitDeskError):
            if at and services.store.has(at):
                return services.store.kitfile(at)
        return other

    project = read_project(folder, services.store, stand_in)
    problems = FolderProblems(project.problems)
    return project, folder_layers(project, problems.skip_layer), problems
