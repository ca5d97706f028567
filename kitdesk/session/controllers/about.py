"""The About view: what one version is, wherever it lies."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kitdesk.changes import Topic
from kitdesk.errors import KitDeskError, NotFound
from kitdesk.operations.inputs.remotes import parse_remote
from kitdesk.progress import Report
from kitdesk.services.container import Services
from kitdesk.session.loaders.about import about_folder, about_version
from kitdesk.session.loaders.about_remote import about_remote
from kitdesk.session.loaders.folder import error_info
from kitdesk.session.state.pages import VersionDetails
from kitdesk.session.state.project import FOLDER, VersionRow, View
from kitdesk.session.state.workspace import Workspace

if TYPE_CHECKING:
    from kitdesk.operations.diffing.sides import RemoteFactory
    from kitdesk.session.controllers.version_tree import VersionTreeController
    from kitdesk.session.runtime.runner import Runner


class AboutController:
    """Loads the details of one side; a new request cancels the former."""

    def __init__(
        self,
        workspace: Workspace,
        runner: Runner,
        services: Services,
        opener: RemoteFactory,
        tree: VersionTreeController,
    ) -> None:
        self._workspace, self._runner, self._tree = workspace, runner, tree
        self._services, self._opener = services, opener

    def show(self, side: str) -> None:
        """Show what a version is."""
        self._workspace.apply(Topic.SELECTION, view=View.ABOUT)
        self._load(side)

    def list_files(self, side: str) -> None:
        """Show what a version is, with the files of remote layers of any size."""
        self._load(side, deep=True)

    def _load(self, side: str, *, deep: bool = False) -> None:
        row = self._workspace.state.version(side)
        self._workspace.apply(
            Topic.SELECTION | Topic.ABOUT,
            about_side=side,
            about=None if side != self._workspace.state.about_side else self._workspace.state.about,
            about_error=None,
        )
        folder, services, opener = self._workspace.state.folder, self._services, self._opener
        address, repository = self._workspace.state.remote.address, self._tree.repository

        def work(report: Report) -> VersionDetails:
            if side == FOLDER and folder is not None:
                return about_folder(folder.path, services)
            if row is None:
                raise NotFound("This version is not here any more.", "Refresh with F5.")
            return _load_about(row, repository, address, services, opener, report, deep=deep)

        def done(found: VersionDetails) -> None:
            self._workspace.apply(Topic.ABOUT, about=found)

        def failed(error: KitDeskError) -> None:
            self._workspace.apply(Topic.ABOUT, about=None, about_error=error_info(error))

        self._runner.run_latest("about", work, done, failed)


def _load_about(
    row: VersionRow,
    repository: str,
    address: str,
    services: Services,
    opener: RemoteFactory,
    report: Report,
    *,
    deep: bool,
) -> VersionDetails:
    if row.local or not address:
        return about_version(row, repository, address, services)
    remote = opener(parse_remote(address))
    try:
        return about_remote(row, address, services, remote, report, deep=deep)
    finally:
        remote.close()
