"""What every verb of the window needs: the workspace, where jobs run, and the services."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kitdesk.changes import Changes, Topic
from kitdesk.errors import Conflict, KitDeskError, NotFound
from kitdesk.operations.inputs.addresses import reference_of
from kitdesk.operations.inputs.remotes import parse_remote, repository_of
from kitdesk.operations.push_pull import pull
from kitdesk.session.loaders.folder import error_info

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from kitdesk.modelkit.primitives.reference import Reference
    from kitdesk.operations.diffing.sides import RemoteFactory
    from kitdesk.progress import Report
    from kitdesk.services.container import Services
    from kitdesk.session.controllers.jobs import JobController
    from kitdesk.session.controllers.version_tree import VersionTreeController
    from kitdesk.session.runtime.runner import Runner
    from kitdesk.session.state.workspace import Workspace


@dataclass(frozen=True, slots=True)
class CommandContext:
    """What controllers that start verbs need."""

    workspace: Workspace
    jobs: JobController
    runner: Runner
    services: Services
    opener: RemoteFactory
    tree: VersionTreeController
    reload: Callable[[Changes], None]
    """Reads again what a verb changed."""

    def show_error(self, error: KitDeskError) -> None:
        """An error that belongs to no job."""
        self.workspace.apply(Topic.JOBS, error=error_info(error))

    def title(self, digest: str) -> str:
        """How a version is called."""
        return self.workspace.state.title_of(digest)

    def folder(self) -> Path:
        """The open project; raises NotFound."""
        folder = self.workspace.state.folder
        if folder is None:
            raise NotFound("No folder is open.")
        return folder.path

    def is_open(self, folder: Path | None) -> bool:
        """True while this folder is the open project: what a job of another one came to is not
        shown in its place.
        """
        return folder is None or self.workspace.state.folder_path == folder

    def check_open(self, folder: Path | None) -> None:
        """Raise Conflict where a question was about another project than the open one."""
        if not self.is_open(folder):
            raise Conflict(
                "Another project is open now; nothing was done.",
                f"Open {folder} again, and ask again.",
            )

    def stored(self, digest: str) -> Reference:
        """Where a version is in the store: the project's repository first."""
        repository = self.tree.repository
        for version in self.services.store.versions():
            if version.digest == digest:
                if version.repository == self.tree.repository:
                    break
                repository = version.repository
        return reference_of(repository, digest=digest)

    def ensure_local(self, digest: str, report: Report) -> int:
        """Pull a version that is only in the remote; returns the bytes fetched. Worker thread."""
        row = self.workspace.state.version(digest)
        address = self.workspace.state.remote.address
        if row is None or row.local or not address:
            return 0
        where = parse_remote(address)
        remote = self.opener(where)
        try:
            wanted = row.tags[0] if row.tags else digest
            found = remote.resolve(wanted)
            if found is None or found.digest != digest:
                wanted = digest  # the tag moved since the list was read
            return pull(wanted, repository_of(where), remote, self.services, report).bytes
        finally:
            remote.close()
