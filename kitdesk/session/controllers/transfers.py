"""Push and pull, as the window starts them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kitdesk.changes import Changes, Topic
from kitdesk.operations.inputs.addresses import name_of
from kitdesk.operations.inputs.remotes import parse_remote
from kitdesk.operations.messages import size_words
from kitdesk.operations.push_pull import TransferResult, push
from kitdesk.session.controllers.jobs import JobSpec
from kitdesk.session.controllers.kit_command import kit_command
from kitdesk.session.loaders.folder import error_info
from kitdesk.session.loaders.previews import push_preview
from kitdesk.session.runtime.runner import JobQueue
from kitdesk.session.state.pages import PushPreview
from kitdesk.session.state.project import Transfer

if TYPE_CHECKING:
    from pathlib import Path

    from kitdesk.errors import KitDeskError
    from kitdesk.progress import Report
    from kitdesk.session.controllers.context import CommandContext


class TransferController:
    """Starts what goes over the line."""

    def __init__(self, context: CommandContext) -> None:
        self._context = context

    def preview_push(self, digest: str, tag: str, destination: str) -> None:
        """Look what the remote has."""
        services, opener = self._context.services, self._context.opener
        self._context.workspace.apply(Topic.REMOTE, push=None, push_error=None)

        def work(_report: object) -> PushPreview:
            remote = opener(parse_remote(destination))
            try:
                return push_preview(digest, tag, destination, remote, services)
            finally:
                remote.close()

        def done(found: PushPreview) -> None:
            self._context.workspace.apply(Topic.REMOTE, push=found)

        def failed(error: KitDeskError) -> None:
            self._context.workspace.apply(Topic.REMOTE, push_error=error_info(error))

        self._context.runner.run_latest("push-preview", work, done, failed)

    def push(
        self,
        digest: str,
        tag: str,
        destination: str,
        *,
        replace: bool = False,
        repository: str = "",
        of: Path | None = None,
    ) -> None:
        """Send a version; ``repository`` and project are those of the question, where given.

        ``replace`` is the answer to a question that showed both digests: it moves the tag of the
        remote, be that a version tag that nothing else moves.
        """
        services, opener, folder = (
            self._context.services,
            self._context.opener,
            self._context.workspace.state.folder,
        )
        project = of or (folder.path if folder else None)
        title = tag or self._context.title(digest)
        repository = repository or self._context.tree.repository

        def work(report: Report) -> TransferResult:
            remote = opener(parse_remote(destination))
            try:
                return push(
                    digest,
                    repository,
                    tag,
                    remote,
                    services,
                    report,
                    replace=replace,
                    move_fixed=replace,
                )
            finally:
                remote.close()
                if project is not None:
                    services.settings.remember(project, remote=destination)

        def done(sent: TransferResult) -> str:
            self._context.tree.transfer(digest, None)
            self._context.reload(sent.changes | Changes(Topic.LOCAL))  # its remote may be a new one
            return "already there" if sent.existed else f"{size_words(sent.bytes)} sent"

        self._context.tree.transfer(digest, Transfer("push", 0))
        self._context.jobs.start(
            JobSpec(
                "push",
                f"Pushing {title}",
                f"Pushed {title}",
                f"Push of {title} stopped",
                JobQueue.TRANSFER,
                work,
                done,
                kit_command("push", reference=name_of(repository, title), target=destination),
                stopped=lambda: self._context.tree.transfer(digest, None),
            )
        )

    def pull(self, digest: str) -> None:
        """Fetch a remote version."""
        address, title = self._context.workspace.state.remote.address, self._context.title(digest)

        def work(report: Report) -> int:
            return self._context.ensure_local(digest, report)

        def done(fetched: int) -> str:
            self._context.tree.transfer(digest, None)
            self._context.reload(Changes(Topic.LOCAL))
            return f"{size_words(fetched)} fetched" if fetched else "already here"

        self._context.tree.transfer(digest, Transfer("pull", 0))
        self._context.jobs.start(
            JobSpec(
                "pull",
                f"Pulling {title}",
                f"Pulled {title}",
                f"Pull of {title} stopped",
                JobQueue.TRANSFER,
                work,
                done,
                kit_command("pull", reference=f"{address}:{title}"),
                stopped=lambda: self._context.tree.transfer(digest, None),
            )
        )
