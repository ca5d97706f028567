"""Going on while the Kitfile has unsaved text, or closing while jobs run: asked first."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from kitdesk.changes import Topic
from kitdesk.session.state.project import JobState

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from kitdesk.session.controllers.folder import FolderController
    from kitdesk.session.controllers.jobs import JobController
    from kitdesk.session.controllers.kitfile import KitfileController
    from kitdesk.session.controllers.project import ProjectController
    from kitdesk.session.state.kitfile import Leaving
    from kitdesk.session.state.project import JobView
    from kitdesk.session.state.workspace import Workspace


def unfinished(jobs: tuple[JobView, ...]) -> tuple[JobView, ...]:
    """The jobs that closing would cut."""
    return tuple(job for job in jobs if job.state in (JobState.WAITING, JobState.RUNNING))


class LeavingController:
    """Carries out what :attr:`State.leaving` asks about, once it is answered. GUI thread."""

    def __init__(
        self,
        workspace: Workspace,
        kitfile: KitfileController,
        project: ProjectController,
        jobs: JobController,
        folder: Callable[[], FolderController],
    ) -> None:
        self._workspace, self._kitfile, self._project = workspace, kitfile, project
        self._jobs, self._folder = jobs, folder

    def save_and_go(self) -> None:
        """Save first; where that has to ask, nobody leaves."""
        leaving = self._take()
        if leaving is not None:
            self._kitfile.save(lambda: self._go(leaving))

    def keep_and_go(self) -> None:
        """Go; what is typed stays as a draft and is offered at the next opening."""
        leaving = self._take()
        if leaving is not None:
            self._kitfile.drafts.write()
            self._go(leaving)

    def stay(self) -> None:
        """Nothing happens."""
        self._take()

    def _take(self) -> Leaving | None:
        leaving = self._workspace.state.leaving
        self._workspace.apply(Topic.SELECTION, leaving=None)
        return leaving

    def _go(self, leaving: Leaving) -> None:
        match leaving.to:
            case "open":
                self._open(leaving.folder)
            case "close":
                self._project.close(asked=True)
            case "restore":
                self._folder().restore(leaving.digest, leaving.path, asked=True)
            case "quit":
                for job in unfinished(self._workspace.state.jobs):
                    self._jobs.cancel(job.number)
                self._workspace.apply(Topic.SELECTION, closing=True)
            case _:
                assert_never(leaving.to)

    def _open(self, folder: Path | None) -> None:
        if folder is not None:
            self._project.open(folder, asked=True)
