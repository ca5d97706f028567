"""Push and pull, as the window starts them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kitdesk.changes import Topic
from kitdesk.operations.inputs.addresses import name_of
from kitdesk.operations.inputs.remotes import parse_remote
from kitdesk.operations.messages import size_words
from kitdesk.operations.push_pull import Transferred, push
from kitdesk.session.controllers.jobs import Task
from kitdesk.session.controllers.kit_command import kit_command
from kitdesk.session.loaders.folder import trouble_of
from kitdesk.session.loaders.previews import push_preview
from kitdesk.session.runtime.runner import Lane
from kitdesk.session.state.workspace import PushPreview, Transfer

if TYPE_CHECKING:
    from kitdesk.errors import KitDeskError
    from kitdesk.progress import Report
    from kitdesk.session.controllers.context import Desk


class Transfers:
    """Starts what goes over the line."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def preview_push(self, digest: str, tag: str, destination: str) -> None:
        """Look what the remote has."""
        library, opener = self._desk.library, self._desk.opener
        self._desk.workspace.apply(Topic.REMOTE, push=None, push_trouble=None)

        def work(_report: object) -> PushPreview:
            remote = opener(parse_remote(destination))
            try:
                return push_preview(digest, tag, destination, remote, library)
            finally:
                remote.close()

        def done(found: PushPreview) -> None:
            self._desk.workspace.apply(Topic.REMOTE, push=found)

        def failed(error: KitDeskError) -> None:
            self._desk.workspace.apply(Topic.REMOTE, push_trouble=trouble_of(error))

        self._desk.runner.latest("push-preview", work, done, failed)

    def push(
        self,
        digest: str,
        tag: str,
        destination: str,
        repository: str,
        *,
        replace: bool = False,
    ) -> None:
        """Send a version."""
        library, opener, folder = self._desk.library, self._desk.opener, self._desk.workspace.folder
        title = tag or self._desk.title(digest)

        def work(report: Report) -> Transferred:
            remote = opener(parse_remote(destination))
            try:
                return push(digest, repository, tag, remote, library, report, replace=replace)
            finally:
                remote.close()
                if folder is not None:
                    library.settings.remember(folder.path, remote=destination)

        def done(sent: Transferred) -> str:
            self._desk.tree.transfer(digest, None)
            self._desk.after(Topic.REMOTE | Topic.LOCAL)
            return "already there" if sent.existed else f"{size_words(sent.bytes)} sent"

        self._desk.tree.transfer(digest, Transfer("push", 0))
        self._desk.activity.start(
            Task(
                "push",
                f"Pushing {title}",
                f"Pushed {title}",
                f"Push of {title} stopped",
                Lane.TRANSFER,
                work,
                done,
                kit_command("push", reference=name_of(repository, title), target=destination),
                stopped=lambda: self._desk.tree.transfer(digest, None),
            )
        )

    def pull(self, digest: str) -> None:
        """Fetch a remote version."""
        address, title = self._desk.workspace.remote.address, self._desk.title(digest)

        def work(report: Report) -> int:
            return self._desk.bring_here(digest, report)

        def done(fetched: int) -> str:
            self._desk.tree.transfer(digest, None)
            self._desk.after(Topic.LOCAL)
            return f"{size_words(fetched)} fetched" if fetched else "already here"

        self._desk.tree.transfer(digest, Transfer("pull", 0))
        self._desk.activity.start(
            Task(
                "pull",
                f"Pulling {title}",
                f"Pulled {title}",
                f"Pull of {title} stopped",
                Lane.TRANSFER,
                work,
                done,
                kit_command("pull", reference=f"{address}:{title}"),
                stopped=lambda: self._desk.tree.transfer(digest, None),
            )
        )
